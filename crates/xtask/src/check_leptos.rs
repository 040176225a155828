//! `cargo xtask check-leptos`: cargo-leptos builds the project, and its watch mode shows an edit after a reload.

use crate::evoloop::free_address;
use crate::failure::{About, Failure, Outcome};
use crate::project::{Project, read};
use crate::signals::{self, FileGuard, FolderGuard, ProgramGuard};
use crate::{shell, tools};
use serde::Deserialize;
use std::fs;
use std::path::Path;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

const VERSION: &str = "0.3.10";
/// How long cargo-leptos may take to build after a start or an edit.
const PATIENCE: Duration = Duration::from_secs(20 * 60);
/// Loads the page once and prints what it shows.
const LOOK: &str = include_str!("check_leptos/look.mjs");
/// A component of every page, and an edit that can be seen in it.
const COMPONENT: (&str, &str, &str) = ("app/src/shell.rs", "<body ", "<body data-edited=\"yes\" ");
/// The style sheet, and a rule that can be seen.
const STYLE: (&str, &str) = ("style/tailwind.css", "\nbody { outline: 1px solid rgb(1 2 3); }\n");

/// What a browser sees on the page.
#[derive(Debug, Deserialize)]
struct Seen {
    hydrated: bool,
    edited: bool,
    outlined: bool,
    problems: Vec<String>,
}

/// Proves both, or says that it was skipped and how that is changed.
pub(crate) fn run() -> Outcome {
    let project = Project::open()?;
    let printed = shell::find("cargo-leptos")
        .and_then(|path| shell::text(shell::command(path).args(["leptos", "--version"])).ok());
    if !printed.is_some_and(|printed| printed.contains(VERSION)) {
        println!(
            "skipped: cargo-leptos {VERSION} is not on PATH; it is optional, for `cargo leptos watch`, and takes about 14 minutes:"
        );
        println!("  cargo install cargo-leptos --locked --version {VERSION} --features no_downloads");
        return Ok(());
    }
    tools::node_packages(&project)?;
    tools::wasm_target(&project)?;
    tools::chromium()?;
    shell::step("cargo leptos build", || shell::go(cargo_leptos(&project)?.arg("build")))?;
    shell::step("cargo leptos watch", || watch(&project))
}

/// cargo-leptos with the pinned tools first on its PATH.
fn cargo_leptos(project: &Project) -> Outcome<Command> {
    let bindgen = tools::wasm_bindgen(project)?;
    let folders = [project.root.join("node_modules/.bin"), bindgen.parent().unwrap_or(Path::new("/")).to_owned()];
    let mut command = shell::cargo(&project.root);
    command.arg("leptos").env("PATH", shell::path_with(&folders)?);
    Ok(command)
}

fn watch(project: &Project) -> Outcome {
    let folder = FolderGuard::new(tempfile::Builder::new().prefix("evoloop-leptos-").tempdir()?.keep());
    let (page, reload) = (free_address()?, free_address()?);
    let mut command = cargo_leptos(project)?;
    command.args(["watch", "--", "serve"]);
    command.env("LEPTOS_SITE_ADDR", page.to_string()).env("LEPTOS_RELOAD_PORT", reload.port().to_string());
    command.env("EVOLOOP_ADDR", page.to_string()).env("EVOLOOP_DATA_DIR", folder.path());
    let (child, guard) = shell::start(&mut command, "INT")?;
    let mut watching = Watching { child, _guard: guard };
    let url = format!("http://{page}/");
    watching.until(project, &url, "the page answers and hydrates", |seen| {
        seen.hydrated && !seen.edited && !seen.outlined
    })?;

    let (file, before, after) = COMPONENT;
    let component = FileGuard::new(project.root.join(file))?;
    let text = read(component.path())?;
    let edited = text.replacen(before, after, 1);
    if edited == text {
        return Err(Failure::new(format!("{file} has no `{before}` to edit")));
    }
    fs::write(component.path(), edited).about(file)?;
    watching.until(project, &url, "the component's edit is seen", |seen| seen.hydrated && seen.edited)?;

    let (file, rule) = STYLE;
    let style = FileGuard::new(project.root.join(file))?;
    fs::write(style.path(), read(style.path())? + rule).about(file)?;
    watching.until(project, &url, "the style's edit is seen", |seen| seen.hydrated && seen.outlined)
}

struct Watching {
    child: Child,
    _guard: ProgramGuard,
}

impl Watching {
    /// Looks until the page is as expected; a violation of the content policy on the way is a failure.
    fn until(&mut self, project: &Project, url: &str, what: &str, expected: impl Fn(&Seen) -> bool) -> Outcome {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait()? {
                return Err(Failure::new(format!("cargo leptos watch ended with {status}")));
            }
            // While the server is built or restarted there is nothing to see.
            if let Ok(seen) = look(project, url) {
                let violation = seen.problems.iter().find(|problem| problem.contains("Content Security Policy"));
                if let Some(violation) = violation {
                    return Err(Failure::new(format!("{what}: {violation}")));
                }
                if expected(&seen) {
                    println!("    {what}, after {}", shell::elapsed(begun.elapsed()));
                    return Ok(());
                }
            }
            thread::sleep(Duration::from_secs(2));
        }
        Err(Failure::new(format!("not seen within {}: {what}", shell::elapsed(PATIENCE))))
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        signals::send(self.child.id(), "INT");
        // It ends its own server first.
        let _ = self.child.wait();
    }
}

fn look(project: &Project, url: &str) -> Outcome<Seen> {
    let mut node = shell::command("node");
    node.current_dir(&project.root).env("CHROMIUM", tools::chromium()?);
    let printed = shell::text(node.args(["--input-type=module", "--eval", LOOK, "--", url]))?;
    serde_json::from_str(&printed).about("what the browser saw")
}
