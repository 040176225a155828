//! The worker: takes jobs one after another, keeps their lease, and stores what became of them.

mod analyze;
mod generate;
mod progress;

use crate::live::Topic;
use crate::weights::Changes;
use crate::{Service, ServiceError};
use domain::JobKind;
use progress::Progress;
use std::time::Duration;
use store::WriteTransaction;
use store::jobs::ClaimedJob;
use tokio_util::sync::CancellationToken;

/// How often the worker looks for due jobs when nobody wakes it.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Longest wait between two tries.
const LONGEST_BACKOFF: Duration = Duration::from_secs(3600);

/// Why a job did not succeed, in a sentence for the owner of the site.
#[derive(Debug)]
pub(crate) struct JobFailure {
    /// The sentence.
    reason: String,
    /// Whether another try may help.
    transient: bool,
    /// When the other side asks to be tried again.
    retry_after: Option<Duration>,
}

impl From<ServiceError> for JobFailure {
    fn from(error: ServiceError) -> Self {
        let transient = matches!(error, ServiceError::Unavailable(_) | ServiceError::Internal(_));
        tracing::error!(error = &error as &dyn std::error::Error, "a job failed");
        Self { reason: "Something went wrong on our side.".to_owned(), transient, retry_after: None }
    }
}

impl From<store::StoreError> for JobFailure {
    fn from(error: store::StoreError) -> Self {
        ServiceError::from(error).into()
    }
}

/// Which jobs a worker takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// All kinds.
    All,
    /// Those that take milliseconds: however long language models think, weights follow the visitors.
    Quick,
}

impl Lane {
    fn kinds(self) -> &'static [JobKind] {
        match self {
            Self::All => JobKind::ALL,
            Self::Quick => &[JobKind::UpdateStats],
        }
    }
}

/// What a job has to write once it succeeded; done in the transaction that ends it.
enum Effect {
    /// It ended itself, in the transaction of what it wrote; what that changed.
    Ended(Changes),
    Analysis(Box<domain::PageModel>),
    Variants(Vec<domain::Variant>),
}

