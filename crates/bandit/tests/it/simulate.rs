//! The simulator: repeatable, unbiased where the answer is known, and honest about faults.

use bandit::allocation::Floors;
use bandit::decision::Rule;
use bandit::look::Policy;
use bandit::simulate::reference::{Expected, Figure, Quantity, references};
use bandit::simulate::{Drift, Estimate, Kills, Promotion, Scenario, Summary, Traffic, Young, run, stream};

fn simulate(scenario: &Scenario, runs: u64) -> Summary {
    let outcomes: Vec<_> = (0..runs).map(|number| run(scenario, &mut stream(11, number)).unwrap()).collect();
    Summary::of(scenario, &outcomes)
}

fn assert_about(what: &str, found: Estimate, expected: f64) {
    let distance = (found.mean - expected).abs();
    assert!(distance <= 4.0 * found.se + 1e-9, "{what}: {} ± {}, expected {expected}", found.mean, 2.0 * found.se);
}

/// Nothing is confirmed or promoted, so that no look has to ask for a lift.
fn unpromoting() -> Policy {
    let rule = Rule { promote_min_visitors: u64::MAX, ..Rule::default() };
    Policy { confirms: false, rule, ..Policy::default() }
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let scenario = Scenario { delay_h: 12.0, window_h: 72.0, ..Scenario::default() };
    let once = run(&scenario, &mut stream(3, 5)).unwrap();
    assert_eq!(once, run(&scenario, &mut stream(3, 5)).unwrap());
    assert_ne!(once, run(&scenario, &mut stream(3, 6)).unwrap());
}

#[test]
fn impossible_sites_are_refused() {
    let refused = |rates: Vec<f64>| run(&Scenario { rates, ..Scenario::default() }, &mut stream(1, 1)).is_err();
    assert!(refused(vec![]) && refused(vec![0.5, 1.5]) && refused(vec![f64::NAN]));
    let refused = |scenario: Scenario| run(&scenario, &mut stream(1, 1)).is_err();
    let usual = Scenario { days: 1, ..Scenario::default() };
    assert!(!refused(usual.clone()));
    for looks_per_day in [0, 5, 48] {
        assert!(refused(Scenario { looks_per_day, ..usual.clone() }), "{looks_per_day} looks do not divide a day");
    }
    assert!(
        refused(Scenario { window_h: -1.0, ..usual.clone() })
            && refused(Scenario { token_h: f64::NAN, ..usual.clone() })
    );
    assert!(refused(Scenario { delay_h: 5.0, window_h: 0.0, ..usual }), "conversions need a window to come in");
}

#[test]
fn an_even_split_loses_what_it_must() {
    let scenario = Scenario {
        rates: vec![0.04, 0.06],
        traffic: Traffic::Even,
        promotion: Promotion::Noted,
        days: 12,
        ..Scenario::default()
    };
    let found = simulate(&scenario, 20);
    // 12,000 visitors, half of them to the arm that is 0.02 worse.
    assert_about("regret", found.regret, 120.0);
    assert_about("share", found.shares[1], 0.5);
    assert!(found.promoted.mean > 0.5 && found.false_promotion.mean < 1e-9 && found.promoted_by_day.len() == 12);
}

#[test]
fn policies_are_ordered_as_they_should_be() {
    let regret = |traffic| {
        let scenario = Scenario {
            rates: vec![0.03, 0.06],
            traffic,
            kills: Kills::None,
            policy: unpromoting(),
            days: 20,
            ..Scenario::default()
        };
        simulate(&scenario, 6).regret.mean
    };
    let (even, greedy) = (regret(Traffic::Even), regret(Traffic::EpsilonGreedy(0.1)));
    let (weights, thompson) = (regret(Traffic::Weights), regret(Traffic::Thompson));
    assert!(
        even > 2.0 * greedy && even > 2.0 * weights && even > 2.0 * thompson,
        "{even} {greedy} {weights} {thompson}"
    );
}

