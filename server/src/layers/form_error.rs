//! The error of a plain form, which its answer carries in an address, is shown only when it is our own.
//!
//! A form without program is answered by a redirect back to its page, with the error in the query.
//! Anybody can write such an address, with a sentence of their own that would stand on our page as
//! if it were ours. So the redirect gets a seal, and an address without the right one loses its error.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use service::Service;
use url::Url;

/// Names that Leptos gives to the form's address and to its error.
const ERROR: [&str; 2] = ["__path", "__err"];
const SEAL: &str = "__seal";

/// Seals our errors and takes away those of others.
pub async fn guard(State(service): State<Service>, request: Request, next: Next) -> Response {
    let asked = request.uri().path_and_query().and_then(|asked| Errand::parse(asked.as_str()));
    if let Some(asked) = asked.filter(|asked| !service.is_sealed(&asked.error, &asked.seal)) {
        return Redirect::to(&asked.without_error()).into_response();
    }
    let mut response = next.run(request).await;
    let is_redirect = matches!(response.status(), StatusCode::FOUND | StatusCode::SEE_OTHER);
    let location = response.headers().get(header::LOCATION).filter(|_| is_redirect);
    if let Some(errand) = location.and_then(|location| Errand::parse(location.to_str().ok()?)) {
        let seal = service.seal(&errand.error);
        if let Ok(sealed) = HeaderValue::from_str(&errand.with_seal(&seal)) {
            response.headers_mut().insert(header::LOCATION, sealed);
        }
    }
    response
}

/// An address that carries an error.
struct Errand {
    url: Url,
    /// What is sealed: the form's address and the error, as they are written.
    error: String,
    seal: String,
}

impl Errand {
    /// Reads an address, whole or relative to our own; `None` when it carries no error.
    fn parse(address: &str) -> Option<Self> {
        let url = Url::parse("http://here.invalid").ok()?.join(address).ok()?;
        let (mut error, mut seal) = (String::new(), String::new());
        for (name, value) in url.query_pairs() {
            if ERROR.contains(&&*name) {
                error.extend([&*name, "=", &*value, "\n"]);
            } else if name == SEAL {
                seal = value.into_owned();
            }
        }
        (!error.is_empty()).then_some(Self { url, error, seal })
    }

    fn without_error(mut self) -> String {
        self.keep(|key| !ERROR.contains(&key) && key != SEAL);
        self.relative()
    }

    fn with_seal(mut self, seal: &str) -> String {
        self.keep(|key| key != SEAL);
        self.url.query_pairs_mut().append_pair(SEAL, seal);
        self.relative()
    }

    fn keep(&mut self, wanted: impl Fn(&str) -> bool) {
        let pairs: Vec<(String, String)> = self.url.query_pairs().into_owned().collect();
        let kept = pairs.into_iter().filter(|(key, _)| wanted(key));
        self.url.query_pairs_mut().clear().extend_pairs(kept);
    }

    /// Path and query: it never leads away from us.
    fn relative(&self) -> String {
        let query = self.url.query().filter(|query| !query.is_empty());
        // Two slashes at the beginning would name another host.
        let path = format!("/{}", self.url.path().trim_start_matches('/'));
        query.map_or_else(|| path.clone(), |query| format!("{path}?{query}"))
    }
}
