//! The copywriter that asks a language model behind an OpenAI-compatible interface.
//!
//! The model's output is a stranger's text: its form is checked here, what it would do to the
//! page is checked by the service. The API key stands in one header and nowhere else.

mod answer;
mod breaker;
mod call;
mod drafts;
pub mod images;
mod prompt;
mod stream;

use crate::SetupError;
use answer::{Completed, Usage};
use async_trait::async_trait;
use breaker::Breaker;
use domain::copy::ModelCall;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, Response, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use service::ports::{Brief, CopyWriter, Draft, WriteError, WritingLog};
use std::fmt;
use std::time::{Duration, Instant};
use stream::Stream;
use url::Url;

/// Largest answer, in bytes after inflation.
const MAX_ANSWER_BYTES: usize = 256 * 1024;
/// Largest stream: every word of an answer comes in an envelope of its own.
const MAX_STREAM_BYTES: usize = 8 * 1024 * 1024;
/// Most calls for one answer.
const MOST_TRIES: u32 = 3;
/// Wait before the second call; doubled for each further one.
const FIRST_WAIT: Duration = Duration::from_millis(100);

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
    breaker: Breaker,
}

impl OpenAiCopyWriter {
    /// Checks the settings and makes the client; nothing is sent.
    ///
    /// # Errors
    /// When the base address is not an http(s) one without a password, or the client cannot be made.
    pub fn new(settings: LlmSettings) -> Result<Self, SetupError> {
        let (endpoint, client) = call::prepared(&settings, ["chat", "completions"])?;
        Ok(Self { settings, endpoint, client, breaker: Breaker::default() })
    }

    /// Asks until there is an answer, a failure that another try will not mend, or no time left.
    async fn ask(&self, brief: &Brief, log: &WritingLog) -> Result<Completed, WriteError> {
        if let Some(rest) = self.breaker.rest(Instant::now()) {
            return Err(WriteError::Resting { retry_after_s: rest.as_secs() + 1 });
        }
        let body = prompt::request(&self.settings.model, brief, self.is_openrouter());
        let deadline = Instant::now() + self.settings.timeout;
        let mut tries = 0;
        loop {
            let result = self.call(&body, deadline, log).await;
            tries += 1;
            let error = match result {
                Ok(completed) => return Ok(completed),
                Err(error) => error,
            };
            let wait = wait_after(&error, tries).filter(|wait| Instant::now() + *wait < deadline);
            let Some(wait) = wait.filter(|_| tries < MOST_TRIES) else { return Err(error) };
            tracing::info!(%error, wait_ms = wait.as_millis(), "the language model is asked again");
            tokio::time::sleep(wait).await;
        }
    }

    /// One call, accounted for as far as it came.
    async fn call(&self, body: &Value, deadline: Instant, log: &WritingLog) -> Result<Completed, WriteError> {
        let begun = Instant::now();
        let mut usage = Usage::default();
        let answering = self.answer(body, log, &mut usage);
        let result = match tokio::time::timeout_at(deadline.into(), answering).await {
            Ok(result) => result,
            Err(_) => Err(WriteError::Timeout(self.settings.timeout.as_secs())),
        };
        self.note(&result, usage, begun.elapsed(), log);
        result
    }

    async fn answer(&self, body: &Value, log: &WritingLog, usage: &mut Usage) -> Result<Completed, WriteError> {
        let mut request = self.client.post(self.endpoint.clone()).json(body);
        if let Some(key) = &self.settings.api_key {
            request = request.bearer_auth(key.expose_secret());
        }
        let response = request.send().await.map_err(|error| call::failure(&error, self.settings.timeout))?;
        refuse_status(&response)?;
        let completed = match kind(response.headers()) {
            Some(Kind::Json) => answer::whole(&call::body(response, MAX_ANSWER_BYTES, self.settings.timeout).await?)?,
            Some(Kind::Stream) => self.streamed(response, log, usage).await?,
            None => return Err(bad("it is not JSON")),
        };
        *usage = completed.usage;
        Ok(completed)
    }

