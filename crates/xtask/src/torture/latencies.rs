//! How long requests took.

use std::time::Duration;

/// How long each request took, and all of them.
#[derive(Debug, Clone)]
pub(super) struct Measured {
    latencies: Vec<Duration>,
    took: Duration,
}

impl Measured {
    /// How many were answered.
    pub(super) fn requests(&self) -> usize {
        self.latencies.len()
    }

    /// Answers in a second.
    pub(super) fn per_second(&self) -> f64 {
        if self.took.is_zero() {
            0.0
        } else {
            f64::from(u32::try_from(self.requests()).unwrap_or(u32::MAX)) / self.took.as_secs_f64()
        }
    }

    /// The latency that this many of a hundred requests kept.
    pub(super) fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.latencies.len() * percent).div_ceil(100).saturating_sub(1);
        self.latencies.get(rank).copied().unwrap_or_default()
    }

    /// Latencies of requests that together took so long.
    pub(super) fn new(mut latencies: Vec<Duration>, took: Duration) -> Self {
        latencies.sort_unstable();
        Self { latencies, took }
    }
}
