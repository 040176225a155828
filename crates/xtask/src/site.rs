//! Builds the web files: browser part, style sheet, snippet and static files, from the same settings as cargo-leptos.

mod stamp;

use crate::failure::{About, Outcome};
use crate::fingerprint::hash_of;
use crate::project::{Project, WebSettings};
use crate::{shell, tools};
use stamp::Stamp;
use std::fs;
use std::path::{Path, PathBuf};

/// What rustc's default instruction set for browsers needs wasm-opt to know.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Compresses the files beside which the server looks for `.br` and `.gz`.
const COMPRESS: &str = include_str!("site/compress.mjs");

/// How the web files are built.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Arguments {
    /// For visitors: smallest browser part, compressed beforehand
    #[arg(long)]
    pub(crate) release: bool,
    /// Leave the browser part as the compiler wrote it, which is larger and quicker to build
    #[arg(long, conflicts_with = "release")]
    pub(crate) skip_wasm_opt: bool,
}

impl Arguments {
    /// Cargo's profile of the browser part.
    fn profile(self) -> &'static str {
        if self.release { "wasm-release" } else { "wasm-demo" }
    }
}

/// The command `cargo xtask site`.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let project = Project::open()?;
    let root = build(&project, *arguments)?;
    println!("the web files are in {}", root.display());
    Ok(())
}

/// Builds what changed and gives the folder of the web files.
pub(crate) fn build(project: &Project, arguments: Arguments) -> Outcome<PathBuf> {
    let web = project.web()?;
    tools::node_packages(project)?;
    tools::wasm_target(project)?;
    let site_root = project.root.join(&web.site_root);
    let package = site_root.join(&web.site_pkg_dir);
    fs::create_dir_all(&package).about(package.display())?;
    browser_part(project, &web, &package, arguments)?;
    style_sheet(project, &web, &package)?;
    snippet(project, &site_root)?;
    copy_folder(&project.root.join(&web.assets_dir), &site_root)?;
    compressed(project, &site_root, arguments.release)?;
    Ok(site_root)
}

fn browser_part(project: &Project, web: &WebSettings, package: &Path, arguments: Arguments) -> Outcome {
    let bindgen = tools::wasm_bindgen(project)?;
    let profile = arguments.profile();
    shell::step("building the browser part", || {
        let mut cargo = shell::cargo(&project.root);
        cargo.args([
            "build",
            "--package",
            &web.lib_package,
            "--lib",
            "--target",
            "wasm32-unknown-unknown",
            "--profile",
            profile,
        ]);
        shell::go(&mut cargo)
    })?;
    let file_name = format!("{}.wasm", web.lib_package.replace('-', "_"));
    let compiled = project.target.join("wasm32-unknown-unknown").join(profile).join(file_name);
    let wasm = package.join(format!("{}_bg.wasm", web.output_name));
    let script = package.join(format!("{}.js", web.output_name));
    let inputs = format!(
        "{} {} {}",
        hash_of(&[compiled.as_path()])?,
        project.locked_version("wasm-bindgen")?,
        arguments.skip_wasm_opt
    );
    Stamp::new(project, "browser-part").unless_current(&inputs, &[&wasm, &script], || {
        shell::step("joining the browser part with JavaScript", || {
            let mut command = shell::command(&bindgen);
            command.args(["--target", "web", "--no-typescript", "--out-name", &web.output_name, "--out-dir"]);
            shell::go(command.arg(package).arg(&compiled))
        })?;
        if arguments.skip_wasm_opt {
            return Ok(());
        }
        shell::step("shrinking the browser part", || {
            let mut optimise = shell::command(tools::node_tool(project, "wasm-opt")?);
            shell::go(optimise.arg("-Oz").args(WASM_FEATURES).arg(&wasm).arg("-o").arg(&wasm))?;
            let mut minify = shell::command(tools::node_tool(project, "esbuild")?);
            minify.arg(&script).args(["--minify", "--allow-overwrite", "--log-level=warning"]);
            shell::go(minify.arg(format!("--outfile={}", script.display())))
        })
    })
}

fn style_sheet(project: &Project, web: &WebSettings, package: &Path) -> Outcome {
    let input = project.root.join(&web.tailwind_input_file);
    let style = input.parent().unwrap_or(&project.root).to_owned();
    let output = package.join(format!("{}.css", web.output_name));
    let lock = project.root.join("package-lock.json");
    let inputs = hash_of(&[&style, &project.root.join("app/src"), &lock])?;
    Stamp::new(project, "style-sheet").unless_current(&inputs, &[&output], || {
        shell::step("building the style sheet", || {
            let mut tailwind = shell::command(tools::node_tool(project, "tailwindcss")?);
            tailwind.current_dir(&project.root).arg("--input").arg(&input).arg("--output").arg(&output).arg("--minify");
            shell::go_quietly(&mut tailwind)
        })
    })
}

fn snippet(project: &Project, site_root: &Path) -> Outcome {
    let folder = project.root.join("snippet");
    let output = site_root.join("evoloop.js");
    let inputs = hash_of(&[&folder.join("src"), &folder.join("build.mjs"), &folder.join("budget.json")])?;
    Stamp::new(project, "snippet").unless_current(&inputs, &[&output], || {
        shell::step("building the snippet", || {
            let mut node = shell::command("node");
            shell::go(node.current_dir(&project.root).args(["snippet/build.mjs", "--out"]).arg(&output))
        })
    })
}

/// Copies a folder's content over another's; a missing folder has none.
fn copy_folder(from: &Path, to: &Path) -> Outcome {
    if !from.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(to).about(to.display())?;
    for entry in fs::read_dir(from).about(from.display())? {
        let entry = entry.about(from.display())?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy_folder(&source, &target)?;
        } else {
            fs::copy(&source, &target).about(source.display())?;
        }
    }
    Ok(())
}

/// Compresses beforehand for visitors; otherwise removes older compressed files, which would hide newer ones.
fn compressed(project: &Project, site_root: &Path, wanted: bool) -> Outcome {
    let mode = if wanted { "write" } else { "remove" };
    let work = || {
        let mut node = shell::command("node");
        shell::go(
            node.current_dir(&project.root)
                .args(["--input-type=module", "--eval", COMPRESS, "--", mode])
                .arg(site_root),
        )
    };
    if wanted { shell::step("compressing the web files", work) } else { work() }
}
