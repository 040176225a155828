//! From an address to variants under test, and who may see them.

use crate::support::{assign, running_site, sign_up, visit};
use domain::variant::VariantAction;
use domain::{AutonomyMode, GoalConfig, GoalType, JobState, SiteId, SiteStatus, VariantStatus};
use futures::StreamExt;
use service::{NewGoal, ServiceError, SiteUpdate, Topic};
use testkit::service::PAGE_URL;
use testkit::{TestDatabase, TestService, on_both_databases};

on_both_databases!(
    a_page_becomes_variants,
    decisions_have_their_states,
    a_site_pauses_and_goes,
    foreign_sites_do_not_exist,
    goals_are_checked,
    changes_are_announced,
    seeded_sites_run,
);

async fn a_page_becomes_variants(database: TestDatabase) {
    let test = TestService::new(database);
    let viewer = sign_up(&test, "owner@example.com").await;
    assert!(test.service.overview(&viewer).await.unwrap().sites.is_empty());
    let added = test.service.create_site(&viewer, PAGE_URL).await.unwrap();
    assert_eq!((added.status, added.name.as_str()), (SiteStatus::Analyzing, "kettle.example"));
    test.work().await;

    let detail = test.service.site_detail(&viewer, added.id).await.unwrap();
    let page = detail.page.unwrap();
    assert_eq!(detail.summary.status, SiteStatus::Ready);
    assert_eq!(detail.summary.name, "Kettle");
    assert_eq!(page.headline.unwrap().text, "Boil water in two minutes");
    assert_eq!(page.cta.unwrap().text, "Order yours today");
    assert_eq!(detail.goals[0].kind, GoalType::Click, "the goal follows the call to action");
    assert_eq!(detail.variants.len(), 4);
    assert!(detail.variants[0].variant.is_control);
    for found in &detail.variants[1..] {
        assert_eq!(found.variant.status, VariantStatus::PendingReview);
        assert!(!found.variant.generation_reasoning.is_empty());
        assert_eq!(found.variant.author, "playbook");
        assert!(!found.changes.is_empty());
    }
    assert!(detail.jobs.iter().all(|job| job.state == JobState::Done && job.percent == 100));
    assert!(detail.jobs.iter().all(|job| !job.steps.is_empty()), "progress is kept");
    let script = format!("<script async src=\"http://localhost/evoloop.js\" data-site=\"{}\"></script>", added.id);
    assert_eq!(detail.install_snippet, script);

    // Nothing is served before somebody approved it.
    let assignment = assign(&test, added.id, "v-1");
    assert!(assignment.is_control && assignment.token.is_none());
}

async fn decisions_have_their_states(database: TestDatabase) {
    let test = TestService::new(database);
    let viewer = sign_up(&test, "owner@example.com").await;
    let site = test.service.create_site(&viewer, PAGE_URL).await.unwrap();
    test.work().await;
    let variants = test.service.list_variants(&viewer, site.id).await.unwrap();
    let (control, first, second) = (variants[0].variant.id, variants[1].variant.id, variants[2].variant.id);
    let act = |variant, action| test.service.act_on_variant(&viewer, site.id, variant, action);

    assert!(matches!(act(control, VariantAction::Kill).await, Err(ServiceError::Conflict(_))));
    assert!(matches!(act(first, VariantAction::Pause).await, Err(ServiceError::Conflict(_))));
    act(first, VariantAction::Approve).await.unwrap();
    act(second, VariantAction::Reject).await.unwrap();
    assert!(matches!(act(second, VariantAction::Approve).await, Err(ServiceError::Conflict(_))));
    let summary = test.service.list_sites(&viewer).await.unwrap().remove(0);
    assert_eq!((summary.status, summary.active_variants, summary.pending_variants), (SiteStatus::Running, 1, 1));

    let weights = |statistics: domain::report::SiteStatistics| -> Vec<Option<f64>> {
        statistics.variants.iter().map(|variant| variant.weight).collect()
    };
    let served = weights(test.service.statistics(&viewer, site.id).await.unwrap());
    assert_eq!(served.len(), 2, "what never ran has no statistics");
    assert!((served.iter().flatten().sum::<f64>() - 1.0).abs() < 1e-9);
    act(first, VariantAction::Pause).await.unwrap();
    assert_eq!(weights(test.service.statistics(&viewer, site.id).await.unwrap()), [Some(1.0), None]);
    act(first, VariantAction::Resume).await.unwrap();
    act(first, VariantAction::Kill).await.unwrap();
    assert!(assign(&test, site.id, "v-1").is_control);
    let unknown = domain::VariantId(site.id.0);
    assert!(matches!(act(unknown, VariantAction::Kill).await, Err(ServiceError::NotFound)));
}

