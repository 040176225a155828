//! Which language model writes, if any.

use super::{ConfigError, Sources};
use outbound::llm::LlmSettings;
use secrecy::SecretString;
use std::time::Duration;
use url::Url;

/// The provider that is asked when only a key is given.
const OPENROUTER: &str = "https://openrouter.ai/api/v1";
/// The provider's own choice of model; every account has it.
const OPENROUTER_MODEL: &str = "openrouter/auto";
/// What a server with a single model is asked for; such servers take any name.
const ONLY_MODEL: &str = "default";
/// Longest time for an answer, in seconds; a job is worked on for so long at a time.
const LONGEST: u64 = 3600;

pub(super) fn settings(sources: &Sources) -> Result<Option<LlmSettings>, ConfigError> {
    let base_url = sources.checked("llm_base_url", base_url)?;
    let named = sources.text("llm_api_key").map(|found| found.value);
    let asks_openrouter = base_url.as_ref().is_none_or(|url| url.host_str() == Some("openrouter.ai"));
    // A key of OpenRouter is shown to OpenRouter alone.
    let provider = asks_openrouter.then(|| sources.environment("OPENROUTER_API_KEY")).flatten();
    let api_key = named.or(provider).map(|key| SecretString::from(key.trim().to_owned()));
    if base_url.is_none() && api_key.is_none() {
        return Ok(None);
    }
    let model = match sources.text("llm_model") {
        Some(found) => found.value,
        None if asks_openrouter => OPENROUTER_MODEL.to_owned(),
        None => ONLY_MODEL.to_owned(),
    };
    let base_url = match base_url {
        Some(url) => url,
        None => self::base_url(OPENROUTER)
            .map_err(|problem| ConfigError::Value { origin: OPENROUTER.to_owned(), problem })?,
    };
    let timeout = sources.checked("llm_timeout", timeout)?.unwrap_or(LlmSettings::DEFAULT_TIMEOUT);
    Ok(Some(LlmSettings { base_url, api_key, model, timeout }))
}

fn timeout(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| (1..=LONGEST).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| format!("`{text}` is not a number of seconds from 1 to {LONGEST}"))
}

fn base_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|_| "give a whole address, like https://openrouter.ai/api/v1".to_owned())?;
    if matches!(url.scheme(), "http" | "https") && url.has_host() {
        Ok(url)
    } else {
        Err("the address must start with https:// or http://".to_owned())
    }
}
