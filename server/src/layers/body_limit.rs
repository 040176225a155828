//! Refuses bodies that are larger than any form of the dashboard, whether they announce their size or not.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Largest body of a dashboard request, in bytes.
const MAX_BYTES: usize = 256 * 1024;

/// Reads the body before the handler does, because a handler that meets the limit half-way can only call it a
/// failure of its own.
pub async fn limit(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match to_bytes(body, MAX_BYTES).await {
        Ok(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Err(_) => (StatusCode::PAYLOAD_TOO_LARGE, "This is more than the form can hold. Shorten it.").into_response(),
    }
}
