//! Changes by one process, seen by another.

use crate::support::{assign, running_site, visitor};
use domain::SiteStatus;
use service::{AssignError, AssignRequest, Service, SiteUpdate};
use std::time::{Duration, Instant};
use testkit::service::TestServiceBuilder;
use testkit::{TestDatabase, on_both_databases};
use tokio_util::sync::CancellationToken;

on_both_databases!(changes_are_seen_by_other_processes, changes_are_told_on_postgres);

/// How long another process may serve what is old.
const SEEN_WITHIN: Duration = Duration::from_secs(5);

async fn within(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + SEEN_WITHIN;
    while !is_so() {
        assert!(Instant::now() < deadline, "not seen in time: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A site is added, paused and deleted in one process; the other one follows.
async fn follows(database: TestDatabase, compare_sites_every: Duration) {
    let test = TestServiceBuilder::default().compare_sites_every(compare_sites_every).build(database);
    let other = test.another_process();
    let stop = CancellationToken::new();
    let watcher = tokio::spawn({
        let (other, stop) = (other.clone(), stop.clone());
        async move { other.run_watcher(stop).await }
    });
    // It compares once at its start and begins to listen after that.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let (viewer, site_id) = running_site(&test).await;
    let seen = |service: &Service| {
        let request = AssignRequest { site_id, visitor_id: visitor("v-1"), current: None, automated: false };
        service.assign(&request)
    };
    let here = assign(&test, site_id, "v-1");
    within("a new site with its variants", || {
        seen(&other).is_ok_and(|there| there.variant_id == here.variant_id && there.token.is_some())
    })
    .await;
    let pause = SiteUpdate { status: Some(SiteStatus::Paused), ..SiteUpdate::default() };
    test.service.update_site(&viewer, site_id, pause).await.unwrap();
    assert!(seen(&test.service).is_ok_and(|here| here.token.is_none()), "at once where it was done");
    within("a pause", || seen(&other).is_ok_and(|there| there.token.is_none())).await;
    test.service.delete_site(&viewer, site_id).await.unwrap();
    within("an end", || seen(&other).err() == Some(AssignError::UnknownSite)).await;
    stop.cancel();
    watcher.await.unwrap();
}

async fn changes_are_seen_by_other_processes(database: TestDatabase) {
    follows(database, Duration::from_secs(1)).await;
}

/// With an hour between two comparisons only the news can be the reason.
async fn changes_are_told_on_postgres(database: TestDatabase) {
    if !database.url.is_sqlite() {
        follows(database, Duration::from_secs(3600)).await;
    }
}