async fn a_site_pauses_and_goes(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = running_site(&test).await;
    visit(&test, site_id, "v-1", true).await;
    let change = |status| SiteUpdate {
        status: Some(status),
        autonomy_mode: Some(AutonomyMode::FullAuto),
        ..SiteUpdate::default()
    };
    let paused = test.service.update_site(&viewer, site_id, change(SiteStatus::Paused)).await.unwrap();
    assert_eq!((paused.status, paused.autonomy_mode), (SiteStatus::Paused, AutonomyMode::FullAuto));
    assert!(assign(&test, site_id, "v-2").token.is_none(), "a paused site counts nobody");
    test.service.update_site(&viewer, site_id, change(SiteStatus::Running)).await.unwrap();
    assert!(assign(&test, site_id, "v-2").token.is_some());
    let failed = test.service.update_site(&viewer, site_id, change(SiteStatus::Failed)).await;
    assert!(matches!(failed, Err(ServiceError::Conflict(_))));

    test.service.delete_site(&viewer, site_id).await.unwrap();
    assert!(test.service.list_sites(&viewer).await.unwrap().is_empty());
    assert!(matches!(test.service.statistics(&viewer, site_id).await, Err(ServiceError::NotFound)));
}

async fn foreign_sites_do_not_exist(database: TestDatabase) {
    let test = TestService::new(database);
    let (owner, site_id) = running_site(&test).await;
    let eve = sign_up(&test, "eve@example.com").await;
    let service = &test.service;
    let variant_id = service.list_variants(&owner, site_id).await.unwrap()[1].variant.id;
    let job_id = service.list_jobs(&owner, None).await.unwrap()[0].id;
    let goal = NewGoal { name: "Mine".to_owned(), kind: GoalType::Event, config: GoalConfig::default() };
    let not_found = |error: Option<ServiceError>| matches!(error, Some(ServiceError::NotFound));
    assert!(not_found(service.site_detail(&eve, site_id).await.err()));
    assert!(not_found(service.list_variants(&eve, site_id).await.err()));
    assert!(not_found(service.act_on_variant(&eve, site_id, variant_id, VariantAction::Kill).await.err()));
    assert!(not_found(service.statistics(&eve, site_id).await.err()));
    assert!(not_found(service.list_goals(&eve, site_id).await.err()));
    assert!(not_found(service.create_goal(&eve, site_id, goal).await.err()));
    assert!(not_found(service.update_site(&eve, site_id, SiteUpdate::default()).await.err()));
    assert!(not_found(service.delete_site(&eve, site_id).await.err()));
    assert!(not_found(service.generate(&eve, site_id).await.err()));
    assert!(not_found(service.list_jobs(&eve, Some(site_id)).await.err()));
    assert!(not_found(service.retry_job(&eve, job_id).await.err()));
    assert!(not_found(service.watch(&eve, site_id).await.err()));
    assert!(service.list_jobs(&eve, None).await.unwrap().is_empty());
    assert!(service.overview(&eve).await.unwrap().sites.is_empty());
    let unknown = SiteId(variant_id.0);
    assert!(not_found(service.site_detail(&owner, unknown).await.err()));
}

async fn goals_are_checked(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = running_site(&test).await;
    let new = |name: &str, event: Option<&str>| NewGoal {
        name: name.to_owned(),
        kind: GoalType::Event,
        config: GoalConfig { event_name: event.map(str::to_owned), ..GoalConfig::default() },
    };
    let goal = test.service.create_goal(&viewer, site_id, new(" Signed up ", Some("signup"))).await.unwrap();
    assert_eq!((goal.name.as_str(), goal.is_primary), ("Signed up", false));
    for (name, event) in [("", Some("x")), ("Named", None), ("Named", Some("two words"))] {
        let refused = test.service.create_goal(&viewer, site_id, new(name, event)).await;
        assert!(matches!(refused, Err(ServiceError::Invalid { .. })), "{name} {event:?}");
    }
    let goals = test.service.list_goals(&viewer, site_id).await.unwrap();
    assert_eq!(goals.iter().map(|goal| goal.is_primary).collect::<Vec<_>>(), [true, false]);
    assert!(assign(&test, site_id, "v-1").goals_json.contains("\"event_name\":\"signup\""));
}

async fn changes_are_announced(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = running_site(&test).await;
    let mut changes = Box::pin(test.service.watch(&viewer, site_id).await.unwrap());
    test.service.generate(&viewer, site_id).await.unwrap();
    assert_eq!(changes.next().await, Some(Topic::Jobs));
    assert!(matches!(test.service.generate(&viewer, site_id).await, Err(ServiceError::Conflict(_))));
}

async fn seeded_sites_run(database: TestDatabase) {
    let test = TestService::new(database);
    let sites = test.service.seed(2, 3, 0.0).await.unwrap();
    assert_eq!(sites.len(), 2);
    for site in &sites {
        assert_eq!(site.variants.iter().filter(|(_, is_control)| *is_control).count(), 1);
        assert_eq!(site.variants.len(), 4);
        visit(&test, site.site_id, "v-1", true).await;
        let (counters, allocation) = test.service.counters(site.site_id).await.unwrap();
        assert_eq!(counters.variants.iter().map(|row| row.visitors).sum::<i64>(), 1);
        assert_eq!(allocation.unwrap().weights.len(), 4);
        let recounted = test.service.recount(site.site_id).await.unwrap();
        assert_eq!(recounted, counters);
    }
    assert_eq!(test.service.seed(1, 1, 0.0).await.unwrap().len(), 1, "the owner is found again");
}
