//! `evoloop demo`: the whole loop on a made-up site, with simulated visitors whose true conversion
//! rates are known, through the public API like everybody else.

pub mod page;
pub mod rates;
pub mod verdict;

use crate::config::{ConfigError, Flags, Settings, embedded_database, temporary_dir};
use crate::running::{Running, StartError, bind};
use crate::wiring::Changes;
use domain::report::SiteDetail;
use domain::variant::VariantAction;
use domain::{AutonomyMode, JobState, SiteId, SiteStatus, VariantStatus};
use outbound::fetcher::AllowedPrivateHosts;
use outbound::simulator::{Simulator, SimulatorConfig};
use rates::TrueRates;
use service::{ServiceError, SiteUpdate, Viewer};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use url::Url;

/// E-mail address of the demonstration's account.
pub const EMAIL: &str = "demo@evoloop.example";
/// How often the product computes weights, in its own time.
const UPDATE_EVERY: Duration = Duration::from_secs(60);
/// The least real time between two weight jobs, however fast the clock runs.
const UPDATE_EVERY_AT_LEAST: Duration = Duration::from_secs(2);
/// How long the analysis and the first generation may take.
const PREPARATION: Duration = Duration::from_secs(120);
/// How often the preparation is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// What a demonstration can choose.
#[derive(Debug, Clone)]
pub struct Choices {
    /// How many times as fast as the real time the demonstration's clock runs.
    pub speed: f64,
    /// Seed of the true rates and of every visitor's luck.
    pub seed: u64,
    /// How much Evoloop does by itself.
    pub mode: AutonomyMode,
    /// Whether all true rates are the same, so that there is nothing to find.
    pub equal_rates: bool,
    /// New visitors a second.
    pub visitors_per_second: f64,
}

/// Why the demonstration does not run.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A setting cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The server does not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// A use case failed.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// A client cannot be made.
    #[error(transparent)]
    Outbound(#[from] outbound::SetupError),
    /// The server's own address cannot be read.
    #[error("the server's own address cannot be read")]
    Address(#[from] url::ParseError),
    /// The page was not read, or no variants came.
    #[error("the demonstration's site did not get ready: {0}")]
    Preparation(String),
}

/// A demonstration with its site ready and its visitors on their way.
pub struct Demo {
    /// The server.
    pub running: Running,
    /// The account's password.
    pub password: String,
    /// The account.
    pub viewer: Viewer,
    /// The site.
    pub site_id: SiteId,
    /// What the visitors really do.
    pub rates: TrueRates,
    /// The visitors.
    pub simulator: Simulator,
    folder: PathBuf,
}

impl Demo {
    /// Starts a server on data of its own, with an account and a site whose variants run.
    ///
    /// # Errors
    /// When a step fails; what was started until then ends with the process.
    pub async fn prepare(flags: &Flags, choices: &Choices) -> Result<Self, DemoError> {
        let folder = temporary_dir();
        let settings = settings(flags, &folder)?;
        let (listener, address) = bind(settings.addr).await?;
        let own = Url::parse(&format!("http://{}:{}/", loopback(address), address.port()))?;
        let demo_site = Arc::new(OnceLock::new());
        let changes = changes(&own, choices)?;
        let running = Running::start(&settings, listener, address, changes, Some(demo_site.clone())).await?;
        let password = generated_password();
        running.service.create_user(EMAIL, &password).await?;
        let viewer = running.service.viewer_for_operator(EMAIL).await?;
        let site_id = running.service.create_site(&viewer, own.join("demo")?.as_str()).await?.id;
        // Set once, by us alone.
        let _ = demo_site.set(site_id);
        let detail = ready(&running, &viewer, site_id).await?;
        let update = SiteUpdate { autonomy_mode: Some(choices.mode), ..SiteUpdate::default() };
        running.service.update_site(&viewer, site_id, update).await?;
        approve_all(&running, &viewer, &detail).await?;
        let arms = detail.variants.iter().map(|row| (row.variant.id, row.variant.name.clone())).collect();
        let rates = TrueRates::draw(arms, choices.seed, choices.equal_rates);
        let simulator = Simulator::new(SimulatorConfig {
            base_url: own,
            site_id,
            visitors_per_second: choices.visitors_per_second,
            rates: rates.by_variant(),
            other_rate: rates.for_later_variants(),
            seed: choices.seed,
        })?;
        Ok(Self { running, password, viewer, site_id, rates, simulator, folder })
    }

    /// Sends visitors until cancelled.
    pub async fn visit(&self, cancelled: &CancellationToken) {
        self.simulator.run(cancelled.cancelled()).await;
    }

    /// Stops the server and throws the data away.
    pub async fn stop(self) {
        self.running.stop().await;
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            tracing::warn!(%error, folder = %self.folder.display(), "the demonstration's data is still there");
        }
    }
}

