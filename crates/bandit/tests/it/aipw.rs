//! Estimates from adaptive traffic: simple cases by hand, and what is absent.

use bandit::aipw::Aipw;
use bandit::evidence::Prior;
use bandit::{BanditError, Counts, Epoch};

fn epoch(weights: &[f64], counts: &[(u64, u64)]) -> Epoch {
    let counts = counts.iter().map(|(visitors, conversions)| Counts::new(*visitors, *conversions).unwrap()).collect();
    Epoch::new(weights, counts).unwrap()
}

#[test]
fn one_arm_alone_has_its_sample_mean() {
    let epochs = [epoch(&[1.0], &[(400, 20)]), epoch(&[1.0], &[(600, 60)])];
    let found = Aipw::new(&epochs, Prior::default()).unwrap().arm(0).unwrap();
    assert!((found.estimate - 0.08).abs() < 1e-12, "{found:?}");
    assert!((found.se - (0.08 * 0.92 / 1000.0_f64).sqrt()).abs() < 1e-12, "{found:?}");
}

#[test]
fn what_was_never_active_is_absent() {
    let epochs = [epoch(&[0.5, 0.5, 0.0], &[(100, 5), (100, 9), (0, 0)])];
    let found = Aipw::new(&epochs, Prior::default()).unwrap();
    assert!(found.arm(1).is_some() && found.arm(2).is_none() && found.arm(3).is_none());
    assert!(found.difference(2, 0, 0.95).is_none() && found.difference(0, 7, 0.95).is_none());
    assert_eq!(Aipw::new(&[], Prior::default()).err(), Some(BanditError::Arms));
}

#[test]
fn what_one_challenger_brought_is_its_difference() {
    let epochs = [epoch(&[0.2, 0.8], &[(210, 11), (790, 60)]), epoch(&[0.6, 0.4], &[(590, 40), (410, 35)])];
    let found = Aipw::new(&epochs, Prior::default()).unwrap();
    let (gain, difference) = (found.gain(0, 0.95).unwrap(), found.difference(1, 0, 0.95).unwrap());
    for (gain, difference) in [
        (gain.conversions, difference.difference),
        (gain.lower, difference.difference_lower),
        (gain.upper, difference.difference_upper),
    ] {
        assert!((gain - 1200.0 * difference).abs() < 1e-9, "1,200 visitors saw the challenger: {gain} {difference}");
    }
    let alone = Aipw::new(&[epoch(&[1.0], &[(100, 5)])], Prior::default()).unwrap().gain(0, 0.95).unwrap();
    assert!(alone.conversions.abs() < 1e-9 && (alone.upper - alone.lower).abs() < 1e-9, "nothing beyond itself");
    let nobody = [epoch(&[0.5, 0.5], &[(0, 0), (0, 0)])];
    assert_eq!(Aipw::new(&nobody, Prior::default()).unwrap().gain(0, 0.95), None);
}

#[test]
fn a_rate_below_zero_has_no_lift() {
    // Few visitors against a high prediction can push the estimate below 0: the lift is then absent.
    let epochs = [epoch(&[0.5, 0.5], &[(50, 45), (50, 45)]), epoch(&[0.5, 0.5], &[(400, 0), (4, 0)])];
    let found = Aipw::new(&epochs, Prior::default()).unwrap();
    assert!(found.arm(0).unwrap().estimate < 0.0);
    let difference = found.difference(1, 0, 0.95).unwrap();
    assert!(difference.lift.is_none() && difference.difference_lower < difference.difference_upper);
}

#[test]
fn the_order_of_the_arms_does_not_matter() {
    let there = [epoch(&[0.2, 0.8], &[(210, 11), (790, 60)]), epoch(&[0.6, 0.4], &[(590, 40), (410, 35)])];
    let back = [epoch(&[0.8, 0.2], &[(790, 60), (210, 11)]), epoch(&[0.4, 0.6], &[(410, 35), (590, 40)])];
    let one = Aipw::new(&there, Prior::default()).unwrap().difference(1, 0, 0.95).unwrap();
    let other = Aipw::new(&back, Prior::default()).unwrap().difference(0, 1, 0.95).unwrap();
    assert!((one.difference - other.difference).abs() < 1e-12);
    assert!((one.lift.unwrap().upper - other.lift.unwrap().upper).abs() < 1e-12);
}
