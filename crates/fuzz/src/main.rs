//! `fuzz check` looks at many random patches; `fuzz lines` writes them for the browser.
#![expect(clippy::print_stdout, reason = "a command line tool talks on standard output")]

use clap::{Parser, Subcommand};
use fuzz::{Random, by_the_rules, by_the_rules_of_a_browser, in_order, patch, run};
use serde_json::json;
use std::io::{BufWriter, Write, stdout};
use std::process::ExitCode;
use std::time::Instant;

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
    /// How many patches
    #[arg(long, global = true, default_value_t = 20_000)]
    count: u64,
    /// Where the random numbers begin
    #[arg(long, global = true, default_value_t = 1)]
    seed: u64,
}

#[derive(Subcommand)]
enum Task {
    /// Checks and applies them, and looks at what they make of a page
    Check,
    /// Writes each as a line of JSON: its text as it would be served, and the name of its refusal
    Lines,
}

fn main() -> ExitCode {
    let Arguments { task, count, seed } = Arguments::parse();
    match task {
        Task::Check => check(count, seed),
        Task::Lines => lines(count, seed).map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS),
    }
}

fn check(count: u64, seed: u64) -> ExitCode {
    let began = Instant::now();
    let tally = run(count, seed, by_the_rules);
    let share = tally.valid * 100 / count.max(1);
    let seconds = began.elapsed().as_secs_f64();
    println!("{count} patches from seed {seed} in {seconds:.1} s: {} valid ({share} %)\n{tally}", tally.valid);
    if tally.findings.is_empty() && share >= 30 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn lines(count: u64, seed: u64) -> std::io::Result<()> {
    let mut out = BufWriter::new(stdout().lock());
    for index in 0..count {
        let patch = patch(&mut Random::new(seed, index));
        let (json, refusal) = match by_the_rules_of_a_browser(&patch.to_string()) {
            Ok(patch) => (serde_json::to_string(&patch)?, None),
            Err(refusal) => (in_order(&patch), Some(refusal)),
        };
        writeln!(out, "{}", json!({"json": json, "refusal": refusal}))?;
    }
    out.flush()
}
