//! `cargo xtask torture`: ends server and database under load, takes away their disk, asks too much of them, and
//! counts what is missing afterwards.

mod as_one;
mod bookkeeping;
pub(crate) mod counters;
mod disk_full;
mod failover;
pub(crate) mod forms;
mod found;
mod fsync_order;
mod jobs;
mod killed_database;
mod killed_server;
mod overload;
mod parts;
mod replay;
mod report;
mod rolling_restart;
mod senders;
mod truth;
mod visitors;
mod wire;

use crate::evoloop;
use crate::failure::{About, Failure, Outcome};
use crate::project::Project;
use crate::shell;
use found::{Extent, Verdict};
use parts::{Control, PARTS, Part};
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

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
    /// Cargo's profile of the server, unless it is `dev` for the short forms and `release` for the full ones
    #[arg(long, value_name = "PROFILE")]
    profile: Option<String>,
    /// A built server to use instead of building one
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// This is the optimised copy that does the work
    #[arg(long, hide = true)]
    optimised: bool,
}

impl Arguments {
    fn is_full(&self) -> bool {
        !self.short && !self.faulty_build
    }

    fn profile(&self) -> &str {
        self.profile.as_deref().unwrap_or(if self.is_full() { "release" } else { "dev" })
    }
}

/// Runs the parts, or the proofs that they can fail.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let project = Project::open()?;
    let wanted = |part: &&Part| arguments.only.as_ref().is_none_or(|name| part.name == name);
    let parts: Vec<&Part> = PARTS.iter().filter(wanted).collect();
    if parts.is_empty() {
        let names: Vec<&str> = PARTS.iter().map(|part| part.name).collect();
        return Err(Failure::new(format!("there is no such part; the parts are {}", names.join(", "))));
    }
    if arguments.is_full() && !arguments.optimised {
        return become_optimised(&project, arguments);
    }
    let binary = match &arguments.binary {
        Some(binary) => binary.canonicalize().about(binary.display())?,
        None => evoloop::build(&project, arguments.profile(), &[])?,
    };
    if arguments.faulty_build {
        let prove = |part: &Part| prove_that_it_can_fail(&project, part, &binary);
        return all_pass(
            parts.iter().map(|part| (part.name, shell::step(&format!("{} must fail", part.name), || prove(part)))),
        );
    }
    let mut pages = Vec::new();
    let passed = all_pass(parts.iter().map(|part| {
        let extent = if arguments.short { Extent::Short } else { Extent::Full };
        let begun = Instant::now();
        let verdict = shell::step(part.name, || {
            let found = (part.run)(&project, &binary, extent)?;
            let verdict = found.verdict();
            pages.push((*part, found, begun.elapsed()));
            verdict
        });
        (part.name, verdict)
    }));
    if arguments.is_full() && arguments.only.is_none() {
        let path = project.root.join("docs/torture.md");
        fs::write(&path, report::page(&pages, arguments.profile())).about(path.display())?;
        println!("written to {}", path.display());
    }
    passed
}

/// Takes each verdict, prints a line about it, and fails when one of them is a failure.
fn all_pass<'a>(verdicts: impl Iterator<Item = (&'a str, Outcome<Verdict>)>) -> Outcome {
    let mut failed = Vec::new();
    let mut lines = Vec::new();
    for (name, verdict) in verdicts {
        lines.push(match verdict {
            Ok(Verdict::Passed) => format!("part {name}: passed"),
            Ok(Verdict::NotDone) => format!("part {name}: not done"),
            Err(failure) => {
                failed.push(name);
                format!("part {name}: failed, {failure}")
            }
        });
    }
    println!("{}", lines.join("\n"));
    if failed.is_empty() { Ok(()) } else { Err(Failure::new(failed.join(", "))) }
}

/// The part must find a fault when there is one, or it sees nothing.
fn prove_that_it_can_fail(project: &Project, part: &Part, sound: &Path) -> Outcome<Verdict> {
    let found = match &part.control {
        Control::Feature(fault) => {
            let folder = tempfile::tempdir()?;
            let binary = folder.path().join("evoloop");
            let faulty = evoloop::build_with(project, "dev", &["--features", fault]);
            let copied = faulty.and_then(|built| Ok(fs::copy(built, &binary)?));
            // Whatever happened, the binary in its usual place is the sound one again.
            evoloop::build(project, "dev", &[])?;
            copied?;
            (part.run)(project, &binary, Extent::Short)?
        }
        Control::Harness(run) => run(project, sound, Extent::Short)?,
    };
    match found.verdict() {
        Err(failure) => {
            println!("    as it should be, the fault is found out: {failure}");
            Ok(Verdict::Passed)
        }
        Ok(Verdict::Passed) => Err(Failure::new("the part passed although there was a fault")),
        Ok(Verdict::NotDone) => Ok(Verdict::NotDone),
    }
}

/// The senders share the machine with the server, so in a full run they are a copy of this program with optimisation.
fn become_optimised(project: &Project, arguments: &Arguments) -> Outcome {
    let mut cargo = shell::cargo(&project.root);
    cargo.args(["run", "--quiet", "--release", "--package", "xtask", "--", "torture", "--optimised"]);
    cargo.args(["--profile", arguments.profile()]);
    cargo.args(arguments.only.iter().flat_map(|name| ["--only", name]));
    if let Some(binary) = &arguments.binary {
        cargo.arg("--binary").arg(binary);
    }
    println!("==> building the senders with optimisation");
    Err(Failure::from(cargo.exec()))
}