#[test]
fn a_clear_winner_is_promoted_and_losers_are_killed() {
    let scenario = Scenario { rates: vec![0.05, 0.08, 0.02, 0.02], visitors_per_look: 4000, ..Scenario::default() };
    let found = simulate(&scenario, 10);
    assert!(found.promoted.mean > 0.99 && found.false_promotion.mean < 1e-9 && found.wrong_kill.mean < 1e-9);
    assert!(found.shares[1].mean > 0.6, "the winner gets nearly everybody: {:?}", found.shares);
    let harmful = Scenario {
        rates: vec![0.08, 0.02],
        visitors_per_look: 4000,
        kills: Kills::ByRuleAndHarm,
        ..Scenario::default()
    };
    let outcome = run(&harmful, &mut stream(1, 1)).unwrap();
    assert_eq!((outcome.killed, outcome.promoted), (vec![1], None));
}

#[test]
fn lost_exposures_freeze_the_generation() {
    let honest = Scenario { rates: vec![0.05, 0.05], visitors_per_look: 3000, ..Scenario::default() };
    assert!(simulate(&honest, 20).frozen.mean < 0.06);
    let lossy = Scenario { lost: vec![0.1], ..honest };
    let found = simulate(&lossy, 20);
    assert!(found.frozen.mean > 0.95 && found.promoted.mean < 0.06, "{found:?}");
}

#[test]
fn late_conversions_are_waited_for() {
    let scenario = Scenario { rates: vec![0.05, 0.10], delay_h: 20.0, window_h: 72.0, ..Scenario::default() };
    let outcome = run(&scenario, &mut stream(2, 1)).unwrap();
    let (arm, day) = outcome.promoted.unwrap();
    assert!(arm == 1 && day >= 4.0, "{outcome:?}");
}

#[test]
fn evidence_waits_until_an_epoch_can_get_no_more_visitors() {
    // The first epoch, of six hours, proves nothing; what follows counts once its tokens and the
    // window behind them are over, whatever is matured.
    let promoted_h = |token_h, window_h| {
        let scenario = Scenario {
            rates: vec![0.05, 0.20],
            visitors_per_look: 60,
            looks_per_day: 4,
            token_h,
            window_h,
            publishes_always: true,
            kills: Kills::None,
            promotion: Promotion::Ends,
            ..Scenario::default()
        };
        let day = run(&scenario, &mut stream(5, 1)).unwrap().promoted.unwrap().1;
        24.0 * day
    };
    for (token_h, window_h) in [(0.0, 144.0), (144.0, 0.0), (144.0, 72.0), (300.0, 72.0)] {
        let (found, earliest) = (promoted_h(token_h, window_h), 6.0 + token_h + window_h);
        assert!((earliest..earliest + 120.0).contains(&found), "{token_h} {window_h}: {found}, not before {earliest}");
    }
}

#[test]
fn an_epoch_begins_when_the_weights_have_moved() {
    let epochs = |traffic, publishes_always| {
        let scenario = Scenario { traffic, publishes_always, days: 12, ..Scenario::default() };
        run(&scenario, &mut stream(1, 1)).unwrap().epochs
    };
    assert_eq!(epochs(Traffic::Even, false), 1, "an even split never moves");
    assert_eq!(epochs(Traffic::Even, true), 13, "one at the start, and one a day");
    let moving = epochs(Traffic::Weights, false);
    assert!((2..=10).contains(&moving), "burn-in takes three days: {moving}");
    // A variant that is taken out is a change, even when it got nobody any more.
    let epochs = |kills| {
        let scenario = Scenario {
            rates: vec![0.08, 0.02],
            policy: Policy { floors: Floors::NONE, ..Policy::default() },
            kills,
            ..Scenario::default()
        };
        let outcome = run(&scenario, &mut stream(1, 1)).unwrap();
        (outcome.killed.len(), outcome.epochs)
    };
    assert_eq!((epochs(Kills::None), epochs(Kills::ByRule)), ((0, 2), (1, 3)));
}

#[test]
fn who_is_taken_out_gets_nobody_from_then_on() {
    let scenario = Scenario {
        rates: vec![0.08, 0.02],
        visitors_per_look: 4000,
        traffic: Traffic::Even,
        kills: Kills::ByRuleAndHarm,
        ..Scenario::default()
    };
    let outcome = run(&scenario, &mut stream(1, 1)).unwrap();
    assert_eq!((outcome.killed, outcome.epochs), (vec![1], 2), "all to the control at once");
    assert!((outcome.shares[1] - 0.5 / 30.0).abs() < 0.002, "half of one day of thirty: {:?}", outcome.shares);
}

