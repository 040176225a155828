//! Who is believed: tokens, owners, origins, limits; and that everything that is turned away is told.

use crate::support::{assign, event, running_site, send, visit};
use domain::event::Dropped;
use domain::{EventType, IncomingEvent, NotCounted, Outcome, SiteId};
use serde_json::json;
use service::{RequestSource, ServiceError, SiteUpdate};
use testkit::service::TestServiceBuilder;
use testkit::{TestDatabase, TestService, on_both_databases};
use time::Duration;

on_both_databases!(
    owners_do_not_count,
    an_owners_flag_cannot_be_made_up,
    only_allowed_pages_report,
    a_site_has_a_limit,
    what_is_turned_away_is_told,
    who_says_that_nobody_looked_is_a_robot,
);

async fn totals(test: &TestService, site_id: SiteId) -> (i64, i64) {
    let (counters, _) = test.service.counters(site_id).await.unwrap();
    assert_eq!(counters, test.service.recount(site_id).await.unwrap(), "counters and raw rows must agree");
    counters.variants.iter().fold((0, 0), |total, row| (total.0 + row.visitors, total.1 + row.conversions))
}

/// The flag that the dashboard's link puts into the owner's browser.
async fn owner_flag(test: &TestService, viewer: &service::Viewer, site_id: SiteId) -> String {
    let link = test.service.site_detail(viewer, site_id).await.unwrap().owner_link;
    let link = url::Url::parse(&link).unwrap();
    let flag = link.query_pairs().find(|(name, _)| name == "evo_owner");
    flag.unwrap().1.into_owned()
}

fn exposure(test: &TestService, site_id: SiteId, name: &str) -> IncomingEvent {
    let shown = assign(test, site_id, name);
    event(site_id, shown.variant_id, name, EventType::Impression, shown.token)
}

async fn owners_do_not_count(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = running_site(&test).await;
    let owner = Some(owner_flag(&test, &viewer, site_id).await);
    let flagged = |event: IncomingEvent| IncomingEvent { owner: owner.clone(), ..event };

    assert_eq!(send(&test, flagged(exposure(&test, site_id, "v-1"))).await, Outcome::Stored(NotCounted::Owner));
    visit(&test, site_id, "v-2", true).await;
    visit(&test, site_id, "v-3", true).await;
    assert_eq!(totals(&test, site_id).await, (2, 2));
    // An owner who visited before following the link leaves the counts, with the conversion.
    assert_eq!(send(&test, flagged(exposure(&test, site_id, "v-2"))).await, Outcome::Stored(NotCounted::Owner));
    assert_eq!(totals(&test, site_id).await, (1, 1));
    // Without a token nobody can take another visitor out of the counts, not even an owner.
    let foreign = IncomingEvent { token: None, ..flagged(exposure(&test, site_id, "v-3")) };
    assert_eq!(send(&test, foreign).await, Outcome::Stored(NotCounted::Owner));
    assert_eq!(totals(&test, site_id).await, (1, 1));
    // A browser is known for more than a year.
    test.clock.advance(Duration::days(399));
    assert_eq!(send(&test, flagged(exposure(&test, site_id, "v-4"))).await, Outcome::Stored(NotCounted::Owner));
    test.clock.advance(Duration::days(2));
    assert_eq!(send(&test, flagged(exposure(&test, site_id, "v-5"))).await, Outcome::Counted);
    let statistics = test.service.statistics(&viewer, site_id).await.unwrap();
    let left = statistics.generation.left_out.iter().filter(|row| row.reason == NotCounted::Owner);
    assert_eq!(left.map(|row| row.impressions).sum::<i64>(), 4);
}

async fn an_owners_flag_cannot_be_made_up(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = running_site(&test).await;
    let other = test.service.create_site(&viewer, testkit::service::PAGE_URL).await.unwrap().id;
    let own = owner_flag(&test, &viewer, site_id).await;
    let (issued, seal) = own.split_once('.').unwrap();
    let later = issued.parse::<i64>().unwrap() + 1;
    let foreign = owner_flag(&test, &viewer, other).await;
    let wrong = [
        foreign,
        format!("{later}.{seal}"),
        format!("{issued}."),
        format!("{issued}.{}", &seal[1..]),
        issued.to_owned(),
        format!("{}.{seal}", i64::MAX),
        String::new(),
        "1".to_owned(),
    ];
    for (number, flag) in wrong.into_iter().enumerate() {
        let event = IncomingEvent { owner: Some(flag.clone()), ..exposure(&test, site_id, &format!("v-{number}")) };
        assert_eq!(send(&test, event).await, Outcome::Counted, "{flag}");
    }
}

