//! An erased visitor's name is in no row any more, and nothing that was counted changes.

use crate::support::{another_site, assign, event, running_site, send, visit, visitor};
use domain::event::Dropped;
use domain::{EventType, IncomingEvent, NotCounted, Outcome, SiteId};
use serde_json::json;
use service::{Erased, ForgetError, RequestSource, Service, ServiceError};
use store::schedules::{Lease, Turn};
use testkit::{TestDatabase, TestService, on_both_databases};
use time::Duration;

on_both_databases!(
    nothing_names_an_erased_visitor,
    what_was_under_way_is_turned_away,
    only_those_who_may_erase_do,
    two_visitors_of_a_like_name_are_not_mistaken,
    no_batch_brings_a_name_back,
    an_early_conversion_is_erased_too,
    notes_of_erasures_go,
    an_interrupted_erasure_is_finished_by_another_process,
    a_name_waits_in_the_note_alone,
);

const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

/// Waits until nothing is left to do, whoever does it.
async fn finished(test: &TestService, service: &Service) {
    for _ in 0..400 {
        if test.database.store.noted_erasures().await.unwrap().is_empty() {
            return;
        }
        service.finish_erasures().await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("an erasure does not come to an end");
}

async fn counters(service: &Service, site_id: SiteId) -> service::SiteCounters {
    let (counters, _) = service.counters(site_id).await.unwrap();
    assert!(service.recount(site_id).await.unwrap().counts_like(&counters), "counters and raw rows must agree");
    counters
}

async fn columns_with(test: &TestService, text: &str) -> Vec<String> {
    test.database.store.columns_with(text).await.unwrap()
}

async fn nothing_names_an_erased_visitor(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = running_site(&test).await;
    test.service.keep_events().await.unwrap();
    for number in 0..5 {
        visit(&test, site_id, &format!("other-{number}"), number % 2 == 0).await;
    }
    let shown = assign(&test, site_id, "v-secret");
    let send_one = async |event_type, days: i64| {
        test.clock.advance(Duration::days(days));
        let id = uuid::Builder::from_unix_timestamp_millis(
            u64::try_from(service::ports::Clock::now(&*test.clock).unix_timestamp()).unwrap() * 1000,
            &[u8::try_from(days).unwrap(); 10],
        );
        let new = event(site_id, shown.variant_id, "v-secret", event_type, shown.token.clone());
        let new = IncomingEvent {
            id: domain::EventId(id.into_uuid()),
            metadata: Some(json!({"applied": 1, "note": "v-secret"})),
            ..new
        };
        send(&test, new).await
    };
    assert_eq!(send_one(EventType::Impression, 0).await, Outcome::Counted);
    assert_eq!(send_one(EventType::Conversion, 1).await, Outcome::Counted);
    // Not counted, on the day of another partition, and one without a day.
    let unverified = event(site_id, shown.variant_id, "v-secret", EventType::Impression, None);
    assert_eq!(send(&test, unverified).await, Outcome::Stored(NotCounted::Unverified));
    let before = counters(&test.service, site_id).await;
    let found = columns_with(&test, "v-secret").await;
    let expected = ["events.metadata", "events.visitor_id", "goal_conversions.visitor_id", "visitors.visitor_id"]
        .map(str::to_owned);
    assert_eq!(found, expected);

    let erased = test.service.erase_visitor(&viewer, site_id, " v-secret ").await.unwrap();
    assert_eq!(erased, Some(Erased { exposures: 1, conversions: 1, events: 3 }));
    assert_eq!(columns_with(&test, "v-secret").await, [""; 0]);
    assert_eq!(
        columns_with(&test, "erased:").await,
        ["events.visitor_id", "goal_conversions.visitor_id", "visitors.visitor_id"]
    );
    assert!(counters(&test.service, site_id).await.counts_like(&before));
    // Once more changes nothing.
    let again = test.service.erase_visitor(&viewer, site_id, "v-secret").await.unwrap();
    assert_eq!(again, Some(Erased::default()));
    assert!(counters(&test.service, site_id).await.counts_like(&before));
    assert!(!columns_with(&test, "other-1").await.is_empty());
}

async fn what_was_under_way_is_turned_away(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = running_site(&test).await;
    let shown = assign(&test, site_id, "v-1");
    let token = shown.token.clone().unwrap();
    let new = |event_type| event(site_id, shown.variant_id, "v-1", event_type, shown.token.clone());
    let exposure = new(EventType::Impression);
    assert_eq!(send(&test, exposure.clone()).await, Outcome::Counted);
    let before = counters(&test.service, site_id).await;
    test.service.forget(site_id, &visitor("v-1"), &token).await.unwrap();
    test.service.finish_erasures().await.unwrap();
    let nobodys = IncomingEvent { token: None, ..new(EventType::Impression) };
    let forgotten = Outcome::Dropped(Dropped::Forgotten);
    let under_way =
        [exposure, new(EventType::Impression), new(EventType::Conversion), new(EventType::Guardrail), nobodys];
    for event in under_way {
        assert_eq!(send(&test, event.clone()).await, forgotten, "{event:?}");
    }
    assert_eq!(columns_with(&test, "v-1").await, [""; 0]);
    assert!(counters(&test.service, site_id).await.counts_like(&before));
    // It is told with its reason, as everything that is turned away.
    test.service.store_requests().await.unwrap();
    let told = test.service.statistics(&viewer, site_id).await.unwrap().generation.dropped;
    assert_eq!(told, [(Dropped::Forgotten, 5)]);
    // A process that starts afterwards knows it too.
    let other = test.another_process();
    other.refresh_changed_sites().await.unwrap();
    let results = other.ingest(vec![Ok(new(EventType::Impression))], RequestSource::default()).await.unwrap();
    assert_eq!(results[0].outcome, forgotten);

    // Who comes back under the same name is a new visitor.
    test.clock.advance(Duration::seconds(1));
    visit(&test, site_id, "v-1", true).await;
    let after = counters(&test.service, site_id).await;
    let visitors = |counters: &service::SiteCounters| counters.variants.iter().map(|row| row.visitors).sum::<i64>();
    assert_eq!((visitors(&before), visitors(&after)), (1, 2));
    // The old token stays without effect.
    assert_eq!(send(&test, new(EventType::Conversion)).await, forgotten);
    // And can be erased as such, by the old token too: it proves whose browser this is.
    test.service.forget(site_id, &visitor("v-1"), &token).await.unwrap();
    test.service.finish_erasures().await.unwrap();
    assert!(counters(&test.service, site_id).await.counts_like(&after));
    assert_eq!(columns_with(&test, "v-1").await, [""; 0]);
}

async fn only_those_who_may_erase_do(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = running_site(&test).await;
    let (stranger, elsewhere) = another_site(&test).await;
    visit(&test, site_id, "v-1", false).await;
    let other = assign(&test, site_id, "v-2").token.unwrap();
    let foreign = assign(&test, elsewhere, "v-1").token.unwrap();
    for token in ["", "v1.1.1.h.AAAAAAAAAAAAAAAAAAAAAA", &other, &foreign] {
        let refused = test.service.forget(site_id, &visitor("v-1"), token).await;
        assert!(matches!(refused, Err(ForgetError::WrongToken)), "{token}");
    }
    let unknown = test.service.forget(SiteId(uuid::Uuid::nil()), &visitor("v-1"), &other).await;
    assert!(matches!(unknown, Err(ForgetError::UnknownSite)));
    let refused = test.service.erase_visitor(&stranger, site_id, "v-1").await;
    assert!(matches!(refused, Err(ServiceError::NotFound)));
    let faulty = test.service.erase_visitor(&viewer, site_id, "ada@example.com").await;
    assert!(matches!(faulty, Err(ServiceError::Invalid { field: Some("visitor_id"), .. })));
    assert_eq!(columns_with(&test, "v-1").await, ["events.visitor_id", "visitors.visitor_id"]);
}

async fn two_visitors_of_a_like_name_are_not_mistaken(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = running_site(&test).await;
    let (_, elsewhere) = another_site(&test).await;
    visit(&test, site_id, "v-1", true).await;
    visit(&test, site_id, "v-10", true).await;
    visit(&test, elsewhere, "v-1", true).await;
    test.service.erase_visitor(&viewer, site_id, "v-1").await.unwrap();
    assert!(!columns_with(&test, "v-10").await.is_empty());
    let erased = test.service.erase_visitor_for_operator(elsewhere, "v-1", PATIENCE).await.unwrap();
    assert_eq!(erased, Some(Erased { exposures: 1, conversions: 1, events: 2 }));
}

/// Two processes store the events of visitors who are erased in the same moment by one of them or by both.
async fn no_batch_brings_a_name_back(database: TestDatabase) {
    let test = TestService::new(database);
    let (_, site_id) = another_site(&test).await;
    let other = test.another_replica().await;
    other.refresh_changed_sites().await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    const VISITORS: usize = 40;
    for number in 0..VISITORS {
        let name = format!("v-{number}-end");
        let shown = assign(&test, site_id, &name);
        for (copies, service) in [(3, test.service.clone()), (3, other.clone())] {
            for _ in 0..copies {
                let send = |kind| {
                    let event = event(site_id, shown.variant_id, &name, kind, shown.token.clone());
                    let service = service.clone();
                    async move { service.ingest(vec![Ok(event)], RequestSource::default()).await.unwrap() }
                };
                let (exposure, conversion) = (send(EventType::Impression), send(EventType::Conversion));
                tasks.spawn(async move { drop(futures::future::join(exposure, conversion).await) });
            }
        }
        let service = if number % 2 == 0 { test.service.clone() } else { other.clone() };
        tasks.spawn(async move {
            for _ in 0..number % 5 {
                tokio::time::sleep(std::time::Duration::from_millis(3)).await;
            }
            // Who does not wait leaves the work to the background, as a browser does.
            let patience = if number % 3 == 0 { std::time::Duration::ZERO } else { PATIENCE };
            service.erase_visitor_for_operator(site_id, &name, patience).await.map(drop).unwrap();
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.unwrap();
    }
    test.service.settle_early_conversions().await.unwrap();
    finished(&test, &test.service).await;
    assert_eq!(columns_with(&test, "-end").await, [""; 0]);
    let counted = counters(&test.service, site_id).await;
    let visitors: i64 = counted.variants.iter().map(|row| row.visitors).sum();
    assert!(visitors <= i64::try_from(VISITORS).unwrap(), "{visitors} visitors are more than came");
}

async fn an_early_conversion_is_erased_too(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = running_site(&test).await;
    let shown = assign(&test, site_id, "v-early");
    let conversion = event(site_id, shown.variant_id, "v-early", EventType::Conversion, shown.token.clone());
    assert_eq!(send(&test, conversion).await, Outcome::Stored(NotCounted::NoExposure));
    assert_eq!(columns_with(&test, "v-early").await, ["early_conversions.visitor_id", "events.visitor_id"]);
    let erased = test.service.erase_visitor(&viewer, site_id, "v-early").await.unwrap();
    assert_eq!(erased, Some(Erased { exposures: 0, conversions: 1, events: 1 }));
    assert_eq!(columns_with(&test, "v-early").await, [""; 0]);
    // It waits in vain and ends like any other.
    test.clock.advance(Duration::hours(25));
    assert_eq!(test.service.settle_early_conversions().await.unwrap(), 0);
    assert_eq!(columns_with(&test, "erased:").await, ["events.visitor_id"]);
    counters(&test.service, site_id).await;
}

async fn notes_of_erasures_go(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = running_site(&test).await;
    let shown = assign(&test, site_id, "v-1");
    test.service.erase_visitor(&viewer, site_id, "v-1").await.unwrap();
    let conversion = || event(site_id, shown.variant_id, "v-1", EventType::Conversion, shown.token.clone());
    test.clock.advance(Duration::days(89));
    test.service.keep_events().await.unwrap();
    assert_eq!(send(&test, conversion()).await, Outcome::Dropped(Dropped::Forgotten));
    test.clock.advance(Duration::days(2));
    test.service.keep_events().await.unwrap();
    assert_eq!(send(&test, conversion()).await, Outcome::Stored(NotCounted::NoExposure));
}

/// However far a process came: the lease ends, and another one does the rest.
async fn an_interrupted_erasure_is_finished_by_another_process(database: TestDatabase) {
    let test = TestService::new(database);
    let (_, site_id) = running_site(&test).await;
    let other = test.another_replica().await;
    const VISITORS: u64 = 12;
    for number in 0..VISITORS {
        let name = format!("v-{number}-end");
        visit(&test, site_id, &name, true).await;
    }
    let before = counters(&test.service, site_id).await;
    let mut cut_off = 0;
    for number in 0..VISITORS {
        let token = assign(&test, site_id, &format!("v-{number}-end")).token.unwrap();
        test.service.forget(site_id, &visitor(&format!("v-{number}-end")), &token).await.unwrap();
        let finishing = test.service.clone();
        let finishing = tokio::spawn(async move { finishing.finish_erasures().await });
        tokio::time::sleep(std::time::Duration::from_micros(700 * number)).await;
        finishing.abort();
        cut_off += u64::from(finishing.await.is_err());
        let left = test.database.store.noted_erasures().await.unwrap().len();
        test.clock.advance(Duration::seconds(61));
        other.finish_erasures().await.unwrap();
        let name = format!("v-{number}-end");
        assert_eq!(columns_with(&test, &name).await, [""; 0], "{name}, {left} were left");
        assert!(counters(&other, site_id).await.counts_like(&before));
    }
    assert!(cut_off > 0, "nothing was interrupted");
}

async fn a_name_waits_in_the_note_alone(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = running_site(&test).await;
    let other = test.another_process();
    let shown = assign(&test, site_id, "v-1");
    visit(&test, site_id, "v-1", true).await;
    // A process took the work and died.
    let store = &test.database.store;
    let dead = Lease { name: service::ERASURES, owner: uuid::Uuid::new_v4() };
    let now = service::ports::Clock::now(&*test.clock);
    assert_eq!(store.take_schedule(dead, now, now + Duration::seconds(60)).await.unwrap(), Turn::Ours);
    test.service.forget(site_id, &visitor("v-1"), &shown.token.clone().unwrap()).await.unwrap();
    other.finish_erasures().await.unwrap();
    let places =
        ["erased_visitors.visitor_id", "events.visitor_id", "goal_conversions.visitor_id", "visitors.visitor_id"];
    assert_eq!(columns_with(&test, "v-1").await, places, "somebody has it");
    // Nothing comes under the name any more, and notes that are not done outlast every limit.
    let conversion = || event(site_id, shown.variant_id, "v-1", EventType::Conversion, shown.token.clone());
    assert_eq!(send(&test, conversion()).await, Outcome::Dropped(Dropped::Forgotten));
    let far = now + Duration::days(1_000);
    store.prune_erased(far).await.unwrap();
    assert_eq!(columns_with(&test, "v-1").await, places);
    test.clock.advance(Duration::seconds(61));
    other.finish_erasures().await.unwrap();
    assert_eq!(columns_with(&test, "v-1").await, [""; 0]);
    assert_eq!(columns_with(&test, "erased:").await.len(), 3, "the note holds no name, not even the new one");
    // Once more finds nothing, and then the note may go.
    assert!(
        test.service.erase_visitor(&viewer, site_id, "v-1").await.unwrap().is_some_and(|erased| erased.is_nothing())
    );
    store.prune_erased(far).await.unwrap();
    assert_eq!(send(&test, conversion()).await, Outcome::Stored(NotCounted::NoExposure), "the note is gone");
}
