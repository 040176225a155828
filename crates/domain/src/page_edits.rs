//! What an owner says about a page, kept apart from what was read on it.
//!
//! A page is read again and again; what its owner said stays. Reading and edits meet in
//! [`PageEdits::applied_to`], which answers the page that everything else works from. An edit names
//! its place by what outlives a reading: the slot, the field, the fact, or an [`Anchor`] of the element.

mod anchor;
mod check;
mod facts;
mod field;
mod merge;
mod report;
mod selected;

pub use anchor::{Anchor, elements_of};
pub use check::{MAX_EDITS, MAX_FACT_CHARS, check_fact_text, check_selector};
pub use facts::{fact_id, stated};
pub use field::{BrandField, InvalidField, MAX_FIELD_CHARS};
pub use merge::{Effective, Lost, LostReason};
pub use report::EditReport;
pub use selected::{Selected, SelectedElement};

use crate::page_model::{ElementKind, LockReason};
use crate::{Fact, PageModel};
use serde::{Deserialize, Serialize};

/// A place of the page that has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotName {
    /// The main heading.
    Headline,
    /// The line that explains it.
    Subheadline,
    /// The primary call to action.
    Cta,
    /// The weaker one beside it.
    SecondaryCta,
    /// The main picture.
    HeroImage,
}

crate::text_enum!(SlotName {
    Headline = "headline",
    Subheadline = "subheadline",
    Cta = "cta",
    SecondaryCta = "secondary_cta",
    HeroImage = "hero_image",
});

/// Which element a slot is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum SlotChoice {
    /// The page has none.
    Nothing,
    /// An element that was found.
    Element {
        /// Which one.
        element: Anchor,
    },
    /// What a selector means.
    Selector {
        /// CSS selector.
        css: String,
    },
}

/// One thing that an owner said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "snake_case")]
pub enum Edit {
    /// Which element a slot is.
    Slot {
        /// The slot.
        slot: SlotName,
        /// Its element.
        choice: SlotChoice,
    },
    /// Whether a slot may change.
    SlotLock {
        /// The slot.
        slot: SlotName,
        /// Whether it must stay as it is.
        locked: bool,
        /// The lock that the owner opened; another one is not opened by that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        despite: Option<LockReason>,
    },
    /// What an element is for.
    Kind {
        /// The element.
        element: Anchor,
        /// Its kind.
        kind: ElementKind,
    },
    /// Whether an element may change.
    Lock {
        /// The element.
        element: Anchor,
        /// Whether it must stay as it is.
        locked: bool,
        /// The lock that the owner opened; another one is not opened by that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        despite: Option<LockReason>,
    },
    /// A colour, a font, the language, how the page speaks.
    Brand {
        /// Which of them.
        field: BrandField,
        /// What it is; nothing when there is none.
        value: Option<String>,
    },
    /// Something true that the page does not say.
    AddFact {
        /// A sentence that may stand in a variant.
        text: String,
    },
    /// Something that the page says and that must not be said.
    Fact {
        /// What the page says.
        fact: Fact,
        /// What is true instead.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instead: Option<String>,
    },
}

impl Edit {
    /// Where the edit stands; of two edits with one address the later one counts.
    #[must_use]
    pub fn address(&self) -> String {
        match self {
            Self::Slot { slot, .. } => format!("slot:{slot}"),
            Self::SlotLock { slot, .. } => format!("slot-lock:{slot}"),
            Self::Kind { element, .. } => format!("kind:{}", element.key()),
            Self::Lock { element, .. } => format!("lock:{}", element.key()),
            Self::Brand { field, .. } => format!("brand:{field}"),
            Self::AddFact { text } => format!("said:{}", anchor::hash(&crate::slots::normalise(text))),
            Self::Fact { fact, .. } => format!("fact:{}", fact_id(fact)),
        }
    }
}

/// Everything that an owner said about a page, in the order in which it was said first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PageEdits {
    /// At most one for each address.
    #[serde(default)]
    edits: Vec<Edit>,
}

impl PageEdits {
    /// The edits.
    #[must_use]
    pub fn all(&self) -> &[Edit] {
        &self.edits
    }

    /// The edit at an address.
    #[must_use]
    pub fn at(&self, address: &str) -> Option<&Edit> {
        self.edits.iter().find(|edit| edit.address() == address)
    }

    /// Stores an edit in place of the one that stands at its address.
    pub fn put(&mut self, edit: Edit) {
        let address = edit.address();
        match self.edits.iter_mut().find(|known| known.address() == address) {
            Some(known) => *known = edit,
            None => self.edits.push(edit),
        }
    }

    /// Stores an edit of an element in place of whatever was said of that element before, also when it
    /// was another text then.
    pub fn put_on(&mut self, reading: &PageModel, edit: Edit) {
        let (Edit::Kind { element, .. } | Edit::Lock { element, .. }) = &edit else { return self.put(edit) };
        let elements = elements_of(reading);
        if let Some(meant) = element.find(&elements) {
            let sort = std::mem::discriminant(&edit);
            self.edits.retain(|known| match known {
                Edit::Kind { element, .. } | Edit::Lock { element, .. } if std::mem::discriminant(known) == sort => {
                    element.find(&elements) != Some(meant)
                }
                _ => true,
            });
        }
        self.put(edit);
    }

    /// Takes an edit back; `false` when there is none at the address.
    pub fn undo(&mut self, address: &str) -> bool {
        let before = self.edits.len();
        self.edits.retain(|edit| edit.address() != address);
        self.edits.len() < before
    }

    /// The selectors by which the owner named elements; a reading looks these up.
    #[must_use]
    pub fn selectors(&self) -> Vec<String> {
        let selectors = self.edits.iter().filter_map(|edit| match edit {
            Edit::Slot { choice: SlotChoice::Selector { css }, .. } => Some(css.clone()),
            _ => None,
        });
        selectors.collect()
    }

    /// Selectors that no reading has looked up yet.
    #[must_use]
    pub fn unread(&self, reading: &PageModel) -> Vec<String> {
        let mut selectors = self.selectors();
        selectors.retain(|css| !reading.selected.iter().any(|selected| selected.css == *css));
        selectors
    }

    /// The page as its owner says it is.
    #[must_use]
    pub fn applied_to(&self, reading: &PageModel) -> Effective {
        merge::apply(self, reading)
    }
}
