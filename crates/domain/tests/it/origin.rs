//! Which pages may report.

use domain::origin::{AllowedOrigins, InvalidOrigins, MAX_ORIGINS};

#[test]
fn entries_are_read_and_compared() {
    let origins = AllowedOrigins::parse("https://Example.com,\n https://*.example.com http://localhost:3000/").unwrap();
    assert_eq!(origins.entries(), ["https://example.com", "https://*.example.com", "http://localhost:3000"]);
    let cases = [
        (Some("https://example.com"), true),
        (Some("HTTPS://EXAMPLE.COM"), true),
        (Some("https://www.example.com"), true),
        (Some("https://a.b.example.com"), true),
        (Some("http://localhost:3000"), true),
        (None, true),
        (Some("http://example.com"), false),
        (Some("https://example.com:8443"), false),
        (Some("https://www.example.com:8443"), false),
        (Some("https://badexample.com"), false),
        (Some("https://.example.com"), false),
        (Some("https://example.com.evil.test"), false),
        (Some("http://localhost:3001"), false),
        (Some("null"), false),
        (Some(""), false),
    ];
    for (origin, expected) in cases {
        assert_eq!(origins.allow(origin), expected, "{origin:?}");
    }
    assert!(AllowedOrigins::parse(" \n").unwrap().allow(Some("https://anybody.test")), "none means any");
    assert_eq!(AllowedOrigins::parse("https://example.com:443 https://example.com").unwrap().entries().len(), 1);
    assert_eq!(AllowedOrigins::parse("https://bücher.example").unwrap().entries(), ["https://xn--bcher-kva.example"]);
}

#[test]
fn what_is_no_origin_is_named() {
    for wrong in [
        "example.com",
        "https://",
        "ftp://example.com",
        "https://a.test/page",
        "https://*",
        "https://*.*.test",
        "https://user@a.test",
        "*",
        "https://a.*.test",
        "https://a.test?x=1",
        "null",
    ] {
        let error = AllowedOrigins::parse(&format!("https://fine.test {wrong}")).unwrap_err();
        assert_eq!(error, InvalidOrigins::Malformed(wrong.to_owned()));
    }
    let many: Vec<String> = (0..=MAX_ORIGINS).map(|number| format!("https://a{number}.test")).collect();
    assert_eq!(AllowedOrigins::parse(&many.join(" ")), Err(InvalidOrigins::TooMany));
}
