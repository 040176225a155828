//! Postgres is stopped hard while visitors come: assignment goes on, events are refused and sent again, none
//! that was acknowledged is lost, and all is well seconds after it is back.

use super::found::{Extent, Found};
use super::senders::{Rules, Senders};
use super::visitors;
use crate::client::{self, Client};
use crate::evoloop::Server;
use crate::failure::{Failure, Outcome};
use crate::postgres::{Durability, PrivatePostgres};
use crate::project::Project;
use crate::tools;
use serde_json::Value;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// Visitors whose variant must not change.
const STEADY: usize = 100;
/// Visitors that come at the same time.
const SENDERS: usize = 4;
/// Acknowledged events a stop, below which a run proves nothing.
const ENOUGH: usize = 20;
/// How long the server may take to use a database that is back.
const RECOVERY: Duration = Duration::from_secs(5);
/// After this the server does not come back.
const GIVE_UP: Duration = Duration::from_secs(60);
/// How long an event may take: the batch before it and its own, each no longer than a write may, and a second.
const PATIENCE: Duration = Duration::from_secs(11);
/// How long an assignment may take on a busy machine; it waits for nothing.
const AT_ONCE: Duration = Duration::from_secs(2);
/// Shared by all servers of one Postgres, so there is no default; this one guards nothing.
pub(super) const KEY: &str = "a key for servers that are killed within a minute";

/// Stops the database again and again, alternately by its own command and by SIGKILL.
pub(super) fn run(project: &Project, binary: &Path, extent: Extent) -> Outcome<Found> {
    let stops = extent.pick(2, 50);
    let mut postgres = PrivatePostgres::start(tools::postgres()?, Durability::Full)?;
    let environment = [("EVOLOOP_DATABASE_URL", postgres.url()), ("EVOLOOP_SECRET_KEY", KEY.to_owned())];
    let mut site = String::new();
    let mut server = Server::start(project, binary, &environment, |invoke| {
        site = visitors::seed(invoke)?;
        Ok(())
    })?;
    let address = server.address();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let steady = runtime.block_on(assigned(address, &site))?;
    let names: Vec<String> = (0..SENDERS).map(|sender| format!("sender-{sender}")).collect();
    let rules = Rules { refusals: true, reconnects: false, patience: PATIENCE };
    let senders = Senders::start(&runtime, address, &site, &names, rules);
    let mut slowest = Duration::ZERO;
    for stop in 0..stops {
        // Longer each time, so that it is hit at different moments of a commit.
        std::thread::sleep(Duration::from_millis(300 + 37 * (u64::try_from(stop).unwrap_or_default() % 10)));
        if stop % 2 == 0 {
            postgres.stop_immediately()?;
        } else {
            postgres.kill()?;
        }
        runtime.block_on(unmoved(address, &site, &steady))?;
        postgres.restart()?;
        slowest = slowest.max(recovered(&runtime, address, &site, stop)?);
        if (stop + 1) % 10 == 0 {
            println!("    stopped {} of {stops} times, slowest recovery so far {} ms", stop + 1, slowest.as_millis());
        }
    }
    let ledger = senders.stop(&runtime)?;
    if !server.is_running() {
        return Err(Failure::new("the server did not survive"));
    }
    // Counted before anything is sent again, so that what is missing cannot hide.
    let counted = visitors::recounted(&server, &site)?;
    let missing = runtime.block_on(visitors::missing(address, &ledger.acknowledged))?;
    server.stop()?;
    let mut found = Found::default();
    found.figure("hard stops of the database", stops);
    ledger.note(&mut found);
    found.figure("ms, slowest recovery", slowest.as_millis());
    found.figure("visitors counted", counted);
    found.figure("acknowledged events missing", missing);
    found.demand(missing == 0, format!("{missing} acknowledged events are missing"));
    found.demand(ledger.acknowledged.len() >= ENOUGH * stops, "too few events to prove anything");
    found.demand(ledger.refused > 0, "no event met a database that was down");
    if extent == Extent::Full {
        found.demand(ledger.slowest_assignment < AT_ONCE, "an assignment waited");
        found.demand(slowest < RECOVERY, "the server took long to use its database again");
    }
    Ok(found)
}

/// The steady visitors, each with its token and variant.
async fn assigned(address: SocketAddr, site: &str) -> Outcome<Vec<(String, Value)>> {
    let mut client = Client::connect(address).await?;
    let mut steady = Vec::with_capacity(STEADY);
    for visitor in 0..STEADY {
        let visitor = format!("steady-{visitor}");
        let assigned = visitors::assigned(&mut client, site, &visitor).await?;
        steady.push((visitor, assigned));
    }
    Ok(steady)
}

/// That each steady visitor still gets its variant, now that there is no database.
async fn unmoved(address: SocketAddr, site: &str, steady: &[(String, Value)]) -> Outcome {
    let mut client = Client::connect(address).await?;
    for (visitor, before) in steady {
        let token = before["token"].as_str().unwrap_or_default();
        let path = format!("/v1/assign?site_id={site}&visitor_id={visitor}&current={token}");
        let answer: Value = serde_json::from_str(&client.text(client::get(&path)).await?)?;
        if answer["variant_id"] != before["variant_id"] {
            return Err(Failure::new(format!("{visitor} got another variant while the database was down: {answer}")));
        }
    }
    Ok(())
}

/// How long it takes until an event is stored again.
fn recovered(runtime: &Runtime, address: SocketAddr, site: &str, stop: usize) -> Outcome<Duration> {
    let back = Instant::now();
    let first = async {
        let mut client = Client::connect(address).await?;
        let event = visitors::exposure(&mut client, site, &format!("after-{stop}"), stop).await?;
        loop {
            let (status, _) = visitors::send(&mut client, &event).await?;
            if status.is_success() {
                return Ok(());
            }
            if back.elapsed() > GIVE_UP {
                return Err(Failure::new(format!("the server still answers {status} with its database back")));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    runtime.block_on(first)?;
    Ok(back.elapsed())
}
