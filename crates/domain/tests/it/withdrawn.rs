//! What an owner took back is refused, also where an unknown claim goes to the owner.

use crate::page_edits::{edits, page};
use domain::facts::Ledger;
use domain::guard::{self, BrandRules, Context, Refusal, Rule};
use domain::page_edits::stated;
use domain::patch::AllowedHosts;
use domain::slots::SlotPatch;
use domain::{Edit, PageModel};

fn review(page: &PageModel, headline: &str, subheadline: Option<&str>) -> Result<Option<Refusal>, Refusal> {
    let candidate = SlotPatch {
        headline: Some(headline.to_owned()),
        subheadline: subheadline.map(str::to_owned),
        ..SlotPatch::default()
    };
    let (ledger, hosts, brand) = (Ledger::of_page(page), AllowedHosts::default(), BrandRules::default());
    let context = Context { page, ledger: &ledger, brand: &brand, hosts: &hosts, known: &[] };
    guard::check_for_review(&candidate, &context)
}

/// A page that says something more, and the same page without the claim that its owner took back.
fn taken_back(sentence: &str, key: &str) -> (PageModel, PageModel) {
    let mut page = page();
    page.sentences.push(sentence.to_owned());
    page.facts.extend(stated(sentence));
    let fact = page.facts.iter().find(|fact| fact.key == key).unwrap().clone();
    let removed = edits([Edit::Fact { fact, instead: None }]).applied_to(&page).page;
    (page, removed)
}

#[test]
fn a_claim_that_was_taken_back_never_goes_to_review() {
    let (page, removed) = taken_back("Used by 10,000 bakers.", "10000");
    let said = "The kettle that 10,000 bakers use";
    assert_eq!(review(&page, said, None), Ok(None));
    let refusal = review(&removed, said, None).unwrap_err();
    assert_eq!(refusal.rule, Rule::Claim);
    assert_eq!(refusal.reason, "its headline says “10,000”, which the owner took back");
    assert_eq!(refusal.fact.unwrap().key, "10000");
    let refusal = review(&removed, "The kettle that ten thousand bakers use", None).unwrap_err();
    assert_eq!(refusal.rule, Rule::Claim);
    // Another number is one that the page does not say.
    let unknown = "The kettle that 25,000 bakers use";
    let note = review(&removed, unknown, None).unwrap().unwrap();
    assert_eq!(note.reason, "its headline says “25,000” (number), which the page does not say");
    // An unknown claim does not cover one that was taken back.
    let refusal = review(&removed, unknown, Some("A small kettle that 10,000 bakers use.")).unwrap_err();
    assert_eq!(refusal.reason, "its subheadline says “10,000”, which the owner took back");
}

#[test]
fn a_denial_that_was_taken_back_is_not_said() {
    let (page, removed) = taken_back("Delivery is not free.", "not:free");
    let said = "Boil water, delivery is not free";
    assert_eq!(review(&page, said, None), Ok(None));
    assert_eq!(review(&removed, said, None).unwrap_err().rule, Rule::Claim);
}

#[test]
fn a_name_that_was_taken_back_is_not_said_in_any_form() {
    let (page, removed) = taken_back("Loved at Lindqvist since spring.", "lindqvist");
    for said in [
        "The kettle of Lindqvist boils water",
        "The kettle of lindqvist boils water",
        "The kettle of the Lindqvists boils water",
        "Boil water with lindqvist's kettle",
    ] {
        assert_eq!(review(&page, said, None), Ok(None), "{said}");
        let refusal = review(&removed, said, None).unwrap_err();
        assert_eq!(refusal.rule, Rule::Claim, "{said}");
        assert!(refusal.reason.ends_with("which the owner took back"), "{refusal}");
    }
    assert_eq!(review(&removed, "Boil your water in two minutes flat", None), Ok(None));
}

#[test]
fn two_letters_are_a_name_only_in_capitals() {
    let (_, removed) = taken_back("Loved at HP and at IT since spring.", "it");
    assert_eq!(review(&removed, "Boil water: it takes two minutes", None), Ok(None));
    assert_eq!(review(&removed, "Boil water with IT in two minutes", None).unwrap_err().rule, Rule::Claim);
}
