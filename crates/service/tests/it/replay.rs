//! The same events in any order, any number of times, over midnight and over restarts, end in the same counts.

use crate::support::{another_site, visitor};
use domain::{EventId, EventType, IncomingEvent, NotCounted, Outcome, SiteId, VariantId};
use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};
use service::ports::Clock;
use service::{AssignRequest, RequestSource, Service};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use testkit::{TestDatabase, TestService, on_both_databases};
use time::{Duration, OffsetDateTime};

on_both_databases!(
    counters_equal_the_distinct_truth,
    an_early_conversion_waits_for_its_exposure,
    an_exposure_and_its_conversion_meet_in_two_processes,
);

/// How many different events are sent; `cargo xtask torture` asks for many more.
fn events_wanted() -> usize {
    testkit::variable("EVOLOOP_TEST_REPLAYED_EVENTS").and_then(|count| count.parse().ok()).unwrap_or(3_000)
}

struct Dice(TestRng);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.0.next_u64() % u64::try_from(end).unwrap()).unwrap()
    }
}

/// One arrival of an event.
struct Arrival {
    at: OffsetDateTime,
    event: usize,
}

/// Visitors with their events, and everything that arrives, in order.
struct World {
    events: Vec<IncomingEvent>,
    arrivals: Vec<Arrival>,
    /// What must be counted: the variant of each visitor, and who converts.
    exposed: BTreeMap<VariantId, BTreeSet<String>>,
    converted: BTreeMap<VariantId, BTreeSet<String>>,
}

impl World {
    /// An event as its sender sends it. For the proof that this test can fail, senders forget who the visitor is.
    fn sent(&self, service: &Service, event: usize, again: bool) -> IncomingEvent {
        let event = self.events[event].clone();
        if !again || testkit::variable("EVOLOOP_TEST_REPLAY_FORGETS").is_none() {
            return event;
        }
        let name = format!("{}-again", event.visitor_id.as_str());
        let (variant_id, token) = assigned(service, event.site_id, &name);
        crate::support::event(event.site_id, variant_id, &name, event.event_type, token)
    }
}

fn assigned(service: &Service, site_id: SiteId, name: &str) -> (VariantId, Option<String>) {
    let request = AssignRequest { site_id, visitor_id: visitor(name), current: None, automated: false };
    let assignment = service.assign(&request).unwrap();
    (assignment.variant_id, assignment.token)
}

/// Half an hour of visits around midnight. Each event is sent one to five times within twelve hours, so that
/// conversions come before exposures, repeats before the last first, and everything on two days.
fn world(test: &TestService, site_id: SiteId, dice: &mut Dice, wanted: usize) -> World {
    let start = test.clock.now();
    let mut world =
        World { events: Vec::new(), arrivals: Vec::new(), exposed: BTreeMap::new(), converted: BTreeMap::new() };
    for number in 0.. {
        if world.events.len() >= wanted {
            break;
        }
        let name = format!("v-{number}");
        let made = start + Duration::seconds(i64::try_from(dice.below(1800)).unwrap());
        test.clock.set(made);
        let (variant_id, token) = assigned(&test.service, site_id, &name);
        world.exposed.entry(variant_id).or_default().insert(name.clone());
        let mut kinds = vec![EventType::Impression];
        if dice.below(3) == 0 {
            world.converted.entry(variant_id).or_default().insert(name.clone());
            // Some convert twice, which is two events and one conversion.
            kinds.extend(vec![EventType::Conversion; 1 + dice.below(2)]);
        }
        for event_type in kinds {
            let timed = dice.below(4) > 0;
            let milliseconds = u64::try_from(made.unix_timestamp_nanos() / 1_000_000).unwrap();
            let mut random = [0; 16];
            dice.0.fill_bytes(&mut random);
            let tail = random[..10].try_into().unwrap();
            let id = if timed {
                uuid::Builder::from_unix_timestamp_millis(milliseconds, &tail).into_uuid()
            } else {
                uuid::Builder::from_random_bytes(random).into_uuid()
            };
            let event = world.events.len();
            for _ in 0..=dice.below(5) {
                let late = Duration::seconds(i64::try_from(dice.below(12 * 3600)).unwrap());
                world.arrivals.push(Arrival { at: made + late, event });
            }
            let token = token.clone();
            world.events.push(IncomingEvent {
                id: EventId(id),
                ..crate::support::event(site_id, variant_id, &name, event_type, token)
            });
        }
    }
    world.arrivals.sort_by_key(|arrival| arrival.at);
    world
}

