//! What the dashboard says about copy: what was rejected and why, what the owner must judge, what it may cost.

use crate::fixtures::{detail, variant};
use crate::site::{context, html};
use app::site::copy_rules::CopyRulesForm;
use app::site::variants::{ReviewPanel, VariantsPanel};
use app::site::words;
use domain::VariantStatus;
use domain::copy::{RejectedDraft, Spending};
use domain::guard::{Refusal, Rule};
use domain::slots::SlotPatch;
use leptos::prelude::*;

#[test]
fn a_rejected_draft_stands_there_with_its_rule() {
    let html = html(|| {
        let mut detail = detail();
        detail.rejected = vec![RejectedDraft {
            slots: SlotPatch { headline: Some("Loved by <b>everybody</b>".to_owned()), ..SlotPatch::default() },
            strategy: "concrete proof".to_owned(),
            author: "some/model".to_owned(),
            refusal: Refusal::new(Rule::Claim, "its headline says “Loved by”, which the page does not say"),
            created_at: 0,
        }];
        view! { <VariantsPanel context=context(detail) /> }
    });
    let parts = [
        "Drafts that broke a rule (1)",
        "Claim that the page does not make",
        "Its headline says “Loved by”, which the page does not say.",
        "Loved by &lt;b&gt;everybody&lt;/b&gt;",
        "some/model",
    ];
    for part in parts {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
}

#[test]
fn a_claim_for_review_and_its_origin_stand_on_the_card() {
    let html = html(|| {
        let mut detail = detail();
        let mut waiting = variant(1, VariantStatus::PendingReview);
        let provenance = &mut waiting.variant.provenance;
        provenance.hypothesis = "More visitors order.".to_owned();
        provenance.prompt_version = Some("variants.v2".to_owned());
        provenance.cost_micros = Some(1_234);
        provenance.review = Some(Refusal::new(Rule::Claim, "its headline says “best” (comparative)"));
        detail.variants = vec![waiting];
        view! { <ReviewPanel context=context(detail) /> }
    });
    for part in
        ["Check this claim before you approve", "says “best”", "More visitors order.", "variants.v2, cost $0.001234"]
    {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
}

#[test]
fn the_limits_of_a_day_are_a_form() {
    let html = html(|| {
        let mut detail = detail();
        detail.brand.forbidden_words = vec!["hustle".to_owned(), "crush it".to_owned()];
        detail.copy.daily_calls = 7;
        detail.copy.daily_cost_micros = Some(250_000);
        detail.spent_today = Spending { calls: 1, cost_micros: 20_000 };
        view! { <CopyRulesForm context=context(detail) /> }
    });
    for part in ["hustle\ncrush it", "value=\"7\"", "value=\"0.25\"", "Today: 1 call, $0.02", "playbook_when_capped"] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
}

#[test]
fn every_rule_has_words() {
    for rule in Rule::ALL {
        assert!(!words::rule(*rule).is_empty());
    }
    assert_eq!(words::sentence("it changes nothing"), "It changes nothing.");
}
