//! Which element of a page is meant, also after the page has changed.

use super::SlotName;
use crate::page_model::{Element, ElementKind, Fingerprint, Locator};
use crate::{PageModel, TextSlot};
use serde::{Deserialize, Serialize};

/// An element by where it stood and what it said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// Where it stood.
    pub locator: Locator,
    /// What it said.
    pub fingerprint: Fingerprint,
}

impl Anchor {
    /// Of an element.
    #[must_use]
    pub fn of(element: &Element) -> Self {
        Self { locator: element.locator.clone(), fingerprint: element.fingerprint.clone() }
    }

    /// A short name of place and text together, for addresses and forms.
    #[must_use]
    pub fn key(&self) -> String {
        hash(&format!("{}\n{}", self.locator.css, self.fingerprint.hash))
    }

    /// The element that is meant: the same text at the same place, or else the only one with the text, or
    /// else the only one at the place. None when that leaves a doubt.
    #[must_use]
    pub fn find(&self, elements: &[Element]) -> Option<usize> {
        let both = |element: &Element| self.says_the_same(element) && element.locator.css == self.locator.css;
        let ways: [&dyn Fn(&Element) -> bool; 4] =
            [&both, &|element| self.is_its_text(element), &|element| self.is_its_place(element), &|element| {
                self.shares_a_place(element)
            }];
        ways.iter().find_map(|way| only(elements, way))
    }

    /// Every element that could be meant: all with the text, or else whatever stands at the place. Whoever locks one
    /// wants none of these touched.
    #[must_use]
    pub fn find_any(&self, elements: &[Element]) -> Vec<usize> {
        let all = |fits: &dyn Fn(&Element) -> bool| -> Vec<usize> {
            elements.iter().enumerate().filter(|(_, element)| fits(element)).map(|(at, _)| at).collect()
        };
        let ways: [&dyn Fn(&Element) -> bool; 3] =
            [&|element| self.is_its_text(element), &|element| self.is_its_place(element), &|element| {
                self.shares_a_place(element)
            }];
        ways.iter().map(|way| all(*way)).find(|found| !found.is_empty()).unwrap_or_default()
    }

    fn says_the_same(&self, element: &Element) -> bool {
        element.fingerprint.hash == self.fingerprint.hash
    }

    /// Fields of forms may all be empty, which tells nothing.
    fn is_its_text(&self, element: &Element) -> bool {
        !self.fingerprint.lead.is_empty() && self.says_the_same(element) && self.has_its_tag(element)
    }

    fn is_its_place(&self, element: &Element) -> bool {
        element.locator.css == self.locator.css && self.has_its_tag(element)
    }

    fn shares_a_place(&self, element: &Element) -> bool {
        self.locator.shares_a_place(&element.locator)
    }

    fn has_its_tag(&self, element: &Element) -> bool {
        element.locator.tag == self.locator.tag
    }
}

impl Locator {
    /// Whether two locators of one reading mean the same element: whatever selector an owner names it by, those that
    /// were found for it stand beside that.
    pub(super) fn shares_a_place(&self, other: &Self) -> bool {
        let own = || std::iter::once(&self.css).chain(&self.alt);
        let has = |css: &String| other.css == *css || other.alt.contains(css);
        self.tag == other.tag && own().any(has)
    }
}

/// The only element that fits.
fn only(elements: &[Element], fits: &dyn Fn(&Element) -> bool) -> Option<usize> {
    let mut fitting = elements.iter().enumerate().filter(|(_, element)| fits(element)).map(|(at, _)| at);
    let first = fitting.next()?;
    fitting.next().is_none().then_some(first)
}

/// Every element that an edit can mean: the texts of the slots in their order, then the inventory.
#[must_use]
pub fn elements_of(page: &PageModel) -> Vec<Element> {
    let slots = text_slots(page).into_iter().filter_map(|(name, slot)| Some(element_of(name, slot?)));
    slots.chain(page.inventory.elements.iter().cloned()).collect()
}

/// The slots that hold text.
pub(super) fn text_slots(page: &PageModel) -> [(SlotName, Option<&TextSlot>); 4] {
    [
        (SlotName::Headline, page.headline.as_ref()),
        (SlotName::Subheadline, page.subheadline.as_ref()),
        (SlotName::Cta, page.cta.as_ref()),
        (SlotName::SecondaryCta, page.secondary_cta.as_ref()),
    ]
}

fn element_of(name: SlotName, slot: &TextSlot) -> Element {
    let kind = match name {
        SlotName::Headline => ElementKind::Heading,
        SlotName::Cta | SlotName::SecondaryCta => ElementKind::Button,
        SlotName::Subheadline | SlotName::HeroImage => ElementKind::Text,
    };
    Element {
        kind,
        text: slot.text.clone(),
        fingerprint: slot.fingerprint(),
        locator: slot.locator.clone(),
        plain_text: slot.plain_text,
        locked: None,
    }
}

/// Sixteen digits that stand for a text.
pub(super) fn hash(text: &str) -> String {
    Fingerprint::of(text).hash
}
