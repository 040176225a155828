//! The always-valid interval of a lift.

use bandit::lift_sequence::{Split, lift_sequence};

fn split(share: f64, control_conversions: u64, variant_conversions: u64) -> Split {
    Split { share, control_conversions, variant_conversions }
}

#[test]
fn nothing_is_known_before_the_first_conversion() {
    assert_eq!(lift_sequence(&[], 0.5, 0.05), None);
    assert_eq!(lift_sequence(&[split(0.5, 0, 0)], 0.5, 0.05), None);
    assert_eq!(lift_sequence(&[split(1.0, 0, 30), split(0.0, 30, 0)], 0.5, 0.05), None, "one arm alone");
}

#[test]
fn an_arm_without_conversions_leaves_one_side_open() {
    let only_variant = lift_sequence(&[split(0.5, 0, 8)], 0.5, 0.05).unwrap();
    assert!(only_variant.upper.is_none() && only_variant.lower > -1.0, "{only_variant:?}");
    let only_control = lift_sequence(&[split(0.5, 8, 0)], 0.5, 0.05).unwrap();
    assert!(only_control.lower <= -1.0 && only_control.upper.is_some_and(f64::is_finite), "{only_control:?}");
}

#[test]
fn the_interval_narrows_around_the_truth() {
    let mut width = f64::INFINITY;
    // Twice the traffic and 1.2 times the rate.
    for size in [10, 100, 1000, 10_000, 1_000_000] {
        let found = lift_sequence(&[split(2.0 / 3.0, 10 * size, 24 * size)], 0.5, 0.05).unwrap();
        let upper = found.upper.unwrap();
        assert!(found.lower < 0.2 && upper > 0.2 && upper - found.lower < width, "{size}: {found:?}");
        width = upper - found.lower;
        assert_eq!(found.lower > 0.0, found.log_e_zero > f64::ln(20.0), "{found:?}");
    }
    assert!(width < 0.01);
}