    /// Accounts for a call, and tells the breaker how the provider is.
    fn note(&self, result: &Result<Completed, WriteError>, usage: Usage, took: Duration, log: &WritingLog) {
        match result {
            Err(WriteError::Provider(_) | WriteError::Timeout(_) | WriteError::Unreachable) => {
                self.breaker.failed(Instant::now());
            }
            _ => self.breaker.answered(),
        }
        log.call(ModelCall {
            model: self.settings.model.clone(),
            prompt_version: prompt::PROMPT_VERSION.to_owned(),
            tokens_in: usage.tokens_in(),
            tokens_out: usage.tokens_out(),
            cost_micros: usage.cost_micros(),
            duration_ms: i64::try_from(took.as_millis()).unwrap_or(i64::MAX),
            outcome: outcome(result),
        });
    }

    fn is_openrouter(&self) -> bool {
        self.endpoint.host_str().is_some_and(|host| host == "openrouter.ai" || host.ends_with(".openrouter.ai"))
    }

    async fn streamed(
        &self,
        mut response: Response,
        log: &WritingLog,
        usage: &mut Usage,
    ) -> Result<Completed, WriteError> {
        let mut stream = Stream::default();
        let mut size = 0;
        while let Some(chunk) = response.chunk().await.map_err(|error| call::failure(&error, self.settings.timeout))? {
            size += chunk.len();
            if size > MAX_STREAM_BYTES {
                return Err(bad("it is larger than 8 MiB"));
            }
            stream.push(&chunk)?;
            *usage = stream.usage();
            log.progress(stream.characters());
        }
        stream.end()
    }
}

#[async_trait]
impl CopyWriter for OpenAiCopyWriter {
    fn name(&self) -> &str {
        &self.settings.model
    }

    fn is_model(&self) -> bool {
        true
    }

    async fn write_noting(&self, brief: &Brief, log: &WritingLog) -> Result<Vec<Draft>, WriteError> {
        let slots = drafts::Slots::of(&brief.page, &brief.brand);
        if slots.is_empty() {
            return Err(WriteError::NothingToWrite(
                "no headline, subheadline or button was found that holds plain text".to_owned(),
            ));
        }
        let (written, unreadable) = answer::parse(&self.ask(brief, log).await?)?;
        log.unreadable(unreadable);
        Ok(slots.drafts(written))
    }
}

fn bad(reason: &str) -> WriteError {
    WriteError::BadAnswer(reason.to_owned())
}

fn endpoint(base: &Url, path: [&str; 2]) -> Option<Url> {
    let sound = matches!(base.scheme(), "http" | "https")
        && base.has_host()
        && base.username().is_empty()
        && base.password().is_none();
    let mut endpoint = base.clone();
    endpoint.path_segments_mut().ok()?.pop_if_empty().extend(path);
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

/// What a log calls the end of a call.
fn outcome<T>(result: &Result<T, WriteError>) -> &'static str {
    match result {
        Ok(_) => "answered",
        Err(WriteError::RateLimited { .. }) => "rate_limited",
        Err(WriteError::Provider(_)) => "provider_failed",
        Err(WriteError::Refused(_)) => "refused",
        Err(WriteError::Timeout(_)) => "timeout",
        Err(WriteError::Unreachable) => "unreachable",
        Err(_) => "bad_answer",
    }
}

/// How long to wait before the next try; none when another try at once will not help. A provider
/// that asks for more than half a minute is asked by the job's next try.
fn wait_after(error: &WriteError, tries: u32) -> Option<Duration> {
    let backoff = FIRST_WAIT.saturating_mul(1 << tries.min(6));
    match error {
        WriteError::RateLimited { retry_after_s: Some(seconds) } => {
            Some(Duration::from_secs(*seconds)).filter(|wait| *wait <= Duration::from_secs(30))
        }
        WriteError::RateLimited { retry_after_s: None } | WriteError::Provider(_) | WriteError::Unreachable => {
            Some(backoff)
        }
        _ => None,
    }
}

/// The forms in which an answer comes.
enum Kind {
    Json,
    Stream,
}

fn kind(headers: &HeaderMap) -> Option<Kind> {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence == "text/event-stream" {
        return Some(Kind::Stream);
    }
    (essence == "application/json" || essence.ends_with("+json")).then_some(Kind::Json)
}
