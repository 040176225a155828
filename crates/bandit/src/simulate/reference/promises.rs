//! What the product promises, as it runs: the default rule, phases, comparable visitors, kills and harm.

use super::{Expected, Figure, Quantity, Reference};
use crate::simulate::scenario::{Drift, Kills, Promotion, Scenario};
use Expected::{AtLeast, AtMost};
use Quantity::{
    AipwCoverage, AipwGain, AlwaysValidCoverage, FalsePromotion, Frozen, HoldoutCoverage, PosteriorCoverage, WrongKill,
};

/// Of generations in which no variant is better, one in twenty may promote one.
const FALSE_PROMOTION: (Quantity, Expected) = (FalsePromotion, AtMost(0.05));
/// Wrong splits that are reported although all is well.
const FALSE_ALARM: (Quantity, Expected) = (Frozen, AtMost(0.005));

/// All of them.
pub(super) fn all() -> Vec<Reference> {
    let mut all = equal_arms();
    all.push(kills());
    all.extend(coverage());
    all
}

fn reference(name: &'static str, scenario: Scenario, figures: &[(Quantity, Expected)]) -> Reference {
    let figures = figures.iter().map(|(quantity, expected)| Figure { quantity: *quantity, expected: *expected });
    Reference { name, scenario, figures: figures.collect() }
}

/// Nothing is better than the control, and everything else is as hard as it gets.
fn equal_arms() -> Vec<Reference> {
    let equal = |arms: usize| Scenario {
        rates: vec![0.05; arms],
        days: 60,
        kills: Kills::ByRuleAndHarm,
        ..Scenario::default()
    };
    let late = Scenario { delay_h: 24.0, window_h: 72.0, ..equal(2) };
    vec![
        reference("the product, two equal arms", equal(2), &[FALSE_PROMOTION, FALSE_ALARM]),
        reference(
            "the product, hourly looks",
            Scenario { visitors_per_look: 42, looks_per_day: 24, days: 30, ..equal(2) },
            &[FALSE_PROMOTION, FALSE_ALARM],
        ),
        reference("the product, four equal arms", equal(4), &[FALSE_PROMOTION, FALSE_ALARM]),
        reference(
            "the product, drifting",
            Scenario { drift: Drift::WeekAndCampaign, ..equal(4) },
            &[FALSE_PROMOTION, FALSE_ALARM],
        ),
        reference("the product, late conversions", late.clone(), &[FALSE_PROMOTION, FALSE_ALARM]),
        reference(
            "the product, late and drifting",
            Scenario { drift: Drift::WeekAndCampaign, ..late },
            &[FALSE_PROMOTION],
        ),
        reference(
            "the product, exposures lost",
            Scenario { visitors_per_look: 5000, lost: vec![0.1], ..equal(2) },
            &[FALSE_PROMOTION, (Frozen, AtLeast(0.95))],
        ),
        reference("the product, robots", Scenario { bots: 0.4, ..equal(2) }, &[FALSE_PROMOTION, FALSE_ALARM]),
    ]
}

/// The best arm, 3.75 % against three of 3 %, is not taken out.
fn kills() -> Reference {
    let scenario = Scenario {
        rates: vec![0.03, 0.0375, 0.03, 0.03],
        days: 60,
        kills: Kills::ByRuleAndHarm,
        ..Scenario::default()
    };
    reference("the product, one better arm", scenario, &[(WrongKill, AtMost(0.01))])
}

/// Intervals called 95 %. At a fixed time, so nothing follows a promotion.
fn coverage() -> Vec<Reference> {
    let steady = Scenario {
        rates: vec![0.05, 0.05, 0.06],
        kills: Kills::ByRuleAndHarm,
        promotion: Promotion::Noted,
        coverage: true,
        holdout: 0.05,
        ..Scenario::default()
    };
    let drifting = Scenario { drift: Drift::WeekAndCampaign, ..steady.clone() };
    vec![
        reference(
            "intervals, constant rates",
            steady,
            &[
                (PosteriorCoverage, AtLeast(0.935)),
                (AipwCoverage, AtLeast(0.925)),
                (HoldoutCoverage, AtLeast(0.935)),
                (AlwaysValidCoverage, AtLeast(0.95)),
            ],
        ),
        reference(
            "intervals, drifting",
            drifting,
            &[
                (AipwCoverage, AtLeast(0.86)),
                (AipwGain, AtLeast(0.0)),
                (HoldoutCoverage, AtLeast(0.935)),
                (AlwaysValidCoverage, AtLeast(0.95)),
            ],
        ),
    ]
}
