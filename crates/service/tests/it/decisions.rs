//! What is decided, when, and in whose name.

use crate::site::{about, site};
use crate::support::{assign, sign_up};
use crate::traffic::Traffic;
use domain::decision::DecisionAnswer;
use domain::{AutonomyMode, Decision, DecisionEvidence, DecisionKind, DecisionState, Phase, SiteStatus, VariantStatus};
use service::{AssignRequest, ServiceError, SiteUpdate};
use testkit::{TestDatabase, TestService, on_both_databases};
use time::Duration;

on_both_databases!(
    full_auto_promotes_and_kills,
    supervised_proposes_and_the_owner_answers,
    a_no_holds_and_a_proposal_can_lapse,
    what_lapsed_is_not_done_however_late_it_is_accepted,
    two_hands_at_once_do_things_once,
    harm_is_stopped_in_every_mode,
    decisions_belong_to_their_owner,
);

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

async fn what_lapsed_is_not_done_however_late_it_is_accepted(database: TestDatabase) {
    let test = TestService::new(database);
    let site = site(&test, AutonomyMode::Supervised).await;
    let mut traffic = Traffic::new(&test, site.id);
    traffic.days(7, 600, site.one_in()).await;
    let journal = site.journal(&test).await;
    let promote = about(&journal, DecisionKind::Promote, site.arms[2]).unwrap().clone();
    assert_eq!(promote.state, DecisionState::Proposed);
    // From now on everything converts but this one, and no job runs to see it.
    let best = site.arms[2];
    traffic.visitors(2400, |id| if id == best { 0 } else { 2 }).await;
    test.clock.advance(Duration::days(4));
    let refused = site.answer(&test, &promote, DecisionAnswer::Accept).await.unwrap_err();
    assert!(refused.to_string().contains("do not hold any more"), "{refused:?}");
    assert_eq!(site.status(&test, 2).await, VariantStatus::Active);
    let state = |journal: &[Decision]| journal.iter().find(|line| line.id == promote.id).unwrap().state;
    assert_eq!(state(&site.journal(&test).await), DecisionState::Withdrawn);

    let kills = |journal: &[Decision]| -> Vec<Decision> {
        journal.iter().filter(|line| line.state == DecisionState::Proposed).cloned().collect()
    };
    traffic.days(4, 600, site.one_in()).await;
    let open = kills(&site.journal(&test).await);
    assert!(!open.is_empty(), "something is proposed again");
    // Paused, so that no job withdraws anything.
    let paused = SiteUpdate { status: Some(SiteStatus::Paused), ..SiteUpdate::default() };
    test.service.update_site(&site.viewer, site.id, paused).await.unwrap();
    test.service.restart_generation(&site.viewer, site.id).await.unwrap();
    assert!(kills(&site.journal(&test).await).is_empty(), "they were of the generation before");
    let over = site.answer(&test, &open[0], DecisionAnswer::Accept).await.unwrap_err();
    assert!(matches!(over, ServiceError::Conflict(_)), "{over:?}");
    let report = site.report(&test).await;
    assert_eq!((report.phase, report.prior_worth), (Phase::BurnIn, 2.0), "nothing is carried over");
}

/// The owner and the scheduled job, or two owners, act in the same moment.
async fn two_hands_at_once_do_things_once(database: TestDatabase) {
    let test = TestService::new(database);
    let site = site(&test, AutonomyMode::FullAuto).await;
    let mut traffic = Traffic::new(&test, site.id);
    traffic.days(4, 600, site.one_in()).await;
    assert!(site.journal(&test).await.is_empty());
    traffic.visitors(150, site.one_in()).await;
    test.clock.advance(Duration::hours(36));
    // The job would promote the third arm now; the owner retires it, and asks for the mode that only proposes.
    let kill = domain::variant::VariantAction::Kill;
    let supervised = SiteUpdate { autonomy_mode: Some(AutonomyMode::Supervised), ..SiteUpdate::default() };
    let (worked, killed, updated) = tokio::join!(
        test.service.work_once(service::Lane::All),
        test.service.act_on_variant(&site.viewer, site.id, site.arms[2], kill),
        test.service.update_site(&site.viewer, site.id, supervised),
    );
    assert!(worked.unwrap());
    updated.unwrap();
    // Promoted first or not, the owner's word is the last one.
    killed.unwrap();
    assert_eq!(site.status(&test, 2).await, VariantStatus::Killed);
    for _ in 0..6 {
        traffic.visitors(100, site.one_in()).await;
        let other = test.another_process();
        test.clock.advance(Duration::hours(6));
        let (one, two, restart) = tokio::join!(
            test.service.work_once(service::Lane::All),
            other.work_once(service::Lane::All),
            test.service.restart_generation(&site.viewer, site.id),
        );
        assert!(one.unwrap() || two.unwrap(), "the job is still there, whatever happened beside it");
        restart.unwrap();
        test.work().await;
    }
    let journal = site.journal(&test).await;
    assert_eq!(journal.iter().filter(|line| line.kind == DecisionKind::Restart).count(), 6);
    for line in journal.iter().filter(|line| line.kind != DecisionKind::Restart) {
        let same = |other: &&Decision| (other.kind, other.variant_id) == (line.kind, line.variant_id);
        assert_eq!(journal.iter().filter(same).count(), 1, "{line:?}");
    }
    let epochs: Vec<i64> =
        test.service.statistics(&site.viewer, site.id).await.unwrap().allocation.iter().map(|it| it.epoch).collect();
    assert!(epochs.windows(2).all(|pair| pair[1] == pair[0] + 1), "{epochs:?}");
    let jobs = test.service.list_jobs(&site.viewer, Some(site.id)).await.unwrap();
    assert!(jobs.iter().all(|job| job.state != domain::JobState::Dead), "{jobs:?}");
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
    let [check] = line.rule.as_slice() else { unreachable!("one condition: {:?}", line.rule) };
    assert!(check.met && check.sentence.starts_with("Evidence of harm: "), "{check:?}");
    assert_eq!(site.status(&test, 1).await, VariantStatus::Killed);
    assert_eq!(site.weights(&test).await[1].to_bits(), 0.0_f64.to_bits());
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
