//! `GET /v1/health`: whether the process lives and can store events.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use service::Service;
use std::time::Duration;

/// How long the database may take to answer before it counts as down.
const PATIENCE: Duration = Duration::from_secs(2);

/// 200 when everything works; 503 when the database is down. Assignments go on either way.
pub async fn health(State(service): State<Service>) -> Response {
    let answered = tokio::time::timeout(PATIENCE, service.check_database()).await;
    let ready = matches!(answered, Ok(Ok(())));
    let body = json!({
        "status": if ready { "ok" } else { "degraded" },
        "live": true,
        "ready": ready,
        "database": if ready { "up" } else { "down" },
        "queue_depth": service.events_waiting(),
        "version": env!("CARGO_PKG_VERSION"),
    });
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut response = (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response();
    if !ready {
        response.headers_mut().insert(header::RETRY_AFTER, axum::http::HeaderValue::from_static("2"));
    }
    response
}
