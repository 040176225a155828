//! The specification's reference figures, to be reproduced within Monte Carlo error.

use super::{Expected, Figure, Quantity, Reference};
use crate::allocation::Floors;
use crate::decision::Rule;
use crate::look::Policy;
use crate::phase::BurnIn;
use crate::simulate::scenario::{Drift, Kills, Promotion, Scenario, Traffic};

/// All of them.
pub(super) fn all() -> Vec<Reference> {
    let mut all = false_promotions();
    all.push(power());
    all.extend(confirming());
    all.extend(kills());
    all.push(lost_exposures());
    all.extend(regrets());
    all
}

/// An even split on the first day, with daily looks: an arm's age counts from the end of its first
/// cell, so it is 0 at the end of the first day.
const FIRST_DAY: BurnIn = BurnIn { visitors: 0, hours: 0.0 };

/// Every look is an epoch that is complete at once, and visitors are taken as they come.
fn base() -> Scenario {
    Scenario {
        token_h: 0.0,
        publishes_always: true,
        policy: Policy {
            rule: Rule { promote_min_visitors: 100, promote_min_age_h: 0.0, ..Rule::default() },
            burn_in: FIRST_DAY,
            confirms: false,
            ..Policy::default()
        },
        comparable: false,
        kills: Kills::None,
        promotion: Promotion::Noted,
        ..Scenario::default()
    }
}

fn figures(values: &[(Quantity, f64, f64)]) -> Vec<Figure> {
    let about = |(quantity, value, error): &(Quantity, f64, f64)| Figure {
        quantity: *quantity,
        expected: Expected::About { value: *value, error: *error },
    };
    values.iter().map(about).collect()
}

fn false_promotions() -> Vec<Reference> {
    use Quantity::{Gated, Naive, NaiveWithLift};
    let equal = |arms: usize, rate: f64| Scenario { rates: vec![rate; arms], days: 60, ..base() };
    let basic = Rule { alpha: Some(0.05), ..Rule::BASIC };
    let drifting = |arms| Scenario { drift: Drift::WeekAndCampaign, ..equal(arms, 0.04) };
    let hourly = Scenario {
        visitors_per_look: 40,
        looks_per_day: 24,
        days: 30,
        policy: Policy { burn_in: BurnIn { hours: 23.0, ..FIRST_DAY }, ..base().policy },
        ..equal(2, 0.05)
    };
    vec![
        Reference {
            name: "two equal arms",
            scenario: equal(2, 0.05),
            figures: figures(&[(Naive, 0.280, 0.014), (NaiveWithLift, 0.166, 0.012), (Gated, 0.020, 0.004)]),
        },
        Reference {
            name: "two equal arms, hourly looks",
            scenario: hourly,
            figures: figures(&[(Naive, 0.345, 0.029), (NaiveWithLift, 0.219, 0.026), (Gated, 0.024, 0.009)]),
        },
        Reference {
            name: "four equal arms, basic kills",
            scenario: Scenario {
                policy: Policy { rule: basic, ..base().policy },
                kills: Kills::ByRule,
                ..equal(4, 0.05)
            },
            figures: figures(&[(Naive, 0.156, 0.016), (NaiveWithLift, 0.097, 0.013), (Gated, 0.004, 0.003)]),
        },
        Reference {
            name: "two equal arms, drifting",
            scenario: drifting(2),
            figures: figures(&[(Naive, 0.585, 0.031), (Gated, 0.032, 0.011)]),
        },
        Reference {
            name: "two equal arms, drifting, made comparable",
            scenario: Scenario { comparable: true, ..drifting(2) },
            figures: figures(&[(Naive, 0.34, 0.03)]),
        },
        Reference {
            name: "four equal arms, drifting, made comparable",
            scenario: Scenario { comparable: true, ..drifting(4) },
            figures: figures(&[(Naive, 0.085, 0.02)]),
        },
        Reference {
            name: "four equal arms, drifting",
            scenario: drifting(4),
            figures: figures(&[(Naive, 0.692, 0.029), (Gated, 0.007, 0.005)]),
        },
    ]
}

