//! What is decided, when, and in whose name.

use crate::support::{assign, event, running_site, send, sign_up};
use crate::traffic::{Traffic, send_all};
use domain::decision::DecisionAnswer;
use domain::report::GenerationReport;
use domain::{
    AutonomyMode, Decision, DecisionEvidence, DecisionKind, DecisionState, EventType, Outcome, Phase, SiteId,
    VariantId, VariantStatus,
};
use service::{AssignRequest, ServiceError, SiteUpdate, Viewer};
use testkit::{TestDatabase, TestService, on_both_databases};
use time::Duration;

on_both_databases!(
    full_auto_promotes_and_kills,
    supervised_proposes_and_the_owner_answers,
    a_no_holds_and_a_proposal_can_lapse,
    harm_is_stopped_in_every_mode,
    a_wrong_split_freezes_until_a_new_generation,
    a_winner_is_challenged_in_a_new_generation,
    late_conversions_count_where_the_visitor_came,
    a_second_process_decides_the_same,
    decisions_belong_to_their_owner,
);

/// A site with its variants in order: the control, then three challengers.
struct Site {
    viewer: Viewer,
    id: SiteId,
    arms: Vec<VariantId>,
}

async fn site(test: &TestService, mode: AutonomyMode) -> Site {
    let (viewer, id) = running_site(test).await;
    let update = SiteUpdate { autonomy_mode: Some(mode), status: None };
    test.service.update_site(&viewer, id, update).await.unwrap();
    let variants = test.service.list_variants(&viewer, id).await.unwrap();
    assert!(variants[0].variant.is_control);
    Site { viewer, id, arms: variants.iter().map(|row| row.variant.id).collect() }
}

impl Site {
    async fn journal(&self, test: &TestService) -> Vec<Decision> {
        test.service.list_decisions(&self.viewer, self.id).await.unwrap()
    }

    async fn report(&self, test: &TestService) -> GenerationReport {
        test.service.statistics(&self.viewer, self.id).await.unwrap().generation
    }

    async fn status(&self, test: &TestService, arm: usize) -> VariantStatus {
        let variants = test.service.list_variants(&self.viewer, self.id).await.unwrap();
        variants.iter().find(|row| row.variant.id == self.arms[arm]).unwrap().variant.status
    }

    async fn weights(&self, test: &TestService) -> Vec<f64> {
        let allocation = test.service.counters(self.id).await.unwrap().1.unwrap();
        let weight = |id: &VariantId| allocation.weights.iter().find(|arm| arm.variant_id == *id);
        self.arms.iter().map(|id| weight(id).map_or(0.0, |arm| arm.weight)).collect()
    }

    async fn answer(&self, test: &TestService, line: &Decision, answer: DecisionAnswer) -> Result<(), ServiceError> {
        test.service.answer_decision(&self.viewer, self.id, line.id, answer).await
    }

    /// A day's visitors: one in four of the third arm's converts, one in twenty of the others'.
    fn one_in(&self) -> impl Fn(VariantId) -> usize + use<> {
        let best = self.arms[2];
        move |id| if id == best { 4 } else { 20 }
    }
}

fn about(journal: &[Decision], kind: DecisionKind, variant_id: VariantId) -> Option<&Decision> {
    journal.iter().find(|line| line.kind == kind && line.variant_id == Some(variant_id))
}

