//! `cargo xtask torture`: ends server and database under load, takes away their disk, asks too much of them, and
//! counts what is missing afterwards.

mod as_one;
mod found;
mod killed_database;
mod killed_server;
mod rolling_restart;
mod senders;
mod visitors;

use crate::evoloop;
use crate::failure::{Failure, Outcome};
use crate::project::Project;
use crate::shell;
pub(crate) use found::{Extent, Found};
use std::fs;
use std::path::Path;

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Only the part of this name
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// The short form of each part, as in `cargo xtask test`
    #[arg(long)]
    short: bool,
    /// Only prove that each part can fail, with builds that have a fault, or by breaking what is measured
    #[arg(long)]
    faulty_build: bool,
}

/// Does its work with a binary of the server.
type Run = fn(&Project, &Path, Extent) -> Outcome<Found>;

/// How a part is seen to fail.
enum Control {
    /// A build of the server with this Cargo feature, which is a deliberate fault.
    Feature(&'static str),
    /// The sound server, and a harness that does it harm.
    Harness(Run),
}

/// One kind of torture.
pub(crate) struct Part {
    /// What `--only` calls it.
    pub(crate) name: &'static str,
    /// Does it.
    pub(crate) run: Run,
    control: Option<Control>,
}

/// Everything there is, in the order in which it is done.
pub(crate) const PARTS: [Part; 3] = [
    Part {
        name: "killed-server",
        run: killed_server::run,
        control: Some(Control::Feature("fault-answer-before-commit")),
    },
    Part {
        name: "killed-database",
        run: killed_database::run,
        control: Some(Control::Feature("fault-answer-before-commit")),
    },
    Part {
        name: "rolling-restart",
        run: rolling_restart::run,
        control: Some(Control::Harness(rolling_restart::killed)),
    },
];

/// Runs the parts, or the proofs that they can fail.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let project = Project::open()?;
    let extent = if arguments.short { Extent::Short } else { Extent::Full };
    let parts: Vec<&Part> = PARTS.iter().filter(|part| wanted(part, arguments.only.as_deref())).collect();
    if parts.is_empty() {
        let names: Vec<&str> = PARTS.iter().map(|part| part.name).collect();
        return Err(Failure::new(format!("there is no such part; the parts are {}", names.join(", "))));
    }
    let binary = evoloop::build(&project, "dev", &[])?;
    let mut failed = Vec::new();
    for part in parts {
        let outcome = if arguments.faulty_build {
            shell::step(&format!("{} must fail", part.name), || prove_that_it_can_fail(&project, part, &binary))
        } else {
            shell::step(part.name, || (part.run)(&project, &binary, extent)?.verdict())
        };
        if let Err(failure) = outcome {
            println!("{} failed: {failure}", part.name);
            failed.push(part.name);
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(Failure::new(failed.join(", "))) }
}

fn wanted(part: &Part, only: Option<&str>) -> bool {
    only.is_none_or(|name| part.name == name)
}

/// The part must find a fault when there is one, or it sees nothing.
fn prove_that_it_can_fail(project: &Project, part: &Part, sound: &Path) -> Outcome {
    let found = match &part.control {
        None => {
            println!("    {} has no negative control", part.name);
            return Ok(());
        }
        Some(Control::Feature(fault)) => {
            let folder = tempfile::tempdir()?;
            let binary = folder.path().join("evoloop");
            let faulty = evoloop::build_with(project, "dev", &["--features", fault]);
            let copied = faulty.and_then(|built| Ok(fs::copy(built, &binary)?));
            // Whatever happened, the binary in its usual place is the sound one again.
            evoloop::build(project, "dev", &[])?;
            copied?;
            (part.run)(project, &binary, Extent::Short)?
        }
        Some(Control::Harness(run)) => run(project, sound, Extent::Short)?,
    };
    if let Some(reason) = found.not_done() {
        return Err(Failure::new(reason));
    }
    match found.verdict() {
        Err(failure) => {
            println!("    as it should be, the fault is found out: {failure}");
            Ok(())
        }
        Ok(()) => Err(Failure::new("the part passed although there was a fault")),
    }
}
