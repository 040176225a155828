//! Asking for background work, and looking at it.

use crate::live::Topic;
use crate::{Service, ServiceError};
use domain::report::JobView;
use domain::{JobId, JobKind, SiteId, SiteStatus};
use store::jobs::NewJob;
use store::{OwnedSite, Viewer, WriteTransaction};

impl Service {
    /// The newest jobs of one site, or of all the viewer's sites.
    ///
    /// # Errors
    /// `NotFound` for a foreign site.
    pub async fn list_jobs(&self, viewer: &Viewer, site_id: Option<SiteId>) -> Result<Vec<JobView>, ServiceError> {
        match site_id {
            Some(site_id) => {
                let site = self.owned_site(viewer, site_id).await?;
                Ok(self.store().jobs(&site).await?)
            }
            None => Ok(self.store().scope(viewer).jobs().await?),
        }
    }

    /// Queues a job that gave up or was cancelled once more.
    ///
    /// # Errors
    /// `NotFound` for a foreign job, `Conflict` when it did neither.
    pub async fn retry_job(&self, viewer: &Viewer, job_id: JobId) -> Result<(), ServiceError> {
        let site = self.store().scope(viewer).site_of_job(job_id).await?.ok_or(ServiceError::NotFound)?;
        let write = self.store().begin().await?;
        if !write.retry_job(&site, job_id, self.wall_now()).await? {
            return Err(ServiceError::Conflict(
                "Only a job that failed or was cancelled can be tried again.".to_owned(),
            ));
        }
        write.commit().await?;
        self.wake_worker();
        self.inner.live.announce(site.site_id(), Topic::Jobs);
        Ok(())
    }

    /// Stops a job for good: one that waits never begins, of one at work nothing is stored any more.
    ///
    /// # Errors
    /// `NotFound` for a foreign job, `Conflict` when it has ended, or recurs.
    pub async fn cancel_job(&self, viewer: &Viewer, job_id: JobId) -> Result<(), ServiceError> {
        let site = self.store().scope(viewer).site_of_job(job_id).await?.ok_or(ServiceError::NotFound)?;
        let write = self.store().begin().await?;
        // First the site, as whoever ends a job does, so that the two do not wait for each other.
        let locked = write.lock_site(&site).await?.ok_or(ServiceError::NotFound)?;
        let Some(kind) = write.cancel_job(&site, job_id, self.wall_now()).await? else {
            return Err(ServiceError::Conflict("Only work that waits or is being done can be cancelled.".to_owned()));
        };
        if kind == JobKind::AnalyzeSite && locked.status == SiteStatus::Analyzing {
            write.set_site_status(&site, SiteStatus::Failed).await?;
        }
        write.commit().await?;
        self.inner.in_hand.stop(job_id);
        for topic in [Topic::Site, Topic::Jobs] {
            self.inner.live.announce(site.site_id(), topic);
        }
        Ok(())
    }

    /// Stores a job in the transaction that needs it; `None` when one of its kind is open already.
    pub(crate) async fn enqueue(
        &self,
        write: &WriteTransaction,
        site: &OwnedSite,
        kind: JobKind,
    ) -> Result<Option<JobId>, ServiceError> {
        let id = JobId(self.random_id());
        let now = self.wall_now();
        let period = (kind == JobKind::UpdateStats).then_some(self.inner.settings.update_stats_every);
        let period = period.map(|period| time::Duration::try_from(period).unwrap_or(time::Duration::HOUR));
        // A job that recurs must outlive any number of bad hours.
        let max_attempts = if period.is_some() { i32::MAX } else { self.inner.settings.job_attempts };
        let job = NewJob { id, kind, run_at: now, max_attempts, period };
        Ok(write.enqueue(site, &job, now).await?.then_some(id))
    }

    /// Tells sleeping workers that there is something to do. All of them, because not each takes each kind.
    pub(crate) fn wake_worker(&self) {
        self.inner.work.send_modify(|calls| *calls = calls.wrapping_add(1));
    }
}
