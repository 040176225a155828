//! Jobs that are cancelled, that kill whoever works on them, that come too late, or whose process has to stop.

use crate::support::{Thoughtful, sign_up};
use domain::report::JobView;
use domain::{JobKind, JobProgress, JobState, SiteId, SiteStatus};
use service::ports::{Clock, ReadError};
use service::{Lane, Service, ServiceError, Viewer};
use std::sync::Arc;
use std::time::Duration;
use store::jobs::{Claim, ClaimedJob};
use testkit::service::{PAGE, PAGE_URL};
use testkit::{TestDatabase, TestService, TestServiceBuilder, on_both_databases};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

on_both_databases!(
    a_waiting_job_is_cancelled,
    work_stops_when_its_job_is_cancelled,
    another_process_hears_of_a_cancelled_job,
    a_job_that_kills_its_process_is_given_up,
    a_late_result_is_refused,
    another_process_goes_on_where_one_ended,
    a_process_that_stops_puts_its_job_back,
);

/// Longer than anything here takes, shorter than a quarter of the lease.
const SOON: Duration = Duration::from_secs(5);

async fn job(service: &Service, viewer: &Viewer, site_id: SiteId, kind: JobKind) -> JobView {
    let jobs = service.list_jobs(viewer, Some(site_id)).await.unwrap();
    jobs.into_iter().find(|job| job.kind == kind).unwrap()
}

/// A worker that is asked for variants and thinks.
async fn thinking(test: &TestService, writer: &Thoughtful, viewer: &Viewer) -> (SiteId, JoinHandle<()>) {
    let site = test.service.create_site(viewer, PAGE_URL).await.unwrap();
    assert!(test.service.work_once(Lane::All).await.unwrap(), "the analysis");
    let service = test.service.clone();
    let working = tokio::spawn(async move {
        assert!(service.work_once(Lane::All).await.unwrap());
    });
    writer.begun.acquire().await.unwrap().forget();
    (site.id, working)
}

/// Claims as a process would that dies at once.
async fn claim(test: &TestService, kind: JobKind) -> Box<ClaimedJob> {
    let write = test.database.store.begin().await.unwrap();
    let now = test.clock.now();
    let claim = write.claim_job(&[kind], Uuid::new_v4(), now, now + Duration::from_secs(60)).await.unwrap();
    write.commit().await.unwrap();
    let Claim::Taken(job) = claim else { panic!("{claim:?}") };
    job
}

async fn a_waiting_job_is_cancelled(database: TestDatabase) {
    let test = TestService::new(database);
    let viewer = sign_up(&test, "owner@example.com").await;
    let site = test.service.create_site(&viewer, PAGE_URL).await.unwrap();
    let waiting = job(&test.service, &viewer, site.id, JobKind::AnalyzeSite).await;
    test.service.cancel_job(&viewer, waiting.id).await.unwrap();
    let again = test.service.cancel_job(&viewer, waiting.id).await;
    assert!(matches!(again, Err(ServiceError::Conflict(_))), "{again:?}");
    test.work().await;
    assert_eq!(test.reader.reads(PAGE_URL), 0);
    let cancelled = job(&test.service, &viewer, site.id, JobKind::AnalyzeSite).await;
    assert_eq!((cancelled.state, cancelled.attempts), (JobState::Cancelled, 0));
    let overview = test.service.overview(&viewer).await.unwrap();
    assert_eq!(overview.sites[0].status, SiteStatus::Failed, "nobody reads the page any more");
    // Its owner thinks better of it.
    test.service.retry_job(&viewer, waiting.id).await.unwrap();
    test.work().await;
    let detail = test.service.site_detail(&viewer, site.id).await.unwrap();
    assert_eq!((detail.summary.status, detail.variants.len()), (SiteStatus::Ready, 4));
    let done = test.service.cancel_job(&viewer, waiting.id).await;
    assert!(matches!(done, Err(ServiceError::Conflict(_))), "{done:?}");
    // What recurs cannot be stopped.
    let variant = detail.variants.iter().find(|found| !found.variant.is_control).unwrap().variant.id;
    let approve = domain::variant::VariantAction::Approve;
    test.service.act_on_variant(&viewer, site.id, variant, approve).await.unwrap();
    let recurring = job(&test.service, &viewer, site.id, JobKind::UpdateStats).await;
    let refused = test.service.cancel_job(&viewer, recurring.id).await;
    assert!(matches!(refused, Err(ServiceError::Conflict(_))), "{refused:?}");
}