impl Service {
    /// Works on jobs until cancelled; finishes the one in hand first.
    pub async fn run_worker(&self, lane: Lane, cancelled: CancellationToken) {
        while !cancelled.is_cancelled() {
            let worked = match self.work_once(lane).await {
                Ok(worked) => worked,
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "the job table cannot be read");
                    false
                }
            };
            if !worked {
                tokio::select! {
                    () = cancelled.cancelled() => {}
                    () = self.inner.work.notified() => {}
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                }
            }
        }
    }

    /// Works on one due job of the lane; `false` when there is none.
    ///
    /// # Errors
    /// When the database fails. The job's own failure is stored with the job, not returned.
    pub async fn work_once(&self, lane: Lane) -> Result<bool, ServiceError> {
        let now = self.wall_now();
        let Some(job) = self.store().claim_job(lane.kinds(), self.random_id(), now, self.lease_end()).await? else {
            return Ok(false);
        };
        self.inner.live.announce(job.site.site_id(), Topic::Jobs);
        let result = tokio::select! {
            result = self.work(&job) => result,
            lost = self.keep_lease(&job) => Err(lost),
        };
        let result = match result {
            Ok(effect) => self.succeed(&job, effect).await.map_err(JobFailure::from),
            Err(failure) => Err(failure),
        };
        if let Err(failure) = result {
            self.fail(&job, failure).await?;
        }
        if job.kind != JobKind::UpdateStats {
            self.refresh_site(job.site.site_id()).await?;
            for topic in [Topic::Site, Topic::Variants, Topic::Jobs] {
                self.inner.live.announce(job.site.site_id(), topic);
            }
        }
        Ok(true)
    }

    async fn work(&self, job: &ClaimedJob) -> Result<Effect, JobFailure> {
        let progress = Progress::new(self, job);
        match job.kind {
            JobKind::AnalyzeSite => self.analyze(job, progress).await,
            JobKind::GenerateVariants => self.write_variants(job, progress).await,
            JobKind::UpdateStats => Ok(self.update_statistics(job).await.map(Effect::Ended)?),
        }
    }

    /// Renews the lease again and again; comes back only when it is lost. Several times a lease, so
    /// that a single failure costs nothing.
    async fn keep_lease(&self, job: &ClaimedJob) -> JobFailure {
        loop {
            tokio::time::sleep(self.inner.settings.job_lease / 4).await;
            match self.renew_lease(job).await {
                Ok(true) => {}
                Ok(false) => return ServiceError::Conflict("Another process took the work over.".to_owned()).into(),
                Err(error) => {
                    tracing::warn!(job.id = %job.id, error = &error as &dyn std::error::Error, "a lease was not renewed");
                }
            }
        }
    }

    /// When another process may take over what is claimed or renewed now.
    fn lease_end(&self) -> time::OffsetDateTime {
        self.wall_now() + self.inner.settings.job_lease
    }

    async fn renew_lease(&self, job: &ClaimedJob) -> Result<bool, ServiceError> {
        let write = self.store().begin().await?;
        let held = write.renew_lease(job, self.lease_end()).await?;
        write.commit().await?;
        Ok(held)
    }

    /// Writes a job's effect and its end together, so that it happens once, and only while the lease is ours.
    async fn succeed(&self, job: &ClaimedJob, effect: Effect) -> Result<(), ServiceError> {
        let write = match effect {
            Effect::Ended(changes) => return self.after_update(&job.site, changes).await,
            effect => {
                let write = self.store().begin().await?;
                self.apply(&write, job, effect).await?;
                write
            }
        };
        if !write.finish_job(job, self.wall_now()).await? {
            tracing::warn!(job.id = %job.id, "lost the lease; the result is not stored");
            return Ok(());
        }
        Ok(write.commit().await?)
    }

    async fn apply(&self, write: &WriteTransaction, job: &ClaimedJob, effect: Effect) -> Result<(), ServiceError> {
        match effect {
            Effect::Ended(_) => Ok(()),
            Effect::Analysis(page) => self.store_analysis(write, &job.site, &page).await,
            Effect::Variants(variants) => {
                for (ordinal, variant) in (0..).zip(&variants) {
                    write.create_variant(variant, Some((job.id, ordinal)), self.now()).await?;
                }
                Ok(())
            }
        }
    }

    /// Puts a failed job back for another try, or gives it up with the reason.
    async fn fail(&self, job: &ClaimedJob, failure: JobFailure) -> Result<(), ServiceError> {
        let now = self.wall_now();
        // A job that recurs is never given up: whatever was wrong, the next look may find it mended.
        let again = job.period.is_some() || failure.transient && job.attempts < job.max_attempts;
        let longest = job.period.and_then(|period| Duration::try_from(period).ok()).unwrap_or(LONGEST_BACKOFF);
        let run_at = again.then(|| now + self.backoff(job.attempts, failure.retry_after).min(longest));
        let write = self.store().begin().await?;
        if run_at.is_none() && job.kind == JobKind::AnalyzeSite {
            write.set_site_status(&job.site, domain::SiteStatus::Failed).await?;
        }
        if write.fail_job(job, &failure.reason, run_at, now).await? {
            write.commit().await?;
        }
        tracing::info!(job.id = %job.id, job.kind = %job.kind, again, reason = failure.reason, "a job did not succeed");
        Ok(())
    }

    /// Doubles with every try, with a fifth of jitter so that many jobs do not come back together.
    fn backoff(&self, attempts: i32, retry_after: Option<Duration>) -> Duration {
        let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(16);
        let wait = self.inner.settings.job_backoff.saturating_mul(1 << doublings).min(LONGEST_BACKOFF);
        let [dice] = self.random_bytes::<1>();
        let jittered = wait.mul_f64(0.8 + 0.4 * f64::from(dice) / 255.0);
        jittered.max(retry_after.unwrap_or_default()).min(LONGEST_BACKOFF)
    }
}
