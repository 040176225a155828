//! Background work that fails, is retried, is taken over.

use crate::support::{Thoughtful, sign_up};
use domain::slots::SlotPatch;
use domain::{JobKind, JobState, SiteStatus};
use service::ports::{Draft, ReadError, WriteError};
use service::{Lane, ServiceError};
use std::sync::Arc;
use testkit::service::{PAGE, PAGE_URL};
use testkit::{FakeWriter, TestDatabase, TestService, TestServiceBuilder, on_both_databases};
use time::Duration;
use tokio_util::sync::CancellationToken;

on_both_databases!(
    an_unreadable_page_fails_with_a_sentence,
    a_useless_model_leaves_no_variant,
    unsafe_drafts_are_refused,
    a_worker_runs_until_cancelled,
    a_job_at_work_is_taken_over_by_nobody,
);

async fn an_unreadable_page_fails_with_a_sentence(database: TestDatabase) {
    let test = TestService::new(database);
    let viewer = sign_up(&test, "owner@example.com").await;
    let url = "https://gone.example/";
    let site = test.service.create_site(&viewer, url).await.unwrap();
    test.work().await;
    let waiting = test.service.list_jobs(&viewer, Some(site.id)).await.unwrap().remove(0);
    assert_eq!((waiting.state, waiting.attempts), (JobState::Queued, 1), "it is tried again later");
    assert!(matches!(test.service.retry_job(&viewer, waiting.id).await, Err(ServiceError::Conflict(_))));
    test.clock.advance(Duration::minutes(5));
    test.work().await;
    let dead = test.service.list_jobs(&viewer, Some(site.id)).await.unwrap().remove(0);
    assert_eq!((dead.state, dead.attempts), (JobState::Dead, 2));
    assert_eq!(dead.last_error.unwrap(), ReadError::Unreachable.to_string());
    let overview = test.service.overview(&viewer).await.unwrap();
    assert_eq!((overview.sites[0].status, overview.failed_jobs), (SiteStatus::Failed, 1));
    assert!(matches!(test.service.generate(&viewer, site.id).await, Err(ServiceError::Conflict(_))));

    // The page is back, and the owner tries again.
    test.reader.put(url, Ok(PAGE));
    test.service.retry_job(&viewer, dead.id).await.unwrap();
    test.work().await;
    let detail = test.service.site_detail(&viewer, site.id).await.unwrap();
    assert_eq!(detail.summary.status, SiteStatus::Ready);
    assert_eq!(detail.variants.len(), 4);
}

async fn a_useless_model_leaves_no_variant(database: TestDatabase) {
    let faults = [
        (WriteError::RateLimited { retry_after_s: Some(1) }, 2),
        (WriteError::Provider(500), 2),
        (WriteError::Refused(401), 1),
        (WriteError::Timeout(60), 2),
        // Asked for again within the job, and then given up.
        (WriteError::BadAnswer("it was cut off".to_owned()), 1),
        (WriteError::NothingToWrite("no headline".to_owned()), 1),
    ];
    let asked = |error: &WriteError, tries| if matches!(error, WriteError::BadAnswer(_)) { 3 } else { tries };
    let answers = faults.iter().flat_map(|(error, tries)| vec![Err(error.clone()); asked(error, *tries)]).collect();
    let test = TestServiceBuilder::default().writer(Arc::new(FakeWriter::new(answers))).build(database);
    let viewer = sign_up(&test, "owner@example.com").await;
    for (fault, tries) in faults {
        let site = test.service.create_site(&viewer, PAGE_URL).await.unwrap();
        for _ in 0..tries {
            test.work().await;
            test.clock.advance(Duration::minutes(5));
        }
        let jobs = test.service.list_jobs(&viewer, Some(site.id)).await.unwrap();
        let job = jobs.iter().find(|job| job.kind == JobKind::GenerateVariants).unwrap();
        assert_eq!((job.state, job.attempts), (JobState::Dead, i32::try_from(tries).unwrap()), "{fault:?}");
        assert_eq!(job.last_error.as_deref(), Some(fault.to_string().as_str()));
        let variants = test.service.list_variants(&viewer, site.id).await.unwrap();
        assert_eq!(variants.len(), 1, "only the control");
    }
}

