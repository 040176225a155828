//! Behind the server functions of the overview and the list of sites.

use crate::error::UiError;
use domain::report::{Overview, SiteSummary};
use domain::{AutonomyMode, SiteId, SiteStatus};
use service::SiteUpdate;

/// Everything at a glance.
pub(crate) async fn overview() -> Result<Overview, UiError> {
    let (service, viewer) = super::viewer().await?;
    service.overview(&viewer).await.map_err(super::answer)
}

/// The viewer's sites.
pub(crate) async fn list() -> Result<Vec<SiteSummary>, UiError> {
    let (service, viewer) = super::viewer().await?;
    service.list_sites(&viewer).await.map_err(super::answer)
}

/// Adds a site and leads to its page.
pub(crate) async fn create(url: String) -> Result<SiteSummary, UiError> {
    let (service, viewer) = super::viewer().await?;
    let site = service.create_site(&viewer, &url).await.map_err(super::answer)?;
    leptos_axum::redirect(&format!("/app/sites/{}", site.id));
    Ok(site)
}

/// Changes mode, status or the pages that may report.
pub(crate) async fn update(
    site_id: SiteId,
    autonomy_mode: Option<AutonomyMode>,
    status: Option<SiteStatus>,
    allowed_origins: Option<String>,
) -> Result<(), UiError> {
    let (service, viewer) = super::viewer().await?;
    let update = SiteUpdate { autonomy_mode, status, allowed_origins };
    service.update_site(&viewer, site_id, update).await.map(drop).map_err(super::answer)
}

/// Deletes a site and leads back to the list.
pub(crate) async fn delete(site_id: SiteId) -> Result<(), UiError> {
    let (service, viewer) = super::viewer().await?;
    service.delete_site(&viewer, site_id).await.map_err(super::answer)?;
    leptos_axum::redirect("/app/sites");
    Ok(())
}
