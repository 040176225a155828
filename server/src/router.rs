//! All routes, and what is around them.

use crate::layers::csrf::{self, OwnOrigin};
use crate::layers::headers::{self, Https};
use crate::layers::{body_limit, failure, form_error};
use crate::listen::Stages;
use crate::v1::rate_limit::RateLimit;
use crate::v1::{Public, V1State};
use crate::{assets, demo, files, live, ui};
use axum::Router;
use axum::extract::{FromRef, Request, State};
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use domain::SiteId;
use hyper::body::Body;
use leptos::config::LeptosOptions;
use service::Service;
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tower::{ServiceExt, service_fn};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

/// How long a handler may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What the handlers need. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The use cases.
    pub service: Service,
    /// What Leptos needs to know about the built web files.
    pub leptos: LeptosOptions,
    /// Where browsers reach this installation.
    pub origin: OwnOrigin,
    /// Whether the session cookie is a secure one.
    pub secure_cookie: bool,
    /// Whether browsers are told to stay with https.
    pub https: bool,
    /// The limit on `/v1`.
    pub rate_limit: Arc<RateLimit>,
    /// How far the process is on its way to its end.
    pub stages: Stages,
    /// The demonstration's own site, once it exists; absent outside the demonstration.
    pub demo: Option<Arc<OnceLock<SiteId>>>,
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

/// Everything that is answered on one address.
#[derive(Clone)]
pub struct Routes {
    /// The public API, if it is served here; it stands beside the router, because it is asked most of all.
    public: Option<Arc<Public>>,
    others: Router,
    /// Whose paths those of the public API are that it does not know itself: somebody else's, behind the proxy.
    is_proxy: bool,
}

/// Who sent a request, for handlers that have to know.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

impl Routes {
    /// The whole application.
    #[must_use]
    pub fn new(state: AppState) -> Self {
        let public = V1State {
            service: state.service.clone(),
            rate_limit: state.rate_limit.clone(),
            draining: state.stages.draining.clone(),
        };
        let public = Public::new(public, Https(state.https));
        Self { public: Some(Arc::new(public)), others: others(state), is_proxy: false }
    }

    /// The public API in front of a site that has paths of its own.
    pub(crate) fn in_front_of(public: Public, others: Router) -> Self {
        Self { public: Some(Arc::new(public)), others, is_proxy: true }
    }

    /// Whether connections can become something else than HTTP.
    pub(crate) fn has_tunnels(&self) -> bool {
        self.is_proxy
    }

    /// The snippet and its panel, the only files that the proxy has.
    pub(crate) fn snippet(leptos: LeptosOptions, service: &Service) -> Router {
        let script = get(snippet).with_state(leptos).layer(CompressionLayer::new());
        let files = Router::new().route(files::SNIPPET, script.clone()).route(files::PANEL, script.clone());
        match &service.paths().script {
            Some(path) => files.route(path, script),
            None => files,
        }
    }

    /// Answers a request that needs no waiting; `None` for every other.
    pub(crate) fn at_once(&self, request: &Request<impl Body>, peer: IpAddr) -> Option<Response> {
        self.public.as_ref()?.at_once(request, Some(peer))
    }

    /// Whether a path belongs to the public API.
    pub(crate) fn is_public(&self, path: &str) -> bool {
        self.public.as_ref().is_some_and(|public| public.has(path))
    }

    /// Whether a request brings events while many wait already.
    pub(crate) fn joins_crowd(&self, request: &Request<impl Body>) -> bool {
        self.public.as_ref().is_some_and(|public| public.joins_crowd(request.uri().path()))
    }

    /// Answers every request. Whose it is need not be known when nothing is limited by that.
    pub async fn answer(self, mut request: Request, peer: Option<IpAddr>) -> Result<Response, Infallible> {
        let is_ours: fn(&Public, &str) -> bool = if self.is_proxy { Public::knows } else { Public::has };
        match self.public {
            Some(public) if is_ours(&public, request.uri().path()) => Ok(public.answer(request, peer).await),
            _ => {
                if let Some(peer) = peer {
                    request.extensions_mut().insert(Peer(peer));
                }
                self.others.oneshot(request).await
            }
        }
    }
}

impl From<Router> for Routes {
    fn from(others: Router) -> Self {
        Self { public: None, others, is_proxy: false }
    }
}

/// The whole application as one service, for those who know nobody's address.
pub fn router(state: AppState) -> Router {
    let routes = Routes::new(state);
    Router::new().fallback_service(service_fn(move |request| routes.clone().answer(request, None)))
}

/// Everything but the public API.
fn others(state: AppState) -> Router {
    let https = Https(state.https);
    let mut files = Routes::snippet(state.leptos.clone(), &state.service);
    let pictures = get(assets::answer).with_state(state.clone());
    files = files.route("/assets/{site_id}/{name}", pictures);
    if let Some(site) = state.demo.clone() {
        files = files.merge(demo::page::router(state.service.public_url().to_owned(), site));
    }
    Router::new()
        .merge(files.layer(from_fn(body_limit::announced)))
        .merge(dashboard(state))
        .layer(CatchPanicLayer::custom(failure::panicked))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT))
        .layer(from_fn_with_state(https, headers::secure))
        .layer(from_fn(failure::reference))
}

/// Everything that a signed-in person uses. Its unsafe requests must come from its own pages.
fn dashboard(state: AppState) -> Router {
    ui::routes(Router::new().route("/api/live", get(live::live)), &state)
        .fallback(file_or_page)
        .layer(from_fn_with_state(state.service.clone(), form_error::guard))
        .layer(from_fn(body_limit::limit))
        .layer(from_fn_with_state(state.origin.clone(), csrf::protect))
        .layer(CompressionLayer::new())
        .with_state(state)
}

async fn snippet(State(options): State<LeptosOptions>, request: Request) -> Response {
    files::snippet(&options, files::question(&request)).await
}

async fn file_or_page(State(state): State<AppState>, request: Request) -> Response {
    if let Some(question) = files::question(&request)
        && let Some(file) = files::find(&state.leptos, question).await
    {
        return file;
    }
    match files::plainly_missing(request.uri()) {
        Some(response) => response,
        None => ui::missing_page(&state, request).await,
    }
}
