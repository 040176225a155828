//! What visits were like, and the form that erases a visitor.

use crate::fixtures::{detail, statistics, variant_id};
use crate::site::{context, html, html_at};
use app::site::erase::EraseForm;
use app::site::page_health::{PageHealthCard, milliseconds};
use domain::report::{SiteStatistics, VariantHealth};
use leptos::prelude::*;

fn health(number: usize, lcp_p75: Option<f64>) -> VariantHealth {
    VariantHealth {
        variant_id: variant_id(number),
        name: format!("Variant {number}"),
        is_control: number == 0,
        samples: 1_234,
        lcp_p75,
        cls_p75: Some(0.0425),
        inp_p75: Some(120.0),
        error_share: Some(0.015),
        gave_up: 7,
    }
}

fn card(page_health: Vec<VariantHealth>) -> String {
    let numbers = SiteStatistics { page_health, ..statistics() };
    html(move || view! { <PageHealthCard statistics=Signal::stored(numbers.clone()) /> })
}

#[test]
fn page_health_is_written_and_drawn_against_the_control() {
    let shown = card(vec![health(0, Some(800.0)), health(1, Some(1_600.0))]);
    for part in ["Page health by variant", "800\u{a0}ms", "1.60\u{a0}s", "0.043", "120\u{a0}ms", "1.5\u{a0}%", "1,234"]
    {
        assert!(shown.contains(part), "{part} is missing in {shown}");
    }
    assert!(shown.contains("aria-label=\"LCP, p75: 1.60\u{a0}s; the control has 800\u{a0}ms\""), "{shown}");
    // The longest fills the bar, and the control's half stands in it as a line.
    assert!(shown.contains("width=\"95.0\"") && shown.contains("x1=\"48.0\""), "{shown}");
    let unknown = card(vec![health(0, None), health(1, None)]);
    assert!(unknown.contains('–') && !unknown.contains("LCP, p75:"), "{unknown}");
}

#[test]
fn there_is_no_page_health_without_samples() {
    assert!(!card(Vec::new()).contains("page-health-heading"));
}

#[test]
fn times_are_short() {
    let cases = [(0.5, "0\u{a0}ms"), (999.4, "999\u{a0}ms"), (1000.0, "1.00\u{a0}s"), (2456.0, "2.46\u{a0}s")];
    for (time, expected) in cases {
        assert_eq!(milliseconds(time), expected);
    }
}

#[test]
fn a_visitor_is_erased_by_a_form_that_needs_no_program() {
    let form = |address: &str| html_at(address, || view! { <EraseForm context=context(detail()) /> });
    let plain = form("/app/sites/1?view=settings");
    for part in [
        "Erase a visitor",
        "action=\"/api/sites/erase-visitor\"",
        "method=\"post\"",
        "name=\"visitor_id\"",
        "This cannot be undone",
    ] {
        assert!(plain.contains(part), "{part} is missing in {plain}");
    }
    assert!(!plain.contains("Nothing holds the id"), "{plain}");
    assert!(form("/app/sites/1?view=settings&erased=3").contains("Erased. Nothing holds the id any more."));
    assert!(form("/app/sites/1?view=settings&erased=0").contains("Nothing was stored under this id."));
    assert!(form("/app/sites/1?view=settings&erased=later").contains("Noted. Nothing is counted under the id"));
    assert!(!form("/app/sites/1?view=settings&erased=x").contains("this id. What"));
}
