//! `cargo xtask fuzz`: random patches with planted harm, in Rust and in Chromium.

use crate::failure::Outcome;
use crate::project::Project;
use crate::{shell, tools};

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// How many patches in Rust
    #[arg(long, default_value_t = 1_000_000)]
    count: u64,
    /// Where the random numbers begin
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many in Chromium
    #[arg(long, default_value_t = 20_000)]
    chromium: u64,
}

/// Makes the patches and looks at what becomes of them.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let project = Project::open()?;
    let seed = arguments.seed.to_string();
    if arguments.count > 0 {
        let mut fuzz = shell::cargo(&project.root);
        // Optimised, because they are many.
        fuzz.args(["run", "--quiet", "--profile", "demo", "--package", "fuzz", "--", "check"]);
        shell::go(fuzz.args(["--seed", &seed, "--count", &arguments.count.to_string()]))?;
    }
    if arguments.chromium > 0 {
        let mut playwright = shell::command(tools::node_tool(&project, "playwright")?);
        playwright.current_dir(project.root.join("end2end")).args(["test", "fuzz.spec.ts"]);
        playwright.env("CHROMIUM", tools::chromium()?).env("EVOLOOP_E2E_SEED", &seed);
        shell::go(playwright.env("EVOLOOP_E2E_PATCHES", arguments.chromium.to_string()))?;
    }
    Ok(())
}
