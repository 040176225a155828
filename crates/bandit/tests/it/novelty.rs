//! Lifts that wear off.

use bandit::novelty::novelty;
use bandit::{Counts, Pair};

fn day(control: u64, variant: u64) -> Pair {
    let counts = |conversions| Counts::new(1000, conversions).unwrap();
    Pair { share: 0.5, control: counts(control), variant: counts(variant) }
}

#[test]
fn few_conversions_say_nothing() {
    assert_eq!(novelty(&[], 3), None);
    assert_eq!(novelty(&[day(50, 50); 3], 3), None, "there is no later part");
    assert_eq!(novelty(&[day(50, 50), day(3, 3), day(3, 3)], 1), None);
    assert_eq!(novelty(&[day(1000, 1000); 2], 1), None, "everybody converts");
}

#[test]
fn a_lift_that_wears_off_is_noticed() {
    let fading = [&[day(50, 90); 7][..], &[day(50, 52); 14]].concat();
    let found = novelty(&fading, 7).unwrap();
    assert!((found.early_lift - 0.8).abs() < 1e-9 && (found.late_lift - 0.04).abs() < 1e-9, "{found:?}");
    assert!(found.p < 1e-4, "{found:?}");
    let steady = novelty(&[day(50, 60); 21], 7).unwrap();
    assert!((steady.p - 0.5).abs() < 1e-9, "{steady:?}");
    let growing = [&[day(50, 52); 7][..], &[day(50, 90); 14]].concat();
    assert!(novelty(&growing, 7).unwrap().p > 0.99);
}