async fn work_stops_when_its_job_is_cancelled(database: TestDatabase) {
    let writer = Arc::new(Thoughtful::default());
    let test = TestServiceBuilder::default().writer(writer.clone()).build(database);
    let viewer = sign_up(&test, "owner@example.com").await;
    let (site_id, working) = thinking(&test, &writer, &viewer).await;
    let running = job(&test.service, &viewer, site_id, JobKind::GenerateVariants).await;
    assert_eq!(running.state, JobState::Running);
    test.service.cancel_job(&viewer, running.id).await.unwrap();
    // The writer never gets its permit; the lease is renewed only after 15 s.
    tokio::time::timeout(SOON, working).await.expect("the work stops at once").unwrap();
    let cancelled = job(&test.service, &viewer, site_id, JobKind::GenerateVariants).await;
    assert_eq!((cancelled.state, cancelled.last_error), (JobState::Cancelled, None));
    // A new one may begin.
    test.service.generate(&viewer, site_id).await.unwrap();
}

async fn another_process_hears_of_a_cancelled_job(database: TestDatabase) {
    let is_sqlite = database.url.is_sqlite();
    let writer = Arc::new(Thoughtful::default());
    // Postgres tells it; on SQLite it is seen when the lease would be renewed, four times in its length.
    let lease = Duration::from_secs(if is_sqlite { 2 } else { 60 });
    let test = TestServiceBuilder::default().writer(writer.clone()).job_lease(lease).build(database);
    let viewer = sign_up(&test, "owner@example.com").await;
    let stop = CancellationToken::new();
    let watching = tokio::spawn({
        let (service, stop) = (test.service.clone(), stop.clone());
        async move { service.run_watcher(stop).await }
    });
    let (site_id, working) = thinking(&test, &writer, &viewer).await;
    let other = test.another_replica().await;
    let running = job(&other, &viewer, site_id, JobKind::GenerateVariants).await;
    if !is_sqlite {
        // The watcher listens soon after its start.
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    other.cancel_job(&viewer, running.id).await.unwrap();
    tokio::time::timeout(SOON, working).await.expect("the work stops").unwrap();
    stop.cancel();
    watching.await.unwrap();
}

async fn a_job_that_kills_its_process_is_given_up(database: TestDatabase) {
    let test = TestServiceBuilder::default().job_attempts(3).build(database);
    let viewer = sign_up(&test, "owner@example.com").await;
    let site = test.service.create_site(&viewer, PAGE_URL).await.unwrap();
    for attempt in 1..=3 {
        let claimed = claim(&test, JobKind::AnalyzeSite).await;
        assert_eq!((claimed.attempts, claimed.was_abandoned), (attempt, attempt > 1));
        assert!(!test.service.work_once(Lane::All).await.unwrap(), "somebody has it");
        test.clock.advance(time::Duration::seconds(61));
    }
    test.work().await;
    let dead = job(&test.service, &viewer, site.id, JobKind::AnalyzeSite).await;
    assert_eq!((dead.state, dead.attempts), (JobState::Dead, 3));
    assert_eq!(dead.last_error.as_deref(), Some("The work was interrupted too many times."));
    assert_eq!(test.reader.reads(PAGE_URL), 0, "nobody tried a fourth time");
    let overview = test.service.overview(&viewer).await.unwrap();
    assert_eq!((overview.sites[0].status, overview.failed_jobs), (SiteStatus::Failed, 1));
}

async fn a_late_result_is_refused(database: TestDatabase) {
    let test = TestService::new(database);
    let viewer = sign_up(&test, "owner@example.com").await;
    let site = test.service.create_site(&viewer, PAGE_URL).await.unwrap();
    let late = claim(&test, JobKind::AnalyzeSite).await;
    test.clock.advance(time::Duration::seconds(61));
    test.work().await;
    let before = test.service.site_detail(&viewer, site.id).await.unwrap();
    assert_eq!((before.summary.status, before.variants.len()), (SiteStatus::Ready, 4));

    // The process that stalled wakes up with a page of its own.
    let store = &test.database.store;
    let now = test.clock.now();
    let write = store.begin().await.unwrap();
    write.set_site_status(&late.site, SiteStatus::Failed).await.unwrap();
    assert!(!write.finish_job(&late, now).await.unwrap());
    drop(write);
    let write = store.begin().await.unwrap();
    let told = JobProgress::default();
    assert!(!write.record_progress(&late, &told, now + Duration::from_secs(60)).await.unwrap());
    assert!(!write.renew_lease(&late, now + Duration::from_secs(60)).await.unwrap());
    assert!(!write.fail_job(&late, "late", None, now).await.unwrap());
    assert!(!write.release_job(&late, now).await.unwrap());
    write.commit().await.unwrap();
    assert_eq!(test.service.site_detail(&viewer, site.id).await.unwrap(), before, "nothing was changed");
}

async fn another_process_goes_on_where_one_ended(database: TestDatabase) {
    let test = TestService::new(database);
    let viewer = sign_up(&test, "owner@example.com").await;
    let site = test.service.create_site(&viewer, PAGE_URL).await.unwrap();
    let dying = claim(&test, JobKind::AnalyzeSite).await;
    let (now, mut told) = (test.clock.now(), JobProgress::default());
    told.begin(10, "Fetching the page");
    told.begin(65, "Finding the headline");
    told.write(now.unix_timestamp(), "It took 3 ms.");
    let model = page::analyze(PAGE, None, &[]);
    let write = test.database.store.begin().await.unwrap();
    assert!(write.record_progress(&dying, &told, now + Duration::from_secs(60)).await.unwrap());
    assert!(write.keep_for_job(&dying, serde_json::to_value(&model).unwrap()).await.unwrap());
    write.add_cost(&dying, 1_200).await.unwrap();
    write.add_cost(&dying, 34).await.unwrap();
    write.commit().await.unwrap();
    let seen = job(&test.service, &viewer, site.id, JobKind::AnalyzeSite).await;
    assert_eq!((seen.percent, seen.steps.len(), seen.log.len(), seen.cost_micros), (65, 2, 1, 1_234));

    // The page is gone, but it was read already.
    test.reader.put(PAGE_URL, Err(ReadError::Unreachable));
    test.clock.advance(time::Duration::seconds(61));
    test.work().await;
    let done = job(&test.service, &viewer, site.id, JobKind::AnalyzeSite).await;
    assert_eq!((done.state, done.attempts, done.cost_micros), (JobState::Done, 2, 1_234), "{done:?}");
    assert_eq!(test.reader.reads(PAGE_URL), 0);
    let labels: Vec<&str> = done.steps.iter().map(|step| step.label.as_str()).collect();
    assert_eq!(labels, ["Fetching the page", "Finding the headline", "Storing what was found"]);
    let lines: Vec<&str> = done.log.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(lines, ["It took 3 ms.", "The work was interrupted and goes on."]);
    assert_eq!(test.service.list_variants(&viewer, site.id).await.unwrap().len(), 4);
}

async fn a_process_that_stops_puts_its_job_back(database: TestDatabase) {
    let writer = Arc::new(Thoughtful::default());
    let test = TestServiceBuilder::default().writer(writer.clone()).build(database);
    let viewer = sign_up(&test, "owner@example.com").await;
    let (site_id, working) = thinking(&test, &writer, &viewer).await;
    let other = test.another_replica().await;
    assert!(!other.work_once(Lane::All).await.unwrap(), "its lease runs");
    test.service.release_jobs();
    tokio::time::timeout(SOON, working).await.expect("it is put back at once").unwrap();
    let waiting = job(&other, &viewer, site_id, JobKind::GenerateVariants).await;
    assert_eq!((waiting.state, waiting.attempts), (JobState::Queued, 0), "no try is held against it");
    writer.permits.add_permits(1);
    assert!(other.work_once(Lane::All).await.unwrap(), "not a moment passed");
    let ended = job(&other, &viewer, site_id, JobKind::GenerateVariants).await;
    assert_eq!((ended.state, ended.attempts), (JobState::Dead, 1), "the writer refused");
}
