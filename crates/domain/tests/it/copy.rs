//! How much a day's copy may cost.

use domain::copy::{CopySettings, Spending, dollars};

#[test]
fn a_limit_is_told_in_a_sentence() {
    let settings = CopySettings { daily_calls: 2, daily_cost_micros: Some(500_000), playbook_when_capped: false };
    let spent = |calls, cost_micros| settings.refusal(Spending { calls, cost_micros });
    assert_eq!(spent(1, 499_999), None);
    assert!(spent(2, 0).is_some_and(|sentence| sentence.starts_with("The limit of 2 calls")));
    assert!(spent(1, 500_000).is_some_and(|sentence| sentence.starts_with("The limit of $0.50 for")));
    let free = CopySettings { daily_cost_micros: None, ..settings };
    assert_eq!(free.refusal(Spending { calls: 1, cost_micros: i64::MAX }), None);
    // What an owner never set has the product's limits.
    assert_eq!(serde_json::from_str::<CopySettings>("{}").unwrap(), CopySettings::default());
}

#[test]
fn amounts_are_read_as_money() {
    for (micros, text) in [(0, "$0.00"), (500_000, "$0.50"), (12_340_000, "$12.34"), (123, "$0.000123")] {
        assert_eq!(dollars(micros), text);
    }
}
