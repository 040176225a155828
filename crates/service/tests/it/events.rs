//! What counts, what does not, and why.

use crate::support::{assign, event, running_site, send, visit, visitor};
use domain::event::Dropped;
use domain::report::GoalCount;
use domain::{EventType, GoalId, NotCounted, Outcome, SiteId, VariantId};
use serde_json::json;
use service::{AssignError, AssignRequest, NewGoal, RequestSource};
use testkit::{TestDatabase, TestService, on_both_databases};
use time::Duration;

on_both_databases!(
    repeats_count_once,
    what_does_not_count_says_why,
    what_is_dropped_says_why,
    conversions_have_a_window,
    secondary_goals_are_kept_apart,
    a_batch_is_stored_whole,
    a_kept_token_keeps_its_variant,
    the_same_visitor_at_once_counts_once,
    what_is_left_out_is_told,
    who_turns_out_a_robot_leaves_the_counts,
    requests_are_counted_with_the_share_of_robots,
);

async fn totals(test: &TestService, site_id: SiteId) -> (i64, i64) {
    let (counters, _) = test.service.counters(site_id).await.unwrap();
    let recounted = test.service.recount(site_id).await.unwrap();
    assert_eq!(counters, recounted, "counters and raw rows must agree");
    counters.variants.iter().fold((0, 0), |total, row| (total.0 + row.visitors, total.1 + row.conversions))
}

async fn repeats_count_once(database: TestDatabase) {
    let test = TestService::new(database);
    let (_, site_id) = running_site(&test).await;
    let assignment = assign(&test, site_id, "v-1");
    let new = |event_type| event(site_id, assignment.variant_id, "v-1", event_type, assignment.token.clone());
    let exposure = new(EventType::Impression);
    assert_eq!(send(&test, exposure.clone()).await, Outcome::Counted);
    assert_eq!(send(&test, exposure.clone()).await, Outcome::Duplicate, "same event");
    assert_eq!(send(&test, new(EventType::Impression)).await, Outcome::Duplicate, "same visitor");
    let conversion = new(EventType::Conversion);
    assert_eq!(send(&test, conversion.clone()).await, Outcome::Counted);
    assert_eq!(send(&test, conversion).await, Outcome::Duplicate);
    assert_eq!(send(&test, new(EventType::Conversion)).await, Outcome::Duplicate);
    assert_eq!(totals(&test, site_id).await, (1, 1));

    // Another visitor who reuses an event's id is taken for a repeat, and leaves no unit behind.
    let other = assign(&test, site_id, "v-2");
    let mut reused = event(site_id, other.variant_id, "v-2", EventType::Impression, other.token.clone());
    reused.id = exposure.id;
    assert_eq!(send(&test, reused).await, Outcome::Duplicate);
    assert_eq!(totals(&test, site_id).await, (1, 1));
    let mut reused = event(site_id, other.variant_id, "v-2", EventType::Impression, other.token.clone());
    assert_eq!(send(&test, reused.clone()).await, Outcome::Counted);
    reused.event_type = EventType::Conversion;
    assert_eq!(send(&test, reused).await, Outcome::Duplicate);
    assert_eq!(totals(&test, site_id).await, (2, 1));
}

async fn what_does_not_count_says_why(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = running_site(&test).await;
    let assignment = assign(&test, site_id, "v-1");
    let variants = test.service.list_variants(&viewer, site_id).await.unwrap();
    let another = variants.iter().find(|found| found.variant.id != assignment.variant_id).unwrap().variant.id;
    let token = assignment.token.clone();
    let (own, forged) = (format!("v1.{}.", assignment.epoch), format!("v1.{}.", assignment.epoch + 1));
    let tampered = token.as_ref().map(|token| token.replacen(&own, &forged, 1));
    let stored = |reason| Outcome::Stored(reason);
    let cases = [
        (event(site_id, assignment.variant_id, "v-1", EventType::Impression, None), stored(NotCounted::Unverified)),
        (event(site_id, assignment.variant_id, "v-1", EventType::Impression, tampered), stored(NotCounted::Unverified)),
        (
            event(site_id, assignment.variant_id, "v-2", EventType::Impression, token.clone()),
            stored(NotCounted::Unverified),
        ),
        (event(site_id, another, "v-1", EventType::Impression, token.clone()), stored(NotCounted::Unverified)),
        (
            event(site_id, assignment.variant_id, "v-1", EventType::Conversion, token.clone()),
            stored(NotCounted::NoExposure),
        ),
    ];
    for (event, expected) in cases {
        assert_eq!(send(&test, event.clone()).await, expected, "{event:?}");
        assert_eq!(send(&test, event).await, Outcome::Duplicate, "stored once");
    }
    let mut missed = event(site_id, assignment.variant_id, "v-1", EventType::Impression, token.clone());
    missed.metadata = Some(json!({"applied": 0, "missed": 1, "ms": 12}));
    assert_eq!(send(&test, missed).await, Outcome::Stored(NotCounted::Missed));
    let bot = event(site_id, assignment.variant_id, "v-1", EventType::Impression, token);
    let results = test
        .service
        .ingest(vec![Ok(bot)], RequestSource { automated: true, ..RequestSource::default() })
        .await
        .unwrap();
    assert_eq!(results[0].outcome, Outcome::Stored(NotCounted::Bot));
    assert_eq!(totals(&test, site_id).await, (0, 0));

    let request = AssignRequest { site_id, visitor_id: visitor("robot"), current: None, automated: true };
    let shown = test.service.assign(&request).unwrap();
    assert!(shown.is_control && shown.token.is_none(), "automated browsers see the control");
}

