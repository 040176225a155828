//! Random patches do no harm, and harm is found where a rule is missing.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::Patch;
use domain::patch::AllowedHosts;
use fuzz::{Check, Random, by_the_rules, in_order, patch, run};

#[test]
fn no_valid_patch_does_harm() {
    let tally = run(20_000, 7, by_the_rules);
    assert!(tally.findings.is_empty(), "{:#?}", tally.findings.iter().take(3).collect::<Vec<_>>());
    assert!(tally.valid >= 6_000, "only {} of 20,000 are valid", tally.valid);
    assert!(tally.applied >= 2_000, "only {} of 20,000 are on the page", tally.applied);
    // The page of the test is in order, but some elements are inserted where text cannot say it.
    assert!((50..tally.applied).contains(&tally.unsure), "{} are left to the browser", tally.unsure);
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

#[test]
fn the_order_of_fields_is_that_of_the_language() {
    let mut valid = 0;
    for index in 0..2_000 {
        let patch = patch(&mut Random::new(7, index));
        let Ok(read) = by_the_rules(&patch.to_string(), &fuzz::hosts_of_shop()) else { continue };
        let written = serde_json::to_string(&read).unwrap();
        // Empty lists are not written, and attributes are in the order of the alphabet.
        if !written.contains("\"attrs\"") && !patch.to_string().contains("[]") {
            assert_eq!(in_order(&patch), written);
            valid += 1;
        }
    }
    assert!(valid >= 200, "{valid}");
}