fn power() -> Reference {
    let policy = Policy { confirms: true, ..base().policy };
    let scenario =
        Scenario { rates: vec![0.05, 0.06], visitors_per_look: 2000, policy, promotion: Promotion::Ends, ..base() };
    let figures = figures(&[(Quantity::PromotedBy(14), 0.79, 0.05), (Quantity::PromotedBy(30), 0.99, 0.05)]);
    Reference { name: "a lift of 20 %, confirmed", scenario, figures }
}

/// A lift of 10 %, 90 days of 2,000 visitors: what confirming buys over larger floors (SPEC 6.3).
fn confirming() -> Vec<Reference> {
    let case = |name, policy, power, regret| Reference {
        name,
        scenario: Scenario {
            rates: vec![0.05, 0.055],
            visitors_per_look: 2000,
            days: 90,
            policy,
            promotion: Promotion::Carried,
            ..base()
        },
        figures: figures(&[(Quantity::Promoted, power, 0.04), (Quantity::Regret, regret, 15.0)]),
    };
    let floor = |control| Policy { floors: Floors { control, ..Floors::default() }, ..base().policy };
    vec![
        case("a lift of 10 %, confirmed", Policy { confirms: true, ..base().policy }, 0.96, 182.0),
        case("a lift of 10 %, control floor 20 %", floor(0.2), 0.93, 215.0),
        case("a lift of 10 %, control floor 5 %", floor(0.05), 0.56, 95.0),
    ]
}

/// Four arms, the best 3.75 % against three of 3 %: how often the best is killed (SPEC 14).
fn kills() -> Vec<Reference> {
    let case = |name, rule, burn_in, value, error| Reference {
        name,
        scenario: Scenario {
            rates: vec![0.03, 0.0375, 0.03, 0.03],
            days: 60,
            policy: Policy { rule, burn_in, ..base().policy },
            kills: Kills::ByRule,
            ..base()
        },
        figures: figures(&[(Quantity::WrongKill, value, error)]),
    };
    vec![
        case("kills by the basic rule", Rule::BASIC, FIRST_DAY, 0.16, 0.03),
        case("kills by the product's rule", Rule::default(), BurnIn::default(), 0.003, 0.005),
    ]
}

/// A tenth of the control's exposures is never reported (SPEC 8.3).
fn lost_exposures() -> Reference {
    Reference {
        name: "two equal arms, exposures lost",
        scenario: Scenario { days: 60, lost: vec![0.1], ..base() },
        figures: figures(&[(Quantity::Gated, 0.024, 0.01)]),
    }
}

fn regrets() -> Vec<Reference> {
    let no_floors = Policy { floors: Floors::NONE, ..base().policy };
    let case = |name, rates: &[f64], traffic, policy, value, error| Reference {
        name,
        scenario: Scenario { rates: rates.to_vec(), traffic, policy, ..base() },
        figures: figures(&[(Quantity::Regret, value, error)]),
    };
    let (two, four): (&[f64], &[f64]) = (&[0.05, 0.06], &[0.05, 0.055, 0.06, 0.04]);
    vec![
        case("regret, two arms, even split", two, Traffic::Even, base().policy, 149.9, 0.5),
        case("regret, two arms, with floors", two, Traffic::Weights, base().policy, 41.1, 2.1),
        case("regret, two arms, without floors", two, Traffic::Weights, no_floors, 29.4, 2.6),
        case("regret, two arms, Thompson per visitor", two, Traffic::Thompson, base().policy, 28.0, 5.1),
        case("regret, four arms, even split", four, Traffic::Even, base().policy, 262.5, 0.5),
        case("regret, four arms, with floors", four, Traffic::Weights, base().policy, 88.1, 3.1),
        case("regret, four arms, without floors", four, Traffic::Weights, no_floors, 71.0, 3.3),
        case("regret, four arms, Thompson per visitor", four, Traffic::Thompson, base().policy, 80.0, 7.0),
    ]
}
