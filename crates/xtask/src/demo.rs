//! `cargo xtask demo`: everything built, the whole loop shown on a demo site.

use crate::failure::Outcome;
use crate::project::Project;
use crate::run::become_evoloop;

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Build as for a release: slower to build, faster to run
    #[arg(long)]
    release: bool,
    /// Options for `evoloop demo`, such as --check, --seed N, --speed N or --equal-rates
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    demo: Vec<String>,
}

/// Builds and starts.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    become_evoloop(&Project::open()?, arguments.release, "demo", &arguments.demo)
}
