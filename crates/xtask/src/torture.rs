//! `cargo xtask torture`: kills server and database under load, and counts what is missing afterwards.

mod killed_database;
mod killed_server;
mod senders;
mod visitors;

use crate::evoloop;
use crate::failure::{Failure, Outcome};
use crate::project::Project;
use std::fs;

/// Cargo feature of a build that tells senders their events are stored before they are.
const FAULT: &str = "fault-answer-before-commit";

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// How often the server is killed
    #[arg(long, default_value_t = 5)]
    cycles: usize,
    /// Only prove that the check can fail, with a build that answers before the commit
    #[arg(long)]
    faulty_build: bool,
}

/// Runs both parts, or the proof that the first one can fail.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let project = Project::open()?;
    if arguments.faulty_build {
        return prove_that_it_can_fail(&project, arguments.cycles);
    }
    let binary = evoloop::build(&project, "dev", &[])?;
    killed_server::run(&project, &binary, arguments.cycles)?.verdict()?;
    killed_database::run(&project, &binary, 50)
}

/// A build that answers too early must lose events, or the check sees nothing.
fn prove_that_it_can_fail(project: &Project, cycles: usize) -> Outcome {
    let folder = tempfile::tempdir()?;
    let binary = folder.path().join("evoloop");
    let faulty = evoloop::build_with(project, "dev", &["--features", FAULT]);
    let copied = faulty.and_then(|built| Ok(fs::copy(built, &binary)?));
    // Whatever happened, the binary in its usual place is the sound one again.
    evoloop::build(project, "dev", &[])?;
    copied?;
    match killed_server::run(project, &binary, cycles)?.verdict() {
        Err(failure) => {
            println!("as it should be, the faulty build is found out: {failure}");
            Ok(())
        }
        Ok(()) => Err(Failure::new("the check passed a build that answers before the commit")),
    }
}
