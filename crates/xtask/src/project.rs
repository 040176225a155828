//! Where the project's files are and what its manifests say.

use crate::failure::{About, Failure, Outcome};
use serde::Deserialize;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The folders of one working copy.
#[derive(Debug, Clone)]
pub(crate) struct Project {
    /// The repository's top folder.
    pub(crate) root: PathBuf,
    /// Cargo's target folder.
    pub(crate) target: PathBuf,
}

/// The settings of `[[workspace.metadata.leptos]]` that the build uses.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct WebSettings {
    /// Name of the files in the package folder, without extension.
    pub(crate) output_name: String,
    /// Package with the server.
    pub(crate) bin_package: String,
    /// Binary of that package.
    pub(crate) bin_target: String,
    /// Package with the browser part.
    pub(crate) lib_package: String,
    /// Folder of the built web files, below the root.
    pub(crate) site_root: PathBuf,
    /// Folder of scripts and styles, below the site root.
    pub(crate) site_pkg_dir: PathBuf,
    /// Entry of the style sheet, below the root.
    pub(crate) tailwind_input_file: PathBuf,
    /// Static files, below the root.
    pub(crate) assets_dir: PathBuf,
}

impl Project {
    /// The working copy that this command was started in.
    pub(crate) fn open() -> Outcome<Self> {
        let manifest =
            env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest.ancestors().nth(2).ok_or_else(|| Failure::new("xtask stands outside of the project"))?;
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder));
        Ok(Self { root: root.to_owned(), target })
    }

    /// The web settings of the root manifest.
    pub(crate) fn web(&self) -> Outcome<WebSettings> {
        let path = self.root.join("Cargo.toml");
        let table: toml::Table = read(&path)?.parse().about(path.display())?;
        let settings =
            leptos_table(&table).ok_or_else(|| Failure::new("Cargo.toml has no [[workspace.metadata.leptos]]"))?;
        settings.clone().try_into().about("[[workspace.metadata.leptos]] of Cargo.toml")
    }

    /// The version of a package in the lock file.
    pub(crate) fn locked_version(&self, package: &str) -> Outcome<String> {
        let lock = read(&self.root.join("Cargo.lock"))?;
        let versions = locked_versions(&lock, package)?;
        versions.into_iter().next().ok_or_else(|| Failure::new(format!("Cargo.lock does not name {package}")))
    }

    /// The folder of tools that only this working copy uses.
    pub(crate) fn tools(&self) -> PathBuf {
        self.root.join(".tools")
    }
}

/// The first entry of `[[workspace.metadata.leptos]]`.
pub(crate) fn leptos_table(manifest: &toml::Table) -> Option<&toml::Value> {
    manifest.get("workspace")?.get("metadata")?.get("leptos")?.as_array()?.first()
}

/// Every version of a package that a lock file names.
pub(crate) fn locked_versions(lock: &str, package: &str) -> Outcome<Vec<String>> {
    #[derive(Deserialize)]
    struct Lock {
        package: Vec<Locked>,
    }
    #[derive(Deserialize)]
    struct Locked {
        name: String,
        version: String,
    }
    let lock: Lock = toml::from_str(lock).about("Cargo.lock")?;
    Ok(lock.package.into_iter().filter(|found| found.name == package).map(|found| found.version).collect())
}

/// A text file, with its path in the error.
pub(crate) fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).about(path.display())
}
