//! Upkeep of the whole installation: at its time, by one of several processes.

use crate::support::running_site;
use service::ports::Clock;
use std::time::Duration;
use store::schedules::{Lease, Turn};
use testkit::{TestDatabase, TestService, on_both_databases};
use uuid::Uuid;

on_both_databases!(
    upkeep_is_done_by_one_process,
    a_dead_process_leaves_its_turn_to_another,
    jobs_that_ended_long_ago_go,
);

const NAME: &str = "prune_jobs";

async fn upkeep_is_done_by_one_process(database: TestDatabase) {
    let test = TestService::new(database);
    let replicas = [test.another_replica().await, test.another_replica().await, test.another_replica().await];
    for day in 1..=5 {
        let kept = futures::future::join_all(replicas.iter().map(service::Service::keep_once)).await;
        kept.into_iter().for_each(|kept| assert!(kept.unwrap() > test.clock.now(), "the next look is later"));
        assert_eq!(test.database.store.schedule_runs(NAME).await.unwrap(), Some(day), "once a day");
        replicas[0].keep_once().await.unwrap();
        test.clock.advance(time::Duration::hours(23));
        replicas[1].keep_once().await.unwrap();
        assert_eq!(test.database.store.schedule_runs(NAME).await.unwrap(), Some(day), "not before its time");
        test.clock.advance(time::Duration::hours(1));
    }
}

async fn a_dead_process_leaves_its_turn_to_another(database: TestDatabase) {
    let test = TestService::new(database);
    let store = &test.database.store;
    let dead = Lease { name: NAME, owner: Uuid::new_v4() };
    let now = test.clock.now();
    assert_eq!(store.take_schedule(dead, now, now + Duration::from_secs(60)).await.unwrap(), Turn::Ours);
    test.service.keep_once().await.unwrap();
    assert_eq!(store.schedule_runs(NAME).await.unwrap(), Some(0), "somebody has it");
    test.clock.advance(time::Duration::seconds(61));
    test.service.keep_once().await.unwrap();
    assert_eq!(store.schedule_runs(NAME).await.unwrap(), Some(1));
    // It was not dead but slow.
    assert!(!store.renew_schedule(dead, now + Duration::from_secs(600)).await.unwrap());
    assert!(!store.end_schedule(dead, None, now).await.unwrap(), "its end is refused");
    assert_eq!(store.schedule_runs(NAME).await.unwrap(), Some(1));
}

async fn jobs_that_ended_long_ago_go(database: TestDatabase) {
    let test = TestService::new(database);
    let (viewer, site_id) = running_site(&test).await;
    let kinds = async || {
        let jobs = test.service.list_jobs(&viewer, Some(site_id)).await.unwrap();
        jobs.iter().map(|job| job.kind).collect::<std::collections::HashSet<_>>()
    };
    assert_eq!(kinds().await.len(), 3);
    for (days, left) in [(29, 3), (2, 1)] {
        test.clock.advance(time::Duration::days(days));
        test.service.keep_once().await.unwrap();
        assert_eq!(kinds().await.len(), left, "what recurs has not ended");
    }
}
