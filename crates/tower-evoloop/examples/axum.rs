//! The layer around an axum app: `cargo run -p tower-evoloop --example axum`, then `curl -H 'accept: text/html' localhost:8080`.

use axum::response::Html;
use axum::{Router, routing::get};
use tower_evoloop::{Assign, Assigned, BoxError, EvoloopLayer, Question, Settings, compile};

/// Everybody sees one variant. Yours would ask `/v1/assign`.
struct Everybody;

impl Assign for Everybody {
    async fn assign(&self, _: Question<'_>) -> Result<Assigned, BoxError> {
        let patch = r#"{"v":1,"ops":[{"op":"text","target":{"css":"h1"},"value":"Tea in four minutes"}]}"#;
        Ok(Assigned { variant_id: "tea".to_owned(), token: Some("none".to_owned()), patch: compile(patch)? })
    }
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let page =
        || async { Html("<!doctype html><html><head><title>Tea</title></head><body><h1>Tea</h1></body></html>") };
    let layer = EvoloopLayer::new(Settings::new("0190b9a4-0000-7000-8000-000000000001"), Everybody);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 8080)).await?;
    Ok(axum::serve(listener, Router::new().route("/", get(page)).layer(layer)).await?)
}