async fn what_is_dropped_says_why(database: TestDatabase) {
    let test = TestService::new(database);
    let (_, site_id) = running_site(&test).await;
    let assignment = assign(&test, site_id, "v-1");
    let elsewhere = SiteId(assignment.variant_id.0);
    let unknown = VariantId(site_id.0);
    let new = |site, variant, kind| event(site, variant, "v-1", kind, assignment.token.clone());
    let mut foreign_goal = new(site_id, assignment.variant_id, EventType::Conversion);
    foreign_goal.goal_id = Some(GoalId(site_id.0));
    let cases = [
        (new(elsewhere, assignment.variant_id, EventType::Impression), Dropped::UnknownSite),
        (new(site_id, unknown, EventType::Impression), Dropped::ForeignVariant),
        (foreign_goal, Dropped::ForeignGoal),
    ];
    for (event, expected) in cases {
        assert_eq!(send(&test, event).await, Outcome::Dropped(expected));
    }
    let request = AssignRequest { site_id: elsewhere, visitor_id: visitor("v-1"), current: None, automated: false };
    assert_eq!(test.service.assign(&request).unwrap_err(), AssignError::UnknownSite);
    test.clock.advance(Duration::days(1) + Duration::SECOND);
    let late = new(site_id, assignment.variant_id, EventType::Impression);
    assert_eq!(send(&test, late).await, Outcome::Dropped(Dropped::TokenExpired));
    assert_eq!(totals(&test, site_id).await, (0, 0));
}

async fn conversions_have_a_window(database: TestDatabase) {
    let test = TestService::new(database);
    let (_, site_id) = running_site(&test).await;
    for (name, after, expected) in [
        ("in-time", Duration::hours(72), Outcome::Counted),
        ("too-late", Duration::hours(72) + Duration::SECOND, Outcome::Stored(NotCounted::Late)),
    ] {
        let assignment = assign(&test, site_id, name);
        visit(&test, site_id, name, false).await;
        test.clock.advance(after);
        let conversion = event(site_id, assignment.variant_id, name, EventType::Conversion, assignment.token);
        assert_eq!(send(&test, conversion).await, expected, "{name}");
    }
    assert_eq!(totals(&test, site_id).await, (2, 1));
}

async fn secondary_goals_are_kept_apart(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = running_site(&test).await;
    let config = domain::GoalConfig { event_name: Some("signup".to_owned()), ..Default::default() };
    let new = NewGoal { name: "Sign-up".to_owned(), kind: domain::GoalType::Event, config };
    let goal = test.service.create_goal(&viewer, site_id, new).await.unwrap();
    visit(&test, site_id, "v-1", false).await;
    let assignment = assign(&test, site_id, "v-1");
    let mut conversion = event(site_id, assignment.variant_id, "v-1", EventType::Conversion, assignment.token);
    conversion.goal_id = Some(goal.id);
    conversion.value = Some(49.5);
    assert_eq!(send(&test, conversion).await, Outcome::Counted);
    let reached = test.service.statistics(&viewer, site_id).await.unwrap().goals;
    assert_eq!(reached, [GoalCount { goal_id: goal.id, visitors: 1, value: Some(49.5) }], "and the owner sees it");
    assert_eq!(totals(&test, site_id).await, (1, 0), "statistics count the primary goal alone");
}

