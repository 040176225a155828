//! Pages are not held for long, and never for nothing.

use crate::support::{PAGE, Reply, Says, changed, navigation, open, settings, tag, through};
use http::{HeaderMap, HeaderValue};
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_page_that_comes_slowly_goes_on_as_it_is() {
    let reply = Reply { pause: Duration::from_millis(500), ..Reply::html(PAGE).pieces(60) };
    let begun = Instant::now();
    let came = open(reply).await;
    assert_eq!(came.text(), PAGE);
    // Nobody knows what the rest of the page asks for.
    assert_eq!(came.header("set-cookie"), None);
    // Two pauses and no more.
    assert!(begun.elapsed() < Duration::from_millis(1_400), "{:?}", begun.elapsed());
    let quick = Reply { pause: Duration::from_millis(50), ..Reply::html(PAGE).pieces(60) };
    assert_eq!(open(quick).await.text(), changed(PAGE));
}

#[tokio::test]
async fn a_page_that_is_too_long_goes_on_as_it_is() {
    let long = |length: usize| format!("{PAGE}{}", "x".repeat(length));
    let mut settings = settings();
    settings.max_held = 10_000;
    for announced in [false, true] {
        for (length, is_changed) in [(9_000, true), (10_000, false), (1 << 20, false)] {
            let page = long(length);
            let mut reply = Reply::html(page.clone()).pieces(1_000);
            if announced {
                reply = reply.with("content-length", &page.len().to_string());
            }
            let came = through(settings.clone(), Says::Variant, navigation(), reply).await;
            assert!(came.text() == if is_changed { changed(&page) } else { page }, "{length} {announced}");
        }
    }
}

#[tokio::test]
async fn thirty_megabytes_go_through() {
    let page = format!("{PAGE}{}", "0123456789abcdef".repeat(30 << 16));
    let came = open(Reply::html(page.clone()).pieces(64 * 1024)).await;
    assert!(came.text() == page, "{}", came.body.len());
}

#[tokio::test]
async fn what_breaks_off_breaks_off_behind_the_same_bytes() {
    let came = open(Reply { breaks: true, ..Reply::html(PAGE).pieces(10) }).await;
    assert!(came.broke);
    assert_eq!(came.text(), PAGE);
}

#[tokio::test]
async fn trailers_stay_with_the_bytes_that_they_speak_of() {
    let mut trailers = HeaderMap::new();
    trailers.insert("x-checksum", HeaderValue::from_static("a"));
    let with =
        |page: String| Reply { trailers: Some(trailers.clone()), ..Reply::html(page) }.with("trailer", "x-checksum");
    let untouched = through(settings(), Says::Paused, navigation(), with(PAGE.to_owned())).await;
    assert_eq!(untouched.trailers, Some(trailers.clone()));
    let next = with(PAGE.replace("OLD", "__next_f"));
    let held = open(next).await;
    assert_eq!((held.trailers, held.parts.headers.contains_key("trailer")), (Some(trailers.clone()), true));
    let altered = open(with(PAGE.to_owned())).await;
    assert_eq!(altered.text(), changed(PAGE));
    assert_eq!((altered.trailers, altered.parts.headers.contains_key("trailer")), (None, false));
}

#[tokio::test]
async fn a_page_that_comes_slowly_is_counted_when_its_tag_was_seen() {
    let page = PAGE.replacen("<head>", &format!("<head>{}", tag()), 1);
    for (attributes, cookies) in [("", Some(2)), (" data-consent=\"required\"", None), (" data-stateless", None)] {
        let page = page.replace("></script>", &format!("{attributes}></script>"));
        let reply = Reply { pause: Duration::from_millis(500), ..Reply::html(page.clone()).pieces(180) };
        let came = open(reply).await;
        assert_eq!(came.text(), page);
        assert_eq!(came.header("set-cookie").map(|cookies| cookies.split(" | ").count()), cookies, "{attributes}");
    }
}

#[tokio::test]
async fn pages_without_room_pass_as_they_are_and_room_comes_back() {
    let mut settings = settings();
    for (together, expected) in [(PAGE.len() * 3, changed(PAGE)), (PAGE.len() * 3 - 1, PAGE.to_owned())] {
        settings.max_held_together = together;
        let came = through(settings.clone(), Says::Variant, navigation(), Reply::html(PAGE)).await;
        assert_eq!(came.text(), expected, "{together}");
    }
}
