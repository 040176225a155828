//! Pages are not held for long, and never for nothing.

use crate::support::{PAGE, Reply, Says, changed, navigation, open, settings, through};
use http::{HeaderMap, HeaderValue};
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_page_that_comes_slowly_goes_on_as_it_is() {
    let reply = Reply { pause: Duration::from_millis(500), ..Reply::html(PAGE).pieces(60) };
    let begun = Instant::now();
    let came = open(reply).await;
    assert_eq!(came.text(), PAGE);
    assert_eq!(came.header("set-cookie").map(|cookies| cookies.split(" | ").count()), Some(2));
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
