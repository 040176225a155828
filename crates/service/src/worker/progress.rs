//! Visible progress of a job, stored as it goes, which also renews the lease.

use crate::live::Topic;
use crate::{Service, ServiceError};
use domain::JobStep;
use store::jobs::ClaimedJob;

pub(super) struct Progress<'a> {
    service: &'a Service,
    job: &'a ClaimedJob,
    steps: Vec<JobStep>,
    /// Whether the last step is a detail that the next one replaces.
    is_detailed: bool,
}

impl<'a> Progress<'a> {
    pub(super) fn new(service: &'a Service, job: &'a ClaimedJob) -> Self {
        Self { service, job, steps: Vec::new(), is_detailed: false }
    }

    /// Begins a step.
    pub(super) async fn step(&mut self, percent: u8, label: impl Into<String>) -> Result<(), ServiceError> {
        self.is_detailed = false;
        self.steps.push(JobStep { label: label.into(), percent });
        self.store().await
    }

    /// Says more about the step at work.
    pub(super) async fn replace(&mut self, percent: u8, label: String) -> Result<(), ServiceError> {
        if self.is_detailed {
            self.steps.pop();
        }
        self.is_detailed = true;
        self.steps.push(JobStep { label, percent });
        self.store().await
    }

    async fn store(&self) -> Result<(), ServiceError> {
        let write = self.service.store().begin().await?;
        let held = write.record_progress(self.job, &self.steps, self.service.lease_end()).await?;
        write.commit().await?;
        if !held {
            return Err(ServiceError::Conflict("Another process took the work over.".to_owned()));
        }
        self.service.inner.live.announce(self.job.site.site_id(), Topic::Jobs);
        Ok(())
    }
}
