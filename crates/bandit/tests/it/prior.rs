//! Priors from a site's history.

use bandit::Counts;
use bandit::prior::Prior;

fn counts(all: &[(u64, u64)]) -> Vec<Counts> {
    all.iter().map(|(visitors, conversions)| Counts::new(*visitors, *conversions).unwrap()).collect()
}

#[test]
fn without_history_every_rate_is_alike() {
    for history in [&[][..], &[(1000, 50)], &[(0, 0), (1000, 50)], &[(1000, 0), (500, 0)], &[(10, 10), (5, 5)]] {
        assert_eq!(Prior::of_history(&counts(history), 200.0), Prior::UNIFORM, "{history:?}");
    }
}

#[test]
fn arms_that_are_alike_make_a_strong_prior() {
    let alike = Prior::of_history(&counts(&[(10_000, 500), (10_000, 505), (10_000, 495)]), 200.0);
    assert!((alike.worth() - 200.0).abs() < 0.1, "the cap holds: {alike:?}");
    assert!((alike.alpha / alike.worth() - 0.05).abs() < 1e-9);
    let apart = Prior::of_history(&counts(&[(10_000, 100), (10_000, 4000), (10_000, 1500)]), 1e6);
    assert!(apart.worth() < 15.0, "{apart:?}");
}

#[test]
fn a_site_where_hardly_anybody_converts_stays_in_range() {
    for history in [&[(1_000_000, 1), (1_000_000, 0)][..], &[(1_000_000, 1_000_000), (1_000_000, 999_999)]] {
        let prior = Prior::of_history(&counts(history), 100.0);
        assert!(prior.alpha >= 0.5 && prior.beta >= 0.5 && prior.worth() <= 100.0 + 1e-9, "{prior:?}");
        let arm = (prior.alpha, prior.beta);
        let best = bandit::prob_best(&[arm, arm]).unwrap();
        assert!((best[0] - 0.5).abs() < 1e-12, "{best:?}");
    }
}

#[test]
fn the_spread_of_the_rates_is_found() {
    // Rates at the quantiles of Beta(5, 95): a prior worth a hundred visitors.
    let rates = (1..40).map(|index| bandit::quantile(5.0, 95.0, f64::from(index) / 40.0).unwrap());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the rates lie between 0 and 1")]
    let history: Vec<(u64, u64)> = rates.map(|rate| (1_000_000, (rate * 1e6) as u64)).collect();
    let found = Prior::of_history(&counts(&history), 1e6);
    assert!((85.0..135.0).contains(&found.worth()), "{found:?}");
}
