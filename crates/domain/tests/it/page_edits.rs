//! What an owner says about a page meets what was read on it, whatever the page becomes.

use domain::facts::Ledger;
use domain::guard::{self, BrandRules, Context, Rule};
use domain::page_edits::{
    Anchor, BrandField, LostReason, Selected, SelectedElement, SlotChoice, check_fact_text, check_selector,
    elements_of, fact_id, stated,
};
use domain::page_model::{ColourRole, Direction, Element, ElementKind, Fingerprint, LockReason};
use domain::patch::AllowedHosts;
use domain::slots::SlotPatch;
use domain::{Edit, ImageSlot, Inventory, Locator, PageEdits, PageModel, SlotName, TextSlot};

pub(crate) fn locator(css: &str, tag: &str) -> Locator {
    Locator { css: css.to_owned(), alt: vec![format!("body > {css}")], tag: tag.to_owned() }
}

fn slot(css: &str, tag: &str, text: &str) -> Option<TextSlot> {
    Some(TextSlot { text: text.to_owned(), locator: locator(css, tag), plain_text: true })
}

pub(crate) fn element(css: &str, tag: &str, text: &str, kind: ElementKind, locked: Option<LockReason>) -> Element {
    let fingerprint = Fingerprint::of(text);
    Element { kind, text: text.to_owned(), fingerprint, locator: locator(css, tag), plain_text: true, locked }
}

pub(crate) fn page() -> PageModel {
    let elements = vec![
        element(".why", "h2", "Why people keep it", ElementKind::Heading, None),
        element(".price", "p", "$49 a year", ElementKind::Text, Some(LockReason::Price)),
        element("footer p", "p", "All rights reserved", ElementKind::Text, Some(LockReason::Legal)),
    ];
    let sentences = ["Boil water in two minutes", "It uses 40 % less power than a pot.", "Used by 10,000 bakers."];
    let mut page = PageModel {
        lang: Some("en".to_owned()),
        headline: slot("#headline", "h1", "Boil water in two minutes"),
        subheadline: slot(".lead", "p", "A small kettle for one cup."),
        cta: slot("#buy", "a", "Order yours today"),
        inventory: Inventory { elements, left_out: 0, locked_left_out: 0 },
        sentences: sentences.map(str::to_owned).to_vec(),
        ..PageModel::default()
    };
    page.facts = Ledger::of_page(&page).into_facts();
    page
}

pub(crate) fn anchor(page: &PageModel, text: &str) -> Anchor {
    Anchor::of(elements_of(page).iter().find(|element| element.text == text).unwrap())
}

pub(crate) fn edits(all: impl IntoIterator<Item = Edit>) -> PageEdits {
    let mut edits = PageEdits::default();
    all.into_iter().for_each(|edit| edits.put(edit));
    edits
}

pub(crate) fn choose(slot: SlotName, choice: SlotChoice) -> Edit {
    Edit::Slot { slot, choice }
}

pub(crate) fn lock(element: Anchor, locked: bool, despite: Option<LockReason>) -> Edit {
    Edit::Lock { element, locked, despite }
}

pub(crate) fn verdict(page: &PageModel, rules: &BrandRules, headline: &str) -> Result<(), Rule> {
    let candidate = SlotPatch { headline: Some(headline.to_owned()), ..SlotPatch::default() };
    let (ledger, hosts) = (Ledger::of_page(page), AllowedHosts::default());
    let context = Context { page, ledger: &ledger, brand: rules, hosts: &hosts, known: &[] };
    guard::check(&candidate, &context).map_err(|refusal| refusal.rule)
}

#[test]
fn a_slot_is_the_element_that_its_owner_chose() {
    let page = page();
    let chosen = SlotChoice::Element { element: anchor(&page, "Why people keep it") };
    let effective = edits([choose(SlotName::Headline, chosen)]).applied_to(&page);
    assert_eq!(effective.page.headline.as_ref().unwrap().locator.css, ".why");
    let texts: Vec<&str> = effective.page.inventory.elements.iter().map(|element| element.text.as_str()).collect();
    assert_eq!(
        texts,
        ["Boil water in two minutes", "$49 a year", "All rights reserved"],
        "what was the slot is a text"
    );

    // What was read as another slot is no longer that one.
    let chosen = SlotChoice::Element { element: anchor(&page, "A small kettle for one cup.") };
    let effective = edits([choose(SlotName::Headline, chosen)]).applied_to(&page);
    assert_eq!(effective.page.headline.unwrap().locator.css, ".lead");
    assert_eq!(effective.page.subheadline, None);

    let effective = edits([choose(SlotName::Cta, SlotChoice::Nothing)]).applied_to(&page);
    assert_eq!((effective.page.cta, effective.lost), (None, vec![]));
}

