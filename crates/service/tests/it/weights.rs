//! Traffic moves to what converts.

use crate::support::{assign, running_site};
use crate::traffic::Traffic;
use domain::{Phase, SiteId};
use testkit::{TestDatabase, TestService, TestServiceBuilder, on_both_databases};
use time::Duration;

on_both_databases!(traffic_moves_to_the_best, quiet_sites_keep_their_epoch);

async fn refresh(test: &TestService) {
    test.clock.advance(Duration::minutes(2));
    test.work().await;
}

async fn traffic_moves_to_the_best(database: TestDatabase) {
    let test = TestServiceBuilder::default().burn_in(20, 0.0).build(database);
    let (viewer, site_id) = running_site(&test).await;
    let favourite = test.service.list_variants(&viewer, site_id).await.unwrap()[2].variant.id;
    let mut traffic = Traffic::new(&test, site_id);
    // The rates are near each other, so that nothing is confirmed and traffic follows P(best).
    traffic.days(5, 200, |id| if id == favourite { 6 } else { 9 }).await;
    let statistics = test.service.statistics(&viewer, site_id).await.unwrap();
    let best = statistics.variants.iter().find(|variant| variant.variant_id == favourite).unwrap();
    assert!(best.prob_best.unwrap() > 0.5, "{best:?}");
    assert!(best.weight.unwrap() > 0.45, "{best:?}");
    assert_eq!(statistics.generation.phase, Phase::Bandit);
    assert!(statistics.epoch > 1);
    let weights: f64 = statistics.variants.iter().filter_map(|variant| variant.weight).sum();
    assert!((weights - 1.0).abs() < 1e-9);
    for variant in &statistics.variants {
        assert_eq!(variant.alpha + variant.beta, 2.0 + f64::from(i32::try_from(variant.visitors).unwrap()));
        let (lower, mean, upper) = (variant.lower.unwrap(), variant.mean.unwrap(), variant.upper.unwrap());
        assert!(lower < mean && mean < upper);
    }
    assert_eq!(statistics.rates.len(), 4);
    assert!(statistics.rates.iter().all(|series| !series.points.is_empty()));
    assert!(statistics.allocation.windows(2).all(|pair| pair[0].epoch < pair[1].epoch));
    // New visitors see the difference.
    let fresh = (0..100).filter(|n| assign(&test, site_id, &format!("new-{n}")).variant_id == favourite).count();
    assert!(fresh > 35, "{fresh} of 100");
}

async fn quiet_sites_keep_their_epoch(database: TestDatabase) {
    let test = TestService::new(database);
    let (_, site_id) = running_site(&test).await;
    let epoch = |site_id: SiteId| {
        let service = test.service.clone();
        async move { service.counters(site_id).await.unwrap().1.unwrap().epoch }
    };
    let before = epoch(site_id).await;
    refresh(&test).await;
    refresh(&test).await;
    assert_eq!(epoch(site_id).await, before, "nothing moved, so nothing is published");
}