async fn counters_equal_the_distinct_truth(database: TestDatabase) {
    let test = TestService::new(database);
    let (_, site_id) = another_site(&test).await;
    // A quarter of an hour before midnight.
    test.clock.set(OffsetDateTime::from_unix_timestamp(1_800_057_600 - 900).unwrap());
    test.service.keep_events().await.unwrap();
    let mut dice = Dice(TestRng::from_seed(RngAlgorithm::ChaCha, &[11; 32]));
    let world = world(&test, site_id, &mut dice, events_wanted());
    let mut service = test.service.clone();
    let mut answered: HashMap<usize, Vec<Outcome>> = HashMap::new();
    let mut arrivals = world.arrivals.iter().peekable();
    let mut restarts = 0;
    while let Some(first) = arrivals.next() {
        let mut batch = vec![first.event];
        let size = 1 + dice.below(50);
        while batch.len() < size
            && let Some(next) = arrivals.next_if(|next| next.at - first.at < Duration::minutes(2))
        {
            batch.push(next.event);
        }
        test.clock.set(first.at);
        let events = batch.iter().map(|event| Ok(world.sent(&service, *event, answered.contains_key(event)))).collect();
        let results = service.ingest(events, RequestSource::default()).await.unwrap();
        for (event, result) in batch.iter().zip(&results) {
            answered.entry(*event).or_default().push(result.outcome);
        }
        if dice.below(40) == 0 {
            // A process that starts knows nothing but what is stored.
            service = test.another_process();
            service.refresh_changed_sites().await.unwrap();
            restarts += 1;
        }
    }
    assert!(restarts > 0, "no restart was tried");
    assert_eq!(answered.len(), world.events.len());
    let early = answered.values().filter(|outcomes| outcomes[0] == Outcome::Stored(NotCounted::NoExposure)).count();
    assert!(early > world.events.len() / 100, "only {early} conversions came before their exposure");

    let (counters, _) = service.counters(site_id).await.unwrap();
    let size = |of: &BTreeMap<VariantId, BTreeSet<String>>, variant| {
        of.get(&variant).map_or(0, |visitors| i64::try_from(visitors.len()).unwrap())
    };
    for row in &counters.variants {
        let truth = (size(&world.exposed, row.variant_id), size(&world.converted, row.variant_id));
        assert_eq!((row.visitors, row.conversions), truth, "of {}", row.variant_id);
    }
    assert_eq!(counters, service.recount(site_id).await.unwrap());
}

fn arrival(
    site_id: SiteId,
    (variant_id, token): &(VariantId, Option<String>),
    name: &str,
    is: EventType,
) -> IncomingEvent {
    crate::support::event(site_id, *variant_id, name, is, token.clone())
}

async fn totals(service: &Service, site_id: SiteId) -> (i64, i64) {
    let (counters, _) = service.counters(site_id).await.unwrap();
    assert_eq!(counters, service.recount(site_id).await.unwrap(), "counters and raw rows must agree");
    counters.variants.iter().fold((0, 0), |total, row| (total.0 + row.visitors, total.1 + row.conversions))
}

