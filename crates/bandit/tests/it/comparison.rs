//! Lift and extra conversions: symmetry, agreement with P(best), and every size of counts.

use bandit::holdout::extra_conversions;
use bandit::posterior::Posterior;
use bandit::{BanditError, Counts, Lift, prob_beats, prob_best};
use proptest::prelude::*;

fn posterior(visitors: u64, conversions: u64) -> Posterior {
    Posterior::from_counts(visitors, conversions).unwrap()
}

fn counts() -> impl Strategy<Value = (u64, u64)> {
    (0.0..9.0_f64, 0.0..=1.0_f64, 0..4_u8).prop_map(|(size, rate, shape)| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the sizes are small")]
        let whole = |number: f64| number as u64;
        let visitors = whole(10_f64.powf(size));
        // Rates of real pages, any rate, none and all.
        let conversions = match shape {
            0 => whole(10_f64.powf(size) * rate * 0.1),
            1 => whole(10_f64.powf(size) * rate),
            2 => 0,
            _ => visitors,
        };
        (visitors, conversions.min(visitors))
    })
}

#[test]
fn equal_arms_have_no_lift() {
    for (visitors, conversions) in [(0, 0), (10, 0), (10, 10), (1000, 50), (1_000_000_000, 50_000_000)] {
        let arm = posterior(visitors, conversions);
        let lift = Lift::between(&arm, &arm, 0.95);
        assert!((lift.prob_beats_control - 0.5).abs() < 1e-10 && lift.median.abs() < 1e-9, "{visitors}: {lift:?}");
    }
}

#[test]
fn a_strong_control_is_never_beaten_by_more_than_can_be() {
    // The control converts 90 %: no rate can be more than 1 / 0.9 times that.
    let lift = Lift::between(&posterior(10_000, 9000), &posterior(10_000, 9990), 0.95);
    assert!(lift.prob_beats_control > 1.0 - 1e-12 && lift.lower > 0.10 && lift.upper < 0.125, "{lift:?}");
}

#[test]
fn impossible_counts_are_refused() {
    assert_eq!(Counts::new(1, 2), Err(BanditError::Conversions));
    let none = Counts::NONE;
    assert_eq!(extra_conversions(none, none, (0.0, 1.0), 0.95), Err(BanditError::Parameters));
}

#[test]
fn harm_is_as_plain_as_gain() {
    let (good, bad) = (Counts::new(10_000, 600).unwrap(), Counts::new(10_000, 500).unwrap());
    let gain = extra_conversions(good, bad, (1.0, 1.0), 0.95).unwrap();
    let harm = extra_conversions(bad, good, (1.0, 1.0), 0.95).unwrap();
    assert!(gain.lower > 0.0 && gain.prob_positive > 0.99, "{gain:?}");
    assert!((gain.extra_conversions + harm.extra_conversions).abs() < 1e-8);
    assert!((gain.lower + harm.upper).abs() < 1e-6 && (gain.upper + harm.lower).abs() < 1e-6, "{gain:?} {harm:?}");
    assert!((gain.prob_positive + harm.prob_positive - 1.0).abs() < 1e-10);
}

/// Nobody of the treated converted: the range of the difference begins exactly where the variant's rate is 0.
#[test]
fn treated_without_conversions_have_their_interval() {
    // Found by numerical integration with 40 digits.
    let cases = [
        ((10, 0), (0, 0), -9.239_016_8, f64::NAN),
        ((10, 0), (300, 12), -0.489_220_3, f64::NAN),
        ((1000, 0), (60, 3), -136.0926, f64::NAN),
        ((950, 0), (50, 3), f64::NAN, -19.649_08),
        ((1, 0), (10, 1), -0.263_111_4, f64::NAN),
        ((962_068, 0), (4, 0), f64::NAN, -4_858.177_827_126_3),
    ];
    for (treated, holdout, lower, upper) in cases {
        let counts = |(visitors, conversions)| Counts::new(visitors, conversions).unwrap();
        let found = extra_conversions(counts(treated), counts(holdout), (1.0, 1.0), 0.95).unwrap();
        for (found, expected) in [(found.lower, lower), (found.upper, upper)] {
            assert!(expected.is_nan() || (found / expected - 1.0).abs() < 2e-7, "{treated:?} {holdout:?}: {found}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_counts_have_a_lift(control in counts(), variant in counts()) {
        let (control, variant) = (posterior(control.0, control.1), posterior(variant.0, variant.1));
        let lift = Lift::between(&control, &variant, 0.95);
        prop_assert!(lift.lower >= -1.0 && lift.lower <= lift.median && lift.median <= lift.upper, "{lift:?}");
        prop_assert!(lift.upper.is_finite() && (0.0..=1.0).contains(&lift.prob_beats_control), "{lift:?}");
        let arms = [(control.alpha(), control.beta()), (variant.alpha(), variant.beta())];
        let best = prob_best(&arms).unwrap()[1];
        prop_assert!((lift.prob_beats_control - best).abs() < 1e-9, "{best} {lift:?}");
        if (lift.prob_beats_control - 0.975).abs() > 1e-9 {
            prop_assert_eq!(lift.lower > 0.0, lift.prob_beats_control > 0.975, "{:?}", lift);
        }
        let back = Lift::between(&variant, &control, 0.95);
        prop_assert!(((1.0 + lift.median) * (1.0 + back.median) - 1.0).abs() < 1e-7, "{lift:?} {back:?}");
        prop_assert!((prob_beats(&control, &variant) + prob_beats(&variant, &control) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn any_counts_have_extra_conversions(treated in counts(), holdout in counts()) {
        let (treated, holdout) = (Counts::new(treated.0, treated.1).unwrap(), Counts::new(holdout.0, holdout.1).unwrap());
        let extra = extra_conversions(treated, holdout, (1.0, 1.0), 0.95).unwrap();
        prop_assert!(extra.lower.is_finite() && extra.lower <= extra.upper, "{extra:?}");
        let arm = |counts: Counts| posterior(counts.visitors(), counts.conversions());
        let beats = prob_beats(&arm(holdout), &arm(treated));
        prop_assert!((extra.prob_positive - beats).abs() < 1e-9, "{beats} {extra:?}");
        // Per visitor the other way round mirrors everything.
        let back = extra_conversions(holdout, treated, (1.0, 1.0), 0.95).unwrap();
        #[expect(clippy::cast_precision_loss, reason = "counts are small")]
        let rate = |sum: f64, counts: Counts| sum / counts.visitors() as f64;
        if treated.visitors() > 0 && holdout.visitors() > 0 {
            let ends = [(extra.lower, back.upper), (extra.upper, back.lower)];
            for (own, mirrored) in ends.map(|(own, other)| (rate(own, treated), -rate(other, holdout))) {
                prop_assert!((own - mirrored).abs() < 1e-6 * own.abs().max(1e-3), "{own} {mirrored} {extra:?} {back:?}");
            }
        }
    }
}
