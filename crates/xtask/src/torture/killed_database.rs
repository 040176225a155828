//! Postgres is killed while the server runs: assignment goes on, events wait, and all is well when it is back.

use super::found::{Extent, Found};
use super::visitors;
use crate::client::Client;
use crate::evoloop::Server;
use crate::failure::{Failure, Outcome};
use crate::postgres::{Durability, PrivatePostgres};
use crate::project::Project;
use crate::tools;
use hyper::StatusCode;
use std::path::Path;
use std::time::{Duration, Instant};

/// Visitors whose variant must not change.
const VISITORS: usize = 1_000;
/// How long the server may take to use a database that is back.
const RECOVERY: Duration = Duration::from_secs(30);
/// Shared by all servers of one Postgres, so there is no default; this one guards nothing.
const KEY: &str = "a key for servers that are killed within a minute";

/// Kills the database under load.
pub(super) fn run(project: &Project, binary: &Path, _: Extent) -> Outcome<Found> {
    let mut postgres = PrivatePostgres::start(tools::postgres()?, Durability::Full)?;
    let environment = [("EVOLOOP_DATABASE_URL", postgres.url()), ("EVOLOOP_SECRET_KEY", KEY.to_owned())];
    let mut site = String::new();
    let mut server = Server::start(project, binary, &environment, |invoke| {
        site = visitors::seed(invoke)?;
        Ok(())
    })?;
    let address = server.address();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let before = runtime.block_on(variants(&server, &site))?;
    let load = {
        let site = site.clone();
        runtime.spawn(async move { visitors::expose(address, &site, "load", usize::MAX).await })
    };
    std::thread::sleep(Duration::from_secs(1));
    postgres.kill()?;
    let acknowledged = runtime.block_on(load)?;

    let during = runtime.block_on(variants(&server, &site))?;
    if before != during {
        return Err(Failure::new("a visitor's variant changed while the database was down"));
    }
    let refused = runtime.block_on(refused_events(&server, &site))?;
    postgres.restart()?;
    let waited = Instant::now();
    runtime.block_on(recovered(&server, &site))?;
    let waited = waited.elapsed();
    if !server.is_running() {
        return Err(Failure::new("the server did not survive"));
    }
    let missing = runtime.block_on(visitors::missing(address, &acknowledged))?;
    let counted = visitors::recounted(&server, &site)?;
    server.stop()?;
    let mut found = Found::default();
    found.figure("assignments that stayed equal", VISITORS);
    found.figure("events refused with 503 while the database was down", refused);
    found.figure("ms until events were taken again", waited.as_millis());
    found.figure("visitors counted", counted);
    found.figure("events acknowledged", acknowledged.len());
    found.figure("acknowledged events missing", missing);
    found.demand(missing == 0, format!("{missing} acknowledged events are missing"));
    found.demand(!acknowledged.is_empty(), "no event was acknowledged");
    Ok(found)
}

async fn variants(server: &Server, site: &str) -> Outcome<Vec<String>> {
    let mut client = Client::connect(server.address()).await?;
    let mut variants = Vec::with_capacity(VISITORS);
    for visitor in 0..VISITORS {
        let assigned = visitors::assigned(&mut client, site, &format!("steady-{visitor}")).await?;
        variants.push(assigned["variant_id"].to_string());
    }
    Ok(variants)
}

/// Every event is refused in a way that tells the sender to try again.
async fn refused_events(server: &Server, site: &str) -> Outcome<usize> {
    const TRIES: usize = 5;
    let mut client = Client::connect(server.address()).await?;
    for number in 0..TRIES {
        let event = visitors::exposure(&mut client, site, &format!("refused-{number}"), number).await?;
        let (status, _) = visitors::send(&mut client, &event).await?;
        if status != StatusCode::SERVICE_UNAVAILABLE {
            return Err(Failure::new(format!("without its database the server answered an event with {status}")));
        }
    }
    Ok(TRIES)
}

async fn recovered(server: &Server, site: &str) -> Outcome {
    let mut client = Client::connect(server.address()).await?;
    let deadline = Instant::now() + RECOVERY;
    loop {
        let event = visitors::exposure(&mut client, site, "after", 0).await?;
        let (status, _) = visitors::send(&mut client, &event).await?;
        if status.is_success() {
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(Failure::new(format!("the server still answers {status} with its database back")));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