/// A password that nobody guesses and anybody can type.
#[must_use]
pub fn generated_password() -> String {
    let text = uuid::Uuid::new_v4().simple().to_string();
    format!("{}-{}-{}-{}", &text[..5], &text[5..10], &text[15..20], &text[20..25])
}

/// The usual settings, but the data in a folder of its own and visitors without a limit.
fn settings(flags: &Flags, folder: &Path) -> Result<Settings, ConfigError> {
    embedded_database(folder)?;
    let own = Flags {
        data_dir: Some(folder.display().to_string()),
        database_url: Some(format!("sqlite:{}?mode=rwc", folder.join("evoloop.db").display())),
        v1_rate_limit: Some("0".to_owned()),
        ..flags.clone()
    };
    Settings::load(&own)
}

/// The demonstration reads exactly its own host and port, and its clock runs fast.
fn changes(own: &Url, choices: &Choices) -> Result<Changes, outbound::SetupError> {
    let host = own.host_str().unwrap_or_default();
    let port = own.port_or_known_default().unwrap_or_default();
    Ok(Changes {
        clock: Some(Arc::new(crate::ports::ScaledClock::starting_now(choices.speed))),
        update_stats_every: Some(UPDATE_EVERY.div_f64(choices.speed).max(UPDATE_EVERY_AT_LEAST)),
        readable: Some(AllowedPrivateHosts::parse(&format!("{host}:{port}"))?),
        playbook: false,
    })
}

fn loopback(address: std::net::SocketAddr) -> String {
    match address {
        std::net::SocketAddr::V6(address) if !address.ip().is_unspecified() => format!("[{}]", address.ip()),
        std::net::SocketAddr::V4(address) if !address.ip().is_unspecified() => address.ip().to_string(),
        std::net::SocketAddr::V6(_) => "[::1]".to_owned(),
        std::net::SocketAddr::V4(_) => "127.0.0.1".to_owned(),
    }
}

/// Waits until the page is read and variants are written.
async fn ready(running: &Running, viewer: &Viewer, site_id: SiteId) -> Result<SiteDetail, DemoError> {
    let end = tokio::time::Instant::now() + PREPARATION;
    loop {
        let detail = running.service.site_detail(viewer, site_id).await?;
        let gave_up = detail.jobs.iter().find(|job| job.state == JobState::Dead);
        if let Some(reason) = gave_up.and_then(|job| job.last_error.clone()) {
            return Err(DemoError::Preparation(reason));
        }
        let written = detail.variants.iter().any(|row| row.variant.status == VariantStatus::PendingReview);
        if written && detail.summary.status == SiteStatus::Ready {
            return Ok(detail);
        }
        if tokio::time::Instant::now() > end {
            return Err(DemoError::Preparation("it took too long".to_owned()));
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn approve_all(running: &Running, viewer: &Viewer, detail: &SiteDetail) -> Result<(), ServiceError> {
    let waiting = detail.variants.iter().filter(|row| row.variant.status == VariantStatus::PendingReview);
    for row in waiting {
        let site_id = row.variant.site_id;
        running.service.act_on_variant(viewer, site_id, row.variant.id, VariantAction::Approve).await?;
    }
    Ok(())
}
