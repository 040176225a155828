//! Sample ratio mismatch: Pearson's check, the sequential bet, and faults.

use bandit::sample_ratio::{FREEZE, SequentialSampleRatio, sample_ratio};
use bandit::{BanditError, Counts, Epoch};
use proptest::prelude::*;

fn epoch(weights: &[f64], visitors: &[u64]) -> Epoch {
    let counts = visitors.iter().map(|visitors| Counts::new(*visitors, 0).unwrap()).collect();
    Epoch::new(weights, counts).unwrap()
}

#[test]
fn malformed_epochs_are_refused() {
    assert_eq!(Epoch::new(&[0.5], vec![]), Err(BanditError::Weights));
    assert_eq!(Epoch::new(&[0.0, 0.0], vec![Counts::NONE; 2]), Err(BanditError::Weights));
    assert_eq!(Epoch::new(&[-0.5, 1.0], vec![Counts::NONE; 2]), Err(BanditError::Weights));
    assert_eq!(sample_ratio(&[], 0), Err(BanditError::Arms));
    assert_eq!(sample_ratio(&[epoch(&[1.0], &[1])], 1), Err(BanditError::Index));
    let two = [epoch(&[1.0, 1.0], &[1, 1]), epoch(&[1.0], &[1])];
    assert_eq!(sample_ratio(&two, 0), Err(BanditError::Arms));
    assert_eq!(SequentialSampleRatio::new(1, 1000.0).observe(&two[0]), Err(BanditError::Arms));
}

#[test]
fn constant_weights_give_pearsons_sum() {
    let (weights, counts) = ([0.2, 0.3, 0.5], [230_u64, 270, 500]);
    let parts = [epoch(&weights, &[100, 170, 300]), epoch(&weights, &[130, 100, 200])];
    let pearson: f64 = weights
        .iter()
        .zip(counts)
        .map(|(weight, count)| {
            let expected = 1000.0 * weight;
            #[expect(clippy::cast_precision_loss, reason = "small")]
            let difference = count as f64 - expected;
            difference * difference / expected
        })
        .sum();
    let found = sample_ratio(&parts, 0).unwrap();
    assert!((found.statistic - pearson).abs() < 1e-10, "{found:?}");
    assert_eq!((found.df, found.enough), (2, true));
}

#[test]
fn few_visitors_are_not_enough() {
    assert!(!sample_ratio(&[epoch(&[0.5, 0.5], &[50, 49])], 0).unwrap().enough);
    assert!(!sample_ratio(&[epoch(&[0.98, 0.02], &[150, 3])], 0).unwrap().enough);
    // An arm that never was to get anybody does not count.
    let found = sample_ratio(&[epoch(&[0.5, 0.5, 0.0], &[60, 60, 0])], 0).unwrap();
    assert_eq!((found.enough, found.df), (true, 1));
    let alone = sample_ratio(&[epoch(&[1.0], &[500])], 0).unwrap();
    assert_eq!((alone.df, alone.p.to_bits()), (0, 1.0_f64.to_bits()));
}

#[test]
fn without_a_control_a_row_follows_from_the_others() {
    let found = sample_ratio(&[epoch(&[0.0, 0.6, 0.4], &[0, 55, 45])], 0).unwrap();
    assert!((found.statistic - (25.0 / 60.0 + 25.0 / 40.0)).abs() < 1e-9 && found.df == 1, "{found:?}");
    let even = sample_ratio(&[epoch(&[0.0, 0.5, 0.5], &[0, 60, 40])], 0).unwrap();
    assert!((even.statistic - 4.0).abs() < 1e-9 && even.df == 1 && even.p > 0.04, "{even:?}");
}

#[test]
fn a_visitor_where_nobody_should_be_is_a_fault() {
    let wrong = epoch(&[0.5, 0.5, 0.0], &[500, 500, 1]);
    assert!(sample_ratio(std::slice::from_ref(&wrong), 0).unwrap().p <= 0.0);
    let mut bet = SequentialSampleRatio::new(3, SequentialSampleRatio::CONCENTRATION);
    assert!(bet.observe(&wrong).unwrap().is_finite() && bet.p_anytime() <= 0.0);
}

#[test]
fn lost_exposures_are_found_and_named() {
    let mut bet = SequentialSampleRatio::new(3, SequentialSampleRatio::CONCENTRATION);
    assert_eq!(bet.shortest(), None);
    for _ in 0..20 {
        bet.observe(&epoch(&[0.4, 0.4, 0.2], &[400, 340, 200])).unwrap();
    }
    assert!(bet.p_anytime() < FREEZE);
    let (arm, missing) = bet.shortest().unwrap();
    assert_eq!(arm, 1);
    assert!((missing - (0.4 * 940.0 - 340.0) * 20.0).abs() < 1e-6, "{missing}");
}

/// Every way to put some visitors into three arms, with its probability.
fn outcomes(weights: [f64; 3], visitors: u64) -> Vec<([u64; 3], f64)> {
    let factorial = |n: u64| (1..=n).map(|i| u32::try_from(i).map_or(f64::NAN, f64::from)).product::<f64>();
    let mut all = Vec::new();
    for first in 0..=visitors {
        for second in 0..=visitors - first {
            let counts = [first, second, visitors - first - second];
            let ways = factorial(visitors) / counts.iter().map(|count| factorial(*count)).product::<f64>();
            let chance: f64 = weights.iter().zip(counts).map(|(w, n)| w.powi(i32::try_from(n).unwrap())).product();
            all.push((counts, ways * chance));
        }
    }
    all
}

proptest! {
    #[test]
    fn nobody_wins_by_betting_against_true_weights(
        raw in prop::array::uniform3(0.05..1.0_f64),
        earlier in prop::collection::vec((prop::array::uniform3(0.05..1.0_f64), prop::array::uniform3(0..500_u64)), 0..4),
        visitors in 0..6_u64,
        concentration in 10.0..5000.0_f64,
    ) {
        let sum: f64 = raw.iter().sum();
        let weights = raw.map(|weight| weight / sum);
        let mut bet = SequentialSampleRatio::new(3, concentration);
        let mut before = 0.0;
        for (weights, counts) in &earlier {
            before = bet.observe(&epoch(weights, counts)).unwrap();
        }
        let expected: f64 = outcomes(weights, visitors)
            .into_iter()
            .map(|(counts, chance)| chance * (bet.clone().observe(&epoch(&weights, &counts)).unwrap() - before).exp())
            .sum();
        prop_assert!((expected - 1.0).abs() < 1e-9, "{expected}");
    }

    #[test]
    fn any_counts_have_a_check(raw in prop::array::uniform4(0.0..1.0_f64), counts in prop::array::uniform4(0..1_000_000_000_u64)) {
        prop_assume!(raw.iter().sum::<f64>() > 0.1 && raw[0] > 0.0);
        let epochs = [epoch(&raw, &counts), epoch(&[0.25; 4], &counts)];
        let found = sample_ratio(&epochs, 0).unwrap();
        prop_assert!((0.0..=1.0).contains(&found.p) && found.statistic >= 0.0, "{found:?}");
        let mut scaled = raw;
        scaled.iter_mut().for_each(|weight| *weight *= 7.0);
        let same = sample_ratio(&[epoch(&scaled, &counts), epoch(&[0.25; 4], &counts)], 0).unwrap();
        prop_assert!((same.statistic - found.statistic).abs() <= 1e-6 * found.statistic.max(1e-6));
        let mut bet = SequentialSampleRatio::new(4, 1000.0);
        for epoch in &epochs {
            prop_assert!(bet.observe(epoch).unwrap().is_finite());
        }
    }
}
