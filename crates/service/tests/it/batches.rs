//! Many events at once: as if they came one after the other, and none takes another with it.

use crate::support::{assign, event, running_site, send, visitor};
use domain::event::Dropped;
use domain::{EventId, EventType, GoalConfig, GoalId, GoalType, IncomingEvent, NotCounted, Outcome, SiteId, VariantId};
use futures::future::join_all;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use service::{NewGoal, RequestSource, ServiceError};
use std::sync::atomic::{AtomicUsize, Ordering};
use store::ingest::CheckedEvent;
use testkit::{TestDatabase, TestService, on_both_databases};
use time::{Duration, OffsetDateTime};

on_both_databases!(
    a_batch_is_as_good_as_its_events,
    robots_and_their_conversions_meet,
    what_cannot_be_stored_takes_nothing_with_it,
    too_many_are_turned_away,
);

/// An event in outline; everything is an index, so that it can be told of two sites.
#[derive(Debug, Clone)]
struct Outline {
    id: u8,
    visitor: u8,
    variant: usize,
    converts: bool,
    goal: usize,
    not_counted: Option<NotCounted>,
    is_verified: bool,
    is_holdout: bool,
    after_h: i64,
}

fn outlines() -> impl Strategy<Value = Vec<Outline>> {
    let reason = prop_oneof![
        5 => Just(None),
        1 => Just(Some(NotCounted::Bot)),
        1 => Just(Some(NotCounted::Unverified)),
        1 => Just(Some(NotCounted::Missed)),
    ];
    let one = (0..80_u8, 0..9_u8, 0..4_usize, any::<bool>(), 0..2_usize, reason, any::<bool>(), 0..8_u8, 0..90_i64);
    let outline = |(id, visitor, variant, converts, goal, not_counted, is_verified, holdout, after_h)| Outline {
        id,
        visitor,
        variant,
        converts,
        goal,
        not_counted,
        is_verified,
        is_holdout: holdout == 0,
        after_h,
    };
    prop::collection::vec(one.prop_map(outline), 1..60)
}

/// A site with what outlines point to.
struct Numbered {
    site_id: SiteId,
    variants: Vec<VariantId>,
    goals: [GoalId; 2],
    number: u8,
}

impl Numbered {
    async fn new(test: &TestService, viewer: &service::Viewer, number: u8) -> Self {
        let seeded = test.service.seed(1, 3, 0.0).await.unwrap().remove(0);
        let owner = test.service.viewer_for_operator("seed@evoloop.invalid").await.unwrap();
        assert_ne!(&owner, viewer);
        let config = GoalConfig { event_name: Some("other".to_owned()), ..GoalConfig::default() };
        let wanted = NewGoal { name: "Other".to_owned(), kind: GoalType::Event, config };
        let other = test.service.create_goal(&owner, seeded.site_id, wanted).await.unwrap().id;
        let primary = test.service.list_goals(&owner, seeded.site_id).await.unwrap()[0].id;
        let variants = seeded.variants.iter().map(|(id, _)| *id).collect();
        Self { site_id: seeded.site_id, variants, goals: [primary, other], number }
    }

    fn event(&self, outline: &Outline, start: OffsetDateTime) -> CheckedEvent {
        let id = EventId(uuid::Uuid::from_u128(u128::from(self.number) << 64 | u128::from(outline.id)));
        let event_type = if outline.converts { EventType::Conversion } else { EventType::Impression };
        let event = IncomingEvent {
            id,
            ..event(self.site_id, self.variants[outline.variant], &format!("v-{}", outline.visitor), event_type, None)
        };
        CheckedEvent {
            event,
            received_at: start + Duration::hours(outline.after_h),
            not_counted: outline.not_counted,
            is_verified: outline.is_verified,
            epoch: 1,
            is_holdout: outline.is_holdout,
            goal: outline.converts.then_some((self.goals[outline.goal], outline.goal == 0)),
            sample: None,
            visitor_mark: uuid::Uuid::nil(),
            token_issued_s: 0,
        }
    }

