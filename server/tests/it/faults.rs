//! A network between the server and Postgres that fails: nobody waits for long, and all is well afterwards.

use crate::support::{App, event};
use serde_json::Value;
use std::time::Duration;
use store::{Limits, Store};
use testkit::{FaultProxy, NetworkFault, TestDatabase};
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, timeout};

const LIMITS: Limits = Limits {
    acquire: Duration::from_millis(300),
    read: Duration::from_millis(500),
    write: Duration::from_millis(500),
    long: Duration::from_secs(2),
};
/// The batch before it and its own, each no longer than a write may take, and a second.
const EVENT: Duration = Duration::from_millis(2_000);
/// Connections of the store's pool.
const POOL: usize = 16;
/// How long the server may take to be well again.
const RECOVERY: Duration = Duration::from_secs(5);

const FAULTS: [NetworkFault; 5] = [
    NetworkFault::Delay(Duration::from_secs(1)),
    NetworkFault::Trickle(Duration::from_secs(1)),
    NetworkFault::Reset,
    NetworkFault::BlackHole,
    NetworkFault::HalfOpen,
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_fails_makes_nobody_wait_and_leaves_nothing_behind() {
    let Some(mut database) = TestDatabase::postgres().await else { return };
    let (proxy, through) = FaultProxy::before_postgres(&database.url_text).await.unwrap();
    database.store = Store::open_within(&through.parse().unwrap(), LIMITS).await.unwrap();
    let app = App::on(database);
    let site = app.seeded(3).await.id;
    // As many connections as there can be, so that none of what follows is a first time.
    let first =
        futures::future::join_all((0..40).map(|number| app.visit_named(&site, format!("first-{number}")))).await;
    assert!(first.iter().all(|status| *status == 200), "{first:?}");
    let at_rest = settled(&proxy, 0).await;
    for (round, fault) in FAULTS.into_iter().enumerate() {
        proxy.set(fault);
        let begun = Instant::now();
        let events = (0..4).map(|number| timed(&app, &site, format!("during-{round}-{number}")));
        let health = async {
            let begun = Instant::now();
            let answer = app.server.get("/v1/health").await;
            (answer.status_code().as_u16(), begun.elapsed())
        };
        let (events, health, slowest_assignment) =
            tokio::join!(futures::future::join_all(events), health, assignments(&app, &site));
        for (status, took) in events {
            assert_eq!(status, 503, "{fault:?}: an event after {took:?}");
            assert!(took < EVENT, "{fault:?}: an event took {took:?}");
        }
        assert_eq!(health.0, 503, "{fault:?}: health");
        assert!(health.1 < EVENT, "{fault:?}: health took {:?}", health.1);
        assert!(
            slowest_assignment < Duration::from_millis(250),
            "{fault:?}: an assignment took {slowest_assignment:?}"
        );
        assert!(begun.elapsed() < 2 * EVENT, "{fault:?}");

        proxy.set(NetworkFault::None);
        let over = Instant::now();
        while app.visit_named(&site, format!("after-{round}")).await != 200 {
            assert!(over.elapsed() < RECOVERY, "{fault:?}: not well again");
            sleep(Duration::from_millis(20)).await;
        }
        let left = settled(&proxy, at_rest).await;
        assert!(left <= at_rest, "{fault:?}: {left} tasks, {at_rest} before");
        assert!(proxy.open_connections() <= POOL, "{fault:?}: {} connections", proxy.open_connections());
    }
    app.inside.database.store.clone().close().await.unwrap();
    let closing = Instant::now();
    while proxy.open_connections() > 0 {
        assert!(closing.elapsed() < RECOVERY, "{} connections stay open", proxy.open_connections());
        sleep(Duration::from_millis(20)).await;
    }
}

/// That the test above can fail: without limits the same network is felt.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_limits_of_time_an_event_waits_as_long_as_the_network_is_silent() {
    let Some(mut database) = TestDatabase::postgres().await else { return };
    let (proxy, through) = FaultProxy::before_postgres(&database.url_text).await.unwrap();
    let ages = Duration::from_secs(3_600);
    let unlimited = Limits { acquire: ages, read: ages, write: ages, long: ages };
    database.store = Store::open_within(&through.parse().unwrap(), unlimited).await.unwrap();
    let app = App::on(database);
    let site = app.seeded(3).await.id;
    assert_eq!(app.visit_named(&site, "before".to_owned()).await, 200);
    proxy.set(NetworkFault::BlackHole);
    assert!(timeout(EVENT, app.visit_named(&site, "during".to_owned())).await.is_err(), "somebody ended the wait");
    proxy.set(NetworkFault::None);
    assert_eq!(timeout(RECOVERY, app.visit_named(&site, "after".to_owned())).await.unwrap(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_stops_in_time_while_its_database_is_silent() {
    let Some(database) = TestDatabase::postgres().await else { return };
    let (proxy, through) = FaultProxy::before_postgres(&database.url_text).await.unwrap();
    let store = Store::open_within(&through.parse().unwrap(), LIMITS).await.unwrap();
    proxy.set(NetworkFault::BlackHole);
    assert!(store.ping().await.is_err());
    let closed = timeout(Duration::from_secs(2), store.close()).await;
    assert!(closed.is_ok(), "closing waits for a database that is silent");
}

/// Tasks of the runtime but those of the proxy, once there are no more than expected or some time has passed.
async fn settled(proxy: &FaultProxy, expected: usize) -> usize {
    let tasks = || Handle::current().metrics().num_alive_tasks().saturating_sub(proxy.open_connections());
    let mut least = tasks();
    for _ in 0..40 {
        if least <= expected {
            break;
        }
        sleep(Duration::from_millis(50)).await;
        least = least.min(tasks());
    }
    least
}

async fn timed(app: &App, site: &str, visitor: String) -> (u16, Duration) {
    let begun = Instant::now();
    let status = timeout(2 * EVENT, app.visit_named(site, visitor)).await.unwrap_or_default();
    (status, begun.elapsed())
}

async fn assignments(app: &App, site: &str) -> Duration {
    let mut slowest = Duration::ZERO;
    for number in 0..50 {
        let begun = Instant::now();
        let assigned: Value = app.assign(site, &format!("assigned-{number}")).await;
        assert!(assigned["variant_id"].is_string());
        slowest = slowest.max(begun.elapsed());
        sleep(Duration::from_millis(10)).await;
    }
    slowest
}

impl App {
    /// The status that the exposure of a visitor is answered with.
    async fn visit_named(&self, site: &str, visitor: String) -> u16 {
        let assigned = self.assign(site, &visitor).await;
        self.send(&event(&assigned, &visitor, "impression")).await.status_code().as_u16()
    }
}
