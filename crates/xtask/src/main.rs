//! `cargo xtask`: builds, runs, tests and checks the whole project.
#![expect(clippy::print_stdout, reason = "a command line tool talks on standard output")]
#![expect(clippy::disallowed_methods, reason = "it waits for programs without a runtime, and a signal ends it at once")]

mod bench;
mod check_leptos;
mod ci;
mod cli;
mod client;
mod corpus;
mod demo;
mod evoloop;
mod failure;
mod fingerprint;
mod fuzz;
mod haproxy;
mod measured;
mod postgres;
mod project;
mod run;
mod shell;
mod signals;
mod site;
mod test;
mod tidy;
mod tools;
mod torture;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    signals::watch();
    failure::exit_code(cli::Cli::parse().run())
}