#[test]
fn the_choice_follows_the_element_through_changes_of_the_page() {
    let before = page();
    let choice = SlotChoice::Element { element: anchor(&before, "Why people keep it") };
    let edits = edits([choose(SlotName::Headline, choice)]);
    let after = |css: &str, tag: &str, text: &str| {
        let mut after = before.clone();
        after.headline = slot("#headline", "h1", "Another first line");
        after.inventory.elements[0] = element(css, tag, text, ElementKind::Heading, None);
        edits.applied_to(&after)
    };
    let cases = [
        (".why", "h2", "Why people love it", true, "the text changed"),
        (".moved", "h2", "Why people keep it", true, "the place changed"),
        (".moved", "h2", "Something else", false, "both changed"),
        (".why", "p", "Something else", false, "it is another sort of element"),
    ];
    for (css, tag, text, is_found, what) in cases {
        let effective = after(css, tag, text);
        assert_eq!(effective.page.headline.as_ref().is_some_and(|headline| headline.text == text), is_found, "{what}");
        assert_eq!(effective.lost("slot:headline"), (!is_found).then_some(LostReason::Gone), "{what}");
    }
    // Two elements with the text leave a doubt, unless one stands where it stood.
    let mut twice = before.clone();
    twice.inventory.elements.push(element(".again", "h2", "Why people keep it", ElementKind::Heading, None));
    assert_eq!(edits.applied_to(&twice).page.headline.unwrap().locator.css, ".why");
    twice.inventory.elements[0].locator = locator(".elsewhere", "h2");
    assert_eq!(edits.applied_to(&twice).lost("slot:headline"), Some(LostReason::Gone));
}

#[test]
fn a_selector_is_what_the_reading_found_there() {
    let mut page = page();
    let css = "#offer > b".to_owned();
    let edits = edits([
        choose(SlotName::Headline, SlotChoice::Selector { css: css.clone() }),
        choose(SlotName::HeroImage, SlotChoice::Selector { css: "#photo".to_owned() }),
    ]);
    assert_eq!(edits.unread(&page), ["#offer > b", "#photo"]);
    assert_eq!(edits.applied_to(&page).lost("slot:headline"), Some(LostReason::Unread));
    let found = element("#offer > b", "b", "$5 today", ElementKind::Text, Some(LockReason::Price));
    let image = ImageSlot { src: "/a.webp".to_owned(), alt: String::new(), locator: locator("#photo", "img") };
    page.selected = vec![
        Selected { css: css.clone(), matches: 1, element: Some(SelectedElement::Text(found)) },
        Selected { css: "#photo".to_owned(), matches: 1, element: Some(SelectedElement::Image(image)) },
    ];
    let effective = edits.applied_to(&page);
    assert_eq!(effective.page.headline.as_ref().unwrap().text, "$5 today");
    assert_eq!(effective.page.hero_image.as_ref().unwrap().src, "/a.webp");
    assert_eq!(effective.lock_of(SlotName::Headline), Some(LockReason::Price), "a price stays locked in a slot");
    assert_eq!(edits.unread(&page), Vec::<String>::new());
    page.selected[0] = Selected { css, matches: 3, element: None };
    assert_eq!(edits.applied_to(&page).lost("slot:headline"), Some(LostReason::Several(3)));
    assert_eq!(edits.applied_to(&page).page.headline, None, "nothing is written where there is a doubt");
}

