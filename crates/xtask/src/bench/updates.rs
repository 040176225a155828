//! The scheduled look at a site costs the same however many events came before.

use super::programs::{self, Program};
use super::report::Figure;
use super::sites;
use crate::failure::{About, Failure, Outcome};
use crate::measured::median;
use crate::shell;
use crate::signals::FolderGuard;
use serde_json::json;
use std::fs;
use std::path::Path;

const FEW: u64 = 10_000;
const MANY: u64 = 5_000_000;
const ROUNDS: usize = 60;
const AIM: f64 = 1.2;

/// Two copies of a site with the same counters, one with many more rows of events.
pub(super) fn measure(binary: &Path) -> Outcome<Vec<Figure>> {
    println!("==> measuring: the look at a site with {FEW} and with {MANY} past events");
    let folder = FolderGuard::new(tempfile::Builder::new().prefix("evoloop-past-").tempdir()?.keep());
    let (few, many) = (folder.path().join("few.db"), folder.path().join("many.db"));
    let mut seed = shell::command(binary);
    seed.args(["seed", "--sites", "1", "--variants", sites::VARIANTS]);
    seed.env("EVOLOOP_DATA_DIR", folder.path()).env("EVOLOOP_DATABASE_URL", address(&few));
    let seeded = sites::read(&shell::text(&mut seed)?)?;
    let site = seeded.first().ok_or_else(|| Failure::new("`evoloop seed` made no site"))?;
    fill(binary, &few, site, FEW)?;
    // Whoever closes a database last moves everything into the one file.
    fs::copy(&few, &many).about(many.display())?;
    fill(binary, &many, site, MANY)?;
    let task = json!({ "urls": [address(&few), address(&many)], "rounds": ROUNDS });
    let mut program = Program::start(&programs::path(binary, "update_statistics"), &task)?;
    let taken: Vec<Vec<f64>> = program.hear_json()?;
    program.end()?;
    let [of_few, of_many] = <[Vec<f64>; 2]>::try_from(taken)
        .map_err(|taken| Failure::new(format!("{} databases were measured instead of two", taken.len())))?;
    let (of_few, of_many) = (median(of_few), median(of_many));
    Ok(vec![Figure {
        what: "a look at a site with 5,000,000 past events; the ceiling has 10,000".to_owned(),
        unit: "ms",
        ceiling: of_few,
        value: of_many,
        most: Some(of_few * AIM),
    }])
}

fn address(file: &Path) -> String {
    format!("sqlite:{}?mode=rwc", file.display())
}

fn fill(binary: &Path, file: &Path, site: &str, events: u64) -> Outcome {
    let task = json!({ "url": address(file), "site_id": site, "events": events });
    Program::start(&programs::path(binary, "fill_events"), &task)?.end()
}
