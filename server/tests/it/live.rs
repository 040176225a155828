//! The stream that tells an open dashboard what changed.

use crate::support::{App, COOKIE, signed_in};
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use serde_json::Value;
use server::router::router;
use testkit::service::PAGE_URL;
use testkit::{TestDatabase, on_both_databases};
use tower::ServiceExt;

on_both_databases!(the_owner_is_told_what_changes);

async fn the_owner_is_told_what_changes(database: TestDatabase) {
    let app = App::on(database);
    let ada = app.sign_up("ada@example.com").await;
    let site: Value = signed_in(app.server.post("/api/sites"), &ada).form(&[("url", PAGE_URL)]).await.json();
    let request = Request::get(format!("/api/live?site_id={}", site["id"].as_str().unwrap()))
        .header("cookie", format!("{COOKIE}={ada}"))
        .header("accept-encoding", "br")
        .body(Body::empty())
        .unwrap();
    let response = router(app.state.clone()).oneshot(request).await.unwrap();
    assert_eq!(response.status().as_u16(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert!(!response.headers().contains_key("content-encoding"), "a compressed stream would be held back");
    let mut body = response.into_body();
    app.inside.work().await;
    let mut seen = String::new();
    while !(seen.contains("data: jobs") && seen.contains("data: variants")) {
        let frame = body.frame().await.expect("the stream goes on").unwrap();
        seen.push_str(std::str::from_utf8(&frame.into_data().unwrap()).unwrap());
    }
    assert!(seen.starts_with("event: change\ndata: "), "{seen}");
    // The process stops, and so does the stream.
    app.state.stages.stopping.cancel();
    while let Some(frame) = body.frame().await {
        frame.unwrap();
    }
}
