//! The copywriter that asks a language model behind an OpenAI-compatible interface.
//!
//! The model's output is a stranger's text: its form is checked here, what it would do to the
//! page is checked by the service. The API key stands in one header and nowhere else.

mod answer;
mod drafts;
mod prompt;

use crate::SetupError;
use async_trait::async_trait;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, Response, redirect};
use secrecy::{ExposeSecret, SecretString};
use service::ports::{Brief, CopyWriter, Draft, WriteError};
use std::fmt;
use std::time::Duration;
use url::Url;

/// Largest answer, in bytes after inflation.
const MAX_ANSWER_BYTES: usize = 256 * 1024;

/// Where the model is and how it is called; from the operator's settings, so not distrusted.
#[derive(Clone)]
pub struct LlmSettings {
    /// Base address, up to and including the version: `https://openrouter.ai/api/v1`.
    pub base_url: Url,
    /// Sent as a bearer token.
    pub api_key: Option<SecretString>,
    /// The model's name as the provider spells it.
    pub model: String,
    /// Time for a whole answer.
    pub timeout: Duration,
}

impl LlmSettings {
    /// The time that a model gets when the operator sets none: models on small machines are slow.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(180);
}

impl fmt::Debug for LlmSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LlmSettings")
            .field("base_url", &without_password(&self.base_url))
            .field("api_key", &self.api_key.as_ref().map(|_| "set"))
            .field("model", &self.model)
            .field("timeout", &self.timeout)
            .finish()
    }
}

/// A copywriter that asks a language model.
pub struct OpenAiCopyWriter {
    settings: LlmSettings,
    endpoint: Url,
    client: Client,
}

impl OpenAiCopyWriter {
    /// Checks the settings and makes the client; nothing is sent.
    ///
    /// # Errors
    /// When the base address is not an http(s) one without a password, or the client cannot be made.
    pub fn new(settings: LlmSettings) -> Result<Self, SetupError> {
        let endpoint =
            endpoint(&settings.base_url).ok_or_else(|| SetupError::BaseUrl(without_password(&settings.base_url)))?;
        let client = Client::builder()
            .user_agent(concat!("Evoloop/", env!("CARGO_PKG_VERSION")))
            .timeout(settings.timeout)
            .connect_timeout(settings.timeout.min(Duration::from_secs(10)))
            .redirect(same_origin_only(&endpoint))
            .retry(reqwest::retry::never())
            .no_proxy()
            .build()
            .map_err(SetupError::Client)?;
        Ok(Self { settings, endpoint, client })
    }

    async fn ask(&self, brief: &Brief) -> Result<Vec<u8>, WriteError> {
        let mut request = self.client.post(self.endpoint.clone()).json(&prompt::request(&self.settings.model, brief));
        if let Some(key) = &self.settings.api_key {
            request = request.bearer_auth(key.expose_secret());
        }
        let response = request.send().await.map_err(|error| self.transport_error(&error))?;
        refuse_status(&response)?;
        if !is_json(response.headers()) {
            return Err(bad("it is not JSON"));
        }
        self.body(response).await
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, WriteError> {
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.transport_error(&error))? {
            if bytes.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(bad("it is larger than 256 KiB"));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    fn transport_error(&self, error: &reqwest::Error) -> WriteError {
        tracing::info!(host = self.endpoint.host_str(), %error, "language model request failed");
        if error.is_timeout() {
            WriteError::Timeout(self.settings.timeout.as_secs())
        } else if error.is_body() || error.is_decode() {
            bad("it broke off")
        } else {
            WriteError::Unreachable
        }
    }
}

#[async_trait]
impl CopyWriter for OpenAiCopyWriter {
    fn name(&self) -> &str {
        &self.settings.model
    }

    async fn write(&self, brief: &Brief) -> Result<Vec<Draft>, WriteError> {
        let slots = drafts::Slots::of(&brief.page);
        if slots.is_empty() {
            return Err(WriteError::NothingToWrite(
                "no headline, subheadline or button was found that holds plain text".to_owned(),
            ));
        }
        let body = self.ask(brief).await?;
        drafts::check(answer::parse(&body)?, &slots, brief)
    }
}

fn bad(reason: &str) -> WriteError {
    WriteError::BadAnswer(reason.to_owned())
}

fn endpoint(base: &Url) -> Option<Url> {
    let sound = matches!(base.scheme(), "http" | "https")
        && base.has_host()
        && base.username().is_empty()
        && base.password().is_none();
    let mut endpoint = base.clone();
    endpoint.path_segments_mut().ok()?.pop_if_empty().extend(["chat", "completions"]);
    sound.then_some(endpoint)
}

/// The address as it may stand in a log.
fn without_password(url: &Url) -> String {
    let mut shown = url.clone();
    // Both fail only for addresses that cannot have them.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.into()
}

/// The key must not travel to another host, so a redirect there is not followed.
fn same_origin_only(endpoint: &Url) -> redirect::Policy {
    let origin = endpoint.origin();
    redirect::Policy::custom(move |attempt| {
        if attempt.url().origin() == origin && attempt.previous().len() <= 3 {
            attempt.follow()
        } else {
            attempt.stop()
        }
    })
}

fn refuse_status(response: &Response) -> Result<(), WriteError> {
    match response.status().as_u16() {
        200..300 => Ok(()),
        429 => Err(WriteError::RateLimited { retry_after_s: retry_after(response.headers()) }),
        status => Err(by_status(status)),
    }
}

/// Which failure a status is: the provider's own (another try may help) or ours (it will not).
fn by_status(status: u16) -> WriteError {
    match status {
        429 => WriteError::RateLimited { retry_after_s: None },
        408 | 425 | 500.. => WriteError::Provider(status),
        _ => WriteError::Refused(status),
    }
}

/// Seconds to wait; the rarer form, a date, counts as absent. At most a day.
fn retry_after(headers: &HeaderMap) -> Option<u64> {
    let seconds: u64 = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(seconds.min(24 * 60 * 60))
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}
