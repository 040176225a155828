//! The rule by which a reading and its owner's edits become one page, on pages and edits of every kind.

use crate::page_edits::{edits, locator, page};
use domain::facts::Ledger;
use domain::page_edits::{Anchor, BrandField, SlotChoice, elements_of, stated};
use domain::page_model::{ElementKind, Fingerprint, LockReason};
use domain::{Edit, PageEdits, PageModel, SlotName};
use proptest::prelude::*;

fn any_edit() -> impl Strategy<Value = Edit> {
    let page = page();
    let elements: Vec<Anchor> = elements_of(&page).iter().map(Anchor::of).collect();
    let facts = page.facts;
    let slot = prop::sample::select(SlotName::ALL);
    let element = prop::sample::select(elements);
    let choice = prop_oneof![
        Just(SlotChoice::Nothing),
        element.clone().prop_map(|element| SlotChoice::Element { element }),
        "[a-z]{1,4}".prop_map(|css| SlotChoice::Selector { css }),
    ];
    prop_oneof![
        (slot.clone(), choice).prop_map(|(slot, choice)| Edit::Slot { slot, choice }),
        (slot, any::<bool>()).prop_map(|(slot, locked)| Edit::SlotLock { slot, locked, despite: None }),
        (element.clone(), prop::sample::select(ElementKind::ALL))
            .prop_map(|(element, kind)| Edit::Kind { element, kind }),
        (element, any::<bool>()).prop_map(|(element, locked)| Edit::Lock { element, locked, despite: None }),
        "[A-Z][a-z]{2,9} [0-9]{1,4} kettles".prop_map(|text| Edit::AddFact { text }),
        (prop::sample::select(facts), any::<bool>())
            .prop_map(|(fact, right)| Edit::Fact { fact, instead: right.then(|| "77 happy bakers".to_owned()) }),
        prop::sample::select(&["en", "de", "fr"][..])
            .prop_map(|tag| Edit::Brand { field: BrandField::Language, value: Some(tag.to_owned()) }),
    ]
}

/// The page after its owner worked on it: some texts are others, some are gone, some moved.
fn changed() -> impl Strategy<Value = PageModel> {
    let fate = prop::collection::vec(0..4_u8, 3);
    (fate, any::<bool>()).prop_map(|(fates, has_headline)| {
        let mut page = page();
        for (at, (fate, element)) in fates.iter().zip(page.inventory.elements.iter_mut()).enumerate() {
            match fate {
                1 => {
                    element.text = format!("New words {at}");
                    element.fingerprint = Fingerprint::of(&element.text);
                }
                2 => element.locator = locator(&format!(".moved-{at}"), &element.locator.tag),
                3 => element.locked = element.locked.xor(Some(LockReason::Tool)),
                _ => {}
            }
        }
        if !has_headline {
            page.headline = None;
        }
        page
    })
}

proptest! {
    #[test]
    fn whatever_was_said_and_whatever_the_page_became(all in prop::collection::vec(any_edit(), 0..12), page in changed()) {
        let all = edits(all);
        let effective = all.applied_to(&page);
        // No edit is lost by a reading, and an address stands once.
        let mut addresses: Vec<String> = all.all().iter().map(Edit::address).collect();
        let count = addresses.len();
        addresses.sort();
        addresses.dedup();
        prop_assert_eq!(addresses.len(), count);
        prop_assert!(effective.lost.iter().all(|lost| addresses.contains(&lost.address)));
        // The same again, and stored and read.
        let stored: PageEdits = serde_json::from_str(&serde_json::to_string(&all).unwrap()).unwrap();
        prop_assert_eq!(&stored.applied_to(&page), &effective);
        // No element stands twice, in slots or beside them.
        let elements = elements_of(&effective.page);
        let mut places: Vec<&str> = elements.iter().map(|element| element.locator.css.as_str()).collect();
        places.sort_unstable();
        let before = places.len();
        places.dedup();
        prop_assert_eq!(places.len(), before);
        for edit in all.all() {
            let lost = effective.lost(&edit.address());
            match edit {
                Edit::Slot { slot: SlotName::Headline, choice: SlotChoice::Nothing } => {
                    prop_assert_eq!(&effective.page.headline, &None);
                }
                // A lock that found its element holds, wherever that stands now.
                Edit::Lock { element, locked: true, .. } if lost.is_none() => {
                    for at in element.find_any(&elements_of(&page)) {
                        let css = &elements_of(&page)[at].locator.css;
                        let found = effective.page.inventory.elements.iter().find(|element| element.locator.css == *css);
                        prop_assert!(found.is_none_or(|element| element.locked.is_some()));
                    }
                }
                Edit::Brand { value, .. } => prop_assert_eq!(&effective.page.lang, value),
                Edit::Fact { fact, instead: None } => {
                    let is_stated = all.all().iter().any(|edit| match edit {
                        Edit::AddFact { text } | Edit::Fact { instead: Some(text), .. } => {
                            stated(text).iter().any(|other| fact.is_said_by(other))
                        }
                        _ => false,
                    });
                    let missing = Ledger::of_page(&effective.page).missing(&fact.text, None);
                    prop_assert!(is_stated || fact.kind == domain::FactKind::Name || !missing.is_empty(), "{fact:?}");
                }
                Edit::AddFact { text } => {
                    let missing = Ledger::of_page(&effective.page).missing(text, None);
                    prop_assert!(missing.is_empty(), "{text}: {missing:?}");
                }
                _ => {}
            }
        }
        // Without edits a page is what was read; undoing all leads there.
        let mut undone = all.clone();
        for edit in all.all() {
            prop_assert!(undone.undo(&edit.address()));
        }
        prop_assert_eq!(&undone.applied_to(&page).page, &page);
    }
}
