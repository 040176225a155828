//! The public API, `/v1`: asked by pages all over the world, so it takes any origin, reads no
//! cookie and trusts nothing.

pub mod assign;
pub mod automation;
pub mod envelope;
pub mod event;
pub mod forget;
pub mod health;
mod names;
pub mod problem;
pub mod rate_limit;

use crate::layers::body_limit::announces_more;
use crate::layers::failure::{self, Reference};
use crate::layers::headers::{self, Https};
use assign::Question;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use domain::event::MAX_BODY_BYTES;
use futures::FutureExt;
use hyper::body::Body as _;
use names::Names;
use problem::Problem;
use rate_limit::RateLimit;
use service::Service;
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock};
use tokio_util::sync::CancellationToken;

/// The description that is served; a test compares its paths with [`PATHS`].
pub const OPENAPI: &str = include_str!("../assets/openapi.json");

/// What the API answers to, as method and path.
pub const PATHS: [(&str, &str); 6] =
    [("get", ASSIGN), ("post", EVENT), ("post", FORGET), ("get", HEALTH), ("get", DESCRIPTION), ("get", PATCH_SCHEMA)];

const ASSIGN: &str = "/v1/assign";
const EVENT: &str = "/v1/event";
const FORGET: &str = "/v1/forget";
/// Whoever asks how the server is must be told even when it is full.
pub(crate) const HEALTH: &str = "/v1/health";
const DESCRIPTION: &str = "/v1/openapi.json";
const PATCH_SCHEMA: &str = "/v1/patch.schema.json";

/// How long a browser may remember what it was told before, in seconds: a day.
const PREFLIGHT_S: &str = "86400";

/// What the handlers of the public API need.
#[derive(Clone)]
pub struct V1State {
    /// The use cases.
    pub service: Service,
    /// Requests a second and address.
    pub rate_limit: Arc<RateLimit>,
    /// Cancelled when the process is about to stop.
    pub draining: CancellationToken,
}

/// The public API with everything that is around it.
///
/// It has few paths and the highest rate of all requests, so it is no stack of layers, each of which would be
/// copied for every request: it looks at the path itself, and the headers that all answers carry stand ready.
pub struct Public {
    state: V1State,
    names: Names,
    /// What every answer carries.
    common: HeaderMap,
    /// What an assignment carries.
    of_assignments: HeaderMap,
}

impl Public {
    /// Ready to answer.
    #[must_use]
    pub fn new(state: V1State, https: Https) -> Self {
        let mut common = headers::of_public_data(https);
        common.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        common.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after"));
        let mut of_assignments = common.clone();
        of_assignments.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        of_assignments.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        // Its place is kept, so that the copy an answer gets does not have to grow.
        of_assignments.insert(failure::HEADER, HeaderValue::from_static(""));
        let names = Names::new(state.service.paths());
        Self { state, names, common, of_assignments }
    }

