//! What becomes of pages.

use crate::support::{PAGE, Reply, SITE, Says, changed, navigation, open, settings, tag, through};
use tower_evoloop::Hydrated;

#[tokio::test]
async fn a_page_is_changed_wherever_its_pieces_end() {
    for piece in [1, 2, 3, 7, 64, usize::MAX] {
        let came = open(Reply::html(PAGE).pieces(piece)).await;
        assert_eq!(came.text(), changed(PAGE), "{piece}");
    }
}

#[tokio::test]
async fn the_tag_is_added_once_and_the_comment_only_when_the_patch_applies() {
    let has_tag = PAGE.replace("<h1>", &format!("{}<h1>", tag()));
    let only_new = format!("{}<!--evoloop variant-1 1-->", has_tag.replacen("OLD", "NEW", 1));
    let missed = PAGE.replace("OLD", "other");
    let with_tag = missed.replacen("<head>", &format!("<head>{}", tag()), 1);
    let control = PAGE.replacen("<head>", &format!("<head>{}", tag()), 1);
    let cases = [
        (Says::Variant, PAGE.to_owned(), changed(PAGE)),
        (Says::Variant, has_tag.clone(), only_new),
        (Says::Variant, missed, with_tag),
        (Says::Control, PAGE.to_owned(), control),
        (Says::Control, has_tag.clone(), has_tag.clone()),
        (Says::Paused, PAGE.to_owned(), PAGE.to_owned()),
        (Says::Fails, PAGE.to_owned(), PAGE.to_owned()),
    ];
    for (says, page, expected) in cases {
        let came = through(settings(), says, navigation(), Reply::html(page.clone())).await;
        assert_eq!(came.text(), expected, "{says:?} {page}");
    }
}

#[tokio::test]
async fn pages_in_old_encodings_stay_in_them() {
    let page = |bytes: &[u8], meta: &str| {
        [b"<!doctype html><head>", meta.as_bytes(), b"<title>", bytes, b"</title></head><h1>OLD</h1>"].concat()
    };
    let expected = |page: &[u8]| {
        let text: Vec<u8> = page.to_vec();
        let at = text.windows(6).position(|bytes| bytes == b"<head>").unwrap() + 6;
        let mut text = [&text[..at], tag().as_bytes(), &text[at..]].concat();
        let at = text.windows(3).position(|bytes| bytes == b"OLD").unwrap();
        text.splice(at..at + 3, *b"NEW");
        [&text[..], b"<!--evoloop variant-1 1-->"].concat()
    };
    let shift_jis: &[u8] = b"\x95\x5c\x8e\xa6\x83\x5c";
    let cases: [(&str, &[u8], &str, bool); 9] = [
        ("text/html; charset=Shift_JIS", shift_jis, "", true),
        ("text/html", shift_jis, "<meta charset=shift_jis>", true),
        ("text/html; charset=windows-1252", b"caf\xe9 \x81", "", true),
        ("text/html", b"caf\xe9", "<meta http-equiv=content-type content='text/html; charset=latin1'>", true),
        ("text/html; charset=utf-8", "ünï \u{1f600}".as_bytes(), "", true),
        ("text/html; charset=utf-8", b"\xff\xfe in the middle", "", true),
        ("text/html", b"nobody says", "", false),
        ("text/html; charset=iso-2022-jp", b"\x1b$B", "", false),
        ("text/html; charset=made-up", b"a", "", false),
    ];
    for (content_type, bytes, meta, is_changed) in cases {
        let page = page(bytes, meta);
        let came = open(Reply::of(content_type, page.clone()).pieces(5)).await;
        let expected = if is_changed { expected(&page) } else { page };
        assert!(came.body == expected, "{content_type}: {}", String::from_utf8_lossy(&came.body));
    }
    let wide: Vec<u8> = PAGE.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (content_type, page) in [
        ("text/html; charset=utf-16le", wide.clone()),
        ("text/html; charset=utf-8", [&b"\xff\xfe"[..], &wide].concat()),
    ] {
        assert!(open(Reply::of(content_type, page.clone())).await.body == page, "{content_type}");
    }
    let marked = [b"\xef\xbb\xbf", PAGE.as_bytes()].concat();
    let came = open(Reply::of("text/html; charset=latin1", marked).pieces(1)).await;
    assert_eq!(came.text(), format!("\u{feff}{}", changed(PAGE)));
}

#[tokio::test]
async fn a_name_of_the_encoding_that_moves_out_of_sight_is_said_in_the_header() {
    let page = |gap: usize| format!("<head>{}<meta charset=windows-1252></head>OLD", " ".repeat(gap));
    let near = open(Reply::of("text/html", page(10))).await;
    assert_eq!(near.header("content-type").as_deref(), Some("text/html"));
    let far = open(Reply::of("text/html", page(980))).await;
    assert!(far.text().contains("NEW"));
    assert_eq!(far.header("content-type").as_deref(), Some("text/html; charset=windows-1252"));
}

#[tokio::test]
async fn pages_that_a_framework_takes_over_are_left_to_the_browser() {
    let react = PAGE.replace("<h1>", "<!--$--><h1>");
    let next = PAGE.replace("</body>", "<script>self.__next_f=[]</script></body>");
    let tagged = react.replacen("<head>", &format!("<head>{}", tag()), 1);
    let cases = [
        (Hydrated::Leave, react.clone(), tagged),
        // It would find a tag in `head` that it did not make.
        (Hydrated::Leave, next.clone(), next.clone()),
        (Hydrated::Apply, react.clone(), changed(&react)),
        (Hydrated::Apply, next.clone(), changed(&next)),
    ];
    for (hydrated, page, expected) in cases {
        let mut settings = settings();
        settings.hydrated = hydrated;
        let came = through(settings, Says::Variant, navigation(), Reply::html(page)).await;
        assert_eq!(came.text(), expected, "{hydrated:?}");
    }
}

#[tokio::test]
async fn the_tag_says_what_the_site_is_told() {
    let mut settings = settings();
    settings.consent_required = true;
    settings.respect_gpc = true;
    settings.respect_dnt = true;
    settings.script = "/a&b.js".to_owned();
    let request = navigation().header("cookie", "evoloop_visitor=v1");
    let came = through(settings, Says::Control, request, Reply::html(PAGE)).await;
    let tag = format!(
        "<script async src=\"/a&amp;b.js\" data-site=\"{SITE}\" data-consent=\"required\" data-respect=\"gpc dnt\"></script>"
    );
    assert!(came.text().contains(&tag), "{}", came.text());
}