#[test]
fn young_visitors_are_worth_what_should_have_arrived() {
    let regret = |young, window_h| {
        let scenario = Scenario {
            rates: vec![0.05, 0.06],
            visitors_per_look: 3000,
            days: 14,
            delay_h: if window_h > 0.0 { 24.0 } else { 0.0 },
            window_h,
            young,
            kills: Kills::None,
            policy: unpromoting(),
            ..Scenario::default()
        };
        simulate(&scenario, 80).regret
    };
    let at_once = regret(Young::ByShare, 0.0);
    let [by_share, as_failures, left_out] =
        [Young::ByShare, Young::AsFailures, Young::LeftOut].map(|young| regret(young, 72.0));
    let clearly = |less: Estimate, more: Estimate| more.mean - less.mean > 2.0 * less.se.hypot(more.se);
    assert!(clearly(by_share, as_failures) && clearly(by_share, left_out), "{by_share:?} {as_failures:?} {left_out:?}");
    assert_about("as if all were known at once", by_share, at_once.mean);
}

#[test]
fn robots_and_the_holdout_are_left_out() {
    let scenario = Scenario {
        rates: vec![0.05, 0.06],
        traffic: Traffic::Even,
        promotion: Promotion::Noted,
        bots: 0.5,
        holdout: 0.2,
        days: 10,
        ..Scenario::default()
    };
    // Of 10,000 visitors 40 % take part, half of them in the arm that is 0.01 worse.
    assert_about("regret", simulate(&scenario, 40).regret, 20.0);
}

#[test]
fn intervals_hold_the_truth() {
    let scenario = Scenario {
        rates: vec![0.05, 0.05, 0.06],
        kills: Kills::None,
        promotion: Promotion::Noted,
        coverage: true,
        holdout: 0.05,
        days: 15,
        ..Scenario::default()
    };
    let coverage = simulate(&scenario, 60).coverage;
    for (name, found, least) in [
        ("posterior", coverage.posterior, 0.935),
        ("AIPW", coverage.aipw, 0.925),
        ("holdout", coverage.holdout, 0.935),
        ("always valid", coverage.always_valid, 0.95),
    ] {
        let found = found.unwrap();
        assert!(found.mean + 3.0 * found.se >= least, "{name}: {found:?}");
    }
    assert!(simulate(&Scenario { coverage: false, ..scenario }, 2).coverage.aipw.is_none());
}

#[test]
fn the_reference_figures_can_fail() {
    let references = references();
    let figure = references[0].figures[0];
    assert_eq!(figure.quantity, Quantity::Naive);
    let found = |mean| Estimate { mean, se: 0.02 };
    assert!(figure.agrees(found(0.30), 500) && !figure.agrees(found(0.40), 500));
    let bound = |expected| Figure { quantity: Quantity::FalsePromotion, expected };
    let cases = [
        (Expected::AtMost(0.05), 0.05, true),
        (Expected::AtMost(0.05), 0.051, false),
        (Expected::AtLeast(0.95), 0.95, true),
        (Expected::AtLeast(0.95), 0.949, false),
        (Expected::AtLeast(0.95), f64::NAN, false),
        (Expected::AtMost(0.05), f64::NAN, false),
    ];
    for (expected, mean, agrees) in cases {
        assert_eq!(bound(expected).agrees(found(mean), 500), agrees, "{expected:?}, {mean}");
    }
    let unmeasured = Summary::default();
    assert!(Quantity::AipwGain.of(&unmeasured).mean.is_nan(), "what was not measured meets no bound");
    let names: Vec<String> = references.iter().flat_map(|it| &it.figures).map(|it| it.quantity.name()).collect();
    assert!(names.contains(&"promoted by day 14".to_owned()) && names.contains(&"conversions lost".to_owned()));
}

#[test]
fn drift_fools_the_naive_rule_and_not_the_evidence() {
    let reference = references().into_iter().find(|it| it.scenario.drift != Drift::None).unwrap();
    let found = simulate(&reference.scenario, 60);
    assert!(found.naive.mean > 0.35 && found.gated.mean < 0.15, "{found:?}");
}
