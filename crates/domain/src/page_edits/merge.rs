//! A reading and an owner's edits, put together.

use super::anchor::{elements_of, text_slots};
use super::{Anchor, Edit, PageEdits, SelectedElement, SlotChoice, SlotName, facts};
use crate::guard::BrandRules;
use crate::page_model::{Element, Fingerprint, ImageSlot, Locator, LockReason};
use crate::{PageModel, TextSlot};
use serde::{Deserialize, Serialize};

/// The page that everything works from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Effective {
    /// The page as its owner says it is.
    pub page: PageModel,
    /// Slots that must stay as they are, with the reason.
    pub locked_slots: Vec<(SlotName, LockReason)>,
    /// Edits that found nothing to act on. They are kept: the page may have it again.
    pub lost: Vec<Lost>,
}

/// An edit that found nothing to act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// The edit.
    pub address: String,
    /// Why.
    pub reason: LostReason,
}

/// Why an edit found nothing to act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LostReason {
    /// It is not on the page any more.
    Gone,
    /// Its selector has not been looked up yet.
    Unread,
    /// Its selector means several elements.
    Several(u32),
    /// Its selector means an element of another sort: no text, or no picture.
    Unfit,
    /// Another slot is this element.
    Taken,
    /// The element is locked for another reason now than the one that the owner knew.
    OtherLock(LockReason),
}

impl Effective {
    /// Whether an edit found nothing to act on, and why.
    #[must_use]
    pub fn lost(&self, address: &str) -> Option<LostReason> {
        self.lost.iter().find(|lost| lost.address == address).map(|lost| lost.reason)
    }

    /// Why a slot must stay as it is.
    #[must_use]
    pub fn lock_of(&self, slot: SlotName) -> Option<LockReason> {
        self.locked_slots.iter().find(|(name, _)| *name == slot).map(|(_, reason)| *reason)
    }

    /// The owner's rules with these locks among them.
    #[must_use]
    pub fn with_locks(&self, rules: &BrandRules) -> BrandRules {
        let mut rules = rules.clone();
        for (name, _) in &self.locked_slots {
            if !rules.locked_slots.iter().any(|locked| locked == name.as_str()) {
                rules.locked_slots.push(name.as_str().to_owned());
            }
        }
        rules
    }
}

pub(super) fn apply(edits: &PageEdits, reading: &PageModel) -> Effective {
    let mut merge = Merge { edits, reading, elements: elements_of(reading), effective: Effective::default() };
    merge.effective.page = PageModel { inventory: reading.inventory.clone(), ..reading.clone() };
    merge.elements();
    merge.slots();
    merge.locks();
    for edit in edits.all() {
        if let Edit::Brand { field, value } = edit {
            field.write(&mut merge.effective.page, value.clone());
        }
    }
    let gone = facts::apply(edits, &mut merge.effective.page);
    merge.effective.lost.extend(gone.into_iter().map(|address| Lost { address, reason: LostReason::Gone }));
    merge.effective
}

struct Merge<'a> {
    edits: &'a PageEdits,
    reading: &'a PageModel,
    /// All elements, kinds and locks as the owner says.
    elements: Vec<Element>,
    effective: Effective,
}

