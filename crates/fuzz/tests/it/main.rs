//! Random patches do no harm, and harm is found where a rule is missing.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::Patch;
use domain::patch::AllowedHosts;
use fuzz::{Check, by_the_rules, run};

#[test]
fn no_valid_patch_does_harm() {
    let tally = run(20_000, 7, by_the_rules);
    assert!(tally.findings.is_empty(), "{:#?}", tally.findings.iter().take(3).collect::<Vec<_>>());
    assert!(tally.valid >= 6_000, "only {} of 20,000 are valid", tally.valid);
    assert!(tally.applied >= 2_000, "only {} of 20,000 are on the page", tally.applied);
    assert_eq!(tally.unsure, 0, "the page of the test is in order");
    let refused: Vec<&str> = tally.refused.keys().copied().collect();
    let all = [
        "address",
        "attribute",
        "class_name",
        "control_characters",
        "empty_text",
        "forbidden_target",
        "malformed",
        "nesting",
        "node_count",
        "node_tag",
        "property",
        "property_count",
        "selector",
        "style_value",
        "too_large",
        "too_many_ops",
        "value_too_long",
        "version",
    ];
    assert_eq!(refused, all, "every rule refuses something");
}

/// The language without one rule.
fn without(rule: &str, json: &str, hosts: &AllowedHosts) -> Result<Patch, &'static str> {
    by_the_rules(json, hosts)
        .or_else(|name| if name == rule { serde_json::from_str(json).map_err(|_| name) } else { Err(name) })
}

#[test]
fn a_missing_rule_is_found() {
    let holes: [(&str, Check, &str); 4] = [
        ("address", |json, hosts| without("address", json, hosts), "an address that leads away"),
        ("attribute", |json, hosts| without("attribute", json, hosts), "an attribute `on"),
        ("node_tag", |json, hosts| without("node_tag", json, hosts), "an element that runs"),
        ("style_value", |json, hosts| without("style_value", json, hosts), "a rule that is none"),
    ];
    for (rule, hole, expected) in holes {
        let findings = run(20_000, 7, hole).findings;
        assert!(findings.iter().any(|finding| finding.what.starts_with(expected)), "{rule}: {findings:?}");
    }
}

#[test]
fn a_change_behind_the_check_is_found() {
    let changed: Check = |json, hosts| {
        let patch = by_the_rules(json, hosts)?;
        let json = serde_json::to_string(&patch).unwrap().replace("https://shop.example", "javascript://shop.example");
        serde_json::from_str(&json).map_err(|_| "malformed")
    };
    assert!(!run(2_000, 7, changed).findings.is_empty());
}
