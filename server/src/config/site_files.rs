//! Where the built web files are. `Leptos.toml` says so, and `LEPTOS_*` while `cargo leptos watch` runs.

use super::{ConfigError, Sources};
use leptos::config::{Env, LeptosOptions, get_configuration};
use std::path::{Path, PathBuf};

const FILE: &str = "Leptos.toml";
const OUTPUT_NAME: &str = "evoloop";
const SITE_ROOT: &str = "target/site";

pub(super) fn options(sources: &Sources) -> Result<LeptosOptions, ConfigError> {
    let mut options = if Path::new(FILE).exists() {
        let found = get_configuration(Some(FILE))
            .map_err(|error| ConfigError::File { path: PathBuf::from(FILE), problem: error.to_string() })?;
        found.leptos_options
    } else if sources.environment("LEPTOS_OUTPUT_NAME").is_some() {
        let found = get_configuration(None)
            .map_err(|error| ConfigError::Value { origin: "LEPTOS_*".to_owned(), problem: error.to_string() })?;
        found.leptos_options
    } else {
        LeptosOptions::builder().output_name(OUTPUT_NAME).site_root(SITE_ROOT).env(Env::PROD).build()
    };
    if let Some(found) = sources.text("site_root") {
        // A default that is not built yet serves those who need no pages; a folder that somebody names must be one.
        if !Path::new(&found.value).is_dir() {
            let problem = format!("`{}` is not a folder; `cargo xtask site` builds the web files", found.value);
            return Err(ConfigError::Value { origin: found.origin, problem });
        }
        options.site_root = found.value.into();
    }
    Ok(options)
}
