//! What is no page goes on as it is; what is one is the visitor's alone.

use crate::support::{PAGE, Reply, Says, changed, navigation, open, settings, through};
use http::Request;

#[tokio::test]
async fn other_answers_keep_bytes_and_headers() {
    let cases = [
        ("an image", Reply::of("image/png", b"\x89PNG OLD <head>".to_vec())),
        ("data", Reply::of("application/json", "{\"a\":\"OLD\"}")),
        ("a document", Reply::of("application/pdf", "%PDF OLD")),
        ("XML", Reply::of("application/xhtml+xml", PAGE)),
        ("nothing said", Reply { headers: Vec::new(), ..Reply::html(PAGE) }),
        ("not found", Reply { status: 404, ..Reply::html(PAGE) }),
        ("a failure", Reply { status: 500, ..Reply::html(PAGE) }),
        ("a part", Reply { status: 206, ..Reply::html(PAGE) }.with("content-range", "bytes 0-9/100")),
        ("the same as before", Reply { status: 304, ..Reply::html("") }),
        ("nothing", Reply { status: 204, ..Reply::html("") }),
        ("elsewhere", Reply { status: 302, ..Reply::html(PAGE) }.with("location", "/a")),
        ("a download", Reply::html(PAGE).with("content-disposition", "attachment")),
        ("not to be changed", Reply::html(PAGE).with("cache-control", "no-transform")),
        ("coded data", Reply::of("text/css", b"\x1f\x8b not really".to_vec()).with("content-encoding", "gzip")),
    ];
    for (what, reply) in cases {
        let reply = reply.with("etag", "\"1\"").with("last-modified", "x").with("accept-ranges", "bytes");
        let came = open(reply.clone()).await;
        assert!(came.body == reply.body, "{what}");
        assert_eq!(came.parts.status.as_u16(), reply.status, "{what}");
        assert_eq!(came.parts.headers.len(), reply.headers.len(), "{what}");
        for (name, value) in &reply.headers {
            assert_eq!(came.header(name).as_deref(), Some(value.as_str()), "{what}");
        }
        assert!(came.asked.is_empty(), "{what}");
    }
}

#[tokio::test]
async fn other_requests_keep_their_answers() {
    let cases = [
        ("a post", Request::post("/").header("accept", "text/html")),
        ("a script's", Request::get("/").header("accept", "text/html").header("sec-fetch-dest", "empty")),
        ("a frame's", Request::get("/").header("accept", "text/html").header("sec-fetch-dest", "iframe")),
        ("a part", navigation().header("range", "bytes=0-9")),
        ("a picture", Request::get("/").header("accept", "image/*")),
        ("switched off", Request::get("/?a=1&evo_off").header("accept", "text/html")),
        ("switched off with a value", Request::get("/?evo_off=1").header("accept", "text/html")),
    ];
    for (what, request) in cases {
        let request = request.header("if-none-match", "\"1\"");
        let came = through(settings(), Says::Variant, request, Reply::html(PAGE).with("etag", "\"2\"")).await;
        assert_eq!(came.text(), PAGE, "{what}");
        assert_eq!(came.header("etag").as_deref(), Some("\"2\""), "{what}");
        assert!(came.seen.contains_key("if-none-match"), "{what}");
        assert!(came.asked.is_empty() && came.header("set-cookie").is_none(), "{what}");
    }
}

#[tokio::test]
async fn a_page_is_the_visitors_alone() {
    let page = || {
        Reply::html(PAGE)
            .with("cache-control", "public, max-age=600")
            .with("etag", "\"1\"")
            .with("last-modified", "x")
            .with("accept-ranges", "bytes")
            .with("content-md5", "x")
            .with("digest", "x")
            .with("repr-digest", "x")
            .with("vary", "Accept-Encoding")
            .with("cdn-cache-control", "max-age=9")
            .with("x-own", "kept")
    };
    for says in [Says::Variant, Says::Control, Says::Paused, Says::Fails] {
        let came = through(settings(), says, navigation(), page()).await;
        assert_eq!(came.header("cache-control").as_deref(), Some("private, no-cache"), "{says:?}");
        assert_eq!(came.header("vary").as_deref(), Some("Accept-Encoding | Cookie"), "{says:?}");
        assert_eq!(came.header("x-own").as_deref(), Some("kept"), "{says:?}");
        for gone in
            ["etag", "last-modified", "accept-ranges", "content-md5", "digest", "repr-digest", "cdn-cache-control"]
        {
            assert_eq!(came.header(gone), None, "{says:?} {gone}");
        }
    }
    let length = PAGE.len().to_string();
    let came = open(Reply::html(PAGE).with("content-length", &length).with("cache-control", "no-store")).await;
    assert_eq!(came.header("cache-control").as_deref(), Some("private, no-cache, no-store"));
    assert_eq!(came.header("content-length"), None);
    let kept = through(settings(), Says::Paused, navigation(), Reply::html(PAGE).with("content-length", &length)).await;
    assert_eq!(kept.header("content-length"), Some(length));
}

#[tokio::test]
async fn the_origin_is_asked_for_the_whole_page() {
    let request = navigation()
        .header("if-none-match", "\"1\"")
        .header("if-modified-since", "x")
        .header("accept-encoding", "gzip, dcb, br");
    let came = through(settings(), Says::Variant, request, Reply::html(PAGE)).await;
    assert_eq!(came.text(), changed(PAGE));
    assert!(!came.seen.contains_key("if-none-match") && !came.seen.contains_key("if-modified-since"));
    assert_eq!(came.seen["accept-encoding"], "gzip, br");
}

#[tokio::test]
async fn the_head_of_a_page_is_the_visitors_too_and_assigns_nobody() {
    let request = Request::head("/").header("accept", "text/html");
    let reply = Reply::html("").with("content-length", "100").with("etag", "\"1\"");
    let came = through(settings(), Says::Variant, request, reply).await;
    assert_eq!(came.header("cache-control").as_deref(), Some("private, no-cache"));
    assert_eq!((came.header("etag"), came.header("content-length"), came.header("set-cookie")), (None, None, None));
    assert!(came.body.is_empty() && came.asked.is_empty());
}
