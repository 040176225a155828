//! The site behind the proxy.

use crate::{install_crypto, serve};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::any;
use futures::{StreamExt, stream};
use http::Request;
use outbound::origin::{Origin, OriginError};
use std::convert::Infallible;
use std::error::Error;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_millis(300);

#[test]
fn an_origin_is_scheme_host_and_port() {
    install_crypto();
    let cases = [
        ("http://127.0.0.1:8080", Some("http://127.0.0.1:8080")),
        ("https://Shop.example/", Some("https://shop.example")),
        ("http://[::1]:80", Some("http://[::1]")),
        ("http://shop.example/path", None),
        ("http://shop.example/?a", None),
        ("http://a:b@shop.example", None),
        ("http://a@shop.example", None),
        ("ftp://shop.example", None),
        ("shop.example", None),
        ("", None),
    ];
    for (address, expected) in cases {
        let base = Origin::new(address, PATIENCE).map(|origin| origin.base().to_owned());
        assert_eq!(base.ok().as_deref(), expected, "{address}");
    }
}

#[tokio::test]
async fn an_origin_that_says_nothing_is_late_and_one_that_is_not_there_unreachable() {
    install_crypto();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let origin = Origin::new(&address, PATIENCE).unwrap();
    let ask = || origin.ask(Request::get("/a").body(Body::empty()).unwrap());
    assert!(matches!(ask().await, Err(OriginError::Late(_))));
    drop(listener);
    assert!(matches!(ask().await, Err(OriginError::Unreachable(_))));
    let star = Request::options("*").body(Body::empty()).unwrap();
    assert!(matches!(origin.ask(star).await, Err(OriginError::Path)));
}

#[tokio::test]
async fn answers_come_as_they_are() {
    install_crypto();
    let router = Router::new().route(
        "/a",
        any(|| async {
            (axum::http::StatusCode::FOUND, [("content-encoding", "gzip"), ("location", "/b")], "not gzip at all")
        }),
    );
    let origin = Origin::new(&format!("http://{}", serve(router).await), PATIENCE).unwrap();
    let answer = origin.ask(Request::get("/a?b=%20c").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!((answer.status().as_u16(), &answer.headers()["location"]), (302, &"/b".parse().unwrap()));
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    let body = axum::body::to_bytes(Body::new(answer.into_body()), 100).await.unwrap();
    assert_eq!(body, "not gzip at all");
}

/// A body in so many pieces, with this wait before each.
fn dripping(pieces: usize, length: usize, wait: Duration) -> Body {
    let pieces = stream::iter(0..pieces).then(move |_| async move {
        tokio::time::sleep(wait).await;
        Ok::<_, Infallible>(Bytes::from(vec![b'x'; length]))
    });
    Body::from_stream(pieces)
}

#[tokio::test]
async fn the_time_of_a_body_is_not_the_origins() {
    install_crypto();
    let after = |wait: Duration| {
        any(move |body: Bytes| async move {
            tokio::time::sleep(wait).await;
            body.len().to_string()
        })
    };
    let router = Router::new().route("/quick", after(Duration::ZERO)).route("/late", after(PATIENCE * 3));
    let origin = Origin::new(&format!("http://{}", serve(router).await), PATIENCE).unwrap();
    let ask = |path: &str, body| origin.ask(Request::post(path).body(body).unwrap());
    // One long wait, and many that are longer together.
    for (pieces, wait) in [(2, PATIENCE * 2), (20, PATIENCE / 10)] {
        let answer = ask("/quick", dripping(pieces, 10, wait)).await.unwrap();
        let body = axum::body::to_bytes(Body::new(answer.into_body()), 100).await.unwrap();
        assert_eq!(body, (pieces * 10).to_string());
    }
    let late = ask("/late", dripping(2, 10, PATIENCE / 10)).await;
    assert!(matches!(late, Err(OriginError::Late(_))));
}

#[tokio::test]
async fn an_origin_that_does_not_take_a_body_is_late() {
    install_crypto();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let origin = Origin::new(&format!("http://{}", listener.local_addr().unwrap()), PATIENCE).unwrap();
    let body = dripping(200, 1 << 20, Duration::from_millis(1));
    let asked = origin.ask(Request::post("/a").body(body).unwrap());
    let asked = tokio::time::timeout(Duration::from_secs(10), asked).await.unwrap();
    assert!(matches!(asked, Err(OriginError::Late(_))));
}

#[tokio::test]
async fn what_failed_does_not_tell_the_visitors_address() {
    install_crypto();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let origin = Origin::new(&format!("http://{}", listener.local_addr().unwrap()), PATIENCE).unwrap();
    drop(listener);
    let failed = origin.ask(Request::get("/reset?token=secret").body(Body::empty()).unwrap()).await.unwrap_err();
    let mut told = format!("{failed:?}");
    let mut cause: Option<&dyn Error> = Some(&failed);
    while let Some(error) = cause {
        told.push_str(&format!(" {error}"));
        cause = error.source();
    }
    assert!(!told.contains("reset") && !told.contains("secret"), "{told}");
}
