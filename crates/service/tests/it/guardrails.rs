//! What visits were like: each sample counts once, for its variant and day, and moves nothing else.

use crate::support::{another_site, assign, event, running_site, send, visit};
use domain::report::VariantHealth;
use domain::{Arm, EventType, IncomingEvent, NotCounted, Outcome, SiteId, VariantId};
use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};
use serde_json::{Value, json};
use service::ports::Clock;
use service::{RequestSource, Viewer};
use std::collections::HashMap;
use testkit::{TestDatabase, TestService, TestServiceBuilder, on_both_databases};
use time::Duration;

on_both_databases!(
    samples_sent_again_and_in_any_order_count_once,
    who_is_not_believed_is_in_no_histogram,
    old_samples_leave_the_page_and_then_the_database,
);

async fn health(test: &TestService, viewer: &Viewer, site_id: SiteId) -> Vec<VariantHealth> {
    test.service.statistics(viewer, site_id).await.unwrap().page_health
}

fn sample(test: &TestService, site_id: SiteId, name: &str, metadata: Value) -> IncomingEvent {
    let shown = assign(test, site_id, name);
    let new = event(site_id, shown.variant_id, name, EventType::Guardrail, shown.token);
    IncomingEvent { metadata: Some(metadata), ..new }
}

/// The value of the nearest rank, from all values.
fn p75(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(values.len() * 3).div_ceil(4) - 1]
}

async fn samples_sent_again_and_in_any_order_count_once(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = another_site(&test).await;
    let mut random = TestRng::from_seed(RngAlgorithm::ChaCha, &[5; 32]);
    let mut below = |end: u64| random.next_u64() % end;
    let real = |number: u64| f64::from(u32::try_from(number).unwrap());
    visit(&test, site_id, "somebody", true).await;
    let (before, _) = test.service.counters(site_id).await.unwrap();

    let mut truth: HashMap<VariantId, Vec<[f64; 4]>> = HashMap::new();
    let mut arrivals = Vec::new();
    for number in 0..400 {
        let lcp = real(200 + below(6000)) + 0.25;
        let (inp, cls) = (real(8 + below(900)), real(below(5000)) / 10_000.0);
        let errors = if below(10) == 0 { 1 + below(40) } else { 0 };
        let metadata = json!({"errors": errors, "lcp": lcp, "cls": cls, "inp": inp, "gave_up": below(50) == 0});
        let event = sample(&test, site_id, &format!("v-{number}"), metadata);
        truth.entry(event.variant_id).or_default().push([lcp, inp, cls, real(errors)]);
        for _ in 0..=below(5) {
            arrivals.push((below(u64::MAX), event.clone()));
        }
    }
    arrivals.sort_by_key(|(order, _)| *order);
    let (mut counted, mut service) = (0, test.service.clone());
    while !arrivals.is_empty() {
        let size = usize::try_from(1 + below(50)).unwrap().min(arrivals.len());
        let batch = arrivals.drain(..size).map(|(_, event)| Ok(event)).collect();
        let results = service.ingest(batch, RequestSource::default()).await.unwrap();
        counted += results.iter().filter(|result| result.outcome == Outcome::Counted).count();
        if below(5) == 0 {
            service = test.another_process();
            service.refresh_changed_sites().await.unwrap();
        }
    }
    assert_eq!(counted, 400);

    let told = health(&test, &viewer, site_id).await;
    assert_eq!(told.iter().map(|row| row.samples).sum::<u64>(), 400);
    assert!(told[0].is_control);
    for row in &told {
        let samples = &truth[&row.variant_id];
        assert_eq!(row.samples, u64::try_from(samples.len()).unwrap());
        let figures = [(row.lcp_p75, 0.5), (row.inp_p75, 0.5), (row.cls_p75, 0.00005)];
        for (place, (figure, half)) in figures.into_iter().enumerate() {
            let exact = p75(&mut samples.iter().map(|sample| sample[place]).collect::<Vec<_>>());
            let off = (figure.unwrap() - exact).abs();
            assert!(off <= (exact / 32.0).max(half), "{figure:?} is not {exact}");
        }
        let with_error = samples.iter().filter(|sample| sample[3] > 0.0).count();
        let share = real(u64::try_from(with_error).unwrap()) / real(row.samples);
        assert_eq!(row.error_share, Some(share));
    }
    // Nothing else has moved.
    let (after, _) = test.service.counters(site_id).await.unwrap();
    assert_eq!(before, after);
    assert_eq!(test.service.recount(site_id).await.unwrap(), after);
    assert!(test.service.statistics(&viewer, site_id).await.unwrap().generation.left_out.is_empty());
}

