//! What a generation is computed from, and how one follows another.

use crate::site::site;
use crate::support::{assign, event, send};
use crate::traffic::{Traffic, send_all};
use domain::decision::DecisionAnswer;
use domain::{AutonomyMode, DecisionEvidence, DecisionKind, EventType, Outcome, Phase, VariantStatus};
use service::ServiceError;
use testkit::{TestDatabase, TestService, on_both_databases};
use time::Duration;

on_both_databases!(
    a_wrong_split_freezes_until_a_new_generation,
    a_winner_is_challenged_in_a_new_generation,
    late_conversions_count_where_the_visitor_came,
    a_second_process_decides_the_same,
);

async fn a_wrong_split_freezes_until_a_new_generation(database: TestDatabase) {
    let test = TestService::new(database);
    let site = site(&test, AutonomyMode::FullAuto).await;
    let lost = site.arms[3];
    // Half of one variant's visitors never report that they saw it.
    let mut events = Vec::new();
    for number in 0..1400 {
        let name = format!("lost-{number}");
        let assignment = assign(&test, site.id, &name);
        if assignment.variant_id != lost || number % 2 == 0 {
            events.push(event(site.id, assignment.variant_id, &name, EventType::Impression, assignment.token));
        }
    }
    send_all(&test, events).await;
    test.clock.advance(Duration::hours(1));
    test.work().await;
    let journal = site.journal(&test).await;
    let [line] = journal.as_slice() else { unreachable!("one line: {journal:?}") };
    assert_eq!((line.kind, line.variant_id), (DecisionKind::Freeze, Some(lost)));
    let DecisionEvidence::Split { p_anytime, missing, .. } = line.evidence else { unreachable!("about the split") };
    assert!(p_anytime < 0.001 && missing > 50.0, "{line:?}");
    assert!(line.sentence.contains("visitors fewer than its share"), "{}", line.sentence);
    assert_eq!(site.report(&test).await.phase, Phase::Frozen);
    test.clock.advance(Duration::hours(1));
    test.work().await;
    assert_eq!(site.journal(&test).await.len(), 1, "it is said once");
    // Good visitors dilute what was lost, but what was counted wrongly stays wrong.
    let mut traffic = Traffic::new(&test, site.id);
    traffic.days(4, 3000, |_| 0).await;
    let report = site.report(&test).await;
    assert!(report.split_p > 0.001, "the split alone looks well again: {}", report.split_p);
    assert_eq!((report.phase, site.journal(&test).await.len()), (Phase::Frozen, 1));
    let refused = site.answer(&test, line, DecisionAnswer::Undo).await.unwrap_err();
    assert!(matches!(refused, ServiceError::Conflict(_)), "{refused:?}");

    let before = test.service.counters(site.id).await.unwrap().1.unwrap().epoch;
    test.service.restart_generation(&site.viewer, site.id).await.unwrap();
    let report = site.report(&test).await;
    assert_eq!((report.phase, report.fewest_visitors), (Phase::BurnIn, 0), "fresh evidence");
    assert!(report.split_p > 0.9);
    assert_eq!(report.prior_worth, 2.0, "nothing is carried over");
    assert_eq!(site.journal(&test).await[0].kind, DecisionKind::Restart);
    let (counters, allocation) = test.service.counters(site.id).await.unwrap();
    assert!(counters.variants.iter().map(|row| row.visitors).sum::<i64>() > 12_000, "what was counted stays");
    assert_eq!(allocation.unwrap().epoch, before + 1, "even again, but another epoch");
}

async fn a_winner_is_challenged_in_a_new_generation(database: TestDatabase) {
    let test = TestService::new(database);
    let site = site(&test, AutonomyMode::FullAuto).await;
    let mut traffic = Traffic::new(&test, site.id);
    traffic.days(7, 600, site.one_in()).await;
    assert_eq!(site.status(&test, 2).await, VariantStatus::Winner);
    test.service.generate(&site.viewer, site.id).await.unwrap();
    test.work().await;
    let variants = test.service.list_variants(&site.viewer, site.id).await.unwrap();
    let fresh = variants.iter().find(|row| row.variant.status == VariantStatus::PendingReview).unwrap().variant.id;
    let action = domain::variant::VariantAction::Approve;
    test.service.act_on_variant(&site.viewer, site.id, fresh, action).await.unwrap();
    let report = site.report(&test).await;
    assert_eq!((report.phase, report.fewest_visitors), (Phase::BurnIn, 0));
    assert!(report.prior_worth > 2.0 && report.prior_worth <= 100.0, "history is worth something: {report:?}");
    let allocation = test.service.counters(site.id).await.unwrap().1.unwrap();
    let even = 1.0 / f64::from(u32::try_from(allocation.weights.len()).unwrap());
    assert!(allocation.weights.iter().all(|arm| (arm.weight - even).abs() < 1e-9), "{allocation:?}");
    assert!(allocation.weights.iter().any(|arm| arm.variant_id == fresh));
    let (counters, _) = test.service.counters(site.id).await.unwrap();
    assert_eq!(counters, test.service.recount(site.id).await.unwrap());
    for row in &counters.variants {
        let seen = f64::from(i32::try_from(row.visitors).unwrap());
        assert_eq!(row.alpha + row.beta, 2.0 + seen, "what the prior was learned from does not count twice");
    }

    traffic.days(8, 600, move |id| if id == fresh { 3 } else { 12 }).await;
    let variants = test.service.list_variants(&site.viewer, site.id).await.unwrap();
    let status = |id| variants.iter().find(|row| row.variant.id == id).unwrap().variant.status;
    assert_eq!(status(fresh), VariantStatus::Winner);
    assert_ne!(status(site.arms[2]), VariantStatus::Winner, "there is one winner");
}

