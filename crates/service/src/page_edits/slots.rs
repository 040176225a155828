//! Which elements the slots are, and whether they may change.

use super::Known;
use crate::{Service, ServiceError};
use domain::page_edits::{Anchor, SlotChoice, check_selector, elements_of};
use domain::page_model::ElementKind;
use domain::{Edit, PageEdits, SiteId, SlotName};
use store::Viewer;

/// Which element an owner wants a slot to be, as a form says it.
#[derive(Debug, Clone, Default)]
pub struct SlotChange {
    /// The key of an element, `none` for no element, or `selector`.
    pub choice: String,
    /// The selector, when that was chosen.
    pub selector: String,
}

impl Service {
    /// Says which element a slot is.
    ///
    /// # Errors
    /// `NotFound` for a foreign site, `Invalid` with a sentence for a selector or element that cannot be.
    pub async fn choose_slot(
        &self,
        viewer: &Viewer,
        site_id: SiteId,
        slot: SlotName,
        change: SlotChange,
    ) -> Result<(), ServiceError> {
        self.change_edits(viewer, site_id, |known, edits| {
            let choice = match change.choice.as_str() {
                "none" => SlotChoice::Nothing,
                "selector" => SlotChoice::Selector { css: selector(&change.selector)? },
                key => SlotChoice::Element { element: element(known, slot, key)? },
            };
            let mut with = edits.clone();
            with.put(Edit::Slot { slot, choice });
            refuse_twice(known, edits, &with, slot)?;
            *edits = with;
            Ok(())
        })
        .await
    }

    /// Says whether a slot may change. A lock that protects somebody is opened only by who knows what it is for.
    ///
    /// # Errors
    /// `NotFound` for a foreign site, `Invalid` with the warning when it was not confirmed.
    pub async fn lock_slot(
        &self,
        viewer: &Viewer,
        site_id: SiteId,
        slot: SlotName,
        locked: bool,
        sure: bool,
    ) -> Result<(), ServiceError> {
        self.change_edits(viewer, site_id, |known, edits| {
            edits.undo(&Edit::SlotLock { slot, locked, despite: None }.address());
            // What holds without the owner's word on the slot itself.
            let lock = edits.applied_to(&known.reading).lock_of(slot);
            match (locked, lock) {
                (true, None) => edits.put(Edit::SlotLock { slot, locked, despite: None }),
                (false, Some(reason)) => {
                    super::elements::confirm(Some(reason), sure)?;
                    edits.put(Edit::SlotLock { slot, locked, despite: Some(reason) });
                }
                (true, Some(_)) | (false, None) => {}
            }
            Ok(())
        })
        .await
    }
}

fn selector(css: &str) -> Result<String, ServiceError> {
    let css = css.trim();
    check_selector(css).map_err(|sentence| ServiceError::invalid("selector", sentence))?;
    if page::is_selector(css) {
        return Ok(css.to_owned());
    }
    Err(ServiceError::invalid(
        "selector",
        "This is not a CSS selector that Evoloop understands. Write one like #hero h1, without :has.",
    ))
}

fn element(known: &Known, slot: SlotName, key: &str) -> Result<Anchor, ServiceError> {
    if slot == SlotName::HeroImage {
        return Err(ServiceError::invalid("choice", "A picture is chosen by its CSS selector."));
    }
    let elements = elements_of(&known.reading);
    let found = elements.iter().find(|element| Anchor::of(element).key() == key);
    let found = found.ok_or_else(|| {
        ServiceError::invalid("choice", "This element is not on the page any more. Choose another one.")
    })?;
    if matches!(found.kind, ElementKind::FormField | ElementKind::Logo) {
        return Err(ServiceError::invalid("choice", "Fields of forms and logos have no text that can be rewritten."));
    }
    Ok(Anchor::of(found))
}

/// One element cannot be two of the slots that the owner chose.
fn refuse_twice(known: &Known, edits: &PageEdits, with: &PageEdits, slot: SlotName) -> Result<(), ServiceError> {
    let (before, after) = (edits.applied_to(&known.reading), with.applied_to(&known.reading));
    let clashes = after.lost.iter().filter(|lost| lost.reason == domain::page_edits::LostReason::Taken);
    let is_new = clashes.into_iter().any(|lost| before.lost(&lost.address) != Some(lost.reason));
    if is_new {
        let field = if slot == SlotName::HeroImage { "selector" } else { "choice" };
        return Err(ServiceError::invalid(field, "You chose this element for another place already."));
    }
    Ok(())
}
