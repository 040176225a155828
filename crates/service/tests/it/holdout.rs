//! Visitors who always see the untouched page.

use crate::support::{assign, event, running_site, send, visitor};
use domain::report::HoldoutReport;
use domain::{EventType, NotCounted, Outcome, SiteId};
use service::{AssignRequest, SiteCounters};
use testkit::{TestDatabase, TestService, TestServiceBuilder, on_both_databases};
use time::Duration;

on_both_databases!(
    the_holdout_counts_apart,
    a_holdout_token_opens_the_control_alone,
    the_gain_is_shown_once_it_is_known,
);

fn with_holdout(database: TestDatabase, fraction: f64) -> TestService {
    TestServiceBuilder::default().holdout_fraction(fraction).build(database)
}

async fn counters(test: &TestService, site_id: SiteId) -> SiteCounters {
    let (counters, _) = test.service.counters(site_id).await.unwrap();
    assert_eq!(counters, test.service.recount(site_id).await.unwrap(), "counters and raw rows must agree");
    counters
}

async fn the_holdout_counts_apart(database: TestDatabase) {
    let test = with_holdout(database, 0.3);
    let (_, site_id) = running_site(&test).await;
    let (mut held_out, mut treated) = ((0, 0), (0, 0));
    for number in 0..60 {
        let name = format!("v-{number}");
        let assignment = assign(&test, site_id, &name);
        assert!(!assignment.holdout || assignment.is_control, "the holdout sees the untouched page");
        let own = if assignment.holdout { &mut held_out } else { &mut treated };
        let new = |event_type| event(site_id, assignment.variant_id, &name, event_type, assignment.token.clone());
        assert_eq!(send(&test, new(EventType::Impression)).await, Outcome::Counted);
        own.0 += 1;
        if number % 3 == 0 {
            assert_eq!(send(&test, new(EventType::Conversion)).await, Outcome::Counted);
            assert_eq!(send(&test, new(EventType::Conversion)).await, Outcome::Duplicate);
            own.1 += 1;
        }
        // The token that the browser keeps changes nothing, whichever it is.
        let kept =
            AssignRequest { site_id, visitor_id: visitor(&name), current: assignment.token.clone(), automated: false };
        assert_eq!(test.service.assign(&kept).unwrap().holdout, assignment.holdout);
    }
    assert!((8..30).contains(&held_out.0) && held_out.1 > 0, "{held_out:?}");
    let found = counters(&test, site_id).await;
    assert_eq!(found.holdout, held_out);
    let sum = found.variants.iter().fold((0, 0), |sum, row| (sum.0 + row.visitors, sum.1 + row.conversions));
    assert_eq!(sum, treated, "the holdout is never among the arms");
}

async fn a_holdout_token_opens_the_control_alone(database: TestDatabase) {
    let test = with_holdout(database, 1.0);
    let (viewer, site_id) = running_site(&test).await;
    let assignment = assign(&test, site_id, "v-1");
    assert!(assignment.holdout && assignment.is_control);
    let variants = test.service.list_variants(&viewer, site_id).await.unwrap();
    let other = variants.iter().find(|found| !found.variant.is_control).unwrap().variant.id;
    let forged = event(site_id, other, "v-1", EventType::Impression, assignment.token.clone());
    assert_eq!(send(&test, forged).await, Outcome::Stored(NotCounted::Unverified));
    let stolen = event(site_id, assignment.variant_id, "v-2", EventType::Impression, assignment.token);
    assert_eq!(send(&test, stolen).await, Outcome::Stored(NotCounted::Unverified));
    assert_eq!(counters(&test, site_id).await.holdout, (0, 0));
}

async fn the_gain_is_shown_once_it_is_known(database: TestDatabase) {
    let test = with_holdout(database, 0.5);
    let (viewer, site_id) = running_site(&test).await;
    let report = async || test.service.statistics(&viewer, site_id).await.unwrap().holdout.unwrap();
    let nothing = HoldoutReport { fraction: 0.5, visitors: 0, conversions: 0, extra: None };
    assert_eq!(report().await, nothing);
    for number in 0..80 {
        let name = format!("v-{number}");
        let assignment = assign(&test, site_id, &name);
        let new = |event_type| event(site_id, assignment.variant_id, &name, event_type, assignment.token.clone());
        send(&test, new(EventType::Impression)).await;
        // The untouched page converts everybody, the variants nobody: they did harm.
        if assignment.holdout {
            send(&test, new(EventType::Conversion)).await;
        }
    }
    let young = report().await;
    assert!(young.visitors > 20 && young.conversions == young.visitors && young.extra.is_none(), "{young:?}");
    test.clock.advance(Duration::hours(74));
    let extra = report().await.extra.unwrap();
    let estimate = extra.estimate.unwrap();
    assert!(extra.lower < estimate && estimate < extra.upper && extra.upper < -20.0, "{extra:?}");
    assert!(extra.prob_positive < 1e-6);
}
