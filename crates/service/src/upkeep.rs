//! Upkeep of the installation as a whole: days for new events, the end of old ones, and of jobs that ended long ago.
//!
//! Each kind is a schedule with a lease, so that of any number of processes one does it, at its time.

use crate::{Service, ServiceError};
use std::time::Duration;
use store::retention::Pruned;
use store::schedules::{Lease, Turn};
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

/// How long a process may be silent before another one does its turn.
const LEASE: Duration = Duration::from_secs(5 * 60);
/// Wait after a turn that failed.
const AGAIN_AFTER: Duration = Duration::from_secs(10 * 60);
/// Longest sleep: schedules may be changed by other processes.
const LONGEST_SLEEP: Duration = Duration::from_secs(15 * 60);
/// Sleep while the database is away.
const REST: Duration = Duration::from_secs(30);
/// How long jobs that ended are shown.
const KEEP_JOBS: time::Duration = time::Duration::days(30);
/// How long a picture may be there without being shown: a job that made it may still go on.
const KEEP_UNUSED: time::Duration = time::Duration::days(1);
/// How long variants that ended are shown with pictures.
const KEEP_ENDED: time::Duration = time::Duration::days(30);

/// The calls of this day are what its limit is held against, so they stay however short the rest is kept.
const LEAST_COPY_AGE: time::Duration = time::Duration::days(2);

/// What is under way of an erased visitor is turned away for so long at least.
const LEAST_ERASED_AGE: time::Duration = time::Duration::days(7);

/// A kind of upkeep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Upkeep {
    Events,
    Jobs,
    Pictures,
}

impl Upkeep {
    const ALL: [Self; 3] = [Self::Events, Self::Jobs, Self::Pictures];

    fn name(self) -> &'static str {
        match self {
            Self::Events => "prune_events",
            Self::Jobs => "prune_jobs",
            Self::Pictures => "prune_pictures",
        }
    }

    fn period(self) -> Duration {
        match self {
            // Postgres has partitions for more than a week ahead, so a missed turn is no loss.
            Self::Events => Duration::from_secs(6 * 60 * 60),
            Self::Jobs | Self::Pictures => Duration::from_secs(24 * 60 * 60),
        }
    }
}

impl Service {
    /// Does what is due until cancelled. Any number of processes may do so.
    pub async fn run_keeper(&self, cancelled: CancellationToken) {
        while !cancelled.is_cancelled() {
            let sleep = match self.keep_once().await {
                Ok(next) => Duration::try_from(next - self.wall_now()).unwrap_or_default().min(LONGEST_SLEEP),
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "upkeep waits for the database");
                    REST
                }
            };
            tokio::select! {
                () = cancelled.cancelled() => {}
                () = tokio::time::sleep(sleep) => {}
            }
        }
    }

    /// Does the upkeep that is due and that no other process has in hand; says when the next look is worth it.
    ///
    /// # Errors
    /// When schedules cannot be read. The failure of a turn is stored with its schedule, not returned.
    pub async fn keep_once(&self) -> Result<OffsetDateTime, ServiceError> {
        let mut next = self.wall_now() + LONGEST_SLEEP;
        for upkeep in Upkeep::ALL {
            next = next.min(self.keep(upkeep).await?);
        }
        Ok(next)
    }

    async fn keep(&self, upkeep: Upkeep) -> Result<OffsetDateTime, ServiceError> {
        let lease = Lease { name: upkeep.name(), owner: self.random_id() };
        let now = self.wall_now();
        if let Turn::NotBefore(next) = self.store().take_schedule(lease, now, now + LEASE).await? {
            return Ok(next);
        }
        let result = tokio::select! {
            result = self.take_turn(upkeep) => result,
            () = self.hold(lease, LEASE) => Err(ServiceError::Conflict("Another process took the work over.".to_owned())),
        };
        let failure = result.err();
        if let Some(error) = &failure {
            tracing::warn!(name = lease.name, error = error as &dyn std::error::Error, "upkeep failed");
        }
        let reason = failure.as_ref().map(ToString::to_string);
        let next = self.wall_now() + if failure.is_some() { AGAIN_AFTER } else { upkeep.period() };
        self.store().end_schedule(lease, reason.as_deref(), next).await?;
        Ok(next)
    }

    async fn take_turn(&self, upkeep: Upkeep) -> Result<(), ServiceError> {
        match upkeep {
            Upkeep::Events => {
                let Pruned { days, events, copy } = self.keep_events().await?;
                if days > 0 || events > 0 || copy > 0 {
                    tracing::info!(days, events, copy, "old raw events and notes on copy were deleted");
                }
            }
            Upkeep::Jobs => {
                let before = self.wall_now() - KEEP_JOBS;
                while self.store().prune_jobs(before).await? > 0 {}
            }
            Upkeep::Pictures => {
                let now = self.wall_now();
                let deleted = self.store().prune_assets(now - KEEP_UNUSED, now - KEEP_ENDED).await?;
                if deleted > 0 {
                    tracing::info!(deleted, "pictures that nothing shows were deleted");
                }
            }
        }
        Ok(())
    }

    /// Keeps the lease of a turn; comes back only when it is lost.
    pub(crate) async fn hold(&self, lease: Lease<'_>, length: Duration) {
        loop {
            tokio::time::sleep(length / 4).await;
            match self.store().renew_schedule(lease, self.wall_now() + length).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "the lease of upkeep was not renewed");
                }
            }
        }
    }

    /// Makes room for the events of the coming days, and deletes those that are older than the settings say, with
    /// samples of visits, notes of erased visitors, accounts of calls of a model and rejected drafts of that time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_events(&self) -> Result<Pruned, ServiceError> {
        self.store().prepare_event_days(self.now()).await?;
        let Some(age) = self.inner.settings.keep_events else { return Ok(Pruned::default()) };
        let now = self.now();
        let pruned = self.store().prune_events(now - age).await?;
        self.store().prune_guardrails(now - age, now).await?;
        self.store().prune_erased(now - age.max(LEAST_ERASED_AGE)).await?;
        let copy = self.store().prune_copy(self.wall_now() - age.max(LEAST_COPY_AGE)).await?;
        Ok(Pruned { copy, ..pruned })
    }
}
