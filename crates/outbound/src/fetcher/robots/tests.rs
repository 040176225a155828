//! What RFC 9309 says, and the files that people write.

use super::{Forbidden, MAX_BYTES, Rules, matches};

fn allows(file: &str, path: &str) -> bool {
    Rules::parse(file.as_bytes()).check(path).is_ok()
}

#[test]
fn patterns_match_as_the_rfc_says() {
    let table = [
        ("/", "/a", true),
        ("/a", "/a", true),
        ("/a", "/ab/c", true),
        ("/a", "/b", false),
        ("/a/", "/a", false),
        ("/A", "/a", false),
        ("/*", "/a", true),
        ("/*.php", "/index.php", true),
        ("/*.php", "/folder/a.php?x=1", true),
        ("/*.php", "/index.PHP", false),
        ("/*.php$", "/a.php", true),
        ("/*.php$", "/a.php.php", true),
        ("/*.php$", "/a.php?x", false),
        ("/*.php$", "/a.php/", false),
        ("/fish*.php", "/fishheads/catfish.php?x", true),
        ("/fish*.php", "/Fish.php", false),
        ("/a*b*c", "/a-b-b-c-d", true),
        ("/a*b*c", "/a-c-b", false),
        ("/a*b*c$", "/a-b-c", true),
        ("/a*ab$", "/ab", false),
        ("/a**b", "/ab", true),
        ("/a$", "/a", true),
        ("/a$", "/ab", false),
        ("/$", "/", true),
        ("/a$b", "/a$bc", true),
        ("*/a", "/b/a", true),
        ("$", "/", false),
    ];
    for (pattern, path, expected) in table {
        assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
    }
}

#[test]
fn the_longest_rule_decides_and_allow_wins_a_draw() {
    let table = [
        ("allow: /p\ndisallow: /", "/page", true),
        ("allow: /folder\ndisallow: /folder", "/folder/page", true),
        ("allow: /page\ndisallow: /*.htm", "/page.htm", false),
        ("allow: /page\ndisallow: /*.ph", "/page.php5", true),
        ("allow: /$\ndisallow: /", "/", true),
        ("allow: /$\ndisallow: /", "/page.htm", false),
        ("disallow: /\nallow: /robots.txt", "/robots.txt", true),
        ("disallow: /", "/robots.txt", true),
        ("disallow:", "/a", true),
        ("disallow: /a?x", "/a?x=1", false),
        ("disallow: /a?x", "/a", true),
    ];
    for (rules, path, expected) in table {
        assert_eq!(allows(&format!("User-agent: *\n{rules}"), path), expected, "{rules} {path}");
    }
}

#[test]
fn the_group_that_names_us_replaces_that_for_everybody() {
    let table = [
        ("", true),
        ("disallow: /", true),
        ("user-agent: *\ndisallow: /", false),
        ("user-agent: *\ndisallow: /\n\nuser-agent: evoloop\nallow: /", true),
        ("user-agent: *\ndisallow: /\nuser-agent: EVOLOOP\ndisallow:", true),
        ("user-agent: Evoloop/1.0\ndisallow: /", false),
        ("user-agent: Evoloop-Images\ndisallow: /", true),
        ("user-agent: Evo\ndisallow: /", true),
        ("user-agent: Googlebot\ndisallow: /", true),
        ("user-agent: Googlebot\nuser-agent: Evoloop\ndisallow: /", false),
        ("user-agent: Googlebot\ndisallow: /\nuser-agent: Evoloop\nallow: /", true),
        ("user-agent: Evoloop\nallow: /b\n\nuser-agent: a\ndisallow: /\n\nuser-agent: evoloop\ndisallow: /", false),
        ("user-agent: Evoloop\nsitemap: /x\nuser-agent: b\ndisallow: /", false),
        ("\u{feff}USER-AGENT : * # all\r\nDisAllow : / # nothing\r\n", false),
        ("user-agent: *\rdisallow: /\r", false),
        ("user-agent *\ndisallow: /", true),
        ("<html><body>user-agent: nothing here</body></html>", true),
    ];
    for (file, expected) in table {
        assert_eq!(allows(file, "/a"), expected, "{file:?}");
    }
    let forbidden = Forbidden { pattern: "/a".to_owned(), names_us: true };
    assert_eq!(Rules::parse(b"user-agent: evoloop\ndisallow: /a").check("/a"), Err(forbidden));
}

#[test]
fn escapes_compare_as_what_they_mean() {
    let table = [
        ("/foo/bar?baz=http://foo.bar", "/foo/bar?baz=http://foo.bar", false),
        ("/foo/bar/ツ", "/foo/bar/%E3%83%84", false),
        ("/foo/bar/%e3%83%84", "/foo/bar/%E3%83%84", false),
        ("/foo/bar/%62%61%7A", "/foo/bar/baz", false),
        ("/foo%2fbar", "/foo/bar", true),
        ("/100%", "/100%", false),
        ("/%zz", "/%zz", false),
        ("/%+1", "/%+1", false),
    ];
    for (pattern, path, expected) in table {
        assert_eq!(allows(&format!("user-agent: *\ndisallow: {pattern}"), path), expected, "{pattern} {path}");
    }
}

#[test]
fn what_lies_beyond_the_size_limit_does_not_count() {
    let padding = format!("#{}\n", "a".repeat(1_000)).repeat(MAX_BYTES / 1_002 + 1);
    assert!(!allows(&format!("user-agent: *\ndisallow: /\n{padding}"), "/"));
    assert!(allows(&format!("{padding}user-agent: *\ndisallow: /"), "/"));
}

#[test]
fn a_hostile_file_is_read_in_bounded_time() {
    let rules = "user-agent: *\n".to_owned() + &format!("disallow: /{}\n", "*a".repeat(100)).repeat(2_400);
    let path = "/".to_owned() + &"b".repeat(2_000);
    assert!(allows(&rules, &path));
    assert!(!allows(&rules, &("/".to_owned() + &"a".repeat(2_000))));
}
