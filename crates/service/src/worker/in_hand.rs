//! The jobs that this process works on, so that one can be stopped at once, or all of them.

use domain::JobId;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use store::jobs::ClaimedJob;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Jobs by their lease: one that stalled may have been taken a second time.
#[derive(Default)]
pub(crate) struct InHand {
    jobs: Mutex<HashMap<Uuid, (JobId, CancellationToken)>>,
    releasing: CancellationToken,
}

/// A job in hand; put down when dropped.
pub(super) struct Held<'a> {
    hand: &'a InHand,
    lease_owner: Uuid,
    /// Cancelled when the work is for nothing, because somebody else has the job, or nobody may.
    pub(super) lost: CancellationToken,
}

impl InHand {
    pub(super) fn take(&self, job: &ClaimedJob) -> Held<'_> {
        let lost = CancellationToken::new();
        self.lock().insert(job.lease_owner, (job.id, lost.clone()));
        Held { hand: self, lease_owner: job.lease_owner, lost }
    }

    /// Stops the work on a job; what it would still write is refused anyway.
    pub(crate) fn stop(&self, job_id: JobId) {
        self.lock().values().filter(|(id, _)| *id == job_id).for_each(|(_, lost)| lost.cancel());
    }

    /// Has every job put back for other processes, now and from now on.
    pub(super) fn release_all(&self) {
        self.releasing.cancel();
    }

    pub(super) async fn releasing(&self) {
        self.releasing.cancelled().await;
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, (JobId, CancellationToken)>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.hand.lock().remove(&self.lease_owner);
    }
}
