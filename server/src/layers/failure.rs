//! One log line a failure, with the reference that the client is shown.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Name of the header that carries the reference.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// Hexadecimal digits of a reference.
const DIGITS: usize = 12;

/// What went wrong inside; a handler puts it into the extensions of its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureCause(pub String);

/// What a request is called in the log and in its answer.
#[derive(Debug)]
pub(crate) struct Reference(HeaderValue);

impl Reference {
    /// Another one than before: the requests of this process are counted, and the count is hashed with a key that
    /// is drawn at the start, which costs less than a draw a request.
    pub(crate) fn new() -> Self {
        static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        static REQUESTS: AtomicU64 = AtomicU64::new(0);
        let number = KEY.hash_one(REQUESTS.fetch_add(1, Ordering::Relaxed));
        let digits: [u8; DIGITS] = std::array::from_fn(|place| hexadecimal(number >> (4 * place)));
        Self(HeaderValue::from_bytes(&digits).unwrap_or(HeaderValue::from_static("")))
    }

    /// As the value of the header [`HEADER`].
    pub(crate) fn into_value(self) -> HeaderValue {
        self.0
    }
}

fn hexadecimal(number: u64) -> u8 {
    let digit = usize::try_from(number & 15).unwrap_or_default();
    b"0123456789abcdef".get(digit).copied().unwrap_or(b'0')
}

/// Gives every request a reference and writes a line for each answer that is our fault.
pub async fn reference(mut request: Request, next: Next) -> Response {
    let reference = Reference::new();
    // Neither is copied; their text is shared.
    let (method, uri) = (request.method().clone(), request.uri().clone());
    request.headers_mut().insert(HEADER, reference.0.clone());
    let mut response = next.run(request).await;
    report(&mut response, &reference, &method, uri.path());
    response.headers_mut().insert(HEADER, reference.0);
    response
}

/// Writes a line for an answer that is our fault.
pub(crate) fn report(response: &mut Response, reference: &Reference, method: &Method, path: &str) {
    let cause = response.extensions_mut().remove::<FailureCause>();
    // Server functions log their own failures under their own reference.
    let logs_itself = cause.is_none() && path.starts_with("/api/");
    if response.status().is_server_error() && !logs_itself && !is_asked_to_wait(response, cause.as_ref()) {
        let (reference, status) = (reference.0.to_str().unwrap_or_default(), response.status().as_u16());
        let cause = cause.map_or_else(|| "unknown".to_owned(), |cause| cause.0);
        tracing::error!(reference, %method, path, status, cause, "request failed");
    }
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
