//! `cargo xtask test`: the whole suite, on both databases and in a real browser, with or without coverage.

mod coverage;
mod end2end;
mod gates;
mod suite;
mod totals;

use crate::failure::{Failure, Outcome};
use crate::postgres::{Durability, PrivatePostgres};
use crate::project::Project;
use crate::{shell, site, tools};
use coverage::Coverage;
use std::time::Instant;
use suite::Suites;

/// Options of the command.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Arguments {
    /// Measure which lines the suite runs, and fail below the limits
    #[arg(long)]
    coverage: bool,
    /// Leave out the browser tests
    #[arg(long)]
    skip_end2end: bool,
    /// Only Rust tests whose name holds this text; nothing else runs
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
}

impl Arguments {
    /// Everything, measured.
    pub(crate) fn with_coverage() -> Self {
        Self { coverage: true, ..Self::default() }
    }
}

/// Runs the suite and prints a summary that ends in the totals.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let begun = Instant::now();
    let project = Project::open()?;
    let mut suites = Suites::default();
    let outcome = run_suites(&project, arguments, &mut suites);
    suites.print(begun.elapsed());
    outcome?;
    if suites.all_passed() { Ok(()) } else { Err(Failure::new("tests failed")) }
}

fn run_suites(project: &Project, arguments: &Arguments, suites: &mut Suites) -> Outcome {
    let postgres =
        shell::step("starting a private Postgres", || PrivatePostgres::start(tools::postgres()?, Durability::None))?;
    let coverage = arguments.coverage.then(|| Coverage::prepare(project)).transpose()?;
    let mut environment = vec![("EVOLOOP_TEST_POSTGRES_URL", postgres.url())];
    environment.extend(coverage.iter().flat_map(Coverage::environment));
    if let Some(text) = &arguments.only {
        return suites.rust(project, &environment, Some(text));
    }
    // First of all, because a page without its browser part fails tests in ways that are hard to read.
    site::build(project, site::Arguments { release: false, skip_wasm_opt: true })?;
    suites.rust(project, &environment, None)?;
    suites.documentation(project, &environment)?;
    suites.browser_code(project)?;
    suites.snippet(project, arguments.coverage)?;
    suites.torture(project, &environment)?;
    if !arguments.skip_end2end {
        end2end::run(project, &environment, suites)?;
    }
    drop(postgres);
    match coverage {
        Some(coverage) => suites.gates(&coverage.report(project)?),
        None => Ok(()),
    }
}
