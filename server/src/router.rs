//! All routes, and what is around them.

use crate::layers::csrf::{self, OwnOrigin};
use crate::layers::headers::{self, Https};
use crate::layers::{body_limit, failure, form_error};
use crate::listen::Stages;
use crate::v1::rate_limit::RateLimit;
use crate::v1::{self, V1State};
use crate::{demo, files, live, ui};
use axum::Router;
use axum::extract::{FromRef, Request, State};
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use domain::SiteId;
use leptos::config::LeptosOptions;
use service::Service;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

/// How long a handler may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What the handlers need. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The use cases.
    pub service: Service,
    /// What Leptos needs to know about the built web files.
    pub leptos: LeptosOptions,
    /// Where browsers reach this installation.
    pub origin: OwnOrigin,
    /// Whether the session cookie is a secure one.
    pub secure_cookie: bool,
    /// Whether browsers are told to stay with https.
    pub https: bool,
    /// The limit on `/v1`.
    pub rate_limit: Arc<RateLimit>,
    /// How far the process is on its way to its end.
    pub stages: Stages,
    /// The demonstration's own site, once it exists; absent outside the demonstration.
    pub demo: Option<Arc<OnceLock<SiteId>>>,
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

/// The whole application as one service.
pub fn router(state: AppState) -> Router {
    let public = v1::router(V1State {
        service: state.service.clone(),
        rate_limit: state.rate_limit.clone(),
        draining: state.stages.draining.clone(),
    });
    let https = Https(state.https);
    let mut files = Router::new()
        .route("/evoloop.js", get(snippet).with_state(state.leptos.clone()).layer(CompressionLayer::new()));
    if let Some(site) = state.demo.clone() {
        files = files.merge(demo::page::router(state.service.public_url().to_owned(), site));
    }
    Router::new()
        .nest("/v1", public)
        .merge(files.layer(from_fn(body_limit::announced)))
        .merge(dashboard(state))
        .layer(CatchPanicLayer::custom(failure::panicked))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT))
        .layer(from_fn_with_state(https, headers::secure))
        .layer(from_fn(failure::reference))
}

/// Everything that a signed-in person uses. Its unsafe requests must come from its own pages.
fn dashboard(state: AppState) -> Router {
    ui::routes(Router::new().route("/api/live", get(live::live)), &state)
        .fallback(file_or_page)
        .layer(from_fn_with_state(state.service.clone(), form_error::guard))
        .layer(from_fn(body_limit::limit))
        .layer(from_fn_with_state(state.origin.clone(), csrf::protect))
        .layer(CompressionLayer::new())
        .with_state(state)
}

async fn snippet(State(options): State<LeptosOptions>, request: Request) -> Response {
    let question = files::question(&request);
    files::snippet(&options, question).await
}

async fn file_or_page(State(state): State<AppState>, request: Request) -> Response {
    if let Some(question) = files::question(&request)
        && let Some(file) = files::find(&state.leptos, question).await
    {
        return file;
    }
    match files::plainly_missing(request.uri()) {
        Some(response) => response,
        None => ui::missing_page(&state, request).await,
    }
}
