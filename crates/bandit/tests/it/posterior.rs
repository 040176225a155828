//! Posteriors: closed forms, refusals, and no surprise at any count.

use bandit::posterior::Posterior;
use bandit::{BanditError, cdf, quantile};
use proptest::prelude::*;

#[test]
fn closed_forms_are_met() {
    for x in [1e-9, 0.1, 0.5, 0.9, 1.0 - 1e-9] {
        let (below, above) = cdf(1.0, 1.0, x).unwrap();
        assert!((below - x).abs() < 1e-14 && (above - (1.0 - x)).abs() < 1e-14);
        let (below, _) = cdf(3.0, 1.0, x).unwrap();
        assert!((below / x.powi(3) - 1.0).abs() < 1e-11, "{x}: {below}");
        assert!((quantile(1.0, 1.0, x).unwrap() / x - 1.0).abs() < 1e-12);
    }
    assert_eq!(cdf(2.0, 3.0, 0.0), Ok((0.0, 1.0)));
    assert_eq!(cdf(2.0, 3.0, 1.0), Ok((1.0, 0.0)));
}

#[test]
fn what_cannot_be_is_refused() {
    assert_eq!(Posterior::from_counts(3, 4).unwrap_err(), BanditError::Conversions);
    for parameter in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e11] {
        assert_eq!(Posterior::from_parameters(parameter, 1.0).unwrap_err(), BanditError::Parameters);
        assert_eq!(Posterior::from_parameters(1.0, parameter).unwrap_err(), BanditError::Parameters);
    }
    for p in [-0.1, 1.1, f64::NAN] {
        assert_eq!(cdf(1.0, 1.0, p), Err(BanditError::Probability));
        assert_eq!(quantile(1.0, 1.0, p), Err(BanditError::Probability));
    }
    assert_eq!(quantile(1.0, 1.0, 0.0), Err(BanditError::Probability));
}

proptest! {
    #[test]
    fn an_interval_holds_its_level(n in 0_u64..1_000_000_000, fraction in 0.0..1.0_f64, level in 0.5..0.999_f64) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a test's choice of counts")]
        let c = ((n as f64) * fraction) as u64;
        let posterior = Posterior::from_counts(n, c).unwrap();
        let (lower, upper) = posterior.credible_interval(level);
        prop_assert!(0.0 <= lower && lower < upper && upper <= 1.0, "{lower} {upper}");
        prop_assert!(posterior.sd() > 0.0 && (0.0..=1.0).contains(&posterior.mean()));
        let (below_lower, _) = cdf(posterior.alpha(), posterior.beta(), lower).unwrap();
        let (_, above_upper) = cdf(posterior.alpha(), posterior.beta(), upper).unwrap();
        let outside = (1.0 - level) / 2.0;
        prop_assert!((below_lower / outside - 1.0).abs() < 1e-6, "{below_lower} {outside}");
        prop_assert!((above_upper / outside - 1.0).abs() < 1e-6 || upper > 1.0 - 1e-9, "{above_upper} {outside}");
    }
}
