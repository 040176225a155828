//! Goals have the detail that their type needs.

use domain::goal::InvalidGoal;
use domain::{GoalConfig, GoalType};

#[test]
fn each_type_needs_its_own_detail() {
    let selector = |text: &str| GoalConfig { selector: Some(text.to_owned()), ..GoalConfig::default() };
    let url = |text: &str| GoalConfig { url_contains: Some(text.to_owned()), ..GoalConfig::default() };
    let event = |text: &str| GoalConfig { event_name: Some(text.to_owned()), ..GoalConfig::default() };
    let long = "a".repeat(501);
    let cases = [
        (GoalType::Click, selector("#buy"), Ok(())),
        (GoalType::Click, selector("  "), Err(InvalidGoal::Selector)),
        (GoalType::Form, selector(&long), Err(InvalidGoal::Selector)),
        (GoalType::Form, event("x"), Err(InvalidGoal::Selector)),
        (GoalType::Url, url("/thanks"), Ok(())),
        (GoalType::Url, selector("#x"), Err(InvalidGoal::UrlContains)),
        (GoalType::Event, event("sign-up_2"), Ok(())),
        (GoalType::Event, event("sign up"), Err(InvalidGoal::EventName)),
        (GoalType::Event, event(&long[..65]), Err(InvalidGoal::EventName)),
        (GoalType::Revenue, event("order"), Ok(())),
        (GoalType::Revenue, GoalConfig::default(), Err(InvalidGoal::EventName)),
    ];
    for (kind, config, expected) in cases {
        assert_eq!(config.check(kind), expected, "{kind} {config:?}");
    }
}