    /// What was counted, without names.
    async fn counted(&self, test: &TestService) -> (Vec<(i64, usize, i64, i64, i64)>, (i64, i64)) {
        let (counters, _) = test.service.counters(self.site_id).await.unwrap();
        assert_eq!(counters, test.service.recount(self.site_id).await.unwrap(), "counters and raw rows must agree");
        let place = |id: VariantId| self.variants.iter().position(|variant| *variant == id).unwrap();
        let cells = counters
            .ledger
            .iter()
            .map(|cell| (cell.epoch, place(cell.variant_id), cell.exposure_hour, cell.visitors, cell.conversions));
        let mut cells: Vec<_> = cells.collect();
        cells.sort_unstable();
        (cells, counters.holdout)
    }
}

async fn record(test: &TestService, events: &[CheckedEvent]) -> Vec<Outcome> {
    let write = test.database.store.begin().await.unwrap();
    let outcomes = write.record_events(events, Duration::hours(72)).await.unwrap();
    write.commit().await.unwrap();
    outcomes
}

async fn a_batch_is_as_good_as_its_events(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, _) = running_site(&test).await;
    let mut runner = TestRunner::deterministic();
    let start = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    let mut seen = std::collections::HashSet::new();
    for case in 0..24_u8 {
        let outlines = outlines().new_tree(&mut runner).unwrap().current();
        let alone = Numbered::new(&test, &viewer, 2 * case).await;
        let together = Numbered::new(&test, &viewer, 2 * case + 1).await;
        let mut one_by_one = Vec::new();
        for outline in &outlines {
            one_by_one.extend(record(&test, &[alone.event(outline, start)]).await);
        }
        let events: Vec<CheckedEvent> = outlines.iter().map(|outline| together.event(outline, start)).collect();
        let (first, rest) = events.split_at(events.len() / 3);
        let at_once = [record(&test, first).await, record(&test, rest).await].concat();
        assert_eq!(one_by_one, at_once, "{outlines:#?}");
        assert_eq!(alone.counted(&test).await, together.counted(&test).await, "{outlines:#?}");
        seen.extend(at_once.iter().map(|outcome| format!("{outcome:?}")));
    }
    for wanted in ["Counted", "Duplicate", "Stored(Bot)", "Stored(NoExposure)", "Stored(Late)", "Stored(Missed)"] {
        assert!(seen.contains(wanted), "{wanted} never came: {seen:?}");
    }
}

/// A visitor converts and is found out to be a robot in the same moment, in several processes at once.
async fn robots_and_their_conversions_meet(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = running_site(&test).await;
    let others = [test.another_process(), test.another_process()];
    for other in &others {
        other.refresh_changed_sites().await.unwrap();
    }
    for round in 0..6 {
        let shown: Vec<_> = (0..8)
            .map(|number| format!("v-{round}-{number}"))
            .map(|name| (assign(&test, site_id, &name), name))
            .collect();
        for (shown, name) in &shown {
            let exposure = event(site_id, shown.variant_id, name, EventType::Impression, shown.token.clone());
            assert_eq!(send(&test, exposure).await, Outcome::Counted);
        }
        let turn = AtomicUsize::new(0);
        let sends = shown.iter().flat_map(|(shown, name)| {
            [(EventType::Conversion, false), (EventType::Impression, true), (EventType::Conversion, false)].map(
                |(event_type, automated)| {
                    let service = &others[turn.fetch_add(1, Ordering::Relaxed) % 2];
                    let event = event(site_id, shown.variant_id, name, event_type, shown.token.clone());
                    async move {
                        service
                            .ingest(vec![Ok(event)], RequestSource { automated, ..RequestSource::default() })
                            .await
                            .unwrap()
                    }
                },
            )
        });
        join_all(sends).await;
    }
    let (counters, _) = test.service.counters(site_id).await.unwrap();
    assert_eq!(counters, test.service.recount(site_id).await.unwrap());
    assert!(counters.variants.iter().all(|row| (row.visitors, row.conversions) == (0, 0)), "{counters:?}");
    test.service.statistics(&viewer, site_id).await.unwrap();
}

