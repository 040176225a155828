//! Server functions behind the owner's edits of the page.

use crate::error::UiError;
use domain::page_edits::BrandField;
use domain::page_model::ElementKind;
use domain::{SiteId, SlotName};
use leptos::prelude::*;
use server_fn::codec::PostUrl;

/// Says which element a slot is. `choice` is the key of an element, `none` or `selector`.
///
/// # Errors
/// `Invalid` with a sentence for an element or selector that cannot be.
#[server(prefix = "/api", endpoint = "page/slot", input = PostUrl)]
pub async fn choose_slot(
    /// Site.
    site_id: SiteId,
    /// Slot.
    slot: SlotName,
    /// Which element.
    choice: String,
    /// The selector, when that was chosen.
    #[server(default)]
    selector: String,
) -> Result<(), UiError> {
    crate::ssr::page_edits::choose_slot(site_id, slot, choice, selector).await
}

/// Says whether a slot may change.
///
/// # Errors
/// `Invalid` with the warning when a lock that protects somebody is opened without `sure`.
#[server(prefix = "/api", endpoint = "page/slot-lock", input = PostUrl)]
pub async fn lock_slot(
    /// Site.
    site_id: SiteId,
    /// Slot.
    slot: SlotName,
    /// Whether it must stay as it is.
    locked: bool,
    /// Whether the warning was read.
    #[server(default)]
    sure: bool,
) -> Result<(), UiError> {
    crate::ssr::page_edits::lock_slot(site_id, slot, locked, sure).await
}

/// Says what another element is for, and whether it may change.
///
/// # Errors
/// `Invalid` when it is gone, or with the warning when a lock that protects somebody is opened without `sure`.
#[server(prefix = "/api", endpoint = "page/element", input = PostUrl)]
pub async fn edit_element(
    /// Site.
    site_id: SiteId,
    /// Key of the element.
    element: String,
    /// What it is for.
    element_kind: ElementKind,
    /// Whether it must stay as it is.
    locked: bool,
    /// Whether the warning was read.
    #[server(default)]
    sure: bool,
) -> Result<(), UiError> {
    crate::ssr::page_edits::edit_element(site_id, element, element_kind, locked, sure).await
}

/// Says what brand or language are; an empty value says that there is none.
///
/// # Errors
/// `Invalid` with a sentence for a value that cannot be.
#[server(prefix = "/api", endpoint = "page/brand", input = PostUrl)]
pub async fn edit_brand(
    /// Site.
    site_id: SiteId,
    /// Which of them.
    field: BrandField,
    /// What it is.
    #[server(default)]
    value: String,
) -> Result<(), UiError> {
    crate::ssr::page_edits::edit_brand(site_id, field, value).await
}

/// Adds something true that the page does not say.
///
/// # Errors
/// `Invalid` with a sentence for a text that states nothing or is too long.
#[server(prefix = "/api", endpoint = "page/fact", input = PostUrl)]
pub async fn add_fact(
    /// Site.
    site_id: SiteId,
    /// A sentence that may stand in a variant.
    text: String,
) -> Result<(), UiError> {
    crate::ssr::page_edits::add_fact(site_id, text).await
}

/// Puts a fact of the page right.
///
/// # Errors
/// `Invalid` when the page does not say it any more, or with a sentence for a text that cannot be.
#[server(prefix = "/api", endpoint = "page/fact/correct", input = PostUrl)]
pub async fn correct_fact(
    /// Site.
    site_id: SiteId,
    /// Name of the fact.
    fact: String,
    /// What is true instead.
    instead: String,
) -> Result<(), UiError> {
    crate::ssr::page_edits::edit_fact(site_id, fact, Some(instead)).await
}

/// Takes a fact of the page back: no variant may say it.
///
/// # Errors
/// `Invalid` when the page does not say it any more.
#[server(prefix = "/api", endpoint = "page/fact/remove", input = PostUrl)]
pub async fn remove_fact(
    /// Site.
    site_id: SiteId,
    /// Name of the fact.
    fact: String,
) -> Result<(), UiError> {
    crate::ssr::page_edits::edit_fact(site_id, fact, None).await
}

/// Takes one edit back.
///
/// # Errors
/// `Invalid` when there is no such edit any more.
#[server(prefix = "/api", endpoint = "page/undo", input = PostUrl)]
pub async fn undo_edit(
    /// Site.
    site_id: SiteId,
    /// Where the edit stands.
    address: String,
) -> Result<(), UiError> {
    crate::ssr::page_edits::undo(site_id, address).await
}

/// Reads the page once more; the owner's edits stay.
///
/// # Errors
/// `Invalid` while it is being read.
#[server(prefix = "/api", endpoint = "page/read", input = PostUrl)]
pub async fn read_again(
    /// Site.
    site_id: SiteId,
) -> Result<(), UiError> {
    crate::ssr::page_edits::read_again(site_id).await
}
