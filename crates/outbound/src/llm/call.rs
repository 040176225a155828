//! What every call of a provider has in common: where it goes and how, reading a bounded answer, and saying why there
//! is none.

use super::{LlmSettings, bad, endpoint, same_origin_only, without_password};
use crate::SetupError;
use reqwest::{Client, Response, Url};
use service::ports::WriteError;
use std::time::Duration;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// The address of one of the provider's calls, and the client that makes it; nothing is sent.
///
/// # Errors
/// When the base address is not an http(s) one without a password, or the client cannot be made.
pub(super) fn prepared(provider: &LlmSettings, path: [&str; 2]) -> Result<(Url, Client), SetupError> {
    let endpoint =
        endpoint(&provider.base_url, path).ok_or_else(|| SetupError::BaseUrl(without_password(&provider.base_url)))?;
    let client = Client::builder()
        .user_agent(concat!("Evoloop/", env!("CARGO_PKG_VERSION")))
        .timeout(provider.timeout)
        .connect_timeout(provider.timeout.min(Duration::from_secs(10)))
        .redirect(same_origin_only(&endpoint))
        .retry(reqwest::retry::never())
        .no_proxy()
        .build()
        .map_err(SetupError::Client)?;
    Ok((endpoint, client))
}

/// The whole answer, of at most so many bytes after inflation.
///
/// # Errors
/// When it is larger, or does not come to its end within `timeout`.
pub(super) async fn body(mut response: Response, most: usize, timeout: Duration) -> Result<Vec<u8>, WriteError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error, timeout))? {
        if bytes.len() + chunk.len() > most {
            let size = if most < MIB { format!("{} KiB", most / KIB) } else { format!("{} MiB", most / MIB) };
            return Err(bad(&format!("it is larger than {size}")));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Why a call has no answer. What the error says is for the log alone.
pub(super) fn failure(error: &reqwest::Error, timeout: Duration) -> WriteError {
    tracing::info!(host = error.url().and_then(Url::host_str), %error, "a call of the model's provider failed");
    if error.is_timeout() {
        WriteError::Timeout(timeout.as_secs())
    } else if error.is_body() || error.is_decode() {
        bad("it broke off")
    } else {
        WriteError::Unreachable
    }
}
