//! The server is killed while visitors send events, again and again on the same SQLite file.

use super::found::{Extent, Found};
use super::visitors;
use crate::evoloop::Server;
use crate::failure::Outcome;
use crate::project::Project;
use std::path::Path;
use std::time::Duration;

/// Senders at the same time.
const SENDERS: usize = 4;
/// Acknowledged events below which a run proves nothing.
const ENOUGH: usize = 500;
/// How long the server lives, longer each time, so that it is hit at different moments.
const LIVES: Duration = Duration::from_millis(1_500);

/// Kills and restarts the server this often, then asks for every acknowledged event.
pub(super) fn run(project: &Project, binary: &Path, extent: Extent) -> Outcome<Found> {
    let cycles = extent.pick(3, 5);
    let mut site = String::new();
    let mut server = Server::start(project, binary, &[], |invoke| {
        site = visitors::seed(invoke)?;
        Ok(())
    })?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let mut acknowledged = Vec::new();
    for cycle in 0..cycles {
        let address = server.address();
        let senders: Vec<_> = (0..SENDERS)
            .map(|sender| {
                let (site, prefix) = (site.clone(), format!("cycle-{cycle}-sender-{sender}"));
                runtime.spawn(async move { visitors::expose(address, &site, &prefix, usize::MAX).await })
            })
            .collect();
        std::thread::sleep(LIVES + Duration::from_millis(37) * u32::try_from(cycle).unwrap_or_default());
        server.kill()?;
        for sender in senders {
            acknowledged.extend(runtime.block_on(sender)?);
        }
        server.restart()?;
        println!("    killed {} of {cycles} times, {} events acknowledged so far", cycle + 1, acknowledged.len());
    }
    // Counted before anything is sent again, so that what is missing cannot hide.
    let counted = visitors::recounted(&server, &site)?;
    let missing = runtime.block_on(visitors::missing(server.address(), &acknowledged))?;
    server.stop()?;
    let mut found = Found::default();
    found.figure("visitors counted", counted);
    found.figure("events acknowledged", acknowledged.len());
    found.figure("acknowledged events missing", missing);
    found.demand(missing == 0, format!("{missing} acknowledged events are missing"));
    found.demand(acknowledged.len() >= ENOUGH, format!("only {} events, fewer than {ENOUGH}", acknowledged.len()));
    Ok(found)
}
