//! How long raw events are kept, and what does not depend on them.

use crate::support::{assign, event, running_site, send};
use domain::{EventId, EventType, NotCounted, Outcome};
use service::ports::Clock;
use store::retention::Pruned;
use testkit::{TestDatabase, TestService, on_both_databases};
use time::{Duration, OffsetDateTime};

on_both_databases!(
    a_repeat_is_known_on_any_day,
    a_day_gets_its_events_when_it_gets_its_place,
    old_events_go_and_counters_stay,
);

/// An identifier made at a time.
fn made_at(time: OffsetDateTime, number: u16) -> EventId {
    let milliseconds = u64::try_from(time.unix_timestamp_nanos() / 1_000_000).unwrap();
    EventId(uuid::Builder::from_unix_timestamp_millis(milliseconds, &[0; 10]).into_uuid()).numbered(number)
}

trait Numbered {
    fn numbered(self, number: u16) -> Self;
}

impl Numbered for EventId {
    fn numbered(self, number: u16) -> Self {
        Self(uuid::Uuid::from_u128(self.0.as_u128() | u128::from(number)))
    }
}

/// Events without a token are stored and recognised by their identifiers alone.
async fn a_repeat_is_known_on_any_day(database: TestDatabase) {
    let test = TestService::new(database);
    let (_, site_id) = running_site(&test).await;
    let variant = assign(&test, site_id, "v-1").variant_id;
    test.service.keep_events().await.unwrap();
    let start = test.clock.now();
    let unverified = |number: u16, made: OffsetDateTime| {
        let name = format!("v-{number}");
        domain::IncomingEvent {
            id: made_at(made, number),
            ..event(site_id, variant, &name, EventType::Impression, None)
        }
    };
    // How many hours before or after its arrival each event says that it was made, and when it is repeated.
    let cases: [(i64, &[i64]); 6] = [
        (0, &[1, 23, 25, 24 * 6, 24 * 7, 24 * 7 + 1, 24 * 30]),
        (-23, &[1, 2, 24, 24 * 8]),
        (24 * 2, &[1, 24 * 2, 24 * 9, 24 * 10]),
        (-24 * 7 - 1, &[1, 24]),
        (24 * 7 + 1, &[1, 2, 24, 24 * 8, 24 * 20]),
        (-24 * 365, &[1, 24 * 30]),
    ];
    for (number, (made, repeats)) in (1_u16..).zip(cases) {
        test.clock.set(start);
        let event = unverified(number, start + Duration::hours(made));
        assert_eq!(send(&test, event.clone()).await, Outcome::Stored(NotCounted::Unverified), "made {made} h from now");
        for hours in repeats {
            test.clock.set(start + Duration::hours(*hours));
            assert_eq!(send(&test, event.clone()).await, Outcome::Duplicate, "made {made} h from now, after {hours} h");
        }
    }
}

/// Events may come before their day has a place of its own; they are moved, and known afterwards.
async fn a_day_gets_its_events_when_it_gets_its_place(database: TestDatabase) {
    let test = TestService::new(database);
    let (_, site_id) = running_site(&test).await;
    let variant = assign(&test, site_id, "v-1").variant_id;
    let now = test.clock.now();
    let early = |number| domain::IncomingEvent {
        id: made_at(now, number),
        ..event(site_id, variant, "v-1", EventType::Impression, None)
    };
    for number in 0..5 {
        assert_eq!(send(&test, early(number)).await, Outcome::Stored(NotCounted::Unverified));
    }
    let all = [test.another_process(), test.another_process(), test.service.clone()];
    for prepared in futures::future::join_all(all.iter().map(service::Service::keep_events)).await {
        assert_eq!(prepared.unwrap(), Pruned::default(), "three processes at once");
    }
    for number in 0..5 {
        assert_eq!(send(&test, early(number)).await, Outcome::Duplicate);
    }
    assert_eq!(send(&test, early(5)).await, Outcome::Stored(NotCounted::Unverified));
}

async fn old_events_go_and_counters_stay(database: TestDatabase) {
    let test = TestService::new(database);
    let (_, site_id) = running_site(&test).await;
    test.service.keep_events().await.unwrap();
    let start = test.clock.now();
    let mut sent = Vec::new();
    for day in [0, 1, 2, 40] {
        test.clock.set(start + Duration::days(day));
        test.service.keep_events().await.unwrap();
        for number in 0..3 {
            let name = format!("v-{day}-{number}");
            let assigned = assign(&test, site_id, &name);
            // One in three has an identifier without a time.
            let id = if number == 0 { EventId(uuid::Uuid::new_v4()) } else { made_at(test.clock.now(), number) };
            let new = event(site_id, assigned.variant_id, &name, EventType::Impression, assigned.token);
            let new = domain::IncomingEvent { id, ..new };
            assert_eq!(send(&test, new.clone()).await, Outcome::Counted);
            sent.push(new);
        }
    }
    let before = test.service.counters(site_id).await.unwrap();
    // Ninety days after the second day: two days are old, with two events that have a time and one that has none each.
    test.clock.set(start + Duration::days(92));
    let pruned = test.service.keep_events().await.unwrap();
    let expected = if test.database.url.is_sqlite() { (0, 6) } else { (2, 2) };
    assert!(pruned.days >= expected.0, "{pruned:?}");
    assert_eq!(pruned.events, expected.1, "{pruned:?}");
    assert_eq!(test.service.keep_events().await.unwrap(), Pruned::default(), "once is enough");
    assert_eq!(test.service.counters(site_id).await.unwrap(), before);
    assert_eq!(test.service.recount(site_id).await.unwrap(), before.0, "a recount needs no raw event");
    for repeat in sent {
        let again = assign(&test, site_id, repeat.visitor_id.as_str());
        let repeat = domain::IncomingEvent { token: again.token, variant_id: again.variant_id, ..repeat };
        assert_eq!(send(&test, repeat).await, Outcome::Duplicate, "a visitor counts once, whatever was deleted");
    }
    assert_eq!(test.service.counters(site_id).await.unwrap(), before);
}
