//! What the other elements of the page are for, and whether they may change.

use crate::{Service, ServiceError};
use domain::page_edits::{Anchor, elements_of};
use domain::page_model::{ElementKind, LockReason};
use domain::{Edit, SiteId};
use store::Viewer;

impl Service {
    /// Says what an element is for and whether it may change. What agrees with the reading is no edit.
    ///
    /// # Errors
    /// `NotFound` for a foreign site, `Conflict` for an element that is not on the page any more, `Invalid` with the
    /// warning when a lock that protects somebody is opened without a word.
    pub async fn edit_element(
        &self,
        viewer: &Viewer,
        site_id: SiteId,
        key: &str,
        kind: ElementKind,
        locked: bool,
        sure: bool,
    ) -> Result<(), ServiceError> {
        self.change_edits(viewer, site_id, |known, edits| {
            let elements = elements_of(&known.reading);
            let found = elements.iter().find(|element| Anchor::of(element).key() == key).ok_or_else(|| {
                ServiceError::Conflict("The page was read again, and this element is not on it any more.".to_owned())
            })?;
            let anchor = || Anchor::of(found);
            edits.put_on(&known.reading, Edit::Kind { element: anchor(), kind });
            if found.kind == kind {
                edits.undo(&Edit::Kind { element: anchor(), kind }.address());
            }
            let was_open = known
                .effective
                .page
                .inventory
                .elements
                .iter()
                .any(|element| element.locked.is_none() && Anchor::of(element).key() == key);
            if !locked && !was_open {
                confirm(found.locked, sure)?;
            }
            let lock = Edit::Lock { element: anchor(), locked, despite: found.locked };
            edits.put_on(&known.reading, lock.clone());
            if found.locked.is_some() == locked {
                edits.undo(&lock.address());
            }
            Ok(())
        })
        .await
    }
}

/// A lock that protects somebody is opened only by who says so.
pub(super) fn confirm(lock: Option<LockReason>, sure: bool) -> Result<(), ServiceError> {
    match lock.and_then(LockReason::warning) {
        Some(warning) if !sure => {
            Err(ServiceError::invalid("sure", format!("{warning} Tick the box to open it all the same.")))
        }
        _ => Ok(()),
    }
}
