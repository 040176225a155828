//! Visitors that are not there: a plain client of the public API, and a stream of visitors with
//! known true conversion rates on top of it. `evoloop demo` shows with it that traffic moves.

mod client;

pub use client::{Assigned, EventAnswer, VisitError, VisitEvent, VisitorClient};

use domain::{EventType, SiteId, VariantId, VisitorId};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use url::Url;
use uuid::Uuid;

/// Visits under way at once; more than that and the simulation slows down rather than the server.
const MAX_AT_ONCE: usize = 64;

/// The true rate of a variant that the map does not name, for variants that come later.
pub type RateLookup = Arc<dyn Fn(&Assigned) -> f64 + Send + Sync>;

/// What to simulate.
#[derive(Clone)]
pub struct SimulatorConfig {
    /// Where the API is served.
    pub base_url: Url,
    /// The site that is visited.
    pub site_id: SiteId,
    /// New visitors a second.
    pub visitors_per_second: f64,
    /// True conversion rates, 0 to 1.
    pub rates: HashMap<VariantId, f64>,
    /// The rate of variants outside `rates`.
    pub other_rate: RateLookup,
    /// Seed of every visitor's identity and luck; two runs with one seed have the same visitors.
    pub seed: u64,
}

/// What happened to the visitors of one variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct VariantTally {
    /// Visitors whose impression was recorded.
    pub visitors: u64,
    /// Those of them whose conversion was recorded.
    pub conversions: u64,
}

/// What happened to all visitors so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// By variant.
    pub variants: HashMap<VariantId, VariantTally>,
    /// Visits that ended with an error of the server or the network.
    pub failed: u64,
}

/// A stream of simulated visitors.
#[derive(Clone)]
pub struct Simulator {
    config: Arc<SimulatorConfig>,
    client: VisitorClient,
    tally: Arc<Mutex<Tally>>,
}

impl Simulator {
    /// Makes the client; nothing is sent.
    ///
    /// # Errors
    /// When the HTTP client cannot be made.
    pub fn new(config: SimulatorConfig) -> Result<Self, crate::SetupError> {
        let client = VisitorClient::new(config.base_url.clone())?;
        Ok(Self { config: Arc::new(config), client, tally: Arc::default() })
    }

    /// What happened so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sends visitors at the configured rate until `cancelled` resolves, then waits for those
    /// under way.
    pub async fn run(&self, cancelled: impl Future<Output = ()>) {
        let rate = self.config.visitors_per_second.clamp(0.01, 10_000.0);
        let mut ticks = tokio::time::interval(Duration::from_secs_f64(1.0 / rate));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let room = Arc::new(Semaphore::new(MAX_AT_ONCE));
        let mut visits = JoinSet::new();
        tokio::pin!(cancelled);
        for number in 0_u64.. {
            let permit = tokio::select! {
                biased;
                () = &mut cancelled => break,
                permit = async { ticks.tick().await; room.clone().acquire_owned().await } => permit,
            };
            let simulator = self.clone();
            visits.spawn(async move {
                let _permit = permit;
                simulator.visit(number).await;
            });
            while visits.try_join_next().is_some() {}
        }
        while visits.join_next().await.is_some() {}
    }

    /// Sends the visitors with these numbers, one after another. The order of a run does not
    /// matter to a visitor's luck, which depends on the seed and the number alone.
    pub async fn visit_all(&self, numbers: std::ops::Range<u64>) {
        for number in numbers {
            self.visit(number).await;
        }
    }

    async fn visit(&self, number: u64) {
        match self.try_visit(number).await {
            Ok(Some((variant_id, converted))) => self.count(|tally| {
                let variant = tally.variants.entry(variant_id).or_default();
                variant.visitors += 1;
                variant.conversions += u64::from(converted);
            }),
            Ok(None) => {}
            Err(error) => {
                tracing::debug!(%error, number, "simulated visit failed");
                self.count(|tally| tally.failed += 1);
            }
        }
    }

    fn count(&self, change: impl FnOnce(&mut Tally)) {
        change(&mut self.tally.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// One visit: assigned, exposed, and converted with the true rate of what was shown.
    async fn try_visit(&self, number: u64) -> Result<Option<(VariantId, bool)>, VisitError> {
        let site_id = self.config.site_id;
        let mut luck = Luck::of(self.config.seed, number);
        let visitor_id = luck.visitor_id()?;
        let assigned = self.client.assign(site_id, &visitor_id, None).await?;
        let event = |id, kind| VisitEvent { id, kind, visitor_id: &visitor_id, assigned: &assigned };
        let seen = self.client.event(site_id, event(luck.uuid(), EventType::Impression)).await?;
        if !seen.is_recorded() {
            return Ok(None);
        }
        let rate = match self.config.rates.get(&assigned.variant_id) {
            Some(rate) => *rate,
            None => (self.config.other_rate)(&assigned),
        };
        if luck.uniform() >= rate {
            return Ok(Some((assigned.variant_id, false)));
        }
        let done = self.client.event(site_id, event(luck.uuid(), EventType::Conversion)).await?;
        Ok(Some((assigned.variant_id, done.is_recorded())))
    }
}

/// The random numbers of one visitor.
struct Luck(ChaCha8Rng);

impl Luck {
    fn of(seed: u64, number: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(number);
        Self(rng)
    }

    fn visitor_id(&mut self) -> Result<VisitorId, VisitError> {
        Ok(format!("sim-{}", self.uuid()).parse()?)
    }

    fn uuid(&mut self) -> Uuid {
        let mut bytes = [0; 16];
        self.0.fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    fn uniform(&mut self) -> f64 {
        self.0.random()
    }
}
