//! An element is the same by whichever of its selectors it is named.

use crate::page_edits::{anchor, choose, edits, element, lock, page, verdict};
use domain::guard::{BrandRules, Rule};
use domain::page_edits::{LostReason, Selected, SelectedElement, SlotChoice};
use domain::page_model::{ElementKind, LockReason};
use domain::{Locator, PageModel, SlotName};

/// The page, with an element of it looked up by another selector than its own.
fn named_otherwise(css: &str, own: &str, text: &str, tag: &str, locked: Option<LockReason>) -> (PageModel, SlotChoice) {
    let mut page = page();
    let mut found = element(own, tag, text, ElementKind::Text, locked);
    let Locator { css: located, alt, tag } = found.locator;
    found.locator = Locator { css: css.to_owned(), alt: std::iter::once(located).chain(alt).collect(), tag };
    page.selected = vec![Selected { css: css.to_owned(), matches: 1, element: Some(SelectedElement::Text(found)) }];
    (page, SlotChoice::Selector { css: css.to_owned() })
}

#[test]
fn a_lock_holds_when_its_element_is_chosen_by_another_selector() {
    let lead = "A small kettle for one cup.";
    let (page, choice) = named_otherwise("main > p.lead", ".lead", lead, "p", None);
    let all = edits([lock(anchor(&page, lead), true, None), choose(SlotName::Headline, choice.clone())]);
    let effective = all.applied_to(&page);
    assert_eq!(effective.page.headline.as_ref().unwrap().locator.css, "main > p.lead");
    assert_eq!(effective.lock_of(SlotName::Headline), Some(LockReason::Owner));
    let rules = effective.with_locks(&BrandRules::default());
    assert_eq!(verdict(&effective.page, &rules, "A little kettle for a cup"), Err(Rule::Slot));
    // It is one slot, and what was read as the other keeps out of its way.
    assert_eq!(effective.page.subheadline, None);
    assert!(effective.page.cta.is_some());
    // Without a lock it may be rewritten.
    let open = edits([choose(SlotName::Headline, choice)]).applied_to(&page);
    assert_eq!(open.lock_of(SlotName::Headline), None);
    assert_eq!(verdict(&open.page, &BrandRules::default(), "A little kettle for a cup"), Ok(()));
}

#[test]
fn an_element_in_a_slot_is_not_listed_under_its_other_selector() {
    let why = "Why people keep it";
    let (page, choice) = named_otherwise("main > h2", ".why", why, "h2", None);
    let all = edits([lock(anchor(&page, why), true, None), choose(SlotName::Headline, choice)]);
    let effective = all.applied_to(&page);
    assert_eq!(effective.lock_of(SlotName::Headline), Some(LockReason::Owner));
    let texts: Vec<&str> = effective.page.inventory.elements.iter().map(|element| element.text.as_str()).collect();
    assert_eq!(texts, ["Boil water in two minutes", "$49 a year", "All rights reserved"]);
}

#[test]
fn a_lock_that_its_owner_opened_is_open_under_every_selector() {
    let price = "$49 a year";
    let (page, choice) = named_otherwise("main > p.price", ".price", price, "p", Some(LockReason::Price));
    let chosen = choose(SlotName::Headline, choice);
    let locked = edits([chosen.clone()]).applied_to(&page);
    assert_eq!(locked.lock_of(SlotName::Headline), Some(LockReason::Price));
    let opened = edits([lock(anchor(&page, price), false, Some(LockReason::Price)), chosen]).applied_to(&page);
    assert_eq!(opened.lock_of(SlotName::Headline), None);
}

#[test]
fn one_element_is_not_two_slots() {
    let lead = "A small kettle for one cup.";
    let (page, choice) = named_otherwise("main > p.lead", ".lead", lead, "p", None);
    let by_selector = choose(SlotName::Headline, choice);
    let by_name = choose(SlotName::Subheadline, SlotChoice::Element { element: anchor(&page, lead) });
    let first = edits([by_selector.clone(), by_name.clone()]).applied_to(&page);
    assert_eq!(first.lost("slot:subheadline"), Some(LostReason::Taken));
    assert!(first.page.headline.is_some() && first.page.subheadline.is_none());
    let second = edits([by_name, by_selector]).applied_to(&page);
    assert_eq!(second.lost("slot:headline"), Some(LostReason::Taken));
    assert!(second.page.headline.is_none() && second.page.subheadline.is_some());
}
