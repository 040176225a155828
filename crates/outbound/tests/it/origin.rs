//! The site behind the proxy.

use crate::{install_crypto, serve};
use axum::Router;
use axum::body::Body;
use axum::routing::any;
use http::Request;
use outbound::origin::{Origin, OriginError};
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
