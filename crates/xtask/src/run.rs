//! `cargo xtask run`: everything built, the server started on its embedded database.

use crate::failure::{Failure, Outcome};
use crate::project::Project;
use crate::{evoloop, shell, site};
use std::env;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Build as for a release: slower to build, faster to run
    #[arg(long)]
    release: bool,
    /// Options for `evoloop serve`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    serve: Vec<String>,
}

/// Builds and starts.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let project = Project::open()?;
    become_evoloop(&project, arguments.release, "serve", &arguments.serve)
}

/// Builds the web files and the server, and lets the server take the place of this command.
pub(crate) fn become_evoloop(project: &Project, release: bool, task: &str, options: &[String]) -> Outcome {
    let site_root = site::build(project, site::Arguments { release, skip_wasm_opt: false })?;
    let binary = evoloop::build(project, if release { "release" } else { "demo" }, &[])?;
    // Settings in the caller's environment are meant for the server, so this is no `shell::command`.
    let mut command = Command::new(binary);
    command.current_dir(&project.root).stdin(Stdio::null()).arg(task).args(options);
    if env::var_os("EVOLOOP_SITE_ROOT").is_none() {
        command.env("EVOLOOP_SITE_ROOT", &site_root);
    }
    println!("==> {}", shell::describe(&command));
    // Only returns when it cannot be started.
    Err(Failure::from(command.exec()))
}