async fn late_conversions_count_where_the_visitor_came(database: TestDatabase) {
    let test = TestService::new(database);
    let site = site(&test, AutonomyMode::FullAuto).await;
    let best = site.arms[1];
    let mut waiting: Vec<Vec<_>> = Vec::new();
    for day in 0..8 {
        let mut exposures = Vec::new();
        let mut later = Vec::new();
        for number in 0..1400 {
            let name = format!("v-{day}-{number}");
            let shown = assign(&test, site.id, &name);
            let new = |event_type| event(site.id, shown.variant_id, &name, event_type, shown.token.clone());
            exposures.push(new(EventType::Impression));
            if number % (if shown.variant_id == best { 4 } else { 20 }) == 0 {
                later.push(new(EventType::Conversion));
            }
        }
        send_all(&test, exposures).await;
        // Every conversion comes two days after its visitor.
        waiting.push(later);
        if day >= 2 {
            send_all(&test, waiting[day - 2].clone()).await;
        }
        test.clock.advance(Duration::days(1));
        test.work().await;
    }
    let report = site.report(&test).await;
    for found in &report.challengers {
        let rate =
            f64::from(u32::try_from(found.conversions).unwrap()) / f64::from(u32::try_from(found.visitors).unwrap());
        let wanted = if found.variant_id == best { 0.15..0.35 } else { 0.02..0.09 };
        assert!(wanted.contains(&rate), "matured visitors only: {found:?}");
    }
    assert_eq!(site.status(&test, 1).await, VariantStatus::Winner);
    // Each stands in the cell of its visitor's hour, two days before it came.
    let start = 1_800_000_000 / 3600;
    let (counters, _) = test.service.counters(site.id).await.unwrap();
    assert_eq!(counters.ledger, test.service.recount(site.id).await.unwrap().ledger);
    for cell in &counters.ledger {
        assert_eq!((cell.exposure_hour - start) % 24, 0, "all visitors came at the same hour: {cell:?}");
        assert!(cell.conversions == 0 || cell.exposure_hour < start + 6 * 24, "whoever came later did not: {cell:?}");
    }
    let of_day = |day: i64| {
        let cells = counters.ledger.iter().filter(|cell| cell.exposure_hour == start + day * 24);
        cells.map(|cell| cell.conversions).sum::<i64>()
    };
    assert!((0..6).all(|day| of_day(day) > 20), "{:?}", counters.ledger);
    // And one that comes after its window does not count.
    let late = waiting[3][0].clone();
    let late = domain::IncomingEvent { id: domain::EventId(uuid::Uuid::new_v4()), ..late };
    assert_eq!(send(&test, late).await, Outcome::Stored(domain::NotCounted::Late));
}

async fn a_second_process_decides_the_same(database: TestDatabase) {
    let test = TestService::new(database);
    let site = site(&test, AutonomyMode::Supervised).await;
    let mut traffic = Traffic::new(&test, site.id);
    traffic.days(6, 600, site.one_in()).await;
    let own = site.report(&test).await;
    let other = test.another_process();
    let found = other.statistics(&site.viewer, site.id).await.unwrap().generation;
    assert_eq!(own, found, "everything is in the database");
    assert!(own.challengers.iter().all(|row| row.lift.is_some() && row.corrected_lift.is_some()));
    let best = own.challengers.iter().find(|row| row.variant_id == site.arms[2]).unwrap();
    let (lift, corrected) = (best.lift.unwrap(), best.corrected_lift.unwrap());
    assert!(lift.lower < lift.estimate && lift.estimate < lift.upper && lift.lower > 1.0, "{lift:?}");
    assert!((corrected.estimate / lift.estimate - 1.0).abs() < 0.5, "{corrected:?}");
    let (lower, upper) = best.always_valid.unwrap();
    assert!(lower < lift.estimate && upper.unwrap() > lift.estimate && lower < lift.lower, "{best:?}");
}
