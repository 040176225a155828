//! Taking the names of erased visitors out of the rows: what is noted and not done, by one process at a time.

use crate::{Service, ServiceError};
use domain::SiteId;
use std::collections::BTreeMap;
use std::time::Duration;
use store::erasure::Noted;
use store::schedules::{Lease, Turn};
use tokio_util::sync::CancellationToken;

/// The schedule whose holder does it.
pub const ERASURES: &str = "erase_visitors";
/// How long a process may be silent before another one goes on.
const LEASE: Duration = Duration::from_secs(60);
/// Longest wait before a look at what other processes noted.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);
/// Wait after something failed.
const REST: Duration = Duration::from_secs(15);

impl Service {
    /// Finishes erasures until cancelled. Any number of processes may do so.
    pub async fn run_eraser(&self, cancelled: CancellationToken) {
        loop {
            let sleep = tokio::select! {
                () = cancelled.cancelled() => return,
                finished = self.finish_erasures() => finished.inspect_err(tell).map_or(REST, |()| LONGEST_SLEEP),
            };
            tokio::select! {
                () = cancelled.cancelled() => return,
                () = self.inner.erasing.notified(), if sleep < REST => {}
                () = tokio::time::sleep(sleep) => {}
            }
        }
    }

    /// Finishes all erasures that are noted, unless another process is at it.
    ///
    /// # Errors
    /// When the database fails. What is done until then is done; the rest is found again.
    pub async fn finish_erasures(&self) -> Result<(), ServiceError> {
        if self.store().noted_erasures().await?.is_empty() {
            return Ok(());
        }
        let lease = Lease { name: ERASURES, owner: self.random_id() };
        let now = self.wall_now();
        if self.store().take_schedule(lease, now, now + LEASE).await? != Turn::Ours {
            return Ok(());
        }
        let finished = tokio::select! {
            finished = self.finish_noted() => finished,
            () = self.hold(lease, LEASE) => Err(ServiceError::Conflict("Another process took the work over.".to_owned())),
        };
        let reason = finished.as_ref().err().map(ToString::to_string);
        self.store().end_schedule(lease, reason.as_deref(), self.wall_now()).await?;
        finished
    }

    /// Goes on as long as there is something left that can be done. One that fails does not keep up the others.
    async fn finish_noted(&self) -> Result<(), ServiceError> {
        loop {
            let mut of_sites: BTreeMap<SiteId, Vec<Noted>> = BTreeMap::new();
            for noted in self.store().noted_erasures().await? {
                of_sites.entry(noted.site.site_id()).or_default().push(noted);
            }
            if of_sites.is_empty() {
                return Ok(());
            }
            self.store().let_batches_end().await?;
            let (mut done, mut failure) = (0_usize, None);
            for noted in of_sites.values() {
                match self.finish_of_site(noted, &mut done).await {
                    Ok(()) => {}
                    Err(error) => failure = Some(error),
                }
            }
            if let Some(error) = failure {
                if done == 0 {
                    return Err(error);
                }
                tell(&error);
            }
        }
    }

    /// One look at the events of the site for all of them.
    async fn finish_of_site(&self, noted: &[Noted], done: &mut usize) -> Result<(), ServiceError> {
        let Some(first) = noted.first() else { return Ok(()) };
        let events = self.store().events_of(&first.site, noted).await?;
        let mut failure = None;
        for noted in noted {
            match self.store().finish_erasure(noted, &events).await {
                Ok(()) => *done += 1,
                Err(error) => failure = Some(error.into()),
            }
        }
        failure.map_or(Ok(()), Err)
    }
}

pub(super) fn tell(error: &ServiceError) {
    tracing::warn!(error = error as &dyn std::error::Error, "an erasure is not finished; it is tried again");
}
