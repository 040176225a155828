//! Behind the server functions of a site's pictures.

use crate::error::UiError;
use domain::SiteId;

/// Has an image made.
pub(crate) async fn make(site_id: SiteId) -> Result<(), UiError> {
    let (service, viewer) = super::viewer().await?;
    service.make_image(&viewer, site_id).await.map_err(super::answer)
}

/// Has pictures taken anew.
pub(crate) async fn retake(site_id: SiteId) -> Result<(), UiError> {
    let (service, viewer) = super::viewer().await?;
    service.retake_screenshots(&viewer, site_id).await.map_err(super::answer)
}
