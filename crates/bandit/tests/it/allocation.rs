//! Floors hold, weights sum to one, and what moves.

use bandit::BanditError;
use bandit::allocation::{Floors, LEAST_MOVE, capped, has_moved, movement, top_two, weights};
use proptest::prelude::*;

#[test]
fn what_cannot_be_is_refused() {
    let bad = |floors| weights(&[0.5, 0.5], Some(0), floors);
    assert_eq!(weights(&[], None, Floors::NONE), Err(BanditError::Weights));
    assert_eq!(weights(&[0.5, 0.5], Some(2), Floors::NONE), Err(BanditError::Index));
    assert_eq!(weights(&[0.5, 1.5], None, Floors::NONE), Err(BanditError::Probability));
    assert_eq!(bad(Floors { control: -0.1, arm: 0.0 }), Err(BanditError::Weights));
    assert_eq!(bad(Floors { control: 0.0, arm: f64::NAN }), Err(BanditError::Weights));
    assert_eq!(movement(&[1.0], &[1.0, 1.0]), Err(BanditError::Weights));
    assert_eq!(movement(&[0.0, 0.0], &[1.0, 1.0]), Err(BanditError::Weights));
    assert_eq!(movement(&[1.0, -1.0], &[1.0, 1.0]), Err(BanditError::Weights));
}

#[test]
fn a_cap_shares_what_lies_above() {
    let close = |weights: &[f64], cap, wanted: &[f64]| {
        let got = capped(weights, cap).unwrap();
        assert!(got.iter().zip(wanted).all(|(got, wanted)| (got - wanted).abs() < 1e-12), "{weights:?} {cap}: {got:?}");
    };
    close(&[0.9, 0.06, 0.04], 0.8, &[0.8, 0.12, 0.08]);
    close(&[0.9, 0.08, 0.02], 0.5, &[0.5, 0.4, 0.1]);
    close(&[0.6, 0.39, 0.01], 0.4, &[0.4, 0.4, 0.2]);
    close(&[0.5, 0.5], 1.0, &[0.5, 0.5]);
    close(&[0.9, 0.1, 0.0], 0.1, &[0.5, 0.5, 0.0]);
    close(&[3.0, 1.0], f64::NAN, &[0.75, 0.25]);
    assert_eq!(capped(&[0.0], 0.5), Err(BanditError::Weights));
}

#[test]
fn small_moves_are_not_worth_an_epoch() {
    assert!((LEAST_MOVE - 0.005).abs() < 1e-15, "SPEC 6.2");
    let before = [0.2, 0.3, 0.5];
    assert!(!has_moved(&before, &before));
    assert!(!has_moved(&before, &[0.2049, 0.2951, 0.5]), "no weight moved by more than half a point");
    assert!(has_moved(&before, &[0.2051, 0.2949, 0.5]) && has_moved(&before, &[0.1949, 0.3049, 0.5002]));
    assert!(has_moved(&before, &[0.2, 0.3]) && has_moved(&before, &[0.2, 0.3, 0.5, 0.0]), "an arm came or went");
}

#[test]
fn top_two_plays_the_second_best() {
    assert_eq!(top_two(&[0.5, 1.5], 0.5), Err(BanditError::Probability));
    assert_eq!(top_two(&[], 0.5), Err(BanditError::Probability));
    // With the whole share for the leader it is Thompson sampling.
    assert_eq!(top_two(&[0.2, 0.7, 0.1], 1.0), Ok(vec![0.2, 0.7, 0.1]));
}

proptest! {
    #[test]
    fn top_two_shares_sum_to_one(raw in prop::collection::vec(0.001..1.0_f64, 2..20), leader in 0.0..=1.0_f64) {
        let sum: f64 = raw.iter().sum();
        let prob: Vec<f64> = raw.iter().map(|p| p / sum).collect();
        let shares = top_two(&prob, leader).unwrap();
        prop_assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{shares:?}");
        prop_assert!(shares.iter().all(|share| (0.0..=1.0).contains(share)));
    }

    #[test]
    fn floors_hold_and_order_stays(raw in prop::collection::vec(0.0..1.0_f64, 1..20), arm in 0.0..0.04_f64, control in 0.0..0.2_f64) {
        let sum: f64 = raw.iter().sum::<f64>() + 1e-9;
        let mut prob: Vec<f64> = raw.iter().map(|p| p / sum).collect();
        prob[0] += 1.0 - prob.iter().sum::<f64>();
        let weights = weights(&prob, Some(0), Floors { control, arm }).unwrap();
        prop_assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        prop_assert!(weights[0] >= control - 1e-15);
        prop_assert!(weights[1..].iter().all(|weight| *weight >= arm - 1e-15));
        for i in 1..prob.len() {
            for j in 1..prob.len() {
                prop_assert!(prob[i] < prob[j] || weights[i] >= weights[j] - 1e-15);
            }
        }
    }

    #[test]
    fn movement_lies_between_its_bounds(before in prop::collection::vec(0.001..1.0_f64, 5), after in prop::collection::vec(0.001..1.0_f64, 5)) {
        let (moved, distance) = movement(&before, &after).unwrap();
        prop_assert!(distance <= moved + 1e-12 && moved <= 2.0 * distance / (1.0 + distance) + 1e-12);
        let doubled: Vec<f64> = before.iter().map(|weight| weight * 2.0).collect();
        prop_assert!(movement(&before, &doubled).unwrap().0 < 1e-12);
    }
}
