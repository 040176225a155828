//! The public API, `/v1`: asked by pages all over the world, so it takes any origin, reads no
//! cookie and trusts nothing.

pub mod assign;
pub mod automation;
pub mod envelope;
pub mod event;
pub mod health;
pub mod problem;
pub mod rate_limit;

use crate::layers::body_limit::announces_more;
use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef, Request};
use axum::http::{Method, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use domain::event::MAX_BODY_BYTES;
use problem::Problem;
use rate_limit::RateLimit;
use service::Service;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tower_http::cors::{Any, CorsLayer};

/// The description that is served; a test compares its paths with [`PATHS`].
pub const OPENAPI: &str = include_str!("../assets/openapi.json");

/// What the API answers to, as method and path.
pub const PATHS: [(&str, &str); 4] =
    [("get", "/v1/assign"), ("post", "/v1/event"), ("get", "/v1/health"), ("get", "/v1/openapi.json")];

/// What the handlers of the public API need.
#[derive(Clone)]
pub struct V1State {
    /// The use cases.
    pub service: Service,
    /// Requests a second and address.
    pub rate_limit: Arc<RateLimit>,
    /// Cancelled when the process is about to stop.
    pub draining: CancellationToken,
}

impl FromRef<V1State> for Service {
    fn from_ref(state: &V1State) -> Self {
        state.service.clone()
    }
}

/// The routes under `/v1`, with everything that belongs to them.
pub fn router(state: V1State) -> Router {
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::CONTENT_TYPE])
        .expose_headers([header::RETRY_AFTER])
        .max_age(Duration::from_secs(24 * 60 * 60));
    Router::new()
        .route("/assign", get(assign::assign))
        .route("/event", post(event::event))
        .route("/health", get(health::health))
        .route("/openapi.json", get(openapi))
        .fallback(|| async { Problem::unknown_path() })
        .method_not_allowed_fallback(|| async { Problem::method() })
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn(refuse_large))
        .layer(from_fn_with_state(state.rate_limit.clone(), rate_limit::limit))
        .layer(cors)
        .with_state(state)
}

/// Refuses an announced body that is too large, on the paths too that read none.
async fn refuse_large(request: Request, next: Next) -> Response {
    if announces_more(&request, MAX_BODY_BYTES) {
        return Problem::too_large().into_response();
    }
    next.run(request).await
}

async fn openapi() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")], OPENAPI)
}
