//! Server functions of a site's pictures.

use crate::error::UiError;
use domain::SiteId;
use leptos::prelude::*;
use server_fn::codec::PostUrl;

/// Has the pictures of a site's page and variants taken anew; a job takes them.
///
/// # Errors
/// `Invalid` without a browser, and while they are being taken.
#[server(prefix = "/api", endpoint = "sites/pictures", input = PostUrl)]
pub async fn retake_pictures(
    /// Site.
    site_id: SiteId,
) -> Result<(), UiError> {
    crate::ssr::pictures::retake(site_id).await
}

/// Has an image made for the place of the hero image; a job does it, and the image waits for review as a variant.
///
/// # Errors
/// `Invalid` when no image can be made, and when a limit of the day is reached.
#[server(prefix = "/api", endpoint = "sites/image", input = PostUrl)]
pub async fn make_image(
    /// Site.
    site_id: SiteId,
) -> Result<(), UiError> {
    crate::ssr::pictures::make(site_id).await
}
