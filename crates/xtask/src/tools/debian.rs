//! What comes from Debian's packages: Chromium, Postgres and strace.

use crate::failure::{Failure, Outcome};
use crate::shell;
use std::fs;
use std::path::{Path, PathBuf};

/// Where the programs of a Postgres server are.
#[derive(Debug, Clone)]
pub(crate) struct Postgres {
    folder: PathBuf,
}

impl Postgres {
    /// One of its programs, such as `initdb`.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// The browser of the end-to-end tests.
pub(crate) fn chromium() -> Outcome<PathBuf> {
    let find = || ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(shell::find);
    found_or_installed("Chromium", find, &["chromium"])
}

/// The server programs of Postgres; only the files are used, never a service.
pub(crate) fn postgres() -> Outcome<Postgres> {
    found_or_installed(
        "Postgres",
        || newest_postgres(Path::new("/usr/lib/postgresql")),
        &["postgresql-15", "postgresql"],
    )
}

/// The program that shows which calls of the system another one makes, in which order.
pub(crate) fn strace() -> Outcome<PathBuf> {
    found_or_installed("strace", || shell::find("strace"), &["strace"])
}

/// Whether this command may do everything on this machine.
pub(crate) fn is_root() -> Outcome<bool> {
    Ok(shell::text(shell::command("id").arg("-u"))? == "0")
}

fn newest_postgres(versions: &Path) -> Option<Postgres> {
    let folders = fs::read_dir(versions).ok()?.flatten().map(|entry| entry.path().join("bin"));
    let packaged = folders.filter(|folder| folder.join("initdb").is_file()).max_by_key(|folder| version_of(folder));
    let on_path = || shell::find("initdb").and_then(|program| program.parent().map(Path::to_owned));
    packaged.or_else(on_path).filter(|folder| folder.join("postgres").is_file()).map(|folder| Postgres { folder })
}

fn version_of(bin: &Path) -> u32 {
    let name = bin.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    name.and_then(|name| name.parse().ok()).unwrap_or(0)
}

/// `packages` are alternatives, the best first.
fn found_or_installed<T>(what: &str, find: impl Fn() -> Option<T>, packages: &[&str]) -> Outcome<T> {
    if let Some(found) = find() {
        return Ok(found);
    }
    let command = format!("apt-get install --no-install-recommends {}", packages.first().copied().unwrap_or_default());
    if shell::find("apt-get").is_none() || !is_root()? {
        return Err(Failure::new(format!("{what} is missing; install it with `sudo {command}`")));
    }
    shell::step(&format!("installing {what}"), || {
        shell::go_quietly(apt().arg("update"))?;
        let install = |package: &&str| {
            shell::go_quietly(apt().args(["install", "--yes", "--no-install-recommends", package])).is_ok()
        };
        if packages.iter().any(install) { Ok(()) } else { Err(Failure::new(format!("`{command}` failed"))) }
    })?;
    find().ok_or_else(|| Failure::new(format!("{what} is still missing after `{command}`")))
}

fn apt() -> std::process::Command {
    let mut apt = shell::command("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    apt
}