async fn full_auto_promotes_and_kills(database: TestDatabase) {
    let test = TestService::new(database);
    let site = site(&test, AutonomyMode::FullAuto).await;
    let mut traffic = Traffic::new(&test, site.id);
    traffic.days(3, 600, site.one_in()).await;
    assert_eq!(site.weights(&test).await, [0.25; 4], "burn-in splits evenly whatever converts");
    assert_eq!(site.report(&test).await.phase, Phase::BurnIn);
    traffic.days(1, 600, site.one_in()).await;
    let report = site.report(&test).await;
    assert_eq!((report.phase, report.phase_variant_id), (Phase::Confirm, Some(site.arms[2])));
    let close = |got: Vec<f64>, wanted: [f64; 4]| {
        assert!(got.iter().zip(wanted).all(|(got, wanted)| (got - wanted).abs() < 1e-9), "{got:?}");
    };
    close(site.weights(&test).await, [0.49, 0.01, 0.49, 0.01]);
    assert!(site.journal(&test).await.is_empty(), "nobody is mature enough for a decision");

    traffic.days(2, 600, site.one_in()).await;
    let journal = site.journal(&test).await;
    let promoted = about(&journal, DecisionKind::Promote, site.arms[2]).unwrap();
    assert_eq!(promoted.state, DecisionState::Done);
    assert!(promoted.rule.iter().all(|check| check.met) && promoted.rule.len() == 6, "{:?}", promoted.rule);
    assert!(promoted.sentence.contains("is better than the control: 2"), "{}", promoted.sentence);
    let DecisionEvidence::Variant(evidence) = &promoted.evidence else { unreachable!("about a variant") };
    assert!(evidence.visitors >= 300 && evidence.control_visitors >= 300 && evidence.lift_lower.unwrap() > 0.0);
    assert_eq!(site.status(&test, 2).await, VariantStatus::Winner);
    assert!(site.weights(&test).await[2] > 0.92);

    let killed = assign(&test, site.id, "v-0");
    traffic.days(3, 600, site.one_in()).await;
    let journal = site.journal(&test).await;
    for arm in [1, 3] {
        let line = about(&journal, DecisionKind::Kill, site.arms[arm]).unwrap();
        assert!(line.state == DecisionState::Done && line.rule.iter().all(|check| check.met), "{line:?}");
        assert_eq!(site.status(&test, arm).await, VariantStatus::Killed);
    }
    close(site.weights(&test).await, [0.05, 0.0, 0.95, 0.0]);
    let kept =
        AssignRequest { site_id: site.id, visitor_id: "v-0".parse().unwrap(), current: killed.token, automated: false };
    let now = test.service.assign(&kept).unwrap().variant_id;
    assert!([site.arms[0], site.arms[2]].contains(&now), "a killed variant is shown to nobody");
    let (counters, _) = test.service.counters(site.id).await.unwrap();
    assert_eq!(counters, test.service.recount(site.id).await.unwrap());

    let before = site.journal(&test).await.len();
    let line = about(&journal, DecisionKind::Promote, site.arms[2]).unwrap();
    site.answer(&test, line, DecisionAnswer::Undo).await.unwrap();
    assert_eq!(site.status(&test, 2).await, VariantStatus::Active);
    assert_eq!(site.report(&test).await.phase, Phase::Confirm, "it is to be confirmed again");
    traffic.wait(Duration::hours(2)).await;
    assert_eq!(site.status(&test, 2).await, VariantStatus::Active, "what the owner took back is not done again");
    assert_eq!(site.journal(&test).await.len(), before);
    traffic.wait(Duration::days(8)).await;
    assert_eq!(site.status(&test, 2).await, VariantStatus::Winner, "a week later it is");
}

async fn supervised_proposes_and_the_owner_answers(database: TestDatabase) {
    let test = TestService::new(database);
    let site = site(&test, AutonomyMode::Supervised).await;
    let mut traffic = Traffic::new(&test, site.id);
    traffic.days(9, 600, site.one_in()).await;
    let journal = site.journal(&test).await;
    assert!(journal.iter().all(|line| line.state == DecisionState::Proposed), "{journal:?}");
    for arm in 0..4 {
        assert_eq!(site.status(&test, arm).await, VariantStatus::Active);
    }
    let promote = about(&journal, DecisionKind::Promote, site.arms[2]).unwrap();
    site.answer(&test, promote, DecisionAnswer::Accept).await.unwrap();
    let again = site.answer(&test, promote, DecisionAnswer::Accept).await.unwrap_err();
    assert!(matches!(again, ServiceError::Conflict(_)), "{again:?}");
    assert_eq!(site.status(&test, 2).await, VariantStatus::Winner);
    assert_eq!(site.report(&test).await.phase, Phase::Decided);
    assert!(site.weights(&test).await[2] > 0.9);

    let kill = about(&journal, DecisionKind::Kill, site.arms[1]).unwrap();
    site.answer(&test, kill, DecisionAnswer::Accept).await.unwrap();
    assert_eq!(site.status(&test, 1).await, VariantStatus::Killed);
    site.answer(&test, kill, DecisionAnswer::Undo).await.unwrap();
    assert_eq!(site.status(&test, 1).await, VariantStatus::Active);
}

