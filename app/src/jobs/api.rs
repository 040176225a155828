//! Server functions of background work.

use crate::error::UiError;
use domain::report::JobView;
use domain::{JobId, SiteId};
use leptos::prelude::*;
use server_fn::codec::{GetUrl, PostUrl};

/// The viewer's jobs, newest first; of one site when it is named.
///
/// # Errors
/// `NotFound` for a site of somebody else.
#[server(prefix = "/api", endpoint = "jobs", input = GetUrl)]
pub async fn list_jobs(
    /// Site.
    #[server(default)]
    site_id: Option<SiteId>,
) -> Result<Vec<JobView>, UiError> {
    crate::ssr::jobs::list(site_id).await
}

/// Stops a job that waits or is being done.
///
/// # Errors
/// `NotFound` for a job of somebody else, `Invalid` for one that has ended.
#[server(prefix = "/api", endpoint = "jobs/cancel", input = PostUrl)]
pub async fn cancel_job(
    /// Job.
    job_id: JobId,
) -> Result<(), UiError> {
    crate::ssr::jobs::cancel(job_id).await
}

/// Runs a job that gave up or was cancelled once more.
///
/// # Errors
/// `NotFound` for a job of somebody else, `Invalid` for one that did neither.
#[server(prefix = "/api", endpoint = "jobs/retry", input = PostUrl)]
pub async fn retry_job(
    /// Job.
    job_id: JobId,
) -> Result<(), UiError> {
    crate::ssr::jobs::retry(job_id).await
}
