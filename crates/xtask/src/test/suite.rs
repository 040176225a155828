//! The parts of the suite, each with its runner, and the summary at the end.

use super::coverage::Lines;
use super::gates;
use super::totals::Totals;
use crate::evoloop;
use crate::failure::Outcome;
use crate::project::Project;
use crate::shell::{self, Printed, elapsed};
use crate::tools;
use std::env;
use std::time::{Duration, Instant};

/// Variables for the programs of a suite.
pub(super) type Environment = [(&'static str, String)];

/// The tests of `app` are those of its server half; Cargo leaves them out unless the feature is named.
pub(super) const FEATURES: [&str; 2] = ["--features", "app/ssr"];

/// What ran so far.
#[derive(Default)]
pub(super) struct Suites {
    done: Vec<Done>,
}

struct Done {
    name: &'static str,
    totals: Totals,
    took: Duration,
}

impl Suites {
    /// Unit and integration tests of every crate; `only` is part of a test's name.
    pub(super) fn rust(&mut self, project: &Project, environment: &Environment, only: Option<&str>) -> Outcome {
        let nextest = tools::nextest(project)?;
        let mut command = shell::command(nextest);
        command.current_dir(&project.root).args(["nextest", "run", "--no-fail-fast"]);
        command.args(FEATURES).args(only);
        command.envs(environment.iter().cloned());
        self.run("Rust, SQLite and Postgres", || shell::tee(&mut command), Totals::of_nextest)
    }

    /// Examples in the documentation, those that must not compile among them.
    pub(super) fn documentation(&mut self, project: &Project, environment: &Environment) -> Outcome {
        let mut command = shell::cargo(&project.root);
        command.args(["test", "--doc"]).envs(environment.iter().cloned());
        self.run("Rust documentation", || shell::tee(&mut command), Totals::of_libtest)
    }

    /// The browser part and the crates without input or output compile for browsers.
    pub(super) fn browser_code(&mut self, project: &Project) -> Outcome {
        let check = |arguments: &'static [&'static str]| {
            let mut command = shell::cargo(&project.root);
            command.args(["check", "--target", "wasm32-unknown-unknown"]).args(arguments);
            shell::tee(&mut command)
        };
        let one_by_one = || {
            let mut all = Printed { success: true, lines: Vec::new() };
            for arguments in [&["-p", "domain"] as &[&str], &["-p", "bandit"], &["-p", "app", "--features", "hydrate"]]
            {
                let printed = check(arguments)?;
                all.success &= printed.success;
                all.lines.push(if printed.success { "passed" } else { "failed" }.to_owned());
            }
            Ok(all)
        };
        let count = |lines: &[String], word: &str| lines.iter().filter(|line| *line == word).map(|_| 1).sum();
        let totals =
            |lines: &[String]| Totals { passed: count(lines, "passed"), failed: count(lines, "failed"), skipped: 0 };
        self.run("compiles for browsers", one_by_one, totals)
    }

    /// Tests of the snippet in a simulated browser, with its size budget.
    pub(super) fn snippet(&mut self, project: &Project, coverage: bool) -> Outcome {
        let script = if coverage { "test:snippet:coverage" } else { "test:snippet" };
        let mut command = shell::command("npm");
        command.current_dir(&project.root).args(["run", "--silent", script]);
        self.run("snippet", || shell::tee(&mut command), Totals::of_node)
    }

    /// The short forms of `cargo xtask torture`, with the server that the Rust tests have built. They are done by
    /// another process, whose variables are those of the server: what it measures goes where the rest does.
    pub(super) fn torture(&mut self, project: &Project, environment: &Environment) -> Outcome {
        let binary = evoloop::binary(project, "dev", &project.web()?.bin_target);
        let mut command = shell::command(env::current_exe()?);
        command.current_dir(&project.root).args(["torture", "--short", "--binary"]).arg(binary);
        command.envs(environment.iter().cloned());
        // The tool was built for this folder, wherever it was started.
        command.env("CARGO_MANIFEST_DIR", project.root.join("crates/xtask"));
        self.run("torture, short", || shell::tee(&mut command), Totals::of_torture)
    }

    /// The coverage limits, each counted like a test.
    pub(super) fn gates(&mut self, lines: &Lines) -> Outcome {
        let check = || {
            let verdicts = gates::verdicts(lines);
            println!("{}", gates::table(lines, &verdicts));
            let success = verdicts.iter().all(gates::Verdict::holds);
            Ok(Printed { success, lines: verdicts.iter().map(|verdict| verdict.holds().to_string()).collect() })
        };
        let count = |lines: &[String], word: &str| lines.iter().filter(|line| *line == word).map(|_| 1).sum();
        let totals =
            |lines: &[String]| Totals { passed: count(lines, "true"), failed: count(lines, "false"), skipped: 0 };
        self.run("coverage limits", check, totals)
    }

    /// Runs one part. Failures are kept for the end, so that one run shows all of them.
    pub(super) fn run(
        &mut self,
        name: &'static str,
        action: impl FnOnce() -> Outcome<Printed>,
        count: impl FnOnce(&[String]) -> Totals,
    ) -> Outcome {
        let begun = Instant::now();
        let printed = shell::step(&format!("testing: {name}"), action)?;
        let mut totals = count(&printed.lines);
        if !printed.success && totals.failed == 0 {
            // It did not come to run its tests; that must not look like nothing.
            totals.failed = 1;
        }
        self.done.push(Done { name, totals, took: begun.elapsed() });
        Ok(())
    }

    /// Whether there were tests and none failed.
    pub(super) fn all_passed(&self) -> bool {
        let totals = self.totals();
        totals.failed == 0 && totals.passed > 0
    }

    /// Prints a line for each part and, alone on the last line, the totals.
    pub(super) fn print(&self, took: Duration) {
        println!("\n{:<28} {:>7} {:>7} {:>7}  time", "suite", "passed", "failed", "skipped");
        for Done { name, totals, took } in &self.done {
            println!("{name:<28} {:>7} {:>7} {:>7}  {}", totals.passed, totals.failed, totals.skipped, elapsed(*took));
        }
        let totals = self.totals();
        println!("\nall tests took {}", elapsed(took));
        println!("{} passed, {} failed, {} skipped", totals.passed, totals.failed, totals.skipped);
    }

    fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for done in &self.done {
            totals.add(done.totals);
        }
        totals
    }
}
