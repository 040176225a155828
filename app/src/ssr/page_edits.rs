//! Behind the server functions of the owner's edits.

use crate::error::UiError;
use domain::page_edits::BrandField;
use domain::page_model::ElementKind;
use domain::{SiteId, SlotName};
use service::SlotChange;

/// Which element a slot is.
pub(crate) async fn choose_slot(
    site_id: SiteId,
    slot: SlotName,
    choice: String,
    selector: String,
) -> Result<(), UiError> {
    let (service, viewer) = super::viewer().await?;
    let change = SlotChange { choice, selector };
    service.choose_slot(&viewer, site_id, slot, change).await.map_err(super::answer)
}

/// Whether a slot may change.
pub(crate) async fn lock_slot(site_id: SiteId, slot: SlotName, locked: bool, sure: bool) -> Result<(), UiError> {
    let (service, viewer) = super::viewer().await?;
    service.lock_slot(&viewer, site_id, slot, locked, sure).await.map_err(super::answer)
}

/// What another element is for, and whether it may change.
pub(crate) async fn edit_element(
    site_id: SiteId,
    element: String,
    kind: ElementKind,
    locked: bool,
    sure: bool,
) -> Result<(), UiError> {
    let (service, viewer) = super::viewer().await?;
    service.edit_element(&viewer, site_id, &element, kind, locked, sure).await.map_err(super::answer)
}

/// What brand or language are.
pub(crate) async fn edit_brand(site_id: SiteId, field: BrandField, value: String) -> Result<(), UiError> {
    let (service, viewer) = super::viewer().await?;
    service.edit_brand(&viewer, site_id, field, &value).await.map_err(super::answer)
}

/// Adds a fact.
pub(crate) async fn add_fact(site_id: SiteId, text: String) -> Result<(), UiError> {
    let (service, viewer) = super::viewer().await?;
    service.add_fact(&viewer, site_id, &text).await.map_err(super::answer)
}

/// Takes a fact back or puts it right.
pub(crate) async fn edit_fact(site_id: SiteId, fact: String, instead: Option<String>) -> Result<(), UiError> {
    let (service, viewer) = super::viewer().await?;
    service.edit_fact(&viewer, site_id, &fact, instead.as_deref()).await.map_err(super::answer)
}

/// Takes an edit back.
pub(crate) async fn undo(site_id: SiteId, address: String) -> Result<(), UiError> {
    let (service, viewer) = super::viewer().await?;
    service.undo_edit(&viewer, site_id, &address).await.map_err(super::answer)
}

/// Reads the page once more.
pub(crate) async fn read_again(site_id: SiteId) -> Result<(), UiError> {
    let (service, viewer) = super::viewer().await?;
    service.read_again(&viewer, site_id).await.map(drop).map_err(super::answer)
}
