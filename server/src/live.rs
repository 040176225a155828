//! `GET /api/live?site_id=`: tells an open dashboard what changed, as server-sent events.

use crate::router::AppState;
use crate::session;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use domain::SiteId;
use futures::StreamExt;
use serde_json::json;
use service::ServiceError;
use std::convert::Infallible;
use std::time::Duration;
use url::form_urlencoded;

/// How often a silent stream shows that it lives, so that proxies keep it open.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Streams `event: change` with `statistics`, `variants`, `jobs` or `site` as data.
pub(crate) async fn live(State(state): State<AppState>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    match open(&state, query.as_deref().unwrap_or_default(), &headers).await {
        Ok(response) => response,
        Err(error) => refused(&error),
    }
}

async fn open(state: &AppState, query: &str, headers: &HeaderMap) -> Result<Response, ServiceError> {
    let token = session::token(headers, state.secure_cookie).ok_or(ServiceError::SignedOut)?;
    let viewer = state.service.authenticate(token).await?;
    let site_id = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "site_id");
    let site_id: SiteId = site_id.and_then(|(_, value)| value.parse().ok()).ok_or(ServiceError::NotFound)?;
    let changes = state.service.watch(&viewer, site_id).await?;
    let events = changes.map(|topic| Ok::<_, Infallible>(Event::default().event("change").data(topic.as_str())));
    // An open stream must not keep the process from ending.
    let events = events.take_until(state.stages.stopping.clone().cancelled_owned());
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response();
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn refused(error: &ServiceError) -> Response {
    let (status, code) = match error {
        ServiceError::SignedOut => (StatusCode::UNAUTHORIZED, "signed_out"),
        ServiceError::NotFound => (StatusCode::NOT_FOUND, "not_found"),
        ServiceError::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
    };
    let mut response = (status, axum::Json(json!({"error": code}))).into_response();
    if status.is_server_error() {
        let cause = crate::v1::problem::causes(error);
        response.extensions_mut().insert(crate::layers::failure::FailureCause(cause));
    }
    response
}
