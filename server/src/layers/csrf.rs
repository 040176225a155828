//! Refuses requests that another site makes a browser send.
//!
//! Every current browser says where a request comes from. An unsafe request passes when it says
//! "from here", or says nothing at all, which no browser does: then there is no cookie to abuse.

use crate::config::is_loopback;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use url::Url;

/// Where this installation's own pages come from.
#[derive(Debug, Clone)]
pub struct OwnOrigin {
    url: Arc<Url>,
}

impl OwnOrigin {
    /// The origin of a public address.
    ///
    /// # Errors
    /// When the text is no address.
    pub fn new(public_url: &str) -> Result<Self, url::ParseError> {
        Ok(Self { url: Arc::new(Url::parse(public_url)?) })
    }

    /// A machine has several names for itself, so loopback addresses with the same port are one origin.
    fn is_own(&self, origin: &str) -> bool {
        let Ok(origin) = Url::parse(origin) else { return false };
        let both_loopback = is_loopback(&origin) && is_loopback(&self.url);
        let same_door =
            origin.scheme() == self.url.scheme() && origin.port_or_known_default() == self.url.port_or_known_default();
        origin.origin() == self.url.origin() || (both_loopback && same_door)
    }

    /// Whether a request may change something.
    #[must_use]
    pub fn allows(&self, method: &Method, headers: &HeaderMap) -> bool {
        if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE) {
            return true;
        }
        let fetch_site = headers.get("sec-fetch-site");
        let origin = headers.get(header::ORIGIN);
        fetch_site.is_none_or(|value| matches!(value.as_bytes(), b"same-origin" | b"none"))
            && origin.is_none_or(|value| value.to_str().is_ok_and(|text| self.is_own(text)))
    }
}

/// Answers 403 to unsafe requests from elsewhere.
pub async fn protect(State(own): State<OwnOrigin>, request: Request, next: Next) -> Response {
    if own.allows(request.method(), request.headers()) {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "This request came from another site and was refused.").into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::OwnOrigin;
    use axum::http::{HeaderMap, HeaderValue, Method, header};

    fn allows(public_url: &str, method: &Method, fetch_site: &'static str, origin: &'static str) -> Option<bool> {
        let mut headers = HeaderMap::new();
        if !fetch_site.is_empty() {
            headers.insert("sec-fetch-site", HeaderValue::from_static(fetch_site));
        }
        if !origin.is_empty() {
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        }
        OwnOrigin::new(public_url).ok().map(|own| own.allows(method, &headers))
    }

    #[test]
    fn unsafe_requests_pass_only_from_here() {
        let cases = [
            ("same-origin", "https://evoloop.example", true),
            ("none", "", true),
            ("same-origin", "", true),
            ("", "https://evoloop.example", true),
            ("", "https://evoloop.example:443", true),
            ("", "", true),
            ("cross-site", "https://evoloop.example", false),
            ("same-site", "https://evoloop.example", false),
            ("cross-site", "", false),
            ("same-origin", "https://evil.example", false),
            ("", "https://evil.example", false),
            ("", "http://evoloop.example", false),
            ("", "https://evoloop.example:8443", false),
            ("", "https://www.evoloop.example", false),
            ("", "https://evoloop.example.evil.example", false),
            ("", "null", false),
            ("", "http://localhost", false),
        ];
        for (fetch_site, origin, expected) in cases {
            for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
                let found = allows("https://evoloop.example", &method, fetch_site, origin);
                assert_eq!(found, Some(expected), "{method} {fetch_site} {origin}");
            }
            assert_eq!(allows("https://evoloop.example", &Method::GET, fetch_site, origin), Some(true));
        }
    }

    #[test]
    fn a_machines_names_for_itself_are_one_origin() {
        let cases = [
            ("http://127.0.0.1:3000", true),
            ("http://localhost:3000", true),
            ("http://[::1]:3000", true),
            ("http://localhost:3001", false),
            ("https://localhost:3000", false),
            ("http://evil.example:3000", false),
        ];
        for (origin, expected) in cases {
            assert_eq!(allows("http://localhost:3000", &Method::POST, "", origin), Some(expected), "{origin}");
        }
    }
}