impl Merge<'_> {
    fn lose(&mut self, edit: &Edit, reason: LostReason) {
        self.effective.lost.push(Lost { address: edit.address(), reason });
    }

    /// Kinds and locks. Elements are found by the reading alone, so the order of the edits does not matter.
    fn elements(&mut self) {
        let read = self.elements.clone();
        for edit in self.edits.all() {
            match edit {
                Edit::Kind { element, kind } => match element.find(&read) {
                    Some(at) => self.elements[at].kind = *kind,
                    None => self.lose(edit, LostReason::Gone),
                },
                Edit::Lock { element, locked: true, .. } => {
                    let found = element.find_any(&read);
                    if found.is_empty() {
                        self.lose(edit, LostReason::Gone);
                    }
                    for at in found {
                        self.elements[at].locked.get_or_insert(LockReason::Owner);
                    }
                }
                Edit::Lock { element, locked: false, despite } => match element.find(&read) {
                    None => self.lose(edit, LostReason::Gone),
                    Some(at) => match read[at].locked {
                        Some(reason) if Some(reason) != *despite => self.lose(edit, LostReason::OtherLock(reason)),
                        // Another edit may have locked what could be the same element.
                        _ if self.elements[at].locked == Some(LockReason::Owner) => {}
                        _ => self.elements[at].locked = None,
                    },
                },
                _ => {}
            }
        }
    }

    /// Which elements the slots are, and what of the rest is left for the inventory.
    fn slots(&mut self) {
        let mut taken: Vec<Locator> = Vec::new();
        for edit in self.edits.all() {
            let Edit::Slot { slot, choice } = edit else { continue };
            let found = if *slot == SlotName::HeroImage { self.picture(choice) } else { self.text(choice) };
            let chosen = match found {
                Ok(chosen) => chosen,
                Err(reason) => {
                    self.lose(edit, reason);
                    Chosen::Nothing
                }
            };
            // Nothing is written where the owner's element is gone: what was read is not what was meant.
            match chosen {
                Chosen::Text(text) if is_among(&taken, &text.locator) => {
                    self.lose(edit, LostReason::Taken);
                    self.fill(*slot, None);
                }
                Chosen::Text(text) => {
                    taken.push(text.locator.clone());
                    self.fill(*slot, Some(text));
                }
                Chosen::Image(image) => self.effective.page.hero_image = Some(image),
                Chosen::Nothing if *slot == SlotName::HeroImage => self.effective.page.hero_image = None,
                Chosen::Nothing => self.fill(*slot, None),
            }
        }
        self.give_way(&taken);
        let page = &self.effective.page;
        let in_slots: Vec<&Locator> =
            text_slots(page).into_iter().filter_map(|(_, slot)| Some(&slot?.locator)).collect();
        let is_left = |element: &&Element| !is_among(in_slots.iter().copied(), &element.locator);
        let left: Vec<Element> = self.elements.iter().filter(is_left).cloned().collect();
        self.effective.page.inventory.elements = left;
    }

    /// What was read as one slot and chosen for another is no longer the first.
    fn give_way(&mut self, taken: &[Locator]) {
        let chosen: Vec<SlotName> = self
            .edits
            .all()
            .iter()
            .filter_map(|edit| match edit {
                Edit::Slot { slot, .. } => Some(*slot),
                _ => None,
            })
            .collect();
        for name in [SlotName::Headline, SlotName::Subheadline, SlotName::Cta, SlotName::SecondaryCta] {
            let is_taken = text_slots(self.reading)
                .into_iter()
                .any(|(read, slot)| read == name && slot.is_some_and(|slot| is_among(taken, &slot.locator)));
            if is_taken && !chosen.contains(&name) {
                self.fill(name, None);
            }
        }
    }

    fn fill(&mut self, name: SlotName, text: Option<TextSlot>) {
        let page = &mut self.effective.page;
        match name {
            SlotName::Headline => page.headline = text,
            SlotName::Subheadline => page.subheadline = text,
            SlotName::Cta => page.cta = text,
            SlotName::SecondaryCta => page.secondary_cta = text,
            SlotName::HeroImage => {}
        }
    }

    fn text(&self, choice: &SlotChoice) -> Result<Chosen, LostReason> {
        let element = match choice {
            SlotChoice::Nothing => return Ok(Chosen::Nothing),
            SlotChoice::Element { element } => self.element(element).ok_or(LostReason::Gone)?,
            SlotChoice::Selector { css } => match self.selected(css)? {
                SelectedElement::Text(element) => element.clone(),
                SelectedElement::Image(_) => return Err(LostReason::Unfit),
            },
        };
        // Of a very long text only the beginning is known, so it cannot be found again when a variant is shown.
        let is_whole = Fingerprint::of(&element.text) == element.fingerprint;
        Ok(Chosen::Text(TextSlot {
            plain_text: element.plain_text && is_whole,
            text: element.text,
            locator: element.locator,
        }))
    }

    fn picture(&self, choice: &SlotChoice) -> Result<Chosen, LostReason> {
        match choice {
            SlotChoice::Nothing => Ok(Chosen::Nothing),
            SlotChoice::Element { .. } => Err(LostReason::Unfit),
            SlotChoice::Selector { css } => match self.selected(css)? {
                SelectedElement::Image(image) => Ok(Chosen::Image(image.clone())),
                SelectedElement::Text(_) => Err(LostReason::Unfit),
            },
        }
    }

    fn element(&self, anchor: &Anchor) -> Option<Element> {
        anchor.find(&self.elements).map(|at| self.elements[at].clone())
    }

    /// What a selector means: as it was looked up, or as it is known already.
    fn selected(&self, css: &str) -> Result<SelectedElement, LostReason> {
        if let Some(selected) = self.reading.selected.iter().find(|selected| selected.css == css) {
            return match (&selected.element, selected.matches) {
                (Some(element), _) => Ok(element.clone()),
                (None, 0) => Err(LostReason::Gone),
                (None, 1) => Err(LostReason::Unfit),
                (None, matches) => Err(LostReason::Several(matches)),
            };
        }
        let known = self.elements.iter().find(|element| element.locator.css == css);
        if let Some(element) = known {
            return Ok(SelectedElement::Text(element.clone()));
        }
        let image = self.reading.hero_image.as_ref().filter(|image| image.locator.css == css);
        image.cloned().map(SelectedElement::Image).ok_or(LostReason::Unread)
    }

    /// Which slots must stay as they are. A lock of an element goes with it into the slot.
    fn locks(&mut self) {
        for name in SlotName::ALL {
            let slot = text_slots(&self.effective.page).into_iter().find(|(slot, _)| slot == name);
            let of_element = slot.and_then(|(_, slot)| self.lock_at(&slot?.locator));
            let said = self.edits.all().iter().find_map(|edit| match edit {
                Edit::SlotLock { slot, locked, despite } if slot == name => Some((edit, *locked, *despite)),
                _ => None,
            });
            let reason = match (said, of_element) {
                (Some((_, true, _)), reason) => Some(reason.unwrap_or(LockReason::Owner)),
                (Some((_, false, despite)), Some(reason)) if despite == Some(reason) => None,
                (Some((edit, false, _)), Some(reason)) => {
                    let address = edit.address();
                    self.effective.lost.push(Lost { address, reason: LostReason::OtherLock(reason) });
                    Some(reason)
                }
                (_, reason) => reason,
            };
            self.effective.locked_slots.extend(reason.map(|reason| (*name, reason)));
        }
    }

    /// The lock of the element at a place. What is listed has the owner's word on it, so that this comes first.
    fn lock_at(&self, place: &Locator) -> Option<LockReason> {
        let mut listed = self.elements.iter().filter(|element| element.locator.shares_a_place(place)).peekable();
        if listed.peek().is_some() {
            return listed.find_map(|element| element.locked);
        }
        self.reading.selected.iter().find_map(|selected| match &selected.element {
            Some(SelectedElement::Text(element)) if element.locator.shares_a_place(place) => element.locked,
            _ => None,
        })
    }
}

fn is_among<'a>(places: impl IntoIterator<Item = &'a Locator>, place: &Locator) -> bool {
    places.into_iter().any(|other| other.shares_a_place(place))
}

/// What a slot becomes.
enum Chosen {
    Nothing,
    Text(TextSlot),
    Image(ImageSlot),
}
