//! Rates that move.

use bandit::drift::{Period, Step, comparable, discounted, merged};
use bandit::{BanditError, Counts};
use proptest::prelude::*;

fn period(visitors: &[f64], conversions: &[f64]) -> Period {
    Period { visitors: visitors.to_vec(), conversions: conversions.to_vec() }
}

#[test]
fn a_long_pause_forgets_everything_but_the_prior() {
    let step = |hours| Step { hours, counts: Counts::new(1000, 100).unwrap() };
    let quiet = Step { hours: 1e6, counts: Counts::NONE };
    assert_eq!(discounted((1.0, 2.0), 24.0, &[step(0.0), quiet]), Ok((1.0, 2.0)));
    let half = discounted((1.0, 1.0), 24.0, &[step(5.0), step(24.0)]).unwrap();
    assert!((half.0 - 151.0).abs() < 1e-9 && (half.1 - 1351.0).abs() < 1e-9, "{half:?}");
    assert_eq!(discounted((1.0, 1.0), 0.0, &[]), Err(BanditError::Delays));
    assert_eq!(discounted((1.0, 1.0), 1.0, &[step(-1.0)]), Err(BanditError::Delays));
}

#[test]
fn small_periods_join_their_neighbours() {
    let small = || period(&[100.0, 100.0], &[4.0, 5.0]);
    let large = || period(&[900.0, 100.0], &[40.0, 5.0]);
    assert_eq!(merged([]), []);
    assert_eq!(merged([small()]).len(), 1);
    let joined = merged([small(), small(), small(), large(), small()]);
    assert_eq!(joined, [period(&[300.0, 300.0], &[12.0, 15.0]), period(&[1000.0, 200.0], &[44.0, 10.0])]);
}

#[test]
fn simpsons_paradox_is_undone() {
    // Both arms convert alike in each period, but the second had its visitors in the good one.
    let periods = [period(&[9000.0, 1000.0], &[450.0, 50.0]), period(&[1000.0, 9000.0], &[100.0, 900.0])];
    let found = comparable(&periods).unwrap();
    let rate = |arm: usize| found.parameters[arm].0 / (found.parameters[arm].0 + found.parameters[arm].1);
    assert!((rate(0) / rate(1) - 1.0).abs() < 0.01, "{found:?}");
    assert!(found.period_effect[1] / found.period_effect[0] > 1.9);
}

#[test]
fn nobody_is_comparable_with_nobody() {
    let found = comparable(&[period(&[0.0, 0.0], &[0.0, 0.0])]).unwrap();
    assert_eq!((found.period_effect, found.comparable_visitors), (vec![1.0], vec![0.0; 2]));
    assert_eq!(found.parameters, [(1.0, 1.0); 2]);
}

#[test]
fn malformed_periods_are_refused() {
    assert_eq!(comparable(&[]), Err(BanditError::Arms));
    assert_eq!(comparable(&[period(&[1.0], &[0.0]), period(&[1.0, 1.0], &[0.0, 0.0])]), Err(BanditError::Arms));
    assert_eq!(comparable(&[period(&[-1.0], &[0.0])]), Err(BanditError::Weights));
    assert_eq!(comparable(&[period(&[1.0], &[2.0])]), Err(BanditError::Conversions));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn visitors_are_only_moved_between_periods(
        raw in prop::collection::vec((prop::array::uniform3(0.0..1e6_f64), prop::array::uniform3(0.0..0.5_f64)), 1..8),
    ) {
        let periods: Vec<Period> = raw.iter().map(|(visitors, rates)| {
            let conversions: Vec<f64> = visitors.iter().zip(rates).map(|(visitors, rate)| (visitors * rate).floor()).collect();
            period(visitors, &conversions)
        }).collect();
        let total: f64 = raw.iter().flat_map(|(visitors, _)| visitors).sum();
        let found = comparable(&periods).unwrap();
        let comparable_total: f64 = found.comparable_visitors.iter().sum();
        prop_assert!((comparable_total - total).abs() <= 1e-9 * total.max(1.0));
        prop_assert!(found.period_effect.iter().all(|effect| effect.is_finite() && *effect > 0.0));
        prop_assert!(found.parameters.iter().all(|(alpha, beta)| *alpha >= 1.0 && *beta >= 1.0));
    }
}
