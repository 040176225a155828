//! Looking whether the snippet is installed well.

use super::progress::Progress;
use super::{Effect, JobFailure};
use crate::{Service, ServiceError};
use store::jobs::ClaimedJob;

/// Who hears of the steps.
pub(crate) enum Told<'a> {
    /// The owner, by the job.
    Job(Progress<'a>),
    /// Nobody: whoever asked waits for the end.
    Nobody,
}

impl Told<'_> {
    /// Begins a step.
    pub(crate) async fn step(&mut self, percent: u8, label: impl Into<String>) -> Result<(), ServiceError> {
        match self {
            Self::Job(progress) => progress.step(percent, label).await,
            Self::Nobody => Ok(()),
        }
    }
}

impl Service {
    /// A page that does not answer is a finding, not a failure of the job.
    pub(super) async fn verify(&self, job: &ClaimedJob, progress: Progress<'_>) -> Result<Effect, JobFailure> {
        let report = self.inspect(&job.site, &mut Told::Job(progress)).await?;
        Ok(Effect::Install(Box::new(report)))
    }
}
