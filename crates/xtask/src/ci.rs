//! `cargo xtask ci`: everything that must pass before a change is accepted, in one command.

use crate::failure::{Failure, Outcome};
use crate::project::Project;
use crate::shell::{self, elapsed};
use crate::{check_leptos, test, tidy, tools};
use std::time::{Duration, Instant};

struct Step {
    name: &'static str,
    failure: Option<Failure>,
    took: Duration,
}

/// Runs every step, also after one failed, so that one run shows all there is to mend.
pub(crate) fn run() -> Outcome {
    let begun = Instant::now();
    let project = Project::open()?;
    let mut steps = vec![
        step("format", || shell::go(shell::cargo(&project.root).args(["fmt", "--all", "--check"]))),
        step("tidy", tidy::run),
        step("licences, sources and bans", || deny(&project)),
        step("lints, native", || clippy(&project, &["--all-targets", "--features", "app/ssr"])),
        step("lints, browser", || {
            tools::wasm_target(&project)?;
            clippy(&project, &["--package", "frontend", "--target", "wasm32-unknown-unknown"])
        }),
        step("cargo-leptos", check_leptos::run),
    ];
    println!("\n{:<28} result  time", "step");
    for Step { name, failure, took } in &steps {
        println!("{name:<28} {:<7} {}", if failure.is_none() { "ok" } else { "FAILED" }, elapsed(*took));
    }
    // Last, so that the totals of the tests are the last thing a good run prints.
    steps.push(step("tests with coverage", || test::run(&test::Arguments::with_coverage())));
    let failed: Vec<&str> = steps.iter().filter(|step| step.failure.is_some()).map(|step| step.name).collect();
    if failed.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(format!("{} after {}", failed.join(", "), elapsed(begun.elapsed()))))
    }
}

fn step(name: &'static str, action: impl FnOnce() -> Outcome) -> Step {
    println!("\n=== {name}");
    let begun = Instant::now();
    let failure = action().err();
    if let Some(failure) = &failure {
        println!("{name} failed: {failure}");
    }
    Step { name, failure, took: begun.elapsed() }
}

fn clippy(project: &Project, arguments: &[&str]) -> Outcome {
    let mut cargo = shell::cargo(&project.root);
    shell::go(cargo.arg("clippy").args(arguments).args(["--", "-D", "warnings"]))
}

fn deny(project: &Project) -> Outcome {
    let mut deny = shell::command(tools::cargo_deny(project)?);
    // Without advisories: their database is a repository that is not to be had everywhere.
    shell::go(deny.current_dir(&project.root).args(["--log-level", "warn", "check", "bans", "licenses", "sources"]))
}
