//! Server functions of the list of sites: read, add, change and delete.
//!
//! Changes come twice: as POST for forms, which work before the page's program has loaded, and with
//! the method that suits the noun, for programs.

use crate::error::UiError;
use crate::sites::form_text::FormText;
use domain::report::SiteSummary;
use domain::{AutonomyMode, SiteId, SiteStatus};
use leptos::prelude::*;
use server_fn::codec::{DeleteUrl, GetUrl, PatchJson, PostUrl};

/// The viewer's sites, newest first.
///
/// # Errors
/// `SignedOut` without a session.
#[server(prefix = "/api", endpoint = "sites", input = GetUrl)]
pub async fn list_sites() -> Result<Vec<SiteSummary>, UiError> {
    crate::ssr::sites::list().await
}

/// Adds a site, begins to read its page, and leads a browser to it.
///
/// # Errors
/// `Invalid` with a sentence when the address cannot be a page.
#[server(prefix = "/api", endpoint = "sites", input = PostUrl)]
pub async fn create_site(
    /// Address of the page, as a person types it.
    url: String,
) -> Result<SiteSummary, UiError> {
    crate::ssr::sites::create(url).await
}

/// Changes the autonomy mode, the status (`running` or `paused`) or the pages that may report for a site; what is
/// absent stays.
///
/// # Errors
/// `NotFound` for a site of somebody else, `Invalid` for a status that a person cannot set or for an origin that is none.
#[server(prefix = "/api", endpoint = "sites/update", input = PostUrl)]
pub async fn update_site(
    /// Site.
    site_id: SiteId,
    /// How much Evoloop may do by itself; absent leaves it.
    autonomy_mode: Option<AutonomyMode>,
    /// `running` or `paused`; absent leaves it.
    status: Option<SiteStatus>,
    /// Origins of the pages that may report, one a line; empty means any page, absent leaves them.
    #[server(default)]
    allowed_origins: FormText,
) -> Result<(), UiError> {
    crate::ssr::sites::update(site_id, autonomy_mode, status, allowed_origins.0).await
}

/// As [`update_site`], for programs.
///
/// # Errors
/// As [`update_site`].
#[server(prefix = "/api", endpoint = "sites", input = PatchJson)]
pub async fn patch_site(
    /// Site.
    site_id: SiteId,
    /// How much Evoloop may do by itself; absent leaves it.
    #[server(default)]
    autonomy_mode: Option<AutonomyMode>,
    /// `running` or `paused`; absent leaves it.
    #[server(default)]
    status: Option<SiteStatus>,
    /// Origins of the pages that may report, one a line; empty means any page, absent leaves them.
    #[server(default)]
    allowed_origins: Option<String>,
) -> Result<(), UiError> {
    crate::ssr::sites::update(site_id, autonomy_mode, status, allowed_origins).await
}

/// Deletes a site with everything that was counted, and leads a browser back to the list.
///
/// # Errors
/// `NotFound` for a site of somebody else.
#[server(prefix = "/api", endpoint = "sites/delete", input = PostUrl)]
pub async fn delete_site(
    /// Site.
    site_id: SiteId,
) -> Result<(), UiError> {
    crate::ssr::sites::delete(site_id).await
}

/// As [`delete_site`], for programs.
///
/// # Errors
/// As [`delete_site`].
#[server(prefix = "/api", endpoint = "sites", input = DeleteUrl)]
pub async fn remove_site(
    /// Site.
    site_id: SiteId,
) -> Result<(), UiError> {
    crate::ssr::sites::delete(site_id).await
}
