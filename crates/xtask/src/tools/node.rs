//! Packages of npm: the style sheet's compiler, the snippet's bundler, wasm-opt and the browser tests.

use crate::failure::{About, Failure, Outcome};
use crate::fingerprint::hash_of;
use crate::project::Project;
use crate::shell;
use std::fs;
use std::path::PathBuf;

/// Makes sure that `node_modules` holds what the lock file names.
pub(crate) fn node_packages(project: &Project) -> Outcome {
    for program in ["node", "npm"] {
        if shell::find(program).is_none() {
            return Err(Failure::new(format!("{program} is missing; install Node.js 20 or later, with npm")));
        }
    }
    let lock = project.root.join("package-lock.json");
    let wanted = hash_of(&[&lock])?;
    let stamp = project.root.join("node_modules/.evoloop-lock");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    shell::step("installing npm packages", || {
        let mut npm = shell::command("npm");
        // Debian's Chromium runs the browser tests; the download of another one is neither needed nor wanted.
        npm.args(["ci", "--no-fund", "--no-audit"]).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        shell::go(npm.current_dir(&project.root))?;
        fs::write(&stamp, &wanted).about(stamp.display())
    })
}

/// A program of an installed package, or else the one on PATH.
pub(crate) fn node_tool(project: &Project, name: &str) -> Outcome<PathBuf> {
    let local = project.root.join("node_modules/.bin").join(name);
    if local.exists() {
        return Ok(local);
    }
    shell::find(name).ok_or_else(|| Failure::new(format!("{name} is missing; try `npm ci`")))
}
