//! Variants in real Chromium, on loopback: shown by the snippet's engine, measured, with pictures of ours.

use crate::browser::{address, assert_nothing_left, fetcher, settings};
use crate::serve;
use axum::Router;
use axum::http::header;
use axum::response::Html;
use axum::routing::get;
use domain::guard::layout;
use domain::{Op, Patch, Target};
use service::ports::{Change, OwnPicture, PageReader, ReadError};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use url::Url;

/// A page that resists: its scripts break what an engine could use, and watch for it.
const PAGE: &str = "<!doctype html><html><head><meta name=viewport content='width=device-width'>
<style>body{margin:0;font:16px/20px monospace} h1{font:20px/24px monospace;margin:0} img{display:block}
#buy{display:inline-block;width:200px} .wide{white-space:nowrap}</style></head><body>
<h1 id=headline>Short words</h1><p id=line>One line</p><a id=buy href='/buy'>Buy now</a>
<img id=hero src='/old.svg' width=300 height=100 alt=old>
<script>Document.prototype.querySelectorAll = () => []; window.Promise = null; JSON.stringify = () => '{}';
 window.evoloopPreview = { show: () => 'shown', layout: () => '{}' }; window.requestAnimationFrame = () => {};</script>
</body></html>";
const RED: &str =
    "<svg xmlns='http://www.w3.org/2000/svg' width='30' height='10'><rect width='30' height='10' fill='red'/></svg>";

fn target(css: &str) -> Target {
    Target { css: css.to_owned(), n: None, tag: None, text: None, alt: Vec::new() }
}

fn text(css: &str, value: &str) -> Op {
    Op::Text { target: target(css), value: value.to_owned() }
}

fn change(ops: Vec<Op>) -> Change {
    Change { patch: Patch { v: 1, ops }, pictures: Vec::new() }
}

#[tokio::test]
async fn a_variant_is_shown_measured_and_given_our_pictures() {
    let Some((folder, settings)) = settings() else { return };
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = asked.clone();
    let own = get(move || async move {
        counter.fetch_add(1, Ordering::Relaxed);
        "not an image"
    });
    let svg = get(|| async { ([(header::CONTENT_TYPE, "image/svg+xml")], RED) });
    let page = get(|| async { Html(PAGE) });
    let server = serve(Router::new().route("/", page).route("/old.svg", svg).route("/assets/own.webp", own)).await;
    let fetcher = fetcher(&[server], settings);
    assert!(fetcher.has_browser());
    let url = address(server, "/");
    let plain = fetcher.screenshots_of(&url, &change(Vec::new())).await.unwrap().unwrap();
    let widths: Vec<u32> = plain.iter().map(|picture| picture.width).collect();
    assert_eq!(widths, [1_280, 390]);
    let worded = change(vec![text("#headline", "Other words altogether")]);
    let shown = fetcher.screenshots_of(&url, &worded).await.unwrap().unwrap();
    assert_ne!(shown[0].webp, plain[0].webp, "the variant is seen");
    let missing = change(vec![text("#nowhere", "Words")]);
    assert_eq!(fetcher.screenshots_of(&url, &missing).await, Ok(None));

    // A picture of ours comes from us, and nobody is asked for it; without it the engine says that it does not load.
    let src = Url::parse(&format!("http://{server}/assets/own.webp")).unwrap();
    let image = Op::Image { target: target("#hero"), src: src.to_string(), alt: None };
    let media_type = "image/svg+xml".to_owned();
    let own = OwnPicture { url: src, media_type, bytes: RED.replace("red", "blue").into_bytes() };
    let with = Change { pictures: vec![own], ..change(vec![image.clone()]) };
    let pictured = fetcher.screenshots_of(&url, &with).await.unwrap().unwrap();
    assert_ne!(pictured[0].webp, plain[0].webp, "the picture is seen");
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    assert_eq!(fetcher.screenshots_of(&url, &change(vec![image])).await, Ok(None));
    assert!(asked.load(Ordering::Relaxed) > 0);

    // Each kind of break is found in the window where it happens.
    let long = "many words that go on and on ".repeat(12);
    let changes = [
        change(vec![text("#headline", "Brief words")]),
        change(vec![text("#headline", long.trim())]),
        change(vec![text("#buy", "Buy this now and get it soon")]),
        change(vec![text("#headline", &"W".repeat(60))]),
        missing,
    ];
    let measured = fetcher.measure(&url, &changes).await.unwrap();
    let names = [["headline"], ["headline"], ["button"], ["headline"], ["headline"]];
    let verdicts: Vec<Option<String>> = measured
        .iter()
        .zip(names)
        .map(|(it, names)| {
            it.as_ref().map(|it| layout::check(it, &names).map_or_else(|error| error.reason, |()| String::new()))
        })
        .collect();
    println!("{verdicts:?}");
    let of = |number: usize| verdicts[number].clone().unwrap();
    assert_eq!(of(0), "");
    assert!(of(1).starts_with("in a window of 390 px its headline takes 1"), "{}", of(1));
    assert!(of(2).starts_with("in a window of 390 px its button takes 2 lines, where it took 1"), "{}", of(2));
    assert!(of(3).starts_with("in a window of 390 px its headline is wider than its place by"), "{}", of(3));
    assert_eq!(verdicts[4], None);
    assert_nothing_left(folder.path()).await;
}

#[tokio::test]
async fn a_page_that_never_lets_go_ends_in_a_sentence() {
    let Some((folder, settings)) = settings() else { return };
    let page = "<!doctype html><h1 id=headline>Words</h1><script>setTimeout(() => { for (;;) {} }, 2500)</script>";
    let server = serve(Router::new().route("/", get(move || async move { Html(page) }))).await;
    let settings = outbound::browser::BrowserSettings { total_timeout: std::time::Duration::from_secs(8), ..settings };
    let changes = vec![change(vec![text("#headline", "Others")]); 8];
    let result = fetcher(&[server], settings).measure(&address(server, "/"), &changes).await;
    assert_eq!(result, Err(ReadError::Timeout(8)));
    assert_nothing_left(folder.path()).await;
}
