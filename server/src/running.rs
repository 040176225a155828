//! A running installation: listening, working in the background, and stopping in order.

use crate::config::{Settings, is_loopback};
use crate::layers::csrf::OwnOrigin;
use crate::listen::{self, Limits, Stages};
use crate::metrics;
use crate::proxy::{self, Front, FrontError};
use crate::router::{AppState, Routes};
use crate::runner::Runner;
use crate::v1::V1State;
use crate::v1::rate_limit::RateLimit;
use crate::wiring::{self, Changes, WiringError};
use domain::SiteId;
use service::{Service, Store};
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

/// How long a request to the site behind the proxy may take to arrive.
const UPLOAD: Duration = Duration::from_secs(3_600);

/// Why an installation does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is taken, or not ours.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The parts do not come together.
    #[error(transparent)]
    Wiring(#[from] WiringError),
    /// The sites cannot be loaded.
    #[error("the sites cannot be loaded")]
    Load(#[source] service::ServiceError),
    /// The public address cannot be read.
    #[error("the public address cannot be read")]
    PublicUrl(#[from] url::ParseError),
    /// The proxy is told something that cannot be.
    #[error(transparent)]
    Front(#[from] FrontError),
}

/// An installation that answers requests.
pub struct Running {
    /// The use cases.
    pub service: Service,
    /// Where it listens.
    pub address: SocketAddr,
    /// Where browsers reach it, without a slash at the end.
    pub public_url: String,
    stages: Stages,
    drain_delay: Duration,
    limits: Limits,
    server: JoinHandle<()>,
    runner: Runner,
    store: Store,
}

/// Takes the port.
///
/// # Errors
/// When it is taken.
pub async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

impl Running {
    /// Opens everything and begins to answer on a port that was taken before.
    ///
    /// # Errors
    /// When a part cannot be opened; then nothing runs.
    pub async fn start(
        settings: &Settings,
        listener: TcpListener,
        address: SocketAddr,
        changes: Changes,
        demo: Option<Arc<OnceLock<SiteId>>>,
    ) -> Result<Self, StartError> {
        let public_url = settings.public_url(address);
        let url = Url::parse(&public_url)?;
        let secure_cookie = url.scheme() == "https" || is_loopback(&url);
        if !secure_cookie {
            tracing::warn!(public_url, "passwords and sessions travel unprotected: the public address is not https");
        }
        let wiring::Installation { service, store } = wiring::open(settings, &public_url, changes).await?;
        service.refresh_changed_sites().await.map_err(StartError::Load)?;
        let (stages, limits) = (Stages::default(), Limits::of_this_machine());
        let state = AppState {
            service: service.clone(),
            leptos: settings.leptos.clone(),
            origin: OwnOrigin::new(&public_url)?,
            secure_cookie,
            https: url.scheme() == "https",
            rate_limit: Arc::new(RateLimit::new(settings.v1_rate_limit, settings.trusted_proxies.clone())),
            stages: stages.clone(),
            demo,
        };
        serve_metrics(settings, &service, limits, &stages).await?;
        let server = tokio::spawn(listen::serve(listener, Routes::new(state), limits, stages.clone()));
        let runner = Runner::start(&service, &stages.stopping);
        let drain_delay = settings.drain_delay;
        Ok(Self { service, address, public_url, stages, drain_delay, limits, server, runner, store })
    }

    /// Opens everything and begins to stand in front of a site, on a port that was taken before. Jobs are left to
    /// the servers on the same database.
    ///
    /// # Errors
    /// When a part cannot be opened; then nothing runs.
    pub async fn start_proxy(
        settings: &Settings,
        listener: TcpListener,
        address: SocketAddr,
        front: &Front,
    ) -> Result<Self, StartError> {
        let public_url = settings.public_url(address);
        let wiring::Installation { service, store } = wiring::open(settings, &public_url, Changes::default()).await?;
        service.refresh_changed_sites().await.map_err(StartError::Load)?;
        let stages = Stages::default();
        // Uploads to the site may take their time.
        let limits = Limits { body: UPLOAD, ..Limits::in_front().0 };
        let public = V1State {
            service: service.clone(),
            rate_limit: Arc::new(RateLimit::new(settings.v1_rate_limit, settings.trusted_proxies.clone())),
            draining: stages.draining.clone(),
        };
        let routes = proxy::routes(front, public, settings.leptos.clone(), stages.stopping.clone())?;
        serve_metrics(settings, &service, limits, &stages).await?;
        let server = tokio::spawn(listen::serve(listener, routes, limits, stages.clone()));
        let runner = Runner::watching(&service, &stages.stopping);
        let drain_delay = settings.drain_delay;
        Ok(Self { service, address, public_url, stages, drain_delay, limits, server, runner, store })
    }

    /// Lets proxies see that it is about to stop, then stops accepting, answers what is in flight, ends the
    /// jobs in hand and closes the database.
    pub async fn stop(self) {
        self.stages.draining.cancel();
        tokio::time::sleep(self.drain_delay).await;
        self.stages.stopping.cancel();
        // Both have the same time, so that the end comes no later than the system expects it.
        let (served, ()) = tokio::join!(self.server, self.runner.drain(self.limits.drain));
        if let Err(error) = served {
            tracing::error!(%error, "the server did not end in order");
        }
        if let Err(error) = self.store.close().await {
            tracing::error!(error = &error as &dyn std::error::Error, "the database did not close in order");
        }
    }
}

/// Serves the page for Prometheus, if it is wanted.
async fn serve_metrics(
    settings: &Settings,
    service: &Service,
    limits: Limits,
    stages: &Stages,
) -> Result<(), StartError> {
    if let Some(address) = settings.metrics_addr {
        let (listener, address) = bind(address).await?;
        tracing::info!(%address, "metrics");
        tokio::spawn(listen::serve(listener, metrics::router(service.clone()), limits, stages.clone()));
    }
    Ok(())
}
