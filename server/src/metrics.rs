//! `GET /metrics` on an address of its own, for Prometheus; pages of customers have no business there.

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use service::Service;

const TEXT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The only route.
pub fn router(service: Service) -> Router {
    Router::new().route("/metrics", get(metrics)).with_state(service)
}

async fn metrics(State(service): State<Service>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, TEXT), (header::CACHE_CONTROL, "no-store")], service.metrics())
}