async fn a_no_holds_and_a_proposal_can_lapse(database: TestDatabase) {
    let test = TestService::new(database);
    let site = site(&test, AutonomyMode::Supervised).await;
    let mut traffic = Traffic::new(&test, site.id);
    traffic.days(9, 600, site.one_in()).await;
    let journal = site.journal(&test).await;
    let promote = about(&journal, DecisionKind::Promote, site.arms[2]).unwrap();
    site.answer(&test, promote, DecisionAnswer::Dismiss).await.unwrap();
    let proposed = journal.len();
    traffic.wait(Duration::days(1)).await;
    assert_eq!(site.journal(&test).await.len(), proposed, "the owner said no");

    // The owner retires the other one by hand, so that there is nothing left to propose.
    let kill = about(&journal, DecisionKind::Kill, site.arms[1]).unwrap();
    let action = domain::variant::VariantAction::Kill;
    test.service.act_on_variant(&site.viewer, site.id, site.arms[1], action).await.unwrap();
    traffic.wait(Duration::hours(2)).await;
    let journal = site.journal(&test).await;
    assert_eq!(journal.iter().find(|line| line.id == kill.id).unwrap().state, DecisionState::Withdrawn);
    let over = site.answer(&test, kill, DecisionAnswer::Accept).await.unwrap_err();
    assert!(matches!(over, ServiceError::Conflict(_)), "{over:?}");
}

async fn harm_is_stopped_in_every_mode(database: TestDatabase) {
    let test = TestService::new(database);
    let site = site(&test, AutonomyMode::Supervised).await;
    let bad = site.arms[1];
    let mut traffic = Traffic::new(&test, site.id);
    traffic.days(5, 800, |id| if id == bad { 0 } else { 3 }).await;
    let journal = site.journal(&test).await;
    let line = about(&journal, DecisionKind::StopHarm, bad).unwrap();
    assert_eq!(line.state, DecisionState::Done);
    assert!(line.sentence.contains("does worse than the untouched page: 0.0"), "{}", line.sentence);
    assert_eq!(site.status(&test, 1).await, VariantStatus::Killed);
    assert_eq!(site.weights(&test).await[1].to_bits(), 0.0_f64.to_bits());
}

async fn a_wrong_split_freezes_until_a_new_generation(database: TestDatabase) {
    let test = TestService::new(database);
    let site = site(&test, AutonomyMode::FullAuto).await;
    let lost = site.arms[3];
    // Half of one variant's visitors never report that they saw it.
    let mut events = Vec::new();
    for number in 0..2400 {
        let name = format!("v-{number}");
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
    assert!(p_anytime < 0.001 && missing > 100.0, "{line:?}");
    assert!(line.sentence.contains("visitors fewer than its share"), "{}", line.sentence);
    assert_eq!(site.report(&test).await.phase, Phase::Frozen);
    test.clock.advance(Duration::hours(1));
    test.work().await;
    assert_eq!(site.journal(&test).await.len(), 1, "it is said once");
    let refused = site.answer(&test, line, DecisionAnswer::Undo).await.unwrap_err();
    assert!(matches!(refused, ServiceError::Conflict(_)), "{refused:?}");

    let before = test.service.counters(site.id).await.unwrap().1.unwrap().epoch;
    test.service.restart_generation(&site.viewer, site.id).await.unwrap();
    let report = site.report(&test).await;
    assert_eq!((report.phase, report.fewest_visitors), (Phase::BurnIn, 0), "fresh evidence");
    assert!(report.split_p > 0.9);
    assert_eq!(site.journal(&test).await[0].kind, DecisionKind::Restart);
    let (counters, allocation) = test.service.counters(site.id).await.unwrap();
    assert!(counters.variants.iter().map(|row| row.visitors).sum::<i64>() > 1900, "what was counted stays");
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
    assert_eq!(counters, test.service.recount(site.id).await.unwrap(), "the new prior is in both");
}

async fn late_conversions_count_where_the_visitor_came(database: TestDatabase) {
    let test = TestService::new(database);
    let site = site(&test, AutonomyMode::FullAuto).await;
    let best = site.arms[1];
    let mut waiting: Vec<Vec<_>> = Vec::new();
    for day in 0..8 {
        let mut exposures = Vec::new();
        let mut later = Vec::new();
        for number in 0..600 {
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

async fn decisions_belong_to_their_owner(database: TestDatabase) {
    let test = TestService::new(database);
    let site = site(&test, AutonomyMode::Supervised).await;
    let stranger = sign_up(&test, "stranger@example.com").await;
    let not_found = |error: ServiceError| assert!(matches!(error, ServiceError::NotFound), "{error:?}");
    not_found(test.service.list_decisions(&stranger, site.id).await.unwrap_err());
    not_found(test.service.restart_generation(&stranger, site.id).await.unwrap_err());
    let unknown = domain::DecisionId(uuid::Uuid::new_v4());
    let answer = DecisionAnswer::Accept;
    not_found(test.service.answer_decision(&stranger, site.id, unknown, answer).await.unwrap_err());
    not_found(test.service.answer_decision(&site.viewer, site.id, unknown, answer).await.unwrap_err());
}
