//! Rules that only a build can check.

use super::Finding;
use crate::failure::Outcome;
use crate::project::Project;
use crate::{shell, tools};

/// What would make the browser part large, or could not work there at all.
const NOT_FOR_BROWSERS: [&str; 8] = ["argon2", "axum", "hyper", "mio", "reqwest", "sea-orm", "service", "tokio"];

/// Checks all of them.
pub(super) fn check(project: &Project) -> Outcome<Vec<Finding>> {
    tools::wasm_target(project)?;
    let mut findings = Vec::new();
    for package in ["domain", "bandit"] {
        let compiled = shell::step(&format!("tidy: {package} compiles for browsers"), || {
            let mut cargo = shell::cargo(&project.root);
            cargo.args(["check", "--package", package, "--target", "wasm32-unknown-unknown"]);
            shell::tee(&mut cargo)
        })?;
        if !compiled.success {
            findings.push(Finding::new("wasm-safe", format!("crate {package}"), "it must compile for browsers, alone"));
        }
    }
    let mut tree = shell::cargo(&project.root);
    tree.args([
        "tree",
        "--package",
        "frontend",
        "--target",
        "wasm32-unknown-unknown",
        "--edges",
        "normal",
        "--prefix",
        "none",
    ]);
    findings.extend(browser_crates(&shell::text(&mut tree)?));
    tools::node_packages(project)?;
    let snippet = shell::step("tidy: the snippet keeps its size budget", || {
        let folder = tempfile::tempdir()?;
        let mut node = shell::command("node");
        node.current_dir(&project.root)
            .args(["snippet/build.mjs", "--check", "--out"])
            .arg(folder.path().join("evoloop.js"));
        shell::tee(&mut node)
    })?;
    if !snippet.success {
        findings.push(Finding::new(
            "snippet-size",
            "snippet/budget.json",
            "the snippet does not build within its budget",
        ));
    }
    Ok(findings)
}

/// `listed` holds a crate's name and version on each line.
fn browser_crates(listed: &str) -> Vec<Finding> {
    let names = listed.lines().filter_map(|line| line.split_whitespace().next());
    let mut wrong: Vec<&str> = names.filter(|name| NOT_FOR_BROWSERS.contains(name)).collect();
    wrong.sort_unstable();
    wrong.dedup();
    wrong
        .into_iter()
        .map(|name| Finding::new("browser-crates", "crate frontend", format!("{name} came into the browser part")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn server_crates_are_found_in_the_browser_part() {
        assert_eq!(
            browser_crates("frontend v0.1.0 (/p)\nleptos v0.8.23\ntokio v1.54.0\nserde v1.0.1\ntokio v1.54.0 (*)")
                .len(),
            1
        );
        assert_eq!(browser_crates("frontend v0.1.0 (/p)\nleptos v0.8.23").len(), 0);
    }
}
