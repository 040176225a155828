//! A site's own pages, with each visitor's variant in them before they leave: a reverse proxy in front of the site.

mod assign;
mod forward;
mod tunnel;

use crate::layers::failure;
use crate::layers::headers::Https;
use crate::router::{Peer, Routes};
use crate::v1::{Public, V1State};
use assign::InProcess;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use domain::SiteId;
use forward::Place;
use ipnet::IpNet;
use leptos::config::LeptosOptions;
use outbound::origin::{Origin, OriginError};
use service::{AssignRequest, PublicPaths, Service};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::{Layer, ServiceExt, service_fn};
use tower_evoloop::{EvoloopLayer, Settings};
use tower_http::catch_panic::CatchPanicLayer;

/// How long the origin may think, usually, before it begins to answer.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What the proxy is told.
#[derive(Debug, Clone)]
pub struct Front {
    /// The site.
    pub site_id: SiteId,
    /// Scheme, host and port of the site's own server.
    pub origin: String,
    /// The name that the origin is asked by, if it is another one than the visitor's.
    pub origin_host: Option<String>,
    /// How long the origin may think before it begins to answer.
    pub patience: Duration,
    /// Browsers reach the proxy by https.
    pub is_https: bool,
    /// Networks of proxies whose word on the visitor is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Tunnels, such as WebSockets, at the same time.
    pub tunnels: usize,
    /// What happens to pages.
    pub pages: Settings,
}

/// Why the proxy cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum FrontError {
    /// The origin is no address.
    #[error(transparent)]
    Origin(#[from] outbound::SetupError),
    /// The site is not there.
    #[error("there is no site {0}")]
    UnknownSite(SiteId),
    /// The origin's name cannot be sent.
    #[error("`{0}` is no name of a host")]
    Host(String),
}

/// Everything that the proxy answers.
///
/// # Errors
/// When it is told something that cannot be.
pub fn routes(
    front: &Front,
    public: V1State,
    leptos: LeptosOptions,
    stopping: CancellationToken,
) -> Result<Routes, FrontError> {
    let service = public.service.clone();
    if !serves(&service, front.site_id) {
        return Err(FrontError::UnknownSite(front.site_id));
    }
    let sendable = |host: &String| HeaderValue::from_str(host).map_err(|_| FrontError::Host(host.clone()));
    let host = front.origin_host.as_ref().map(sendable).transpose()?;
    let place = Place { is_https: front.is_https, trusted: front.trusted_proxies.clone(), host };
    let tunnels = Arc::new(Semaphore::new(front.tunnels));
    let origin = Arc::new(Proxied { origin: Origin::new(&front.origin, front.patience)?, place, tunnels, stopping });
    let pages = EvoloopLayer::new(named(&front.pages, service.paths()), InProcess::new(service.clone(), front.site_id));
    let asked = origin.clone();
    let inner = service_fn(move |request| {
        let asked = asked.clone();
        async move { Ok::<_, Infallible>(asked.ask(request).await) }
    });
    let site = pages.layer(inner);
    let outer = service_fn(move |mut request: Request| {
        let peer = request.extensions().get::<Peer>().map(|Peer(peer)| *peer);
        // Before the page is looked at, because it goes by what is said here.
        origin.place.tell(request.headers_mut(), peer);
        let site = site.clone();
        async move { site.oneshot(request).await.map(|response| response.map(Body::new)) }
    });
    let others =
        Routes::snippet(leptos, &service).fallback_service(outer).layer(CatchPanicLayer::custom(failure::panicked));
    // To stay with https is a thing to ask of browsers for the site, not for us.
    Ok(Routes::in_front_of(Public::new(public, Https(false)), others))
}

/// The names that the operator gave to what pages ask.
fn named(pages: &Settings, paths: &PublicPaths) -> Settings {
    let mut pages = pages.clone();
    if let Some(script) = &paths.script {
        pages.script.clone_from(script);
    }
    let names = [("data-assign", &paths.assign), ("data-event", &paths.event), ("data-forget", &paths.forget)];
    pages.renamed = names.into_iter().filter_map(|(attribute, name)| Some((attribute, name.clone()?))).collect();
    pages
}

/// Whether there is such a site.
fn serves(service: &Service, site_id: SiteId) -> bool {
    let Ok(visitor_id) = "evoloop-proxy".parse() else { return false };
    service.assign(&AssignRequest { site_id, visitor_id, current: None, automated: true }).is_ok()
}

/// The origin, as it is asked.
struct Proxied {
    origin: Origin,
    place: Place,
    /// Room for them.
    tunnels: Arc<Semaphore>,
    stopping: CancellationToken,
}

impl Proxied {
    async fn ask(&self, mut request: Request) -> Response {
        let host = forward::visitors_host(request.headers());
        let is_https = text(request.headers(), &HeaderName::from_static("x-forwarded-proto")) == "https";
        let protocol = forward::upgrade(request.headers());
        let visitor = match &protocol {
            Some(_) => match self.tunnels.clone().try_acquire_owned() {
                Ok(place) => Some((tunnel::end_of(&mut request), place)),
                Err(_) => return no_room(),
            },
            None => None,
        };
        forward::strip_hop_by_hop(request.headers_mut());
        self.place.address(request.headers_mut());
        if let Some(protocol) = protocol {
            forward::set_upgrade(request.headers_mut(), protocol);
        }
        let mut response = match self.origin.ask(request).await {
            Ok(response) => response.map(Body::new),
            Err(error) => return self.failed(&error),
        };
        // Which one the origin speaks is between the two of us.
        *response.version_mut() = Version::default();
        self.place.mend_location(response.headers_mut(), self.origin.base(), &host, is_https);
        let protocol = forward::upgrade(response.headers());
        forward::strip_hop_by_hop(response.headers_mut());
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            match (protocol, visitor) {
                (Some(protocol), Some((visitor, place))) => {
                    tunnel::connect(visitor, &mut response, place, self.stopping.clone());
                    forward::set_upgrade(response.headers_mut(), protocol);
                }
                _ => {
                    return (StatusCode::BAD_GATEWAY, "The site answered in a protocol that nobody asked for.")
                        .into_response();
                }
            }
        }
        response
    }

    /// The origin's failure, told plainly.
    fn failed(&self, error: &OriginError) -> Response {
        let (status, text) = match error {
            OriginError::Path => (StatusCode::BAD_REQUEST, "The request names no page."),
            OriginError::Unreachable(_) => (StatusCode::BAD_GATEWAY, "The site cannot be reached. Please try again."),
            OriginError::Late(_) => (StatusCode::GATEWAY_TIMEOUT, "The site does not answer. Please try again."),
        };
        if status.is_server_error() {
            let error = error as &dyn std::error::Error;
            tracing::error!(origin = self.origin.base(), error, status = status.as_u16(), "the origin failed");
        }
        (status, [(header::CACHE_CONTROL, "no-store")], text).into_response()
    }
}

/// All tunnels are in use.
fn no_room() -> Response {
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::RETRY_AFTER, "1")];
    (StatusCode::SERVICE_UNAVAILABLE, headers, "There are too many connections of this kind.").into_response()
}

fn text(headers: &axum::http::HeaderMap, name: &HeaderName) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}
