//! The server function that has an installation verified.

use crate::error::UiError;
use domain::SiteId;
use leptos::prelude::*;
use server_fn::codec::PostUrl;

/// Has the site's page visited, to see whether the snippet is installed well; a job does it.
///
/// # Errors
/// `NotFound` for a site of somebody else, `Invalid` while it is being verified already.
#[server(prefix = "/api", endpoint = "sites/verify", input = PostUrl)]
pub async fn verify_install(
    /// Site.
    site_id: SiteId,
) -> Result<(), UiError> {
    crate::ssr::site::verify_install(site_id).await
}
