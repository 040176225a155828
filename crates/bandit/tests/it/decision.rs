//! Promotions and kills, one condition at a time.

use bandit::decision::{ArmFacts, Rule, Verdict, decide, harm, killing, low_checks, promotion};

const READY: ArmFacts = ArmFacts {
    is_control: false,
    visitors: 300,
    age_h: 72.0,
    prob_best: 0.951,
    lift_lower: Some(0.001),
    log_e_max: 3.7,
    low_checks: 0,
};
const LOST: ArmFacts = ArmFacts {
    visitors: 300,
    age_h: 120.0,
    prob_best: 0.009,
    lift_lower: None,
    log_e_max: 0.0,
    low_checks: 3,
    ..READY
};
const CONTROL: ArmFacts = ArmFacts { is_control: true, ..LOST };

fn verdict(arms: &[ArmFacts]) -> Verdict {
    decide(&Rule::default(), Some(0.5), 2, arms)
}

#[test]
fn a_promotion_needs_every_condition() {
    assert_eq!(verdict(&[CONTROL, READY]).promote, Some(1));
    let lacking = [
        ("probability", ArmFacts { prob_best: 0.95, ..READY }),
        ("visitors", ArmFacts { visitors: 299, ..READY }),
        ("age", ArmFacts { age_h: 71.9, ..READY }),
        ("lift", ArmFacts { lift_lower: Some(0.0), ..READY }),
        ("unknown lift", ArmFacts { lift_lower: None, ..READY }),
        ("evidence", ArmFacts { log_e_max: 3.68, ..READY }),
        ("nature", ArmFacts { is_control: true, ..READY }),
    ];
    for (name, arm) in lacking {
        assert_eq!(verdict(&[CONTROL, arm]).promote, None, "{name}");
    }
    assert_eq!(verdict(&[ArmFacts { visitors: 299, ..CONTROL }, READY]).promote, None, "a control with too few");
    assert_eq!(decide(&Rule::default(), Some(0.5), 3, &[CONTROL, READY]).promote, None, "one challenger more");
    assert_eq!(decide(&Rule { alpha: None, ..Rule::default() }, Some(0.5), 90, &[CONTROL, READY]).promote, Some(1));
}

#[test]
fn the_best_of_several_is_promoted() {
    let better = ArmFacts { prob_best: 0.97, ..READY };
    assert_eq!(verdict(&[CONTROL, READY, better]).promote, Some(2));
    assert_eq!(verdict(&[CONTROL, better, READY]).promote, Some(1));
    assert_eq!(verdict(&[CONTROL, READY, READY]).promote, Some(1), "the first of equals");
}

#[test]
fn a_kill_needs_every_condition() {
    assert_eq!(verdict(&[CONTROL, LOST, READY, LOST]).kill, [1, 3]);
    let lacking = [
        ("probability", ArmFacts { prob_best: 0.01, ..LOST }),
        ("visitors", ArmFacts { visitors: 299, ..LOST }),
        ("age", ArmFacts { age_h: 119.0, ..LOST }),
        ("checks", ArmFacts { low_checks: 2, ..LOST }),
    ];
    for (name, arm) in lacking {
        assert!(verdict(&[CONTROL, arm]).kill.is_empty(), "{name}");
    }
}

#[test]
fn a_wrong_split_stops_everything() {
    let arms = [CONTROL, READY, LOST];
    let frozen = decide(&Rule::default(), Some(0.0009), 2, &arms);
    assert_eq!(frozen, Verdict { frozen: true, promote: None, kill: vec![] });
    assert!(!decide(&Rule::default(), Some(0.001), 2, &arms).frozen, "below, not at");
    assert!(!decide(&Rule::default(), None, 2, &arms).frozen, "not known yet");
}

#[test]
fn reasons_are_sentences_with_numbers() {
    let arm = ArmFacts { lift_lower: None, ..READY };
    let said: Vec<String> = promotion(&Rule::default(), 2, 4000, &arm).iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "Probability of being best: 95.1 %; needed: more than 95.0 %.",
            "Matured visitors: 300; needed: at least 300.",
            "Matured visitors of the control: 4000; needed: at least 300.",
            "Time since the first visitor: 72 hours; needed: at least 72 hours.",
            "Evidence: 40.4 to 1; needed: at least 40.0 to 1.",
            "Lower end of the lift: not known yet; needed: more than 0.0 %.",
        ]
    );
    let said: Vec<String> = killing(&Rule::BASIC, &LOST).iter().map(ToString::to_string).collect();
    assert_eq!(said[0], "Probability of being best: 0.9 %; needed: less than 5.0 %.");
    assert_eq!(said[3], "Checks in a row below the threshold: 3; needed: at least 1.");
}

#[test]
fn harm_needs_the_same_evidence() {
    let is_harmful = |log_e_max, challengers| harm(log_e_max, challengers, 0.05).met;
    assert!(is_harmful(3.7, 2) && !is_harmful(3.6, 2) && !is_harmful(3.7, 3));
    assert_eq!(harm(3.7, 2, 0.05).to_string(), "Evidence of harm: 40.4 to 1; needed: at least 40.0 to 1.");
}

#[test]
fn low_checks_count_half_days() {
    let rule = Rule::default();
    let cases = [
        ("the first", 0, 0.0, 0.005, Some(1)),
        ("too soon", 1, 11.9, 0.005, None),
        ("the next", 1, 12.0, 0.005, Some(2)),
        ("recovered", 2, 1.0, 0.01, Some(0)),
    ];
    for (name, before, hours, prob_best, after) in cases {
        assert_eq!(low_checks(before, hours, prob_best, &rule), after, "{name}");
    }
}
