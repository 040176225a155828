//! Headers that tell browsers what an answer may not do.

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

/// For answers that are data: nothing in them may run, and nobody may frame them.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const COOP: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
/// Whose pages may load an answer.
pub(crate) const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");

/// Whether browsers reach the installation by https, so that they may be told to stay with it.
#[derive(Debug, Clone, Copy)]
pub struct Https(pub bool);

/// Adds what a handler has not set itself.
pub async fn secure(State(Https(https)): State<Https>, request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let is_page = headers.get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    if is_page {
        set(headers, COOP, "same-origin");
    } else {
        set(headers, CONTENT_SECURITY_POLICY, DATA_POLICY);
    }
    if is_api || is_page {
        // What one person was shown must not be found by the next at the same machine.
        set(headers, CACHE_CONTROL, "no-store");
    }
    set_everywhere(headers, https, "same-origin");
    response
}

/// What every answer of `/v1` carries: data, for pages of any origin.
pub(crate) fn of_public_data(Https(https): Https) -> HeaderMap {
    let mut headers = HeaderMap::new();
    set(&mut headers, CONTENT_SECURITY_POLICY, DATA_POLICY);
    set_everywhere(&mut headers, https, "cross-origin");
    headers
}

fn set_everywhere(headers: &mut HeaderMap, https: bool, readers: &'static str) {
    set(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, REFERRER_POLICY, "strict-origin-when-cross-origin");
    set(headers, X_FRAME_OPTIONS, "DENY");
    set(headers, PERMISSIONS, "camera=(), geolocation=(), microphone=(), payment=()");
    set(headers, CORP, readers);
    if https {
        set(headers, STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}
