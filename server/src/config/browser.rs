//! The settings for Chromium.

use super::{ConfigError, Sources};
use outbound::browser::BrowserSettings;
use std::path::{Path, PathBuf};

/// The browser, if one is set; `folder` is where it keeps what it needs for a visit.
pub(super) fn settings(sources: &Sources, folder: PathBuf) -> Result<Option<BrowserSettings>, ConfigError> {
    let sandbox = sources.checked("chromium_sandbox", sandbox)?.unwrap_or(true);
    let program = sources.checked("chromium", program)?;
    Ok(program.map(|program| BrowserSettings { sandbox, ..BrowserSettings::new(program, folder) }))
}

fn program(text: &str) -> Result<PathBuf, String> {
    let path = Path::new(text);
    if path.is_absolute() && path.is_file() {
        Ok(path.to_owned())
    } else {
        Err(format!("`{text}` is not the whole path of a program, like /usr/bin/chromium"))
    }
}

fn sandbox(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(format!("`{text}` is neither on nor off")),
    }
}
