//! Very many events, each sent several times and in disorder: the test of the suite with another count.

use super::found::{Extent, Found};
use crate::failure::Outcome;
use crate::postgres::{Durability, PrivatePostgres};
use crate::project::Project;
use crate::{shell, tools};
use std::path::Path;

/// The test, on both databases.
const TEST: &str = "counters_equal_the_distinct_truth";
/// How many different events; each is sent one to five times.
const EVENTS: &str = "EVOLOOP_TEST_REPLAYED_EVENTS";
/// Lets senders forget who the visitor is when they send an event again.
const FAULT: &str = "EVOLOOP_TEST_REPLAY_FORGETS";

/// Runs the test with its full count; the suite runs it with a smaller one.
pub(super) fn run(project: &Project, _: &Path, extent: Extent) -> Outcome<Found> {
    replay(project, extent.pick(3_000, 100_000), false)
}

/// The same with senders that are at fault.
pub(super) fn forgetful(project: &Project, _: &Path, _: Extent) -> Outcome<Found> {
    replay(project, 3_000, true)
}

fn replay(project: &Project, events: usize, forgets: bool) -> Outcome<Found> {
    let postgres = PrivatePostgres::start(tools::postgres()?, Durability::None)?;
    let mut command = shell::command(tools::nextest(project)?);
    command
        .current_dir(&project.root)
        .args(["nextest", "run", "--no-fail-fast", "-p", "service", TEST])
        .env("EVOLOOP_TEST_POSTGRES_URL", postgres.url())
        .env(EVENTS, events.to_string());
    if forgets {
        command.env(FAULT, "1");
    }
    let printed = shell::tee(&mut command)?;
    let passed = printed.lines.iter().filter(|line| line.contains("PASS") && line.contains(TEST)).count();
    let mut found = Found::default();
    found.figure("different events, each sent one to five times", events);
    found.figure("databases on which every counter equals the truth", passed);
    found.demand(printed.success && passed == 2, "a counter is not the truth");
    Ok(found)
}
