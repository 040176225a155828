//! Parts of the Rust toolchain, and wasm-bindgen at the version of the lock file.

use crate::failure::{Failure, Outcome};
use crate::project::Project;
use crate::shell;
use std::env;
use std::path::PathBuf;

const WASM: &str = "wasm32-unknown-unknown";

/// Makes sure that Rust can compile for the browser.
pub(crate) fn wasm_target(project: &Project) -> Outcome {
    if sysroot(project)?.join("lib/rustlib").join(WASM).join("lib").is_dir() {
        return Ok(());
    }
    shell::step("installing Rust's target for browsers", || {
        shell::go(shell::command("rustup").args(["target", "add", WASM]).current_dir(&project.root))
    })
}

/// A program of LLVM's tools, such as `llvm-cov`, that fits the compiler.
pub(crate) fn llvm_tool(project: &Project, name: &str) -> Outcome<PathBuf> {
    let host = host(project)?;
    let path = sysroot(project)?.join("lib/rustlib").join(host).join("bin").join(name);
    if !path.is_file() {
        shell::step("installing Rust's LLVM tools", || {
            shell::go(shell::command("rustup").args(["component", "add", "llvm-tools"]).current_dir(&project.root))
        })?;
    }
    if path.is_file() {
        Ok(path)
    } else {
        Err(Failure::new(format!("{} is missing; try `rustup component add llvm-tools`", path.display())))
    }
}

/// wasm-bindgen's command line, which must be exactly the version that the code is compiled against.
pub(crate) fn wasm_bindgen(project: &Project) -> Outcome<PathBuf> {
    let version = project.locked_version("wasm-bindgen")?;
    let installed = cargo_home().map(|home| home.join("bin/wasm-bindgen"));
    let fits = |path: &PathBuf| {
        let printed = shell::text(shell::command(path).arg("--version")).unwrap_or_default();
        printed.split_whitespace().nth(1) == Some(version.as_str())
    };
    if let Some(path) = shell::find("wasm-bindgen").into_iter().chain(installed.clone()).find(fits) {
        return Ok(path);
    }
    shell::step(&format!("installing wasm-bindgen {version} (about three minutes)"), || {
        let wanted = format!("={version}");
        // A build helper that runs for seconds: quick to build matters more than quick to run.
        let quick = [("CARGO_PROFILE_RELEASE_LTO", "false"), ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")];
        let mut cargo = shell::cargo(&project.root);
        cargo.args(["install", "wasm-bindgen-cli", "--locked", "--force", "--version", &wanted]);
        shell::go(cargo.envs(quick).env_remove("CARGO_TARGET_DIR"))
    })?;
    installed
        .filter(fits)
        .ok_or_else(|| Failure::new(format!("wasm-bindgen {version} was installed but is not in cargo's bin folder")))
}

fn cargo_home() -> Option<PathBuf> {
    env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")))
}

fn sysroot(project: &Project) -> Outcome<PathBuf> {
    shell::text(shell::command("rustc").args(["--print", "sysroot"]).current_dir(&project.root)).map(PathBuf::from)
}

fn host(project: &Project) -> Outcome<String> {
    let printed = shell::text(shell::command("rustc").arg("-vV").current_dir(&project.root))?;
    let host = printed.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Failure::new("rustc does not name its host"))
}
