//! Refuses bodies that are larger than any form of the dashboard, whether they announce their size or not.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hyper::body::Body as _;

/// Largest body of a dashboard request, in bytes.
const MAX_BYTES: usize = 256 * 1024;

/// Whether a body says beforehand that it is larger.
#[must_use]
pub fn announces_more(request: &Request, bytes: usize) -> bool {
    usize::try_from(request.body().size_hint().lower()).is_ok_and(|announced| announced > bytes)
}

/// Refuses an announced body that is too large for any route, those too that read none.
pub async fn announced(request: Request, next: Next) -> Response {
    if announces_more(&request, MAX_BYTES) { too_large() } else { next.run(request).await }
}

/// Reads the body before the handler does, because a handler that meets the limit half-way can only call it a
/// failure of its own.
pub async fn limit(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match to_bytes(body, MAX_BYTES).await {
        Ok(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Err(_) => too_large(),
    }
}

fn too_large() -> Response {
    (StatusCode::PAYLOAD_TOO_LARGE, "This is more than the form can hold. Shorten it.").into_response()
}