async fn only_allowed_pages_report(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = running_site(&test).await;
    let allow = async |origins: &str| {
        let update = SiteUpdate { allowed_origins: Some(origins.to_owned()), ..SiteUpdate::default() };
        test.service.update_site(&viewer, site_id, update).await.map(drop)
    };
    let from = async |name: &str, origin: Option<&str>| {
        let source = RequestSource { origin: origin.map(str::to_owned), ..RequestSource::default() };
        test.service.ingest(vec![Ok(exposure(&test, site_id, name))], source).await.unwrap()[0].outcome
    };
    assert_eq!(from("v-1", Some("https://anybody.test")).await, Outcome::Counted, "at first any page may");
    allow("https://kettle.example https://*.kettle.example").await.unwrap();
    assert_eq!(from("v-2", Some("https://kettle.example")).await, Outcome::Counted);
    assert_eq!(from("v-3", Some("https://www.kettle.example")).await, Outcome::Counted);
    assert_eq!(from("v-4", None).await, Outcome::Counted, "no page sent it");
    for foreign in ["https://anybody.test", "http://kettle.example", "null"] {
        assert_eq!(from("v-5", Some(foreign)).await, Outcome::Dropped(Dropped::ForeignOrigin), "{foreign}");
    }
    assert_eq!(totals(&test, site_id).await, (4, 0));
    let detail = test.service.site_detail(&viewer, site_id).await.unwrap();
    assert_eq!(detail.allowed_origins.entries(), ["https://kettle.example", "https://*.kettle.example"]);
    let refused = allow("kettle.example").await;
    assert!(matches!(refused, Err(ServiceError::Invalid { field: Some("allowed_origins"), .. })), "{refused:?}");
    allow("").await.unwrap();
    assert_eq!(from("v-5", Some("https://anybody.test")).await, Outcome::Counted);
}

async fn a_site_has_a_limit(database: TestDatabase) {
    let test = TestServiceBuilder::default().site_event_limit(5).build(database);
    let (_, site_id) = running_site(&test).await;
    let (_, other) = crate::support::another_site(&test).await;
    let burst = async |site_id: SiteId, prefix: &str| {
        let events = (0..8).map(|number| Ok(exposure(&test, site_id, &format!("{prefix}-{number}")))).collect();
        let results = test.service.ingest(events, RequestSource::default()).await.unwrap();
        results.iter().filter(|result| result.outcome == Outcome::Counted).count()
    };
    assert_eq!(burst(site_id, "a").await, 5);
    assert_eq!(burst(site_id, "b").await, 0);
    assert_eq!(burst(other, "b").await, 5, "another site is another matter");
    test.clock.advance(Duration::milliseconds(600));
    assert_eq!(burst(site_id, "c").await, 3);
    test.clock.advance(Duration::hours(1));
    // What is turned away for good takes nothing from the others.
    let foreign = IncomingEvent { variant_id: domain::VariantId(uuid::Uuid::nil()), ..exposure(&test, site_id, "d") };
    for _ in 0..9 {
        assert_eq!(send(&test, foreign.clone()).await, Outcome::Dropped(Dropped::ForeignVariant));
    }
    assert_eq!(burst(site_id, "e").await, 5);
}

async fn what_is_turned_away_is_told(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = running_site(&test).await;
    let dropped = async || {
        test.service.store_requests().await.unwrap();
        test.service.statistics(&viewer, site_id).await.unwrap().generation.dropped
    };
    assert_eq!(dropped().await, []);
    let good = exposure(&test, site_id, "v-1");
    let foreign = IncomingEvent { variant_id: domain::VariantId(uuid::Uuid::nil()), ..good.clone() };
    let goal = Some(domain::GoalId(uuid::Uuid::nil()));
    let unknown_goal = IncomingEvent { event_type: EventType::Conversion, goal_id: goal, ..good.clone() };
    for event in [foreign.clone(), foreign, unknown_goal] {
        assert!(matches!(send(&test, event).await, Outcome::Dropped(_)));
    }
    test.service.note_dropped(Some(site_id), Dropped::Malformed);
    test.service.note_dropped(None, Dropped::Malformed);
    test.clock.advance(Duration::hours(25));
    assert_eq!(send(&test, good).await, Outcome::Dropped(Dropped::TokenExpired));
    let expected =
        [(Dropped::ForeignGoal, 1), (Dropped::ForeignVariant, 2), (Dropped::Malformed, 1), (Dropped::TokenExpired, 1)];
    assert_eq!(dropped().await, expected);
    test.service.refresh_changed_sites().await.unwrap();
    assert_eq!(dropped().await, expected, "stored once");
    test.clock.advance(Duration::days(8));
    assert_eq!(dropped().await, [], "of the last week");
}

async fn who_says_that_nobody_looked_is_a_robot(database: TestDatabase) {
    let test = TestService::new(database);
    let (_, site_id) = running_site(&test).await;
    let cases = [
        (json!({"applied": 1, "missed": 0, "webdriver": true}), Outcome::Stored(NotCounted::Bot)),
        (json!({"applied": 1, "missed": 0, "visible": false}), Outcome::Stored(NotCounted::Bot)),
        (json!({"applied": 1, "missed": 0, "visible": true, "webdriver": false}), Outcome::Counted),
        (json!({"applied": 1, "missed": 0, "visible": "no", "webdriver": 1}), Outcome::Counted),
    ];
    for (number, (metadata, expected)) in cases.into_iter().enumerate() {
        let event = exposure(&test, site_id, &format!("v-{number}"));
        assert_eq!(
            send(&test, IncomingEvent { metadata: Some(metadata.clone()), ..event }).await,
            expected,
            "{metadata}"
        );
    }
}
