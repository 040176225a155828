//! Behind the server functions of background work.

use crate::error::UiError;
use domain::report::JobView;
use domain::{JobId, SiteId};

/// The viewer's jobs.
pub(crate) async fn list(site_id: Option<SiteId>) -> Result<Vec<JobView>, UiError> {
    let (service, viewer) = super::viewer().await?;
    service.list_jobs(&viewer, site_id).await.map_err(super::answer)
}

/// Runs a failed job once more.
pub(crate) async fn retry(job_id: JobId) -> Result<(), UiError> {
    let (service, viewer) = super::viewer().await?;
    service.retry_job(&viewer, job_id).await.map_err(super::answer)
}

/// Stops a job.
pub(crate) async fn cancel(job_id: JobId) -> Result<(), UiError> {
    let (service, viewer) = super::viewer().await?;
    service.cancel_job(&viewer, job_id).await.map_err(super::answer)
}
