//! Errors of the public API as `application/problem+json` (RFC 9457).

use crate::layers::failure::FailureCause;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::event::{Dropped, MAX_BATCH, MAX_BODY_BYTES};
use serde_json::json;
use service::{PreviewError, ServiceError};

/// How long a client should wait after a failure of ours, in seconds.
const RETRY_AFTER_S: u64 = 2;

/// A refused or failed request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    /// A stable name for programs.
    code: &'static str,
    /// A sentence for people.
    detail: String,
    retry_after_s: Option<u64>,
    /// What went wrong inside; for the log alone.
    cause: Option<String>,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), retry_after_s: None, cause: None }
    }

    /// Something in the request cannot be read.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", detail)
    }

    /// There is no such site.
    #[must_use]
    pub fn unknown_site() -> Self {
        Self::new(StatusCode::NOT_FOUND, "unknown_site", "There is no site with this id.")
    }

    /// The token was not issued to this visitor.
    #[must_use]
    pub fn wrong_token() -> Self {
        let detail = "The token was not issued to this visitor of this site.";
        Self::new(StatusCode::FORBIDDEN, "wrong_token", detail)
    }

    /// There is no such path.
    #[must_use]
    pub fn unknown_path() -> Self {
        Self::new(StatusCode::NOT_FOUND, "unknown_path", "There is nothing at this path; see /v1/openapi.json.")
    }

    /// The path does not take the method.
    #[must_use]
    pub fn method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method", "This path does not take the method; see /v1/openapi.json.")
    }

    /// The body is too large, or holds too many events.
    #[must_use]
    pub fn too_large() -> Self {
        let detail = format!("Send at most {MAX_BATCH} events and {MAX_BODY_BYTES} bytes in one request.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
    }

    /// The body is of another type.
    #[must_use]
    pub fn media_type() -> Self {
        let detail = "Send JSON as application/json or text/plain, not compressed.";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", detail)
    }

    /// Too many requests of one address.
    #[must_use]
    pub fn too_many() -> Self {
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many", "Too many requests from this address.");
        Self { retry_after_s: Some(1), ..problem }
    }

    /// Too many wishes of one site's visitors to be erased.
    #[must_use]
    pub fn too_many_wishes() -> Self {
        let detail = "Too many visitors of this site ask for their erasure at once. Nothing was noted. Try again.";
        Self { detail: detail.to_owned(), ..Self::too_many() }
    }

    /// Nobody waits any longer for the database. A repeat harms nothing, whatever became of the events.
    #[must_use]
    pub fn late() -> Self {
        let detail = "The database is too slow to say what was stored. Try again.";
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail);
        let cause = Some("the events waited too long".to_owned());
        Self { retry_after_s: Some(RETRY_AFTER_S), cause, ..problem }
    }

    /// More requests at the same time than can be worked on.
    #[must_use]
    pub fn overloaded() -> Self {
        let detail = "Too many requests at the same time. Nothing was stored. Try again.";
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail);
        Self { retry_after_s: Some(1), ..problem }
    }

    /// A single event that cannot be stored; `None` for a reason that is no fault of the request.
    #[must_use]
    pub fn of_dropped(reason: Dropped) -> Option<Self> {
        let unprocessable = |detail: &str| Some(Self::new(StatusCode::UNPROCESSABLE_ENTITY, reason.as_str(), detail));
        match reason {
            Dropped::Malformed => Some(Self::malformed("The event cannot be read.")),
            Dropped::UnknownSite => Some(Self::unknown_site()),
            Dropped::ForeignVariant => unprocessable("The variant does not belong to the site."),
            Dropped::ForeignGoal => unprocessable("The goal does not belong to the site."),
            Dropped::ForeignOrigin => {
                let detail = "Pages of this origin may not report for the site; its owner can allow them.";
                Some(Self::new(StatusCode::FORBIDDEN, reason.as_str(), detail))
            }
            Dropped::OverLimit => {
                let detail = "The site sends more events than it may.";
                let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, reason.as_str(), detail);
                Some(Self { retry_after_s: Some(1), ..problem })
            }
            Dropped::TokenExpired | Dropped::Forgotten => None,
        }
    }

    /// A variant that is not shown.
    #[must_use]
    pub fn of_preview(error: &PreviewError) -> Self {
        let forbidden = |code, detail| Self::new(StatusCode::FORBIDDEN, code, detail);
        match error {
            PreviewError::Forged => {
                let detail = "This preview link was not made for this site, or was changed on its way.";
                forbidden("preview_forged", detail)
            }
            PreviewError::Expired => {
                forbidden("preview_expired", "This preview link has expired; the dashboard has a new one.")
            }
            PreviewError::Gone => {
                Self::new(StatusCode::NOT_FOUND, "unknown_variant", "The variant of this preview link was deleted.")
            }
            PreviewError::Failed(error) => {
                let detail = "The variant cannot be read from the database. Try again.";
                Self { detail: detail.to_owned(), ..Self::of_service(error) }
            }
        }
    }

    /// A failure of the service. The database being away is no fault, so that clients try again.
    #[must_use]
    pub fn of_service(error: &ServiceError) -> Self {
        if matches!(error, ServiceError::Busy) {
            return Self::overloaded();
        }
        let cause = Some(causes(error));
        if let ServiceError::Unavailable(_) | ServiceError::NotStored(_) = error {
            let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Nothing was stored. Try again.");
            return Self { retry_after_s: Some(RETRY_AFTER_S), cause, ..problem };
        }
        let problem = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Nothing was stored. Try again later.");
        Self { cause, ..problem }
    }
}

/// An error with everything that led to it, on one line.
pub fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let title = self.status.canonical_reason().unwrap_or("Error");
        let body = json!({
            "type": "about:blank",
            "title": title,
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": self.detail,
        });
        let mut response = (self.status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(cause) = self.cause {
            response.extensions_mut().insert(FailureCause(cause));
        }
        response
    }
}
