//! What the operator can watch: how events end, how they are committed, and how fresh the sites are.
//!
//! Names and units are those of Prometheus: counters end in `_total`, times are seconds.

use crate::Service;
use domain::Outcome;
use domain::event::Dropped;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How an event ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ending {
    /// `counted`, `stored`, `duplicate`, `dropped` or `retry`.
    result: &'static str,
    /// Why it is not counted, or was turned away.
    reason: &'static str,
}

/// Counters of this process; every one begins at 0 with it.
#[derive(Debug)]
pub(crate) struct Metrics {
    events: Family<Ending, Counter>,
    refused: Counter,
    batch_events: Histogram,
    commit_seconds: Histogram,
    queue_depth: Gauge,
    sites: Gauge,
    snapshot_age: Gauge<f64, AtomicU64>,
    fresh_at: Mutex<Option<Instant>>,
    registry: Mutex<Registry>,
}

impl Default for Metrics {
    fn default() -> Self {
        let metrics = Self {
            events: Family::default(),
            refused: Counter::default(),
            batch_events: Histogram::new(exponential_buckets(1.0, 2.0, 10)),
            commit_seconds: Histogram::new(exponential_buckets(0.000_25, 2.0, 16)),
            queue_depth: Gauge::default(),
            sites: Gauge::default(),
            snapshot_age: Gauge::default(),
            fresh_at: Mutex::default(),
            registry: Mutex::default(),
        };
        metrics.register();
        metrics
    }
}

impl Metrics {
    fn register(&self) {
        let mut registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        let registry = registry.sub_registry_with_prefix("evoloop");
        registry.register("events", "Events, by how they ended", self.events.clone());
        registry.register("requests_refused", "Requests turned away because too many waited", self.refused.clone());
        registry.register("batch_events", "Events committed together", self.batch_events.clone());
        registry.register_with_unit(
            "commit",
            "From the begin of a batch's transaction to the end of its commit",
            Unit::Seconds,
            self.commit_seconds.clone(),
        );
        registry.register("queue_depth", "Requests whose events wait to be stored", self.queue_depth.clone());
        registry.register("sites", "Sites that are served from memory", self.sites.clone());
        registry.register_with_unit(
            "snapshot_age",
            "Since what is served was last compared with the database; -1 before the first time",
            Unit::Seconds,
            self.snapshot_age.clone(),
        );
    }

    pub(crate) fn note_outcome(&self, outcome: Outcome) {
        let (result, reason) = match outcome {
            Outcome::Counted => ("counted", ""),
            Outcome::Stored(reason) => ("stored", reason.as_str()),
            Outcome::Duplicate => ("duplicate", ""),
            Outcome::Dropped(reason) => ("dropped", reason.as_str()),
            Outcome::Retry => ("retry", ""),
        };
        self.events.get_or_create(&Ending { result, reason }).inc();
    }

    pub(crate) fn note_dropped(&self, reason: Dropped) {
        self.note_outcome(Outcome::Dropped(reason));
    }

    pub(crate) fn note_refused(&self) {
        self.refused.inc();
    }

    pub(crate) fn note_batch(&self, events: usize, took: Duration) {
        self.batch_events.observe(f64::from(u32::try_from(events).unwrap_or(u32::MAX)));
        self.commit_seconds.observe(took.as_secs_f64());
    }

    /// Notes that what is served was compared with the database.
    pub(crate) fn note_fresh(&self, now: Instant) {
        *self.fresh_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }
}

impl Service {
    /// Everything in the text format of OpenMetrics.
    #[must_use]
    pub fn metrics(&self) -> String {
        let metrics = &self.inner.metrics;
        metrics.queue_depth.set(i64::try_from(self.events_waiting()).unwrap_or(i64::MAX));
        metrics.sites.set(i64::try_from(self.inner.snapshot.len()).unwrap_or(i64::MAX));
        let fresh_at = *metrics.fresh_at.lock().unwrap_or_else(PoisonError::into_inner);
        metrics.snapshot_age.set(fresh_at.map_or(-1.0, |at| at.elapsed().as_secs_f64()));
        let mut text = String::new();
        let registry = metrics.registry.lock().unwrap_or_else(PoisonError::into_inner);
        // Writing into a string cannot fail.
        let _ = encode(&mut text, &registry);
        text
    }
}
