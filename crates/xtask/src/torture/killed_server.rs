//! The server is killed while visitors send events, again and again on the same SQLite file.

use super::visitors;
use crate::evoloop::Server;
use crate::failure::{Failure, Outcome};
use crate::project::Project;
use std::path::Path;
use std::time::Duration;

/// Senders at the same time.
const SENDERS: usize = 4;
/// Acknowledged events below which a run proves nothing.
const ENOUGH: usize = 500;
/// How long the server lives, longer each time, so that it is hit at different moments.
const LIVES: Duration = Duration::from_millis(1_500);

/// What a run found.
pub(super) struct Found {
    acknowledged: usize,
    missing: usize,
    counted: u64,
}

impl Found {
    /// Fails when an acknowledged event is missing, or too few were acknowledged.
    pub(super) fn verdict(&self) -> Outcome {
        println!(
            "killed server: {} events acknowledged, {} missing, {} visitors counted",
            self.acknowledged, self.missing, self.counted
        );
        if self.missing > 0 {
            return Err(Failure::new(format!("{} acknowledged events are missing", self.missing)));
        }
        if self.acknowledged < ENOUGH {
            return Err(Failure::new(format!("only {} events, fewer than {ENOUGH}", self.acknowledged)));
        }
        Ok(())
    }
}

/// Kills and restarts the server this often, then asks for every acknowledged event.
pub(super) fn run(project: &Project, binary: &Path, cycles: usize) -> Outcome<Found> {
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
    Ok(Found { acknowledged: acknowledged.len(), missing, counted })
}
