//! What every call of a provider has in common: reading a bounded answer, and saying why there is none.

use super::bad;
use reqwest::{Response, Url};
use service::ports::WriteError;
use std::time::Duration;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

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