async fn a_batch_is_stored_whole(database: TestDatabase) {
    let test = TestService::new(database);
    let (_, site_id) = running_site(&test).await;
    let mut batch = Vec::new();
    for name in ["a", "b", "c"] {
        let assignment = assign(&test, site_id, name);
        for kind in [EventType::Impression, EventType::Conversion] {
            batch.push(Ok(event(site_id, assignment.variant_id, name, kind, assignment.token.clone())));
        }
        batch.push(Err(Dropped::Malformed));
    }
    let results = test.service.ingest(batch, RequestSource::default()).await.unwrap();
    let counted = results.iter().filter(|result| result.outcome == Outcome::Counted).count();
    assert_eq!((results.len(), counted), (9, 6));
    assert_eq!(results[2].outcome, Outcome::Dropped(Dropped::Malformed));
    assert_eq!(totals(&test, site_id).await, (3, 3));
    let nothing = test.service.ingest(vec![Err(Dropped::Malformed)], RequestSource::default()).await.unwrap();
    assert_eq!(nothing.len(), 1);
}

async fn a_kept_token_keeps_its_variant(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = running_site(&test).await;
    let ask = |name: &str, current: Option<String>| {
        let request = AssignRequest { site_id, visitor_id: visitor(name), current, automated: false };
        test.service.assign(&request).unwrap()
    };
    // Somebody who is not in the control by hash, so that killing the variant must move them.
    let name = (0..100).map(|n| format!("v-{n}")).find(|name| !ask(name, None).is_control).unwrap();
    let first = ask(&name, None);
    test.clock.advance(Duration::MINUTE);
    let kept = ask(&name, first.token.clone());
    assert_eq!((kept.variant_id, &kept.token), (first.variant_id, &first.token));
    assert_ne!(ask("somebody-else", first.token.clone()).token, first.token, "a token is its visitor's alone");
    test.service
        .act_on_variant(&viewer, site_id, first.variant_id, domain::variant::VariantAction::Kill)
        .await
        .unwrap();
    assert_ne!(ask(&name, first.token).variant_id, first.variant_id);
}

async fn the_same_visitor_at_once_counts_once(database: TestDatabase) {
    let test = TestService::new(database);
    let (_, site_id) = running_site(&test).await;
    let assignment = assign(&test, site_id, "v-1");
    let sends = (0..16).map(|_| {
        let exposure = event(site_id, assignment.variant_id, "v-1", EventType::Impression, assignment.token.clone());
        send(&test, exposure)
    });
    let outcomes = futures::future::join_all(sends).await;
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Outcome::Counted).count(), 1);
    assert_eq!(totals(&test, site_id).await, (1, 0));
}

async fn who_turns_out_a_robot_leaves_the_counts(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = running_site(&test).await;
    let mut tokens = Vec::new();
    for number in 0..6 {
        let name = format!("v-{number}");
        let shown = assign(&test, site_id, &name);
        tokens.push((name.clone(), shown.clone()));
        send(&test, event(site_id, shown.variant_id, &name, EventType::Impression, shown.token.clone())).await;
        test.clock.advance(Duration::hours(2));
        if number < 3 {
            send(&test, event(site_id, shown.variant_id, &name, EventType::Conversion, shown.token)).await;
        }
    }
    assert_eq!(totals(&test, site_id).await, (6, 3));
    let flag = async |place: usize, token: Option<String>| {
        let (name, shown) = &tokens[place];
        let again = event(site_id, shown.variant_id, name, EventType::Impression, token);
        let results = test
            .service
            .ingest(vec![Ok(again)], RequestSource { automated: true, ..RequestSource::default() })
            .await
            .unwrap();
        assert_eq!(results[0].outcome, Outcome::Stored(NotCounted::Bot));
    };
    // Anybody can call themselves a robot of somebody else's name; only the token proves the name.
    flag(0, None).await;
    assert_eq!(totals(&test, site_id).await, (6, 3));
    flag(0, tokens[0].1.token.clone()).await;
    assert_eq!(totals(&test, site_id).await, (5, 2), "with its conversion");
    flag(4, tokens[4].1.token.clone()).await;
    flag(4, tokens[4].1.token.clone()).await;
    assert_eq!(totals(&test, site_id).await, (4, 2), "once");
    let (name, shown) = &tokens[4];
    let late = event(site_id, shown.variant_id, name, EventType::Conversion, shown.token.clone());
    assert_eq!(send(&test, late).await, Outcome::Stored(NotCounted::Bot), "and nothing of it counts any more");
    let statistics = test.service.statistics(&viewer, site_id).await.unwrap();
    assert_eq!(statistics.goals.iter().map(|goal| goal.visitors).sum::<i64>(), 2);
    // Two visitors who left with one conversion, two more robots' events, and the late conversion.
    let left = statistics.generation.left_out.iter().filter(|row| row.reason == NotCounted::Bot);
    let left = left.fold((0, 0), |sum, row| (sum.0 + row.impressions, sum.1 + row.conversions));
    assert_eq!(left, (4, 2));
}

