//! What was found as its owner sees it: what is read, what is theirs, and the forms that change it.

use crate::fixtures::detail;
use crate::site::{context, html_at};
use app::page_edits::words;
use app::site::found::FoundPanel;
use domain::page_edits::{Anchor, BrandField, EditReport, LostReason, SlotChoice, fact_id, stated};
use domain::page_model::{Element, ElementKind, Fingerprint, LockReason};
use domain::report::SiteDetail;
use domain::{Edit, Locator, PageEdits, SlotName};
use leptos::prelude::*;

fn element(text: &str, locked: Option<LockReason>) -> Element {
    Element {
        kind: ElementKind::Text,
        text: text.to_owned(),
        fingerprint: Fingerprint::of(text),
        locator: Locator { css: format!("p[title=\"{text}\"]"), alt: vec![], tag: "p".to_owned() },
        plain_text: true,
        locked,
    }
}

/// A site with these edits.
fn edited(all: Vec<Edit>) -> SiteDetail {
    let mut detail = detail();
    let mut reading = detail.page.take().unwrap();
    reading.inventory.elements = vec![element("$49 a year", Some(LockReason::Price)), element("Quiet by design", None)];
    reading.facts = stated("Used by 10,000 bakers.");
    let mut edits = PageEdits::default();
    all.into_iter().for_each(|edit| edits.put(edit));
    let effective = edits.applied_to(&reading);
    detail.edits = edits.report(&reading, &effective);
    detail.locked_slots = effective.locked_slots;
    detail.page = Some(effective.page);
    detail
}

fn shown(detail: SiteDetail, edit: &str) -> String {
    html_at(&format!("/app?view=page&edit={edit}"), move || view! { <FoundPanel context=context(detail) /> })
}

#[test]
fn what_is_read_and_what_is_the_owners_are_told_apart() {
    let edits = vec![
        Edit::Brand { field: BrandField::PrimaryColour, value: Some("#1a6f4b".to_owned()) },
        Edit::Slot { slot: SlotName::Headline, choice: SlotChoice::Nothing },
        Edit::SlotLock { slot: SlotName::Cta, locked: true, despite: None },
        Edit::Lock { element: Anchor::of(&element("Long gone", None)), locked: true, despite: None },
    ];
    let html = shown(edited(edits), "");
    for part in [
        "Your edits (4)",
        "Read as: “Plan your team&#x27;s week”",
        "Read as: #0f62fe",
        "fill=\"#1a6f4b\"",
        "Locked by you",
        "Locked: states a price",
        "Not found on the page any more.",
        "value=\"brand:primary_colour\"",
        "action=\"/api/page/undo\"",
        "action=\"/api/page/read\"",
        "3 texts: 2 may change, 1 locked",
    ] {
        assert!(html.contains(part) || html.contains(&part.replace("&#x27;", "'")), "{part} is missing in {html}");
    }
    assert!(!html.contains("id=\"edit\"") && !html.contains("style="), "{html}");
}

#[test]
fn the_line_in_the_address_stands_open_with_its_forms() {
    let price = Anchor::of(&element("$49 a year", Some(LockReason::Price))).key();
    let fact = fact_id(&stated("Used by 10,000 bakers.")[0]);
    let cases = [
        (
            "slot:headline".to_owned(),
            &["action=\"/api/page/slot\"", "action=\"/api/page/slot-lock\"", "The page has none"][..],
        ),
        (
            format!("element:{price}"),
            &["action=\"/api/page/element\"", LockReason::Price.warning().unwrap(), "name=\"sure\"", "<details open"],
        ),
        ("brand:direction".to_owned(), &["action=\"/api/page/brand\"", "Right to left"]),
        ("brand:voice".to_owned(), &["action=\"/api/page/brand\"", "plain and warm"]),
        (format!("fact:{fact}"), &["action=\"/api/page/fact/correct\"", "action=\"/api/page/fact/remove\""]),
    ];
    for (line, parts) in cases {
        let html = shown(edited(vec![]), &line);
        assert_eq!(html.matches("id=\"edit\"").count(), 1, "{line}: {html}");
        for part in parts {
            assert!(html.contains(part), "{line}: {part} is missing in {html}");
        }
    }
}

#[test]
fn every_edit_and_every_loss_has_words() {
    let element = Anchor::of(&element("Quiet by design", None));
    let fact = stated("Used by 10,000 bakers.").remove(0);
    let of = |edit: Edit, read: Option<&str>| EditReport {
        address: edit.address(),
        edit,
        read: read.map(str::to_owned),
        element: None,
        lost: None,
    };
    let css = "#hero h1".to_owned();
    let cases = [
        (Edit::Slot { slot: SlotName::Cta, choice: SlotChoice::Selector { css } }, None, "Call to action: #hero h1"),
        (
            Edit::Kind { element: element.clone(), kind: ElementKind::Rating },
            Some("text"),
            "“Quiet by design” is a rating",
        ),
        (
            Edit::Lock { element, locked: false, despite: Some(LockReason::Legal) },
            Some("legal"),
            "“Quiet by design”: may change",
        ),
        (Edit::Brand { field: BrandField::Formality, value: None }, Some("polite"), "Address: none"),
        (Edit::AddFact { text: "It has 3 legs.".to_owned() }, None, "True: “It has 3 legs.”"),
        (Edit::Fact { fact: fact.clone(), instead: None }, None, "Must not be said: “10,000”"),
        (Edit::Fact { fact, instead: Some("12 bakers".to_owned()) }, None, "Not “10,000” but “12 bakers”"),
    ];
    for (edit, read, expected) in cases {
        let report = of(edit, read);
        assert_eq!(words::edit(&report), expected);
        if read.is_some() {
            assert!(words::read(&report).is_some_and(|text| text.starts_with("Read as: ")), "{report:?}");
        }
    }
    for reason in [
        LostReason::Gone,
        LostReason::Unread,
        LostReason::Several(3),
        LostReason::Unfit,
        LostReason::Taken,
        LostReason::OtherLock(LockReason::Consent),
    ] {
        assert!(words::lost(reason).ends_with('.'));
    }
}
