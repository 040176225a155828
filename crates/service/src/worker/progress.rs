//! Visible progress of a job, stored as it goes, which also renews the lease; and what it leaves for another try.

use crate::live::Topic;
use crate::{Service, ServiceError};
use domain::JobProgress;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::WriteTransaction;
use store::jobs::ClaimedJob;
use tokio_util::sync::CancellationToken;

/// Most bytes that a job keeps; what is larger is made again.
const MOST_KEPT: usize = 256 * 1024;

pub(crate) struct Progress<'a> {
    service: &'a Service,
    job: &'a ClaimedJob,
    told: JobProgress,
    lost: CancellationToken,
}

impl<'a> Progress<'a> {
    pub(super) fn new(service: &'a Service, job: &'a ClaimedJob, lost: CancellationToken) -> Self {
        let mut told = job.progress.clone();
        let (now, before) = (service.wall_now().unix_timestamp(), job.attempts - 1);
        match &job.last_error {
            _ if job.was_abandoned => told.write(now, "The work was interrupted and goes on."),
            Some(error) if before > 0 => told.write(now, &format!("Try {before} failed: {error}")),
            _ => {}
        }
        Self { service, job, told, lost }
    }

    /// Begins a step.
    ///
    /// When the lease was lost meanwhile, this comes back never: whoever waits for the job's work also waits for
    /// that, and ends the work.
    pub(super) async fn step(&mut self, percent: u8, label: impl Into<String>) -> Result<(), ServiceError> {
        self.told.begin(percent, &label.into());
        self.store().await
    }

    /// Writes a line into the job's log.
    pub(super) async fn log(&mut self, text: impl Into<String>) -> Result<(), ServiceError> {
        self.told.write(self.service.wall_now().unix_timestamp(), &text.into());
        self.store().await
    }

    /// What an interrupted try kept, if this version still understands it.
    pub(super) fn kept<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_value(self.job.kept.clone()?).ok()
    }

    /// Keeps what the steps so far made, so that a process that goes on need not make it again.
    pub(super) async fn keep<T: Serialize>(&self, made: &T) -> Result<(), ServiceError> {
        let write = self.service.store().begin().await?;
        let held = self.keep_with(&write, made).await?;
        write.commit().await?;
        self.go_on_if(held).await;
        Ok(())
    }

    /// The same together with what else a transaction writes; `false` when the lease is lost.
    pub(super) async fn keep_with<T: Serialize>(
        &self,
        write: &WriteTransaction,
        made: &T,
    ) -> Result<bool, ServiceError> {
        let value = serde_json::to_value(made).map_err(ServiceError::internal)?;
        if value.to_string().len() > MOST_KEPT {
            return Ok(true);
        }
        Ok(write.keep_for_job(self.job, value).await?)
    }

    async fn store(&self) -> Result<(), ServiceError> {
        let write = self.service.store().begin().await?;
        let held = write.record_progress(self.job, &self.told, self.service.lease_end()).await?;
        write.commit().await?;
        self.service.inner.live.announce(self.job.site.site_id(), Topic::Jobs);
        self.go_on_if(held).await;
        Ok(())
    }

    /// Comes back never when the lease is lost, like [`step`](Self::step).
    pub(super) async fn go_on_if(&self, held: bool) {
        if !held {
            self.lost.cancel();
            std::future::pending::<()>().await;
        }
    }
}
