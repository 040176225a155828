//! The server's side of server functions: find the viewer, call the service, translate the answer.

pub mod account;
pub mod jobs;
pub mod page_edits;
pub mod pictures;
pub mod site;
pub mod sites;

use crate::error::UiError;
use http::header::{ACCEPT, CACHE_CONTROL, COOKIE, HeaderName};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use service::{Service, ServiceError, Viewer};

/// What the server provides to every page and server function.
#[derive(Clone)]
pub struct AppContext {
    /// The use cases.
    pub service: Service,
    /// Where browsers reach this installation, without a slash at the end.
    pub public_url: String,
    /// Whether cookies may be marked as secure.
    pub secure_cookie: bool,
}

impl AppContext {
    /// Name of the session cookie; the prefix makes browsers refuse it from anywhere but this very host.
    #[must_use]
    pub fn cookie_name(&self) -> &'static str {
        if self.secure_cookie { "__Host-evoloop" } else { "evoloop_session" }
    }
}

/// The service, outside of any account.
pub(crate) fn context() -> Result<AppContext, UiError> {
    // Whatever a server function answers is for one person now.
    set_header(CACHE_CONTROL.as_str(), "no-store");
    use_context::<AppContext>().ok_or_else(|| internal("no application context"))
}

/// The service and the signed-in person.
pub(crate) async fn viewer() -> Result<(Service, Viewer), UiError> {
    let context = context()?;
    let token = cookie(context.cookie_name()).ok_or_else(|| answer(ServiceError::SignedOut))?;
    let viewer = context.service.authenticate(&token).await.map_err(answer)?;
    Ok((context.service, viewer))
}

/// A failure in words for people, with the right status; logged here when it is our fault.
pub(crate) fn answer(error: ServiceError) -> UiError {
    let (status, shown) = match &error {
        ServiceError::Invalid { field, message } => {
            let shown = UiError::Invalid { message: capitalise(message), field: field.map(str::to_owned) };
            (StatusCode::UNPROCESSABLE_ENTITY, shown)
        }
        ServiceError::NotFound => (StatusCode::NOT_FOUND, UiError::NotFound),
        ServiceError::Conflict(message) => (StatusCode::CONFLICT, UiError::invalid(message)),
        ServiceError::SignedOut => (StatusCode::UNAUTHORIZED, UiError::SignedOut),
        ServiceError::WrongCredentials => (StatusCode::UNAUTHORIZED, UiError::invalid(error.to_string())),
        ServiceError::Unavailable(_) | ServiceError::Busy | ServiceError::NotStored(_) => {
            tracing::error!(error = &error as &dyn std::error::Error, reference = reference(), "request failed");
            (StatusCode::SERVICE_UNAVAILABLE, UiError::Unavailable)
        }
        ServiceError::Internal(_) => {
            tracing::error!(error = &error as &dyn std::error::Error, reference = reference(), "request failed");
            (StatusCode::INTERNAL_SERVER_ERROR, UiError::Internal { reference: reference() })
        }
    };
    // A form without program is answered by a redirect back to its page, which must stay one.
    if !is_plain_form() {
        set_status(status);
    }
    shown
}

fn internal(message: &'static str) -> UiError {
    answer(ServiceError::Internal(message.into()))
}

/// The request's reference, which the answer's header and the log carry too.
fn reference() -> String {
    let parts = use_context::<Parts>();
    let header = parts.as_ref().and_then(|parts| parts.headers.get("x-request-id"));
    header.and_then(|value| value.to_str().ok()).unwrap_or("unknown").to_owned()
}

fn is_plain_form() -> bool {
    let parts = use_context::<Parts>();
    let accept = parts.as_ref().and_then(|parts| parts.headers.get(ACCEPT));
    accept.and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

/// A cookie of the request.
pub(crate) fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let cookies = parts.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value.to_owned())
}

pub(crate) fn set_header(name: &str, value: &str) {
    let (Some(options), Ok(name), Ok(value)) =
        (use_context::<ResponseOptions>(), name.parse::<HeaderName>(), HeaderValue::from_str(value))
    else {
        return;
    };
    options.insert_header(name, value);
}

pub(crate) fn set_status(status: StatusCode) {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.set_status(status);
    }
}

fn capitalise(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