async fn an_early_conversion_waits_for_its_exposure(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = another_site(&test).await;
    let send = async |event: IncomingEvent| crate::support::send(&test, event).await;
    let left_out = async || {
        let report = test.service.statistics(&viewer, site_id).await.unwrap().generation;
        let rows = report.left_out.iter().filter(|row| row.reason == NotCounted::NoExposure);
        rows.map(|row| row.conversions).sum::<i64>()
    };
    let shown = assigned(&test.service, site_id, "v-1");
    let conversion = arrival(site_id, &shown, "v-1", EventType::Conversion);
    assert_eq!(send(conversion.clone()).await, Outcome::Stored(NotCounted::NoExposure));
    assert_eq!((totals(&test.service, site_id).await, left_out().await), ((0, 0), 1));
    test.clock.advance(Duration::hours(2));
    assert_eq!(send(arrival(site_id, &shown, "v-1", EventType::Impression)).await, Outcome::Counted);
    assert_eq!((totals(&test.service, site_id).await, left_out().await), ((1, 1), 0), "it counts after all");
    assert_eq!(send(conversion).await, Outcome::Duplicate);
    // One that comes after the exposure takes its place, once.
    let later = arrival(site_id, &shown, "v-1", EventType::Conversion);
    assert_eq!(send(later.clone()).await, Outcome::Counted);
    assert_eq!(send(later).await, Outcome::Duplicate);
    assert_eq!(send(arrival(site_id, &shown, "v-1", EventType::Conversion)).await, Outcome::Duplicate);
    assert_eq!((totals(&test.service, site_id).await, left_out().await), ((1, 1), 0), "one conversion all the time");

    // Without a token it is nobody's.
    let shown = assigned(&test.service, site_id, "v-2");
    let nobodys = IncomingEvent { token: None, ..arrival(site_id, &shown, "v-2", EventType::Conversion) };
    assert_eq!(send(nobodys).await, Outcome::Stored(NotCounted::Unverified));
    assert_eq!(send(arrival(site_id, &shown, "v-2", EventType::Impression)).await, Outcome::Counted);
    assert_eq!(totals(&test.service, site_id).await, (2, 1));

    // A day later it belongs to no exposure that a token still opens.
    let shown = assigned(&test.service, site_id, "v-3");
    send(arrival(site_id, &shown, "v-3", EventType::Conversion)).await;
    test.clock.advance(Duration::hours(25));
    let fresh = assigned(&test.service, site_id, "v-3");
    assert_eq!(send(arrival(site_id, &fresh, "v-3", EventType::Impression)).await, Outcome::Counted);
    assert_eq!(totals(&test.service, site_id).await, (3, 1));
    assert_eq!(test.service.keep_events().await.unwrap(), store::retention::Pruned::default());
    assert_eq!(totals(&test.service, site_id).await, (3, 1));
    assert_eq!(send(arrival(site_id, &fresh, "v-3", EventType::Conversion)).await, Outcome::Counted);
    assert_eq!(totals(&test.service, site_id).await, (3, 2));
}

/// Two processes that see a visitor's exposure and conversion in the same moment do not see each other's.
async fn an_exposure_and_its_conversion_meet_in_two_processes(database: TestDatabase) {
    let test = TestService::new(database);
    let (_, site_id) = another_site(&test).await;
    let other = test.another_process();
    other.refresh_changed_sites().await.unwrap();
    const VISITORS: usize = 60;
    for number in 0..VISITORS {
        let name = format!("v-{number}");
        let shown = assigned(&test.service, site_id, &name);
        let send = |service: &Service, is| {
            let (service, event) = (service.clone(), arrival(site_id, &shown, &name, is));
            async move { service.ingest(vec![Ok(event)], RequestSource::default()).await.unwrap() }
        };
        futures::future::join(send(&test.service, EventType::Conversion), send(&other, EventType::Impression)).await;
    }
    test.service.settle_early_conversions().await.unwrap();
    let expected = i64::try_from(VISITORS).unwrap();
    assert_eq!(totals(&test.service, site_id).await, (expected, expected));
    assert_eq!(test.service.settle_early_conversions().await.unwrap(), 0, "nothing is left");
}
