//! `GET /v1/health`: whether the process lives, goes on living and can store events.

use super::V1State;
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::time::Duration;

/// How long the database may take to answer before it counts as down.
const PATIENCE: Duration = Duration::from_secs(2);

/// 200 when everything works; 503 when the database is down, or when the process is about to stop and
/// proxies should send no more. Assignments go on either way.
pub(super) async fn health(V1State { service, draining, .. }: &V1State) -> Response {
    let answered = tokio::time::timeout(PATIENCE, service.check_database()).await;
    let is_up = matches!(answered, Ok(Ok(())));
    let stops = draining.is_cancelled();
    let ready = is_up && !stops;
    let body = json!({
        "status": if stops { "stopping" } else if is_up { "ok" } else { "degraded" },
        "live": true,
        "ready": ready,
        "database": if is_up { "up" } else { "down" },
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