async fn who_is_not_believed_is_in_no_histogram(database: TestDatabase) {
    let test = TestServiceBuilder::default().holdout_fraction(0.5).build(database);
    let (viewer, site_id) = running_site(&test).await;
    let shown = visit(&test, site_id, "v-1", true).await;
    let (before, _) = test.service.counters(site_id).await.unwrap();
    let new = |name: &str| sample(&test, site_id, name, json!({"errors": 1, "gave_up": true}));
    let stored = |reason| Outcome::Stored(reason);
    let unverified = IncomingEvent { token: None, ..new("v-1") };
    assert_eq!(send(&test, unverified).await, stored(NotCounted::Unverified));
    let variants = test.service.list_variants(&viewer, site_id).await.unwrap();
    let another = variants.iter().find(|found| found.variant.id != shown).unwrap().variant.id;
    let of_another = IncomingEvent { variant_id: another, ..new("v-1") };
    assert_eq!(send(&test, of_another).await, stored(NotCounted::Unverified));
    let robot = IncomingEvent { metadata: Some(json!({"errors": 1, "webdriver": true})), ..new("v-1") };
    assert_eq!(send(&test, robot).await, stored(NotCounted::Bot));
    assert_eq!(health(&test, &viewer, site_id).await, []);
    let (after, _) = test.service.counters(site_id).await.unwrap();
    assert_eq!(before, after, "a sample takes nobody out of the counts");
    let report = test.service.statistics(&viewer, site_id).await.unwrap().generation;
    assert!(report.left_out.is_empty(), "it is no exposure and no conversion: {:?}", report.left_out);

    // Who is held out sees the untouched page, so the sample is the control's.
    let names = (0..).map(|number| format!("h-{number}"));
    let held_out = |name: &String| {
        let token = assign(&test, site_id, name).token.unwrap();
        token.parse::<domain::AssignmentToken>().unwrap().arm == Arm::Holdout
    };
    let name = names.into_iter().find(held_out).unwrap();
    assert_eq!(send(&test, new(&name)).await, Outcome::Counted);
    let told = health(&test, &viewer, site_id).await;
    assert_eq!((told.len(), told[0].is_control, told[0].samples, told[0].gave_up), (1, true, 1, 1));
    assert_eq!((told[0].error_share, told[0].lcp_p75), (Some(1.0), None));
}

async fn old_samples_leave_the_page_and_then_the_database(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = running_site(&test).await;
    assert_eq!(send(&test, sample(&test, site_id, "v-1", json!({"lcp": 900}))).await, Outcome::Counted);
    let day = test.clock.now().date();
    test.clock.advance(Duration::days(27));
    assert_eq!(health(&test, &viewer, site_id).await.len(), 1);
    test.clock.advance(Duration::days(1));
    assert_eq!((test.clock.now().date() - day).whole_days(), 28);
    assert_eq!(health(&test, &viewer, site_id).await, []);
    let stored = async || test.database.store.columns_with("lcp").await.unwrap();
    test.service.keep_events().await.unwrap();
    assert_eq!(stored().await, ["events.metadata", "guardrails.metric"]);
    test.clock.advance(Duration::days(63));
    test.service.keep_events().await.unwrap();
    assert_eq!(stored().await, [""; 0]);
}
