//! The e-process: a martingale when nothing is better, for any history, any share and any rate.

use bandit::evidence::{Evidence, HARMS, LIFTS, Prior, threshold, visitors_needed};
use bandit::{BanditError, Counts, Pair};
use proptest::prelude::*;

fn pair(share: f64, control: (u64, u64), variant: (u64, u64)) -> Pair {
    let counts = |(visitors, conversions)| Counts::new(visitors, conversions).unwrap();
    Pair { share, control: counts(control), variant: counts(variant) }
}

/// The expected factor of one more visitor of the pair, all earlier ones given (SPEC 8.3).
fn expected_factor(history: &[Pair], lift: f64, share: f64, control_rate: f64, variant_rate: f64) -> f64 {
    let mut before = Evidence::betting(&[lift], Prior::default()).unwrap();
    history.iter().for_each(|pair| {
        before.observe(pair);
    });
    let factor = |seen: Pair| {
        let mut after = before.clone();
        (after.observe(&seen) - before.log_e()).exp()
    };
    let control = |converts| pair(share, (1, converts), (0, 0));
    let variant = |converts| pair(share, (0, 0), (1, converts));
    (1.0 - share) * (control_rate * factor(control(1)) + (1.0 - control_rate) * factor(control(0)))
        + share * (variant_rate * factor(variant(1)) + (1.0 - variant_rate) * factor(variant(0)))
}

#[test]
fn an_epoch_without_the_challenger_says_nothing() {
    let mut evidence = Evidence::of_lift();
    evidence.observe(&pair(0.5, (100, 3), (100, 9)));
    let before = evidence.log_e();
    assert_eq!(evidence.observe(&pair(0.0, (5000, 300), (0, 0))).to_bits(), before.to_bits());
}

#[test]
fn many_challengers_need_more() {
    assert!((threshold(1, 0.05) - f64::ln(20.0)).abs() < 1e-12);
    assert!((threshold(4, 0.05) - f64::ln(80.0)).abs() < 1e-12);
    assert_eq!(threshold(0, 0.05).to_bits(), threshold(1, 0.05).to_bits());
}

#[test]
fn the_missing_visitors_are_about_right() {
    // SPEC 8.6: two arms, 5 %, +20 %, half the traffic each: about 18,000.
    let needed = visitors_needed(0.0, threshold(1, 0.05), 0.05, 0.2, 0.5).unwrap();
    assert!((17_000.0..19_000.0).contains(&needed), "{needed}");
    assert_eq!(visitors_needed(0.0, 3.0, 0.05, 0.0, 0.5), None);
    assert_eq!(visitors_needed(0.0, 3.0, 0.05, 0.1, 0.0), None);
    assert_eq!(visitors_needed(9.0, 3.0, 0.05, 0.1, 0.5), Some(0.0));
}

#[test]
fn impossible_bets_are_refused() {
    let prior = |conversions, visitors| Prior { conversions, visitors };
    let cases = [
        (&[][..], Prior::default()),
        (&[-1.0], Prior::default()),
        (&[f64::NAN], Prior::default()),
        (&[0.1], prior(0.0, 10.0)),
        (&[0.1], prior(-1.0, 10.0)),
        (&[0.1], prior(11.0, 10.0)),
    ];
    for (lifts, prior) in cases {
        assert_eq!(Evidence::betting(lifts, prior).err(), Some(BanditError::Probability), "{lifts:?} {prior:?}");
    }
}

#[test]
fn what_is_missing_shrinks_without_a_jump() {
    let mut evidence = Evidence::of_lift();
    let needed = |evidence: &Evidence| visitors_needed(evidence.leading(), threshold(1, 0.05), 0.05, 0.2, 0.5).unwrap();
    let start = needed(&evidence);
    evidence.observe(&pair(0.5, (100, 5), (100, 6)));
    assert!((needed(&evidence) / start - 1.0).abs() < 0.05, "{} {start}", needed(&evidence));
}

#[test]
fn the_highest_evidence_stays() {
    let mut evidence = Evidence::of_lift();
    evidence.observe(&pair(0.5, (1000, 30), (1000, 90)));
    let (high, p) = (evidence.log_e_max(), evidence.p_anytime());
    evidence.observe(&pair(0.5, (1000, 90), (1000, 30)));
    assert!(high > 3.0 && evidence.log_e() < 0.0);
    assert_eq!((evidence.log_e_max().to_bits(), evidence.p_anytime().to_bits()), (high.to_bits(), p.to_bits()));
}

fn history() -> impl Strategy<Value = Vec<Pair>> {
    let counts = || {
        (0..5000_u64, 0.0..=1.0_f64).prop_map(|(visitors, rate)| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "small"
            )]
            let conversions = (visitors as f64 * rate) as u64;
            (visitors, conversions)
        })
    };
    prop::collection::vec((0.01..0.99_f64, counts(), counts()), 0..6)
        .prop_map(|epochs| epochs.into_iter().map(|(share, control, variant)| pair(share, control, variant)).collect())
}

proptest! {
    #[test]
    fn nobody_wins_by_betting_on_equal_rates(history in history(), share in 0.01..0.99_f64, rate in 0.0..=1.0_f64, less in 0.0..=1.0_f64) {
        for lift in LIFTS {
            let fair = expected_factor(&history, lift, share, rate, rate);
            prop_assert!((fair - 1.0).abs() < 1e-10, "{lift}: {fair}");
            let worse = expected_factor(&history, lift, share, rate, rate * less);
            prop_assert!(worse <= 1.0 + 1e-10, "{lift}: {worse}");
        }
        for lift in HARMS {
            let fair = expected_factor(&history, lift, share, rate, rate);
            prop_assert!((fair - 1.0).abs() < 1e-10, "{lift}: {fair}");
            let better = expected_factor(&history, lift, share, rate * less, rate);
            prop_assert!(better <= 1.0 + 1e-10, "{lift}: {better}");
        }
    }

    #[test]
    fn any_counts_have_evidence(share in 0.0..=1.0_f64, control in 0..1_000_000_000_u64, variant in 0..1_000_000_000_u64, none: bool) {
        let converted = |visitors: u64| if none { 0 } else { visitors };
        for mut evidence in [Evidence::of_lift(), Evidence::of_harm()] {
            for _ in 0..2 {
                let variant = if share == 0.0 { 0 } else { variant };
                evidence.observe(&pair(share, (control, converted(control)), (variant, converted(variant))));
                prop_assert!(!evidence.log_e().is_nan() && (0.0..=1.0).contains(&evidence.p_anytime()));
            }
        }
    }
}