    /// Whether a path belongs to it.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        let is_standard = path.strip_prefix("/v1").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        is_standard || self.names.has(path)
    }

    /// Whether there is something under this path.
    #[must_use]
    pub fn knows(&self, path: &str) -> bool {
        let standard = self.names.standard(path);
        PATHS.iter().any(|(_, known)| *known == standard)
    }

    /// Whether a path takes events while many wait already.
    pub(crate) fn joins_crowd(&self, path: &str) -> bool {
        self.names.standard(path) == EVENT && self.state.service.is_crowded()
    }

    /// Answers a request for an assignment, which needs no waiting unless it is for a preview; `None` for every other
    /// request.
    pub fn at_once(&self, request: &Request<impl hyper::body::Body>, peer: Option<IpAddr>) -> Option<Response> {
        let path = request.uri().path();
        let is_assign = *request.method() == Method::GET && self.names.standard(path) == ASSIGN;
        if !is_assign || !request.body().is_end_stream() {
            return None;
        }
        let answered = catch_unwind(AssertUnwindSafe(|| {
            let asked = match assign::parse(request.uri().query().unwrap_or_default()) {
                Ok(Question::Preview { .. }) => return None,
                Ok(Question::Visitor { site_id, visitor_id, current }) => Ok((site_id, visitor_id, current)),
                Err(problem) => Err(problem),
            };
            let headers = request.headers();
            if !self.state.rate_limit.admits(peer, headers) {
                return Some(Err(Problem::too_many()));
            }
            let address = self.address(peer, headers);
            Some(asked.and_then(|asked| assign::from_memory(&self.state.service, asked, address, headers)))
        }));
        Some(match answered {
            Ok(None) => return None,
            Ok(Some(Ok(text))) => {
                let mut response = Response::new(Body::from(text));
                let headers = response.headers_mut();
                self.of_assignments.clone_into(headers);
                headers.insert(failure::HEADER, Reference::new().into_value());
                response
            }
            Ok(Some(Err(problem))) => self.complete(problem.into_response(), request.method(), path),
            Err(panic) => self.complete(failure::panicked(panic), request.method(), path),
        })
    }

    /// Answers every request.
    pub async fn answer(&self, request: Request, peer: Option<IpAddr>) -> Response {
        if let Some(response) = self.at_once(&request, peer) {
            return response;
        }
        let (method, uri) = (request.method().clone(), request.uri().clone());
        if method == Method::OPTIONS {
            return self.preflight();
        }
        let response = AssertUnwindSafe(self.respond(request, peer)).catch_unwind().await;
        let response = self.complete(response.unwrap_or_else(failure::panicked), &method, uri.path());
        if method == Method::HEAD { without_body(response) } else { response }
    }

    async fn respond(&self, request: Request, peer: Option<IpAddr>) -> Response {
        if !self.state.rate_limit.admits(peer, request.headers()) {
            return Problem::too_many().into_response();
        }
        // On the paths too that read none.
        if announces_more(&request, MAX_BODY_BYTES) {
            return Problem::too_large().into_response();
        }
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        match self.names.standard(request.uri().path()) {
            ASSIGN if reads => {
                let query = request.uri().query().unwrap_or_default();
                let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
                let address = self.address(peer, request.headers());
                let text = assign::assign(&self.state.service, query, address, request.headers()).await;
                text.map(|text| (headers, text)).into_response()
            }
            HEALTH if reads => health::health(&self.state).await,
            DESCRIPTION if reads => description(),
            PATCH_SCHEMA if reads => patch_schema(),
            EVENT if *request.method() == Method::POST => {
                event::event(&self.state.service, request).await.into_response()
            }
            FORGET if *request.method() == Method::POST => {
                forget::forget(&self.state.service, request).await.into_response()
            }
            ASSIGN | HEALTH | DESCRIPTION | PATCH_SCHEMA => other_method("GET,HEAD"),
            EVENT | FORGET => other_method("POST"),
            _ => Problem::unknown_path().into_response(),
        }
    }

    /// The address of the client, as far as it can be known.
    fn address(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        peer.map(|peer| self.state.rate_limit.address(peer, headers))
    }

    /// What a browser asks before it sends JSON from another site.
    fn preflight(&self) -> Response {
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        self.common.clone_into(headers);
        headers.remove(header::ACCESS_CONTROL_EXPOSE_HEADERS);
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET,POST"));
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(PREFLIGHT_S));
        headers.insert(failure::HEADER, Reference::new().into_value());
        response
    }

    /// Adds what every answer carries, and writes a line for one that is our fault.
    fn complete(&self, mut response: Response, method: &Method, path: &str) -> Response {
        let reference = Reference::new();
        failure::report(&mut response, &reference, method, path);
        let headers = response.headers_mut();
        headers.reserve(self.common.len() + 1);
        for (name, value) in &self.common {
            headers.insert(name, value.clone());
        }
        headers.insert(failure::HEADER, reference.into_value());
        response
    }
}

fn other_method(allowed: &'static str) -> Response {
    ([(header::ALLOW, allowed)], Problem::method()).into_response()
}

/// The head alone says how long the body would be.
fn without_body(mut response: Response) -> Response {
    if let Some(length) = response.body().size_hint().exact() {
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    *response.body_mut() = Body::empty();
    response
}

/// The form of patches; it changes with releases alone.
fn patch_schema() -> Response {
    static TEXT: LazyLock<String> = LazyLock::new(|| domain::Patch::schema().to_string());
    let headers = [(header::CONTENT_TYPE, "application/schema+json"), (header::CACHE_CONTROL, "public, max-age=86400")];
    (headers, TEXT.as_str()).into_response()
}

fn description() -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, OPENAPI).into_response()
}
