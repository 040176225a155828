//! Names of enums are the same in text, JSON and back; identifiers refuse what they are not.

use domain::decision::DecisionAnswer;
use domain::variant::VariantAction;
use domain::{
    AutonomyMode, DecisionKind, DecisionState, EventType, GoalType, InvalidId, JobKind, JobState, NotCounted, Phase,
    Plan, SiteId, SiteStatus, VariantStatus, VisitorId,
};
use serde::Serialize;
use std::fmt::{Debug, Display};
use std::str::FromStr;

fn check<T>(all: &[T])
where
    T: Copy + Debug + Display + Serialize + PartialEq + FromStr<Err = domain::UnknownName>,
{
    for value in all {
        let text = value.to_string();
        assert_eq!(text.parse::<T>().unwrap(), *value);
        assert_eq!(serde_json::to_value(value).unwrap(), text, "JSON and SQL must agree");
    }
    let error = "nonsense".parse::<T>().unwrap_err();
    assert!(error.to_string().starts_with("`nonsense` is not a "), "{error}");
}

#[test]
fn every_name_is_the_same_in_every_language() {
    check(AutonomyMode::ALL);
    check(DecisionAnswer::ALL);
    check(DecisionKind::ALL);
    check(DecisionState::ALL);
    check(EventType::ALL);
    check(domain::FactKind::ALL);
    check(domain::guard::Rule::ALL);
    check(GoalType::ALL);
    check(JobKind::ALL);
    check(JobState::ALL);
    check(NotCounted::ALL);
    check(domain::event::Dropped::ALL);
    check(Phase::ALL);
    check(Plan::ALL);
    check(SiteStatus::ALL);
    check(VariantAction::ALL);
    check(VariantStatus::ALL);
}

#[test]
fn identifiers_are_uuids() {
    let text = "7b1f0a52-3c0e-4c8e-9d2e-0a6f3a1b2c3d";
    assert_eq!(text.parse::<SiteId>().unwrap().to_string(), text);
    assert_eq!("7b1f".parse::<SiteId>(), Err(InvalidId { noun: "site_id" }));
    assert_eq!("x".parse::<SiteId>().unwrap_err().to_string(), "`site_id` is not a valid identifier");
}

#[test]
fn a_visitor_id_is_short_and_plain() {
    let long = "a".repeat(65);
    let cases = [
        ("v-1", true),
        ("A.b_c:9", true),
        (&long[..64], true),
        (&long, false),
        ("", false),
        ("a b", false),
        ("ä", false),
        ("a\n", false),
    ];
    for (text, accepted) in cases {
        let visitor = text.parse::<VisitorId>();
        assert_eq!(visitor.is_ok(), accepted, "{text:?}");
        if let Ok(visitor) = visitor {
            assert_eq!((visitor.as_str(), visitor.to_string().as_str()), (text, text));
        }
    }
}
