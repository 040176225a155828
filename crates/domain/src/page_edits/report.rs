//! An owner's edits, ready to be shown: what each does, what stood there before, and whether it found its place.

use super::anchor::text_slots;
use super::{Anchor, Edit, Effective, LostReason, PageEdits, SlotName, elements_of};
use crate::PageModel;
use serde::{Deserialize, Serialize};

/// One edit beside what was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditReport {
    /// The address under which it can be taken back.
    pub address: String,
    /// What the owner said.
    pub edit: Edit,
    /// What was read there, as far as it has words: a text, the name of a kind or lock, a colour.
    pub read: Option<String>,
    /// The key of the element that it acts on now.
    pub element: Option<String>,
    /// Why it found nothing to act on.
    pub lost: Option<LostReason>,
}

impl PageEdits {
    /// All edits in their order.
    #[must_use]
    pub fn report(&self, reading: &PageModel, effective: &Effective) -> Vec<EditReport> {
        let elements = elements_of(reading);
        let report = |edit: &Edit| {
            let found = match edit {
                Edit::Kind { element, .. } | Edit::Lock { element, .. } => {
                    element.find(&elements).and_then(|at| elements.get(at))
                }
                _ => None,
            };
            let read = match edit {
                Edit::Slot { slot, .. } => slot_text(reading, *slot),
                Edit::Kind { .. } => found.map(|element| element.kind.to_string()),
                Edit::Lock { .. } => found.and_then(|element| element.locked).map(|reason| reason.to_string()),
                Edit::Brand { field, .. } => field.of(reading),
                Edit::Fact { fact, .. } => Some(fact.text.clone()),
                Edit::SlotLock { .. } | Edit::AddFact { .. } => None,
            };
            let address = edit.address();
            let element = found.map(|element| Anchor::of(element).key());
            EditReport { lost: effective.lost(&address), address, edit: edit.clone(), read, element }
        };
        self.all().iter().map(report).collect()
    }
}

fn slot_text(page: &PageModel, slot: SlotName) -> Option<String> {
    if slot == SlotName::HeroImage {
        return page.hero_image.as_ref().map(|image| image.src.clone());
    }
    text_slots(page).into_iter().find(|(name, _)| *name == slot).and_then(|(_, slot)| Some(slot?.text.clone()))
}