#[test]
fn locks_and_kinds_of_elements_hold() {
    let page = page();
    let price = anchor(&page, "$49 a year");
    let all = edits([
        lock(anchor(&page, "Why people keep it"), true, None),
        lock(price.clone(), false, Some(LockReason::Price)),
        Edit::Kind { element: price, kind: ElementKind::Button },
    ]);
    let locks = |page: &PageModel| {
        all.applied_to(page).page.inventory.elements.iter().map(|element| element.locked).collect::<Vec<_>>()
    };
    assert_eq!(locks(&page), [Some(LockReason::Owner), None, Some(LockReason::Legal)]);
    assert_eq!(all.applied_to(&page).page.inventory.elements[1].kind, ElementKind::Button);
    // An element that is locked for another reason now was not what the owner opened.
    let mut after = page.clone();
    after.inventory.elements[1].locked = Some(LockReason::Consent);
    assert_eq!(locks(&after)[1], Some(LockReason::Consent));
    let key = all.all()[1].address();
    assert_eq!(all.applied_to(&after).lost(&key), Some(LostReason::OtherLock(LockReason::Consent)));
    // Whatever could be the locked element is locked: every copy of its text, or else what took its place.
    after.inventory.elements[0] = element(".why", "h2", "New words", ElementKind::Heading, None);
    assert_eq!(locks(&after)[0], Some(LockReason::Owner));
    after.inventory.elements.push(element(".moved", "h2", "Why people keep it", ElementKind::Heading, None));
    after.inventory.elements.push(element(".copied", "h2", "Why people keep it", ElementKind::Heading, None));
    let locks = locks(&after);
    assert_eq!((locks[0], locks[3], locks[4]), (None, Some(LockReason::Owner), Some(LockReason::Owner)));
    // The owner's lock goes with the element into a slot.
    let mut after = page.clone();
    after.headline = slot(".why", "h2", "Why people keep it");
    after.inventory.elements.remove(0);
    assert_eq!(all.applied_to(&after).lock_of(SlotName::Headline), Some(LockReason::Owner));
}

#[test]
fn a_locked_slot_is_refused_and_an_opened_one_is_not() {
    let page = page();
    let locked = |locked| Edit::SlotLock { slot: SlotName::Headline, locked, despite: None };
    let new = "Boil your water in two minutes flat";
    let verdict = |edits: &PageEdits| {
        let effective = edits.applied_to(&page);
        verdict(&effective.page, &effective.with_locks(&BrandRules::default()), new)
    };
    assert_eq!(verdict(&edits([])), Ok(()));
    assert_eq!(verdict(&edits([locked(true)])), Err(Rule::Slot));
    assert_eq!(verdict(&edits([locked(true), locked(false)])), Ok(()));
}

#[test]
fn the_ledger_says_what_the_owner_says() {
    let page = page();
    let find = |text: &str| page.facts.iter().find(|fact| fact.text.contains(text)).unwrap().clone();
    let (bakers, power) = (find("10,000"), find("40"));
    let said = |edits: &PageEdits, text: &str| verdict(&edits.applied_to(&page).page, &BrandRules::default(), text);
    let none = edits([]);
    assert_eq!(said(&none, "The kettle that 10,000 bakers use"), Ok(()));
    assert_eq!(said(&none, "The kettle that 25,000 bakers use"), Err(Rule::Claim));
    let removed = edits([Edit::Fact { fact: bakers.clone(), instead: None }]);
    assert_eq!(said(&removed, "The kettle that 10,000 bakers use"), Err(Rule::Claim));
    assert_eq!(said(&removed, "The kettle with 40 % less power"), Ok(()), "the others stay");
    let sentences = removed.applied_to(&page).page.sentences;
    assert!(!sentences.iter().any(|sentence| sentence.contains("10,000")), "{sentences:?}");
    let corrected = edits([Edit::Fact { fact: bakers.clone(), instead: Some("Used by 25,000 bakers.".to_owned()) }]);
    assert_eq!(said(&corrected, "The kettle that 25,000 bakers use"), Ok(()));
    assert_eq!(said(&corrected, "The kettle that 10,000 bakers use"), Err(Rule::Claim));
    let added = edits([Edit::AddFact { text: "Money back for 60 days.".to_owned() }]);
    assert_eq!(said(&none, "Your money back for 60 days"), Err(Rule::Claim));
    assert_eq!(said(&added, "Your money back for 60 days"), Ok(()));
    // What the page stopped saying is still not to be said.
    let mut after = page.clone();
    after.facts.retain(|fact| fact_id(fact) != fact_id(&power));
    let removed = edits([Edit::Fact { fact: power, instead: None }]);
    assert_eq!(removed.applied_to(&after).lost.len(), 1);
    assert_eq!(removed.applied_to(&page).lost, vec![]);
    let page = removed.applied_to(&after).page;
    assert_eq!(verdict(&page, &BrandRules::default(), "The kettle with 40 % less power"), Err(Rule::Claim));
}

