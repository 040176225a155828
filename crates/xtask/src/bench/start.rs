//! How soon a server is there, and how much memory it takes, with ten thousand sites and with one.

use super::load::{self, Pace};
use super::process::memory_mib;
use super::report::Figure;
use super::sites::{self, Random, Seed};
use crate::failure::Outcome;
use crate::measured::median;
use crate::project::Project;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const SITES: usize = 10_000;
/// The least that a start can take.
const ALONE: usize = 1;
const STARTS: usize = 3;
const VISITORS: usize = 50_000;
const CONNECTIONS: u32 = 64;
const LOAD: Duration = Duration::from_secs(3);
const AIM_SECONDS: f64 = 2.0;
const AIM_MIB: f64 = 150.0;

/// What was found with a number of sites.
struct Found {
    seeding: f64,
    ready: f64,
    memory_at_start: f64,
    memory_after_load: f64,
}

/// Both numbers of sites.
pub(super) fn measure(project: &Project, binary: &Path) -> Outcome<Vec<Figure>> {
    println!("==> measuring: start and memory");
    let least = with(sites::start(project, binary, &[], ALONE)?)?;
    let many = with(sites::start(project, binary, &[], SITES)?)?;
    let figure = |what: &str, unit, ceiling, value, most| Figure { what: what.to_owned(), unit, ceiling, value, most };
    Ok(vec![
        figure("from process start to ready", "s", least.ready, many.ready, Some(AIM_SECONDS)),
        figure("memory when ready", "MiB", least.memory_at_start, many.memory_at_start, None),
        figure(
            "memory after assignments on all sites",
            "MiB",
            least.memory_after_load,
            many.memory_after_load,
            Some(AIM_MIB),
        ),
        figure("`evoloop seed`", "s", least.seeding, many.seeding, None),
    ])
}

fn with(seed: Seed) -> Outcome<Found> {
    let Seed { mut server, sites, took } = seed;
    let (mut ready, mut memory) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        server.kill()?;
        let begun = Instant::now();
        server.restart()?;
        ready.push(begun.elapsed().as_secs_f64());
        memory.push(memory_mib(server.id())?);
    }
    let asked = Arc::new(sites::assignments(server.address(), &sites, VISITORS, &mut Random(3)));
    load::measure(&asked, CONNECTIONS, LOAD, Pace::Closed)?;
    let memory_after_load = memory_mib(server.id())?;
    server.stop()?;
    Ok(Found { seeding: took.as_secs_f64(), ready: median(ready), memory_at_start: median(memory), memory_after_load })
}