async fn what_cannot_be_stored_takes_nothing_with_it(database: TestDatabase) {
    let test = TestService::new(database);
    let (_, site_id) = running_site(&test).await;
    let gone = test.service.seed(1, 1, 0.0).await.unwrap().remove(0).site_id;
    let shown: Vec<_> = (0..20).map(|number| (number, assign(&test, gone, &format!("g-{number}")))).collect();
    // Another process deletes the site; this one has not heard of it yet.
    let other = test.another_process();
    let owner = other.viewer_for_operator("seed@evoloop.invalid").await.unwrap();
    other.delete_site(&owner, gone).await.unwrap();
    let mut events = Vec::new();
    for number in 0..20 {
        let name = format!("v-{number}");
        let good = assign(&test, site_id, &name);
        events.push(Ok(event(site_id, good.variant_id, &name, EventType::Impression, good.token)));
        if let Some((_, bad)) = shown.get(number) {
            let name = format!("g-{number}");
            events.push(Ok(event(gone, bad.variant_id, &name, EventType::Impression, bad.token.clone())));
        }
    }
    let results = test.service.ingest(events, RequestSource::default()).await.unwrap();
    for (place, result) in results.iter().enumerate() {
        let wanted = if place % 2 == 0 { Outcome::Counted } else { Outcome::Dropped(Dropped::UnknownSite) };
        assert_eq!(result.outcome, wanted, "{place}");
    }
    let (counters, _) = test.service.counters(site_id).await.unwrap();
    assert_eq!(counters.variants.iter().map(|row| row.visitors).sum::<i64>(), 20);
}

async fn too_many_are_turned_away(database: TestDatabase) {
    let test = TestService::new(database);
    let (_, site_id) = running_site(&test).await;
    let events: Vec<_> = (0..2000)
        .map(|number| {
            let name = format!("v-{number}");
            let shown = assign(&test, site_id, &name);
            event(site_id, shown.variant_id, &name, EventType::Impression, shown.token)
        })
        .collect();
    // Somebody else writes for a while: on SQLite nobody can write beside them, on Postgres these visitors wait.
    let busy = test.database.store.begin().await.unwrap();
    let held = CheckedEvent {
        event: event(site_id, events[0].variant_id, "v-0", EventType::Impression, None),
        received_at: OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap(),
        not_counted: None,
        is_verified: true,
        epoch: 1,
        is_holdout: false,
        goal: None,
        sample: None,
        visitor_mark: uuid::Uuid::nil(),
        token_issued_s: 0,
    };
    busy.record_events(&[held], Duration::hours(72)).await.unwrap();
    let sends =
        join_all(events.into_iter().map(|event| test.service.ingest(vec![Ok(event)], RequestSource::default())));
    let release = async {
        while test.service.events_waiting() < 1024 {
            tokio::task::yield_now().await;
        }
        drop(busy);
    };
    let (answers, ()) = tokio::join!(sends, release);
    let turned_away = answers.iter().filter(|answer| matches!(answer, Err(ServiceError::Busy))).count();
    let stored = answers.iter().filter(|answer| answer.is_ok()).count();
    assert!(turned_away > 500 && stored > 1024 && turned_away + stored == 2000, "{turned_away} {stored}");
    assert_eq!(test.service.events_waiting(), 0);
    let (counters, _) = test.service.counters(site_id).await.unwrap();
    let counted: i64 = counters.variants.iter().map(|row| row.visitors).sum();
    assert_eq!(usize::try_from(counted).unwrap(), stored, "what was turned away is not stored");
    let (shown, name) = (assign(&test, site_id, "later"), visitor("later"));
    let later = event(site_id, shown.variant_id, name.as_str(), EventType::Impression, shown.token);
    assert_eq!(send(&test, later).await, Outcome::Counted);
}
