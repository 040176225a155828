//! P(best) and expected loss: a closed form, invariants, and every size of input.

use bandit::{BanditError, expected_loss, prob_best};
use proptest::prelude::*;

/// P(B > A) for integer parameters by Miller's finite sum (SPEC 3.1), for small counts only.
fn closed_form(a: (u32, u32), b: (u32, u32)) -> f64 {
    let ln_beta = |x: f64, y: f64| libm::lgamma(x) + libm::lgamma(y) - libm::lgamma(x + y);
    let (alpha_a, beta_a) = (f64::from(a.0), f64::from(a.1));
    (0..b.0)
        .map(|i| {
            let (i, beta_b) = (f64::from(i), f64::from(b.1));
            (ln_beta(alpha_a + i, beta_a + beta_b) - ln_beta(1.0 + i, beta_b) - ln_beta(alpha_a, beta_a)).exp()
                / (beta_b + i)
        })
        .sum()
}

#[test]
fn two_arms_meet_the_closed_form() {
    for (a, b) in [((1, 1), (1, 1)), ((3, 40), (7, 30)), ((120, 900), (100, 950)), ((1, 500), (12, 20))] {
        let arms = [a, b].map(|(alpha, beta)| (f64::from(alpha), f64::from(beta)));
        let got = prob_best(&arms).unwrap()[1];
        assert!((got - closed_form(a, b)).abs() < 1e-11, "{a:?} {b:?}: {got}");
    }
}

#[test]
fn numbers_of_arms_have_bounds() {
    assert_eq!(prob_best(&[(2.0, 3.0)]), Ok(vec![1.0]));
    assert_eq!(prob_best(&[]), Err(BanditError::Arms));
    assert_eq!(prob_best(&[(1.0, 1.0); 65]), Err(BanditError::Arms));
    assert_eq!(prob_best(&[(0.0, 1.0)]), Err(BanditError::Parameters));
    for share in prob_best(&[(5.0, 95.0); 64]).unwrap() {
        assert!((share - 1.0 / 64.0).abs() < 1e-12);
    }
    let (loss, maximum) = expected_loss(&[(2.0, 2.0)]).unwrap();
    assert!(loss[0].abs() < 1e-12 && (maximum - 0.5).abs() < 1e-12);
}

#[test]
fn more_conversions_are_never_worse() {
    let mut last = 0.0;
    for conversions in 0..60 {
        let arm = (1.0 + f64::from(conversions), 401.0 - f64::from(conversions));
        let prob = prob_best(&[(21.0, 381.0), arm, (31.0, 371.0)]).unwrap()[1];
        assert!(prob >= last, "{conversions}");
        last = prob;
    }
    assert!(last > 0.99);
}

fn arm() -> impl Strategy<Value = (f64, f64)> {
    (-0.3..8.0_f64, -0.3..8.0_f64).prop_map(|(a, b)| (10_f64.powf(a), 10_f64.powf(b)))
}

proptest! {
    #[test]
    fn probabilities_are_probabilities(arms in prop::collection::vec(arm(), 1..12)) {
        let prob = prob_best(&arms).unwrap();
        prop_assert!((prob.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        prop_assert!(prob.iter().all(|p| (0.0..=1.0).contains(p)), "{prob:?}");
        let (loss, maximum) = expected_loss(&arms).unwrap();
        prop_assert!(loss.iter().all(|loss| (0.0..=1.0).contains(loss)) && (0.0..=1.0).contains(&maximum));
        let mut reversed = arms.clone();
        reversed.reverse();
        let mut back = prob_best(&reversed).unwrap();
        back.reverse();
        for (one, other) in prob.iter().zip(&back) {
            prop_assert!((one - other).abs() < 1e-9, "{one} {other}");
        }
    }

    /// One more conversion instead of a failure makes an arm likelier to be the best, and no other one.
    #[test]
    fn a_conversion_more_raises_its_own_arm_alone(arms in prop::collection::vec(arm(), 2..12), place in any::<prop::sample::Index>()) {
        let place = place.index(arms.len());
        let mut more = arms.clone();
        more[place] = (more[place].0 + 1.0, (more[place].1 - 1.0).max(0.5));
        let (before, after) = (prob_best(&arms).unwrap(), prob_best(&more).unwrap());
        for (arm, (before, after)) in before.iter().zip(&after).enumerate() {
            let rises = if arm == place { after - before } else { before - after };
            prop_assert!(rises >= -1e-9, "{arm}: {before} {after}");
        }
    }

    #[test]
    fn names_do_not_matter(arms in prop::collection::vec(arm(), 2..12), order in prop::collection::vec(any::<u32>(), 12)) {
        let mut places: Vec<usize> = (0..arms.len()).collect();
        places.sort_by_key(|place| order[*place]);
        let shuffled: Vec<(f64, f64)> = places.iter().map(|place| arms[*place]).collect();
        let (straight, mixed) = (prob_best(&arms).unwrap(), prob_best(&shuffled).unwrap());
        for (place, mixed) in places.iter().zip(&mixed) {
            prop_assert!((straight[*place] - mixed).abs() < 1e-9, "{straight:?} {mixed}");
        }
    }
}
