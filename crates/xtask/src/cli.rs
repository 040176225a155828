//! The commands and their options.

use crate::failure::Outcome;
use crate::{bench, check_leptos, ci, corpus, demo, fuzz, run, site, test, tidy, torture};
use clap::{Parser, Subcommand};

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Builds everything and starts the server
    Run(run::Arguments),
    /// Builds everything and shows the whole loop on a demo site
    Demo(demo::Arguments),
    /// Runs the whole test suite
    Test(test::Arguments),
    /// Checks the rules of the house
    Tidy,
    /// Runs all that must pass before a change is accepted
    Ci,
    /// Measures assign and event throughput on this machine
    Bench(bench::Arguments),
    /// Scores the page analyser on a corpus of labelled pages
    Corpus(corpus::Arguments),
    /// Makes random patches with planted harm, in Rust and in Chromium
    Fuzz(fuzz::Arguments),
    /// Kills server and database under load and counts what is missing
    Torture(torture::Arguments),
    /// Proves that cargo-leptos builds and watches the project
    CheckLeptos,
    /// Builds the web files alone
    Site(site::Arguments),
}

impl Cli {
    /// Does what was asked for.
    pub(crate) fn run(self) -> Outcome {
        match self.command {
            Task::Run(arguments) => run::run(&arguments),
            Task::Demo(arguments) => demo::run(&arguments),
            Task::Test(arguments) => test::run(&arguments),
            Task::Tidy => tidy::run(),
            Task::Ci => ci::run(),
            Task::Bench(arguments) => bench::run(&arguments),
            Task::Corpus(arguments) => corpus::run(&arguments),
            Task::Fuzz(arguments) => fuzz::run(&arguments),
            Task::Torture(arguments) => torture::run(&arguments),
            Task::CheckLeptos => check_leptos::run(),
            Task::Site(arguments) => site::run(&arguments),
        }
    }
}
