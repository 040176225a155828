//! Puts the parts together: database, outside world, service.

use crate::config::{Reading, Settings};
use crate::ports::{SystemClock, SystemEntropy};
use outbound::browser::Browser;
use outbound::fetcher::{AllowedPrivateHosts, FetchPolicy, Fetcher, user_agent};
use outbound::llm::OpenAiCopyWriter;
use outbound::llm::images::OpenAiImageMaker;
use service::playbook::Playbook;
use service::ports::{Clock, CopyWriter, ImageMaker, PageReader};
use service::{Ports, Service, Store};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Why the parts do not come together.
#[derive(Debug, thiserror::Error)]
pub enum WiringError {
    /// The database cannot be opened or brought up to date.
    #[error("the database cannot be used")]
    Store(#[from] store::StoreError),
    /// A client for the outside world cannot be made.
    #[error(transparent)]
    Outbound(#[from] outbound::SetupError),
}

/// An open installation.
#[derive(Clone)]
pub struct Installation {
    /// The use cases.
    pub service: Service,
    /// The database, for closing it at the end.
    pub store: Store,
}

/// What the demonstration changes.
#[derive(Clone, Default)]
pub struct Changes {
    /// A clock for visitors and statistics in place of the real one.
    pub clock: Option<Arc<dyn Clock>>,
    /// How often weights are computed anew.
    pub update_stats_every: Option<Duration>,
    /// Hosts that may be read in place of those in the settings, and then this installation is one of them.
    pub readable: Option<AllowedPrivateHosts>,
    /// Writes with the playbook even when a model is set.
    pub playbook: bool,
}

/// Opens the database, brings its schema up to date and puts the service on top.
///
/// # Errors
/// When the database or a client cannot be used.
pub async fn open(settings: &Settings, public_url: &str, changes: Changes) -> Result<Installation, WiringError> {
    let store = Store::open(&settings.database).await?;
    store.migrate_up().await?;
    let ports = Ports {
        reader: reader(settings, public_url, changes.readable)?,
        writer: writer(settings, changes.playbook)?,
        images: images(settings, changes.playbook)?,
        clock: changes.clock.unwrap_or_else(|| Arc::new(SystemClock)),
        wall_clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    };
    let mut chosen = service::Settings::new(public_url.to_owned(), settings.secret_key.clone());
    if settings.database.is_sqlite() {
        // Nobody tells of the changes that another command makes to the file, and looking costs little.
        chosen.compare_sites_every = Duration::from_secs(1);
    }
    chosen.job_lease = settings.job_lease;
    chosen.job_attempts = settings.job_attempts;
    chosen.site_event_limit = settings.site_event_limit;
    chosen.asset_quota = settings.asset_quota;
    chosen.paths = settings.paths.clone();
    chosen.snippet =
        std::fs::read_to_string(Path::new(&*settings.leptos.site_root).join("evoloop.js")).ok().map(Into::into);
    chosen.keep_events = settings.keep_events_days.map(|days| time::Duration::days(i64::from(days)));
    if let Some(period) = changes.update_stats_every {
        chosen.update_stats_every = period;
    }
    Ok(Installation { service: Service::new(store.clone(), ports, chosen), store })
}

/// The reader of pages. It never reads this installation, which could read itself in circles.
fn reader(
    settings: &Settings,
    public_url: &str,
    readable: Option<AllowedPrivateHosts>,
) -> Result<Arc<dyn PageReader>, WiringError> {
    let own = Url::parse(public_url).ok().filter(|url| !crate::config::is_loopback(url));
    let own_hosts = own.and_then(|url| url.host_str().map(str::to_owned)).into_iter();
    let policy = match readable {
        Some(allow_private) => FetchPolicy { allow_private, ..FetchPolicy::default() },
        None => FetchPolicy {
            allow_private: settings.reading.allow_private_hosts.clone(),
            own_hosts: own_hosts.collect(),
            ..FetchPolicy::default()
        },
    };
    Ok(Arc::new(fetcher(policy, &settings.reading)?))
}

/// A fetcher with the name and the browser of the settings.
///
/// # Errors
/// When no HTTP client can be made.
pub(crate) fn fetcher(policy: FetchPolicy, reading: &Reading) -> Result<Fetcher, outbound::SetupError> {
    let user_agent = user_agent(reading.operator.as_ref());
    let fetcher = Fetcher::new(FetchPolicy { user_agent, ..policy })?;
    Ok(match &reading.browser {
        Some(browser) => fetcher.with_browser(Browser::new(browser.clone())),
        None => fetcher,
    })
}

fn writer(settings: &Settings, playbook: bool) -> Result<Arc<dyn CopyWriter>, WiringError> {
    match &settings.language_model {
        Some(model) if !playbook => Ok(Arc::new(OpenAiCopyWriter::new(model.clone())?)),
        _ => Ok(Arc::new(Playbook)),
    }
}

/// The maker of images, which nobody has who does not ask for it.
fn images(settings: &Settings, playbook: bool) -> Result<Option<Arc<dyn ImageMaker>>, WiringError> {
    match &settings.images {
        Some(images) if !playbook => Ok(Some(Arc::new(OpenAiImageMaker::new(images.clone())?))),
        _ => Ok(None),
    }
}
