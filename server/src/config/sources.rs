//! Where a setting's text comes from: flags, then the environment, then the file.

use super::{ConfigError, Flags};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Every key that the file may hold; each is also `EVOLOOP_` and its name in capitals.
const KEYS: [&str; 27] = [
    "account_pictures_mib",
    "addr",
    "allow_private_hosts",
    "chromium",
    "chromium_sandbox",
    "data_dir",
    "database_url",
    "drain_delay_ms",
    "image_api",
    "image_model",
    "image_price",
    "job_attempts",
    "job_lease",
    "keep_events_days",
    "llm_api_key",
    "llm_base_url",
    "llm_model",
    "llm_timeout",
    "metrics_addr",
    "paths",
    "public_url",
    "secret_key",
    "site_event_limit",
    "site_pictures_mib",
    "site_root",
    "trusted_proxies",
    "v1_rate_limit",
];

/// A setting's text and where it was found, for error messages.
pub(super) struct Found {
    pub(super) value: String,
    pub(super) origin: String,
}

pub(super) struct Sources {
    flags: BTreeMap<&'static str, String>,
    environment: fn(&str) -> Option<String>,
    file: BTreeMap<String, String>,
    file_path: PathBuf,
}

impl Sources {
    pub(super) fn new(flags: &Flags, environment: fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let named = flags.config.clone().or_else(|| environment("EVOLOOP_CONFIG").map(PathBuf::from));
        let file_path = named.clone().unwrap_or_else(|| PathBuf::from("evoloop.toml"));
        let file = if named.is_some() || file_path.exists() { read(&file_path)? } else { BTreeMap::new() };
        Ok(Self { flags: given(flags), environment, file, file_path })
    }

    /// A variable that is not one of ours, such as a provider's own.
    pub(super) fn environment(&self, name: &str) -> Option<String> {
        (self.environment)(name)
    }

    /// The first text found.
    pub(super) fn text(&self, key: &'static str) -> Option<Found> {
        let variable = format!("EVOLOOP_{}", key.to_uppercase());
        if let Some(value) = self.flags.get(key) {
            return Some(Found { value: value.clone(), origin: format!("--{}", key.replace('_', "-")) });
        }
        if let Some(value) = (self.environment)(&variable) {
            return Some(Found { value, origin: variable });
        }
        let value = self.file.get(key)?.clone();
        Some(Found { value, origin: format!("{}: {key}", self.file_path.display()) })
    }

    /// A setting that a check turns into its type; the check says what is wrong.
    pub(super) fn checked<T>(
        &self,
        key: &'static str,
        check: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, ConfigError> {
        let Some(found) = self.text(key) else { return Ok(None) };
        match check(found.value.trim()) {
            Ok(value) => Ok(Some(value)),
            Err(problem) => Err(ConfigError::Value { origin: found.origin, problem }),
        }
    }

    /// A setting whose type reads itself; `wanted` says what would be right.
    pub(super) fn parsed<T: FromStr>(&self, key: &'static str, wanted: &str) -> Result<Option<T>, ConfigError> {
        self.checked(key, |text| text.parse().map_err(|_| format!("`{text}` is not {wanted}")))
    }
}

fn given(flags: &Flags) -> BTreeMap<&'static str, String> {
    let pairs = [
        ("addr", &flags.addr),
        ("database_url", &flags.database_url),
        ("data_dir", &flags.data_dir),
        ("public_url", &flags.public_url),
        ("llm_base_url", &flags.llm_base_url),
        ("llm_model", &flags.llm_model),
        ("llm_timeout", &flags.llm_timeout),
        ("allow_private_hosts", &flags.allow_private_hosts),
        ("chromium", &flags.chromium),
        ("chromium_sandbox", &flags.chromium_sandbox),
        ("v1_rate_limit", &flags.v1_rate_limit),
        ("site_event_limit", &flags.site_event_limit),
        ("keep_events_days", &flags.keep_events_days),
        ("paths", &flags.paths),
        ("metrics_addr", &flags.metrics_addr),
        ("drain_delay_ms", &flags.drain_delay_ms),
        ("job_lease", &flags.job_lease),
        ("job_attempts", &flags.job_attempts),
        ("trusted_proxies", &flags.trusted_proxies),
        ("site_root", &flags.site_root),
    ];
    pairs.into_iter().filter_map(|(key, value)| Some((key, value.clone()?))).collect()
}

fn read(path: &Path) -> Result<BTreeMap<String, String>, ConfigError> {
    let broken = |problem: String| ConfigError::File { path: path.to_owned(), problem };
    let text = std::fs::read_to_string(path).map_err(|error| broken(error.to_string()))?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| broken(error.message().to_owned()))?;
    let mut settings = BTreeMap::new();
    for (key, value) in table {
        if !KEYS.contains(&key.as_str()) {
            return Err(broken(format!("`{key}` is not a setting; there are {}", KEYS.join(", "))));
        }
        let value =
            plain(&value).ok_or_else(|| broken(format!("`{key}` must be a text, a number or a list of texts")))?;
        settings.insert(key, value);
    }
    Ok(settings)
}

fn plain(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Array(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(toml::Value::as_str).collect();
            texts.map(|texts| texts.join(","))
        }
        _ => None,
    }
}
