//! One log line a failure, with the reference that the client is shown.

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::fmt::Write;

/// Name of the header that carries the reference.
pub const HEADER: &str = "x-request-id";

/// What went wrong inside; a handler puts it into the extensions of its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureCause(pub String);

/// Gives every request a reference and writes a line for each answer that is our fault.
pub async fn reference(mut request: Request, next: Next) -> Response {
    let reference = new_reference();
    // Neither is copied; their text is shared.
    let (method, uri) = (request.method().clone(), request.uri().clone());
    if let Ok(value) = HeaderValue::from_str(&reference) {
        request.headers_mut().insert(HEADER, value);
    }
    let mut response = next.run(request).await;
    let cause = response.extensions_mut().remove::<FailureCause>();
    // Server functions log their own failures under their own reference.
    let logs_itself = cause.is_none() && uri.path().starts_with("/api/");
    if response.status().is_server_error() && !logs_itself && !is_asked_to_wait(&response, cause.as_ref()) {
        let (status, path) = (response.status().as_u16(), uri.path());
        let cause = cause.map_or_else(|| "unknown".to_owned(), |cause| cause.0);
        tracing::error!(reference, %method, path, status, cause, "request failed");
    }
    if let Ok(value) = HeaderValue::from_str(&reference) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

/// Too much load is no failure: whoever has to wait is told so, and counted in the metrics. A line for each of
/// them would make it worse.
fn is_asked_to_wait(response: &Response, cause: Option<&FailureCause>) -> bool {
    cause.is_none()
        && response.status() == StatusCode::SERVICE_UNAVAILABLE
        && response.headers().contains_key(header::RETRY_AFTER)
}

/// What a panic becomes: an answer like every other failure.
pub fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    let mut response = (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side.").into_response();
    response.extensions_mut().insert(FailureCause(format!("panic: {text}")));
    response
}

fn new_reference() -> String {
    uuid::Uuid::new_v4().as_bytes()[..6].iter().fold(String::with_capacity(12), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