async fn requests_are_counted_with_the_share_of_robots(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = running_site(&test).await;
    let requests = async || {
        test.service.store_requests().await.unwrap();
        let report = test.service.statistics(&viewer, site_id).await.unwrap().generation;
        (report.requests, report.automated_requests)
    };
    for number in 0..10 {
        let visitor_id = format!("v-{number}").parse().unwrap();
        let request = AssignRequest { site_id, visitor_id, current: None, automated: number < 4 };
        test.service.assign(&request).unwrap();
    }
    assert_eq!(requests().await, (10, 4));
    test.service.refresh_changed_sites().await.unwrap();
    assign(&test, site_id, "v-11");
    assert_eq!(requests().await, (11, 4), "a new snapshot goes on counting");
    test.clock.advance(Duration::days(8));
    assert_eq!(requests().await, (0, 0), "of the last week");
}

async fn what_is_left_out_is_told(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = running_site(&test).await;
    let report = async || {
        let report = test.service.statistics(&viewer, site_id).await.unwrap().generation;
        let of = |reason| {
            let rows = report.left_out.iter().filter(|row| row.reason == reason);
            rows.fold((0, 0), |sum, row| (sum.0 + row.impressions, sum.1 + row.conversions))
        };
        (of(NotCounted::Bot), of(NotCounted::Unverified), report.saw_another)
    };
    let shown = assign(&test, site_id, "v-1");
    let exposure = |name: &str, token| event(site_id, shown.variant_id, name, EventType::Impression, token);
    // A robot is given no token.
    let bot = exposure("v-1", None);
    let results = test
        .service
        .ingest(vec![Ok(bot.clone()); 2], RequestSource { automated: true, ..RequestSource::default() })
        .await
        .unwrap();
    let outcomes: Vec<Outcome> = results.iter().map(|result| result.outcome).collect();
    assert_eq!(outcomes, [Outcome::Stored(NotCounted::Bot), Outcome::Duplicate]);
    send(&test, exposure("v-2", None)).await;
    send(&test, event(site_id, shown.variant_id, "v-2", EventType::Conversion, None)).await;
    assert_eq!(report().await, ((1, 0), (1, 1), 0), "a repeat is left out once");

    // Two visitors report a second variant: the one whose first is still active is a fault, the other is not.
    let mut changed = 0;
    for number in 0..40 {
        let name = format!("w-{number}");
        let first = assign(&test, site_id, &name);
        send(&test, event(site_id, first.variant_id, &name, EventType::Impression, first.token)).await;
        if changed < 2 && !first.is_control {
            changed += 1;
            if changed == 2 {
                let kill = domain::variant::VariantAction::Kill;
                test.service.act_on_variant(&viewer, site_id, first.variant_id, kill).await.unwrap();
            }
            let other = elsewhere(&test, site_id, &name, first.variant_id).await;
            assert_eq!(send(&test, other.clone()).await, Outcome::Duplicate);
            send(&test, domain::IncomingEvent { id: domain::EventId(uuid::Uuid::new_v4()), ..other }).await;
        }
    }
    assert_eq!((changed, report().await), (2, ((1, 0), (1, 1), 1)));
}

/// The same visitor with an honest token of another variant, as when the first one was paused for a while.
async fn elsewhere(test: &TestService, site_id: SiteId, name: &str, first: VariantId) -> domain::IncomingEvent {
    let viewer = test.service.viewer_for_operator("owner@example.com").await.unwrap();
    let act = async |action| test.service.act_on_variant(&viewer, site_id, first, action).await;
    let is_active = act(domain::variant::VariantAction::Pause).await.is_ok();
    let other = assign(test, site_id, name);
    if is_active {
        act(domain::variant::VariantAction::Resume).await.unwrap();
    }
    assert_ne!(other.variant_id, first);
    event(site_id, other.variant_id, name, EventType::Impression, other.token)
}
