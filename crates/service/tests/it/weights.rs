//! Traffic moves to what converts.

use crate::support::{assign, running_site};
use crate::traffic::Traffic;
use domain::{Phase, SiteId};
use service::AssignRequest;
use testkit::{TestDatabase, TestService, TestServiceBuilder, on_both_databases};
use time::Duration;

on_both_databases!(
    traffic_moves_to_the_best,
    nobody_who_was_exposed_is_moved,
    weights_are_published_when_they_moved_and_not_too_often,
    quiet_sites_keep_their_epoch,
);

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

/// Whoever was exposed keeps their variant through every change of the weights, while it is active.
async fn nobody_who_was_exposed_is_moved(database: TestDatabase) {
    let test = TestServiceBuilder::default().burn_in(20, 0.0).build(database);
    let (viewer, site_id) = running_site(&test).await;
    let favourite = test.service.list_variants(&viewer, site_id).await.unwrap()[2].variant.id;
    let exposed: Vec<_> = (0..300).map(|number| format!("kept-{number}")).collect();
    let first: Vec<_> = exposed.iter().map(|name| assign(&test, site_id, name)).collect();
    let mut traffic = Traffic::new(&test, site_id);
    let mut epochs = std::collections::HashSet::new();
    for _ in 0..5 {
        traffic.days(1, 200, |id| if id == favourite { 6 } else { 9 }).await;
        epochs.insert(test.service.counters(site_id).await.unwrap().1.unwrap().epoch);
        for (name, first) in exposed.iter().zip(&first) {
            let visitor_id = name.parse().unwrap();
            let request = AssignRequest { site_id, visitor_id, current: first.token.clone(), automated: false };
            let again = test.service.assign(&request).unwrap();
            assert_eq!((again.variant_id, again.epoch, &again.token), (first.variant_id, first.epoch, &first.token));
        }
    }
    assert!(epochs.len() > 2, "the weights did change: {epochs:?}");
    let without =
        exposed.iter().zip(&first).filter(|(name, first)| assign(&test, site_id, name).variant_id != first.variant_id);
    assert!(without.count() > 20, "without the token many would have been moved");
}

/// An epoch is a row for good, so weights follow the visitors once an hour, and only when they moved.
async fn weights_are_published_when_they_moved_and_not_too_often(database: TestDatabase) {
    let test = TestServiceBuilder::default().burn_in(20, 0.0).build(database);
    let (viewer, site_id) = running_site(&test).await;
    let favourite = test.service.list_variants(&viewer, site_id).await.unwrap()[2].variant.id;
    let mut traffic = Traffic::new(&test, site_id);
    traffic.days(4, 200, |id| if id == favourite { 7 } else { 9 }).await;
    let now = async || test.service.counters(site_id).await.unwrap().1.unwrap();
    traffic.wait(Duration::hours(2)).await;
    let before = now().await;
    // What matures within the hour moves the posterior, but the weights wait.
    for _ in 0..5 {
        traffic.wait(Duration::minutes(11)).await;
        assert_eq!(now().await.epoch, before.epoch, "once an hour");
    }
    let mut published = 0;
    for _ in 0..48 {
        let last = now().await;
        traffic.wait(Duration::hours(1)).await;
        let next = now().await;
        if next.epoch != last.epoch {
            published += 1;
            let moved = next.weights.iter().zip(&last.weights).map(|(new, old)| (new.weight - old.weight).abs());
            assert!(moved.fold(0.0, f64::max) > 0.005, "{last:?} {next:?}");
        }
    }
    assert!((1..48).contains(&published), "{published} of 48 hours");

    // Each vector follows again from what is stored beside it.
    let site = test.database.store.site_for_operator(site_id).await.unwrap().unwrap();
    for allocation in test.database.store.allocations(&site, 120).await.unwrap() {
        let inputs = test.database.store.allocation_inputs(&site, allocation.epoch).await.unwrap().unwrap();
        let ids: Vec<_> = allocation.weights.iter().map(|arm| arm.variant_id).collect();
        assert_eq!(ids, inputs.posteriors.iter().map(|arm| arm.variant_id).collect::<Vec<_>>());
        let parameters: Vec<_> = inputs.posteriors.iter().map(|arm| (arm.alpha, arm.beta)).collect();
        let prob_best = bandit::prob_best(&parameters).unwrap();
        let place = inputs.phase_variant_id.and_then(|id| ids.iter().position(|arm| *arm == id));
        let phase = match (inputs.phase, place) {
            (Phase::Bandit, _) => bandit::phase::Phase::Bandit,
            (Phase::Confirm, Some(leader)) => bandit::phase::Phase::Confirm { leader },
            _ => bandit::phase::Phase::BurnIn,
        };
        let floors = bandit::allocation::Floors::default();
        let again = bandit::phase::phase_weights(phase, &prob_best, 0, floors).unwrap();
        for (stored, again) in allocation.weights.iter().zip(again) {
            assert!((stored.weight - again).abs() < 1e-12, "{allocation:?} {inputs:?}");
        }
    }
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