#[test]
fn a_name_that_was_taken_back_is_not_said() {
    let mut page = page();
    page.sentences.push("Loved at Lindqvist since spring.".to_owned());
    page.facts.extend(stated("Loved at Lindqvist since spring."));
    let name = page.facts.iter().find(|fact| fact.key == "lindqvist").unwrap().clone();
    let removed = edits([Edit::Fact { fact: name, instead: None }]).applied_to(&page).page;
    for text in ["The kettle of Lindqvist boils water", "Lindqvist boils water in two minutes"] {
        assert_eq!(verdict(&page, &BrandRules::default(), text), Ok(()), "{text}");
        assert_eq!(verdict(&removed, &BrandRules::default(), text), Err(Rule::Claim), "{text}");
    }
}

#[test]
fn brand_and_language_are_the_owners() {
    let cases = [
        (BrandField::PrimaryColour, " #1A6F4B ", Some("#1a6f4b")),
        (BrandField::Link, "fa0", Some("#ffaa00")),
        (BrandField::HeadingFont, "IBM Plex Sans", Some("IBM Plex Sans")),
        (BrandField::Language, "pt-BR", Some("pt")),
        (BrandField::Direction, "rtl", Some("rtl")),
        (BrandField::Formality, "polite", Some("polite")),
        (BrandField::Voice, "plain  and warm", Some("plain and warm")),
        (BrandField::Background, "", None),
    ];
    for (field, typed, stored) in cases {
        let value = field.read(typed).unwrap();
        assert_eq!(value.as_deref(), stored, "{field}");
        let effective = edits([Edit::Brand { field, value }]).applied_to(&page()).page;
        assert_eq!(field.of(&effective).as_deref(), stored, "{field}");
    }
    let refused = [
        (BrandField::PrimaryColour, "green"),
        (BrandField::Button, "#12345"),
        (BrandField::BodyFont, "Inter, sans-serif"),
        (BrandField::Language, "klingon!"),
        (BrandField::Direction, "up"),
        (BrandField::Formality, "rude"),
        (BrandField::Voice, &"long ".repeat(60)),
    ];
    for (field, typed) in refused {
        assert!(field.read(typed).is_err(), "{field}: {typed}");
    }
    let both = edits([
        Edit::Brand { field: BrandField::Direction, value: Some("rtl".to_owned()) },
        Edit::Brand { field: BrandField::Button, value: Some("#000000".to_owned()) },
    ]);
    let page = both.applied_to(&page()).page;
    assert_eq!((page.direction, page.brand.palette[0].role), (Some(Direction::Rtl), ColourRole::Button));
}

#[test]
fn what_cannot_be_is_refused_with_a_sentence() {
    for css in ["", " ", "script", "head > meta", "iframe", &"a".repeat(501), "h1\n"] {
        assert!(check_selector(css).is_err(), "{css:?}");
    }
    assert_eq!(check_selector("#hero h1"), Ok(()));
    for text in ["", "quite nice", "<b>10,000 bakers</b>", &"10,000 bakers ".repeat(20)] {
        assert!(check_fact_text(text).is_err(), "{text:?}");
    }
    assert_eq!(check_fact_text(" Used by  10,000 bakers. ").unwrap(), "Used by 10,000 bakers.");
}

#[test]
fn each_edit_is_reported_and_taken_back() {
    let page = page();
    let mut all = edits([
        choose(SlotName::Headline, SlotChoice::Nothing),
        Edit::Brand { field: BrandField::Language, value: Some("de".to_owned()) },
    ]);
    all.put_on(&page, lock(anchor(&page, "Why people keep it"), true, None));
    let report = all.report(&page, &all.applied_to(&page));
    let read: Vec<Option<&str>> = report.iter().map(|edit| edit.read.as_deref()).collect();
    assert_eq!(read, [Some("Boil water in two minutes"), Some("en"), None]);
    assert_eq!(report[2].element, Some(anchor(&page, "Why people keep it").key()));
    // The same element with other words: the new edit takes the place of the old one.
    let mut after = page.clone();
    after.inventory.elements[0] = element(".why", "h2", "Why people love it", ElementKind::Heading, None);
    all.put_on(&after, lock(anchor(&after, "Why people love it"), true, None));
    assert_eq!(all.all().len(), 3);
    for edit in all.all().to_vec() {
        assert!(all.undo(&edit.address()) && !all.undo(&edit.address()));
    }
    assert_eq!(all.applied_to(&page).page, page);
}