async fn unsafe_drafts_are_refused(database: TestDatabase) {
    let draft =
        |slots| Draft { slots, reasoning: "because".to_owned(), strategy: "test".to_owned(), ..Draft::default() };
    let headline = |text: &str| draft(SlotPatch { headline: Some(text.to_owned()), ..SlotPatch::default() });
    let image = |src: &str| draft(SlotPatch { hero_image: Some(src.to_owned()), ..SlotPatch::default() });
    let hostile =
        || Ok(vec![headline("\u{202e}evil"), image("javascript:alert(1)"), image("https://evil.example/x.png")]);
    // A writer may try again twice.
    let answers = vec![
        hostile(),
        hostile(),
        hostile(),
        Ok(vec![headline("Fine words"), headline("Fine words"), headline("Boil water in two minutes")]),
    ];
    let test = TestServiceBuilder::default().writer(Arc::new(FakeWriter::new(answers))).job_attempts(1).build(database);
    let viewer = sign_up(&test, "owner@example.com").await;
    for (expected_state, expected_variants) in [(JobState::Dead, 1), (JobState::Done, 2)] {
        let site = test.service.create_site(&viewer, PAGE_URL).await.unwrap();
        test.work().await;
        let jobs = test.service.list_jobs(&viewer, Some(site.id)).await.unwrap();
        let job = jobs.iter().find(|job| job.kind == JobKind::GenerateVariants).unwrap();
        assert_eq!(job.state, expected_state, "{:?}", job.last_error);
        let variants = test.service.list_variants(&viewer, site.id).await.unwrap();
        assert_eq!(variants.len(), expected_variants);
    }
}

async fn a_worker_runs_until_cancelled(database: TestDatabase) {
    let test = TestService::new(database);
    let viewer = sign_up(&test, "owner@example.com").await;
    let cancelled = CancellationToken::new();
    let worker = tokio::spawn({
        let (service, cancelled) = (test.service.clone(), cancelled.clone());
        async move { service.run_worker(Lane::All, cancelled).await }
    });
    let watcher = tokio::spawn({
        let (service, cancelled) = (test.service.clone(), cancelled.clone());
        async move { service.run_watcher(cancelled).await }
    });
    let site = test.service.create_site(&viewer, PAGE_URL).await.unwrap();
    let mut tries = 0;
    while test.service.list_variants(&viewer, site.id).await.unwrap().len() < 4 {
        tries += 1;
        assert!(tries < 500, "the worker does nothing");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    cancelled.cancel();
    worker.await.unwrap();
    watcher.await.unwrap();
}

async fn a_job_at_work_is_taken_over_by_nobody(database: TestDatabase) {
    let writer = Arc::new(Thoughtful::default());
    let lease = std::time::Duration::from_secs(2);
    let test = TestServiceBuilder::default().writer(writer.clone()).job_lease(lease).build(database);
    let viewer = sign_up(&test, "owner@example.com").await;
    let site = test.service.create_site(&viewer, PAGE_URL).await.unwrap();
    let slow = tokio::spawn({
        let service = test.service.clone();
        // The analysis, then the variants.
        async move { (service.work_once(Lane::All).await.unwrap(), service.work_once(Lane::All).await.unwrap()) }
    });
    writer.begun.acquire().await.unwrap().forget();

    // While the model thinks, the weights are another worker's business, and nobody begins its job again:
    // the time that passes is several leases long, and the sleeps leave time to renew them.
    for _ in 0..4 {
        test.clock.advance(Duration::milliseconds(1_500));
        tokio::time::sleep(lease / 2).await;
        test.service.work_once(Lane::Quick).await.unwrap();
        assert!(!test.service.work_once(Lane::Quick).await.unwrap(), "the quick lane takes no slow job");
    }
    assert!(!test.service.work_once(Lane::All).await.unwrap(), "the lease was not renewed");
    writer.permits.add_permits(1);
    assert_eq!(slow.await.unwrap(), (true, true));
    let jobs = test.service.list_jobs(&viewer, Some(site.id)).await.unwrap();
    let job = jobs.iter().find(|job| job.kind == JobKind::GenerateVariants).unwrap();
    assert_eq!((job.state, job.attempts), (JobState::Dead, 1), "tried once, refused once");
}
