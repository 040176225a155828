//! Several processes work on the jobs of one database.

use crate::support::sign_up;
use domain::JobState;
use service::{Lane, Service};
use std::time::{Duration, Instant};
use testkit::service::PAGE;
use testkit::{TestDatabase, TestService, on_both_databases};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

on_both_databases!(three_processes_run_no_job_twice, a_worker_elsewhere_begins_at_once);

/// Sites, each with two jobs: the analysis, and then the variants.
const SITES: usize = 250;

fn start(service: &Service, stop: &CancellationToken) -> [JoinHandle<()>; 2] {
    let working = tokio::spawn({
        let (service, stop) = (service.clone(), stop.clone());
        async move { service.run_worker(Lane::All, stop).await }
    });
    let watching = tokio::spawn({
        let (service, stop) = (service.clone(), stop.clone());
        async move { service.run_watcher(stop).await }
    });
    [working, watching]
}

async fn three_processes_run_no_job_twice(database: TestDatabase) {
    let test = TestService::new(database);
    let viewer = sign_up(&test, "owner@example.com").await;
    let mut sites = Vec::new();
    for number in 0..SITES {
        let url = format!("https://site-{number}.example/");
        test.reader.put(&url, Ok(PAGE));
        sites.push((test.service.create_site(&viewer, &url).await.unwrap().id, url));
    }
    let stop = CancellationToken::new();
    let mut loops = Vec::new();
    for _ in 0..3 {
        loops.extend(start(&test.another_replica().await, &stop));
    }
    let deadline = Instant::now() + Duration::from_secs(120);
    for (site_id, _) in &sites {
        while test.service.list_variants(&viewer, *site_id).await.unwrap().len() < 4 {
            assert!(Instant::now() < deadline, "the jobs do not come to an end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    // Whatever is still at work would be a job that ran twice.
    tokio::time::sleep(Duration::from_millis(300)).await;
    stop.cancel();
    futures::future::join_all(loops).await.into_iter().for_each(|ended| ended.unwrap());
    let (mut jobs, mut claimed_twice, mut read_twice) = (0, 0, 0);
    for (site_id, url) in &sites {
        let found = test.service.list_jobs(&viewer, Some(*site_id)).await.unwrap();
        assert!(found.iter().all(|job| job.state == JobState::Done), "{found:?}");
        jobs += found.len();
        claimed_twice += found.iter().filter(|job| job.attempts != 1).count();
        read_twice += usize::from(test.reader.reads(url) != 1);
        assert_eq!(test.service.list_variants(&viewer, *site_id).await.unwrap().len(), 4);
    }
    assert_eq!((jobs, claimed_twice, read_twice), (2 * SITES, 0, 0));
}

async fn a_worker_elsewhere_begins_at_once(database: TestDatabase) {
    let is_sqlite = database.url.is_sqlite();
    let test = TestService::new(database);
    let viewer = sign_up(&test, "owner@example.com").await;
    let url = "https://kettle.example/";
    let stop = CancellationToken::new();
    // SQLite tells other processes nothing, and has one that works.
    let worker = if is_sqlite { test.service.clone() } else { test.another_replica().await };
    let loops = start(&worker, &stop);
    // Asleep for five seconds by now, as nothing is due.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let asked = Instant::now();
    let site = test.service.create_site(&viewer, url).await.unwrap();
    while test.service.list_variants(&viewer, site.id).await.unwrap().len() < 4 {
        assert!(asked.elapsed() < Duration::from_millis(2_500), "the worker sleeps on");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    stop.cancel();
    futures::future::join_all(loops).await.into_iter().for_each(|ended| ended.unwrap());
}
