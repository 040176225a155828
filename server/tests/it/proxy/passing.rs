//! What passes through as it is.

use super::Proxy;
use super::site::{PAGE, Site, first_bytes, image, in_pieces, long};
use crate::support::App;
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[tokio::test]
async fn other_answers_pass_as_they_are() {
    let site = Site::start().await;
    let proxy = Proxy::before(&site.origin).await;
    let cases: [(&str, u16, Vec<u8>); 7] = [
        ("/image.png", 200, image()),
        ("/missing", 404, b"<h1>Not here</h1>".to_vec()),
        ("/nowhere", 404, Vec::new()),
        ("/broken", 500, b"<h1>Oh</h1>".to_vec()),
        ("/same", 304, Vec::new()),
        ("/v1/own", 200, b"the site's own".to_vec()),
        ("/tunnel", 426, b"only as a tunnel".to_vec()),
    ];
    for (path, status, body) in cases {
        let came = proxy.ask(proxy.navigation(path)).await;
        assert_eq!(came.status, status, "{path}");
        assert!(came.body == body, "{path}");
        assert_eq!(came.header("set-cookie"), None, "{path}");
    }
    let came = proxy.ask(proxy.navigation("/same")).await;
    assert_eq!(came.header("etag"), Some("\"1\""));
    let came = proxy.ask(proxy.navigation("/old?a=%20b")).await;
    assert_eq!((came.status, came.header("location")), (302, Some("http://shop.example/?new")));
    assert_eq!(site.seen.lock().unwrap().0, "/old?a=%20b");
    let request = Request::head(format!("http://{}/", proxy.address)).header("accept", "text/html");
    let came = proxy.ask(request).await;
    assert_eq!((came.status, came.body.len(), came.header("cache-control")), (200, 0, Some("private, no-cache")));
    let came = proxy.ask(proxy.navigation("/hop")).await;
    assert_eq!((came.text().as_str(), came.header("x-hop"), came.header("keep-alive")), ("hop", None, None));
}

#[tokio::test]
async fn bodies_stream_both_ways() {
    const TEXT: &[u8] = &[b'x'; 300_000];
    let site = Site::start().await;
    let proxy = Proxy::before(&site.origin).await;
    let request = Request::post(format!("http://{}/echo", proxy.address));
    let came = proxy.send(request.body(in_pieces(TEXT, 1_000)).unwrap()).await;
    assert!(came.body == TEXT);
    let request = Request::post(format!("http://{}/echo", proxy.address));
    let came = proxy.send(request.body(Body::from(TEXT)).unwrap()).await;
    assert!(came.body == TEXT);
    assert_eq!(site.saw("content-length").as_deref(), Some("300000"));
    // Thirty megabytes are no page to be held.
    let came = proxy.ask(proxy.navigation("/long")).await;
    assert!(came.body == long().as_bytes());
}

#[tokio::test]
async fn the_site_is_told_who_asks_and_how() {
    let site = Site::start().await;
    let proxy = Proxy::before(&site.origin).await;
    let request = proxy
        .navigation("/")
        .header("x-forwarded-for", "203.0.113.9")
        .header("x-forwarded-proto", "https")
        .header("te", "trailers, gzip")
        .header("connection", "x-private")
        .header("x-private", "1");
    proxy.ask(request).await;
    let expected = [
        ("host", Some("shop.example")),
        ("x-forwarded-host", Some("shop.example")),
        ("x-forwarded-for", Some("127.0.0.1")),
        ("x-forwarded-proto", Some("http")),
        ("te", Some("trailers")),
        ("x-private", None),
    ];
    for (name, value) in expected {
        assert_eq!(site.saw(name).as_deref(), value, "{name}");
    }

    let change = |front: &mut server::proxy::Front| {
        front.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
        front.origin_host = Some("inner.example".to_owned());
    };
    let proxy = Proxy::with(App::sqlite().await, &site.origin, change).await;
    let request = proxy.navigation("/").header("x-forwarded-for", "203.0.113.9").header("x-forwarded-proto", "https");
    let came = proxy.ask(request).await;
    assert!(came.headers["set-cookie"].to_str().unwrap().ends_with("; Secure"));
    let expected = [
        ("host", "inner.example"),
        ("x-forwarded-host", "shop.example"),
        ("x-forwarded-for", "203.0.113.9, 127.0.0.1"),
        ("x-forwarded-proto", "https"),
    ];
    for (name, value) in expected {
        assert_eq!(site.saw(name).as_deref(), Some(value), "{name}");
    }
}

#[tokio::test]
async fn a_slow_page_is_not_held_for_long() {
    let site = Site::start().await;
    let proxy = Proxy::before(&site.origin).await;
    let begun = Instant::now();
    let mut response = proxy.begun(proxy.navigation("/slow").body(Body::empty()).unwrap()).await;
    let beginning = first_bytes(response.body_mut()).await;
    let waited = begun.elapsed();
    assert!(waited >= Duration::from_millis(350) && waited < Duration::from_millis(900), "{waited:?}");
    let end = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!([&beginning[..], &end].concat(), PAGE.as_bytes());
}

#[tokio::test]
async fn a_site_that_is_down_is_said_plainly() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let proxy = Proxy::before(&origin).await;
    let came = proxy.ask(proxy.navigation("/")).await;
    assert_eq!((came.status, came.text().as_str()), (502, "The site cannot be reached. Please try again."));
    assert_eq!((came.header("cache-control"), came.header("set-cookie")), (Some("no-store"), None));
    // What is ours is answered all the same.
    assert_eq!(proxy.ask(proxy.get("/v1/health")).await.status, 200);
}

#[tokio::test]
async fn tunnels_carry_bytes_both_ways_and_end_with_the_process() {
    let site = Site::start().await;
    let proxy = Proxy::before(&site.origin).await;
    let mut line = TcpStream::connect(proxy.address).await.unwrap();
    let request = "GET /tunnel HTTP/1.1\r\nhost: a\r\nconnection: keep-alive, Upgrade\r\nupgrade: loud\r\n\r\n";
    line.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(line.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 101") && head.contains("upgrade: loud"), "{head}");
    for word in ["hello", "again"] {
        line.write_all(word.as_bytes()).await.unwrap();
        let mut said = [0; 5];
        line.read_exact(&mut said).await.unwrap();
        assert_eq!(said, *word.to_ascii_uppercase().as_bytes());
    }
    proxy.stages.stopping.cancel();
    tokio::time::timeout(Duration::from_secs(5), proxy.server).await.unwrap().unwrap();
    let end = tokio::time::timeout(Duration::from_secs(5), line.read_u8()).await.unwrap();
    assert!(end.is_err(), "the tunnel is still there");
}

#[tokio::test]
async fn a_request_without_a_page_is_refused() {
    let site = Site::start().await;
    let proxy = Proxy::before(&site.origin).await;
    let mut line = TcpStream::connect(proxy.address).await.unwrap();
    line.write_all(b"OPTIONS * HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
}
