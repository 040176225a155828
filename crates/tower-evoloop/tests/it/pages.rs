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
    settings.renamed = vec![("data-event", "/x/e".to_owned())];
    let request = navigation().header("cookie", "evoloop_visitor=v1");
    let came = through(settings, Says::Control, request, Reply::html(PAGE)).await;
    let tag = format!(
        "<script async src=\"/a&amp;b.js\" data-site=\"{SITE}\" data-event=\"/x/e\" data-consent=\"required\" data-respect=\"gpc dnt\"></script>"
    );
    assert!(came.text().contains(&tag), "{}", came.text());
}

#[tokio::test]
async fn a_patch_of_the_language_is_applied_and_its_sheet_allowed() {
    let page =
        "<!doctype html><html><head><title>a</title></head><body><h1 class=b>Old words</h1><p>c</p></body></html>";
    let policy = "default-src 'self'";
    for piece in [1, 5, usize::MAX] {
        let reply = Reply::html(page).with("content-security-policy", policy).pieces(piece);
        let came = through(settings(), Says::Real, navigation(), reply).await;
        let expected = format!(
            "<!doctype html><html><head>{}<title>a</title>\
             <style data-evo>[data-evo~=\"1\"]{{display:none!important}}</style></head>\
             <body><h1 class=b data-evo=\"0\">REAL</h1><p data-evo=\"1\">c</p></body></html>\
             <!--evoloop variant-1 2-->",
            tag()
        );
        assert_eq!(came.text(), expected, "{piece}");
        let hash = "'sha256-";
        let policies = came.header("content-security-policy").unwrap();
        assert!(policies.starts_with(&format!("{policy}; style-src 'self' {hash}")), "{policies}");
    }
    // A second headline: nothing is changed but the tag.
    let twice = page.replace("<p>", "<h1>again</h1><p>");
    let came = through(settings(), Says::Real, navigation(), Reply::html(twice.clone())).await;
    assert_eq!(came.text(), twice.replacen("<head>", &format!("<head>{}", tag()), 1));
}

/// Pages out of pieces that are hard to read, the same in every run.
fn hard_pages(number: usize) -> Vec<Vec<u8>> {
    const PARTS: [&[u8]; 28] = [
        b"<!doctype html>",
        b"<html>",
        b"<head>",
        b"</head>",
        b"<body class='a>b'>",
        b"<h1>OLD",
        b"</h1>",
        b"<p>",
        b"<!-- ",
        b"-->",
        b"<script>",
        b"</script>",
        b"<",
        b">",
        b"</",
        b"\"",
        b"'",
        b"<meta charset=",
        b"=",
        b" a=b ",
        b"<title>",
        b"</title>",
        b"<style>",
        b"<!",
        b"\xff\xfe",
        b"\0",
        b"<template>",
        b"\xef\xbb\xbf",
    ];
    let mut state = 7_u64;
    let mut next = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let page = |next: &mut dyn FnMut(usize) -> usize| {
        let parts = next(25);
        (0..parts).flat_map(|_| PARTS[next(PARTS.len())].to_vec()).collect()
    };
    (0..number).map(|_| page(&mut next)).collect()
}

#[tokio::test]
async fn whatever_the_page_every_other_byte_comes_through() {
    let (tag, begin) = (tag().into_bytes(), b"<!--evoloop variant-1 ");
    let mut changed = 0;
    for (number, page) in hard_pages(2_000).into_iter().enumerate() {
        let says = if number % 2 == 0 { Says::Real } else { Says::Control };
        let came = through(settings(), says, navigation(), Reply::html(page.clone()).pieces(1 + number % 9)).await;
        let mut body = came.body;
        if let Some(at) = body.windows(tag.len()).position(|bytes| bytes == tag) {
            body.drain(at..at + tag.len());
        }
        if body.windows(begin.len()).any(|bytes| bytes == begin) {
            changed += 1;
        } else {
            assert!(body == page, "{}", String::from_utf8_lossy(&page));
        }
    }
    assert!(changed < 100, "{changed} pages of rubbish were changed");
}
