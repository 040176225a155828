//! `cargo xtask bench`: the product beside what the machine could do at most, in the same run.

mod answer;
mod assign;
mod bodies;
mod constant;
mod events;
mod load;
mod process;
mod programs;
mod proxy;
mod report;
mod requests;
mod sides;
mod sites;
mod start;
mod statistics;
mod updates;

use crate::evoloop;
use crate::failure::{About, Failure, Outcome};
use crate::project::Project;
use crate::shell;
use report::Report;
use std::fs;
use std::os::unix::process::CommandExt;
use std::time::{Duration, Instant};

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Seconds of one round
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=30))]
    seconds: u64,
    /// Cargo's profile of the server that is measured
    #[arg(long, default_value = "release")]
    profile: String,
    /// Measure these parts only, and write nothing
    #[arg(long, value_enum)]
    only: Vec<Part>,
    /// This is the optimised copy that does the measuring
    #[arg(long, hide = true)]
    optimised: bool,
    /// Serve answers of this length until standard input ends
    #[arg(long, hide = true)]
    constant_route: Option<usize>,
}

/// What can be measured by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Assignment
    Assign,
    /// Events on both databases
    Events,
    /// Start and memory with many sites
    Start,
    /// Pages through the proxy
    Proxy,
    /// The scheduled look at a site with many past events
    Updates,
    /// The formulas
    Statistics,
}

/// Measures and writes docs/benchmarks.md.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    if let Some(length) = arguments.constant_route {
        return constant::run(length);
    }
    let project = Project::open()?;
    if !arguments.optimised {
        return become_optimised(&project, arguments);
    }
    let binary = evoloop::build_with(&project, &arguments.profile, &programs::BUILD)?;
    let begun = Instant::now();
    let wanted = |part: Part| arguments.only.is_empty() || arguments.only.contains(&part);
    let time = Duration::from_secs(arguments.seconds);
    let mut report = Report { pairs: Vec::new(), figures: Vec::new(), statistics: String::new() };
    if wanted(Part::Assign) {
        report.pairs.extend(assign::measure(&project, &binary, time)?);
    }
    if wanted(Part::Events) {
        report.pairs.extend(events::measure(&project, &binary, time)?);
    }
    if wanted(Part::Start) {
        report.figures.extend(start::measure(&project, &binary)?);
    }
    if wanted(Part::Proxy) {
        report.figures.extend(proxy::measure(&project, &binary, time)?);
    }
    if wanted(Part::Updates) {
        report.figures.extend(updates::measure(&binary)?);
    }
    if wanted(Part::Statistics) {
        report.statistics = statistics::measure(&project)?;
    }
    println!("\n{}", report.tables());
    println!("measured in {}; aims missed: {}", shell::elapsed(begun.elapsed()), report.missed());
    if arguments.only.is_empty() {
        let path = project.root.join("docs/benchmarks.md");
        fs::create_dir_all(project.root.join("docs"))?;
        fs::write(&path, report.page(&arguments.profile, &process::processor())).about(path.display())?;
        println!("written to {}", path.display());
    }
    Ok(())
}

/// The client must not be the slow part, so the measuring is done by a copy of this program with optimisation.
fn become_optimised(project: &Project, arguments: &Arguments) -> Outcome {
    let mut cargo = shell::cargo(&project.root);
    cargo.args(["run", "--quiet", "--release", "--package", "xtask", "--", "bench", "--optimised"]);
    cargo.args(["--profile", &arguments.profile, "--seconds", &arguments.seconds.to_string()]);
    for part in arguments.only.iter().filter_map(clap::ValueEnum::to_possible_value) {
        cargo.args(["--only", part.get_name()]);
    }
    println!("==> building the client with optimisation");
    Err(Failure::from(cargo.exec()))
}
