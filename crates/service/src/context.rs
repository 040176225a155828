//! The service itself: its store, its ports and its settings.

use crate::live::Live;
use crate::metrics::Metrics;
use crate::passwords::Passwords;
use crate::ports::{Clock, CopyWriter, Entropy, ImageMaker, PageReader};
use crate::snapshot::Snapshot;
use crate::token::TokenKeys;
use crate::worker::in_hand::InHand;
use crate::writer::Writer;
use bandit::look::Policy;
use domain::install::PublicPaths;
use secrecy::SecretSlice;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use store::assets::Quota;
use time::OffsetDateTime;
use tokio::sync::{Notify, watch};

/// The outside world, as the binary or a test provides it.
#[derive(Clone)]
pub struct Ports {
    /// Reads pages.
    pub reader: Arc<dyn PageReader>,
    /// Writes variants.
    pub writer: Arc<dyn CopyWriter>,
    /// Makes images; none unless the operator asks for it.
    pub images: Option<Arc<dyn ImageMaker>>,
    /// Time of visitors and statistics; a demonstration runs it faster.
    pub clock: Arc<dyn Clock>,
    /// Time of sessions and job leases; always the real one.
    pub wall_clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// What an installation can choose.
#[derive(Clone)]
pub struct Settings {
    /// Where browsers reach this installation, without a slash at the end.
    pub public_url: String,
    /// Key from which all others are derived; at least 32 bytes.
    pub secret_key: SecretSlice<u8>,
    /// How long after an exposure a conversion still counts, on the visitors' clock.
    pub attribution_window: time::Duration,
    /// How often changes by other processes are looked for; on Postgres they are told of besides.
    pub compare_sites_every: Duration,
    /// Events a second that one site may send to this process; 0 means no limit.
    pub site_event_limit: u32,
    /// How long raw events are kept, on the visitors' clock; for ever when absent. Counters stay in any case.
    pub keep_events: Option<time::Duration>,
    /// Share of a new site's visitors who always see the untouched page, 0 to 1; they say what all of it brought.
    pub holdout_fraction: f64,
    /// How a generation is run: floors, phases, when to promote and to kill.
    pub policy: Policy,
    /// How often weights are computed anew, in real time.
    pub update_stats_every: Duration,
    /// How many variants a generation has.
    pub variants_per_generation: usize,
    /// Most tries of a job.
    pub job_attempts: i32,
    /// Wait before the second try of a job; doubled for each further one.
    pub job_backoff: Duration,
    /// How long a job may be silent before another process takes it over; at work it speaks four times as often.
    pub job_lease: Duration,
    /// How many bytes of pictures a site and an account may have.
    pub asset_quota: Quota,
    /// Further names of the paths that customers' pages ask.
    pub paths: PublicPaths,
    /// The snippet as this installation serves it; absent when it was not built.
    pub snippet: Option<Arc<str>>,
}

impl Settings {
    /// The product's defaults.
    #[must_use]
    pub fn new(public_url: String, secret_key: SecretSlice<u8>) -> Self {
        Self {
            public_url,
            secret_key,
            attribution_window: time::Duration::hours(72),
            compare_sites_every: Duration::from_secs(4),
            site_event_limit: 0,
            keep_events: Some(time::Duration::days(90)),
            holdout_fraction: 0.05,
            policy: Policy::default(),
            update_stats_every: Duration::from_secs(60),
            variants_per_generation: 3,
            job_attempts: 4,
            job_backoff: Duration::from_secs(15),
            job_lease: Duration::from_secs(60),
            asset_quota: Quota { site: 64 * 1024 * 1024, account: 512 * 1024 * 1024 },
            paths: PublicPaths::default(),
            snippet: None,
        }
    }
}

/// Everything an edge can ask for. Cheap to clone.
#[derive(Clone)]
pub struct Service {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) ports: Ports,
    pub(crate) settings: Settings,
    pub(crate) snapshot: Snapshot,
    pub(crate) live: Live,
    pub(crate) tokens: TokenKeys,
    pub(crate) passwords: Passwords,
    /// Grows with each call for workers.
    pub(crate) work: watch::Sender<u64>,
    pub(crate) in_hand: InHand,
    pub(crate) writer: Writer,
    /// Calls who takes erased visitors' names out of the rows.
    pub(crate) erasing: Notify,
    pub(crate) metrics: Arc<Metrics>,
}

impl Service {
    /// Puts a service together; reads nothing yet.
    #[must_use]
    pub fn new(store: Store, ports: Ports, settings: Settings) -> Self {
        let tokens = TokenKeys::new(&settings.secret_key);
        let inner = Inner {
            store,
            ports,
            settings,
            snapshot: Snapshot::default(),
            live: Live::new(),
            tokens,
            passwords: Passwords::default(),
            work: watch::Sender::new(0),
            in_hand: InHand::default(),
            writer: Writer::default(),
            erasing: Notify::new(),
            metrics: Arc::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Where browsers reach this installation, without a slash at the end.
    #[must_use]
    pub fn public_url(&self) -> &str {
        &self.inner.settings.public_url
    }

    /// Further names of the paths that customers' pages ask.
    #[must_use]
    pub fn paths(&self) -> &PublicPaths {
        &self.inner.settings.paths
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// `Unavailable` when it does not.
    pub async fn check_database(&self) -> Result<(), crate::ServiceError> {
        Ok(self.inner.store.ping().await?)
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    /// Now, for visitors and statistics.
    pub(crate) fn now(&self) -> OffsetDateTime {
        self.inner.ports.clock.now()
    }

    /// Now, for sessions and leases.
    pub(crate) fn wall_now(&self) -> OffsetDateTime {
        self.inner.ports.wall_clock.now()
    }
}
