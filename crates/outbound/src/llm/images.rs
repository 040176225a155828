//! The maker of images: one call of an OpenAI-compatible provider, whose answer is decoded before it is believed.

mod answer;
mod picture;

use super::answer::Usage;
use super::breaker::Breaker;
use super::{Kind, LlmSettings, bad, call, kind, outcome, refuse_status};
use crate::SetupError;
use async_trait::async_trait;
use domain::PageModel;
use domain::copy::ModelCall;
use reqwest::Client;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use service::ports::{ImageMaker, MadeImage, WriteError, WritingLog};
use std::time::Instant;
use url::Url;

/// The instructions, a text file so that they can be read and compared as text.
const INSTRUCTIONS: &str = include_str!("../../prompts/image.v1.md");
/// Their name, kept with what was made by them.
const PROMPT_VERSION: &str = "image.v1";
/// Largest answer, in bytes after inflation: an image of 16 MiB as text, with what is around it.
const MAX_ANSWER_BYTES: usize = 24 * 1024 * 1024;

/// Which of the two interfaces a provider has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageApi {
    /// `POST /images/generations`, as OpenAI and many local servers have it.
    Images,
    /// `POST /chat/completions` with `modalities`, as OpenRouter has it.
    Chat,
}

/// How images are made.
#[derive(Debug, Clone)]
pub struct ImageSettings {
    /// Where the model is, and its name.
    pub provider: LlmSettings,
    /// By which interface.
    pub api: ImageApi,
    /// What an image costs, in millionths of a dollar, when the provider does not tell.
    pub price_micros: i64,
}

/// Makes images with a model behind an OpenAI-compatible interface.
pub struct OpenAiImageMaker {
    settings: ImageSettings,
    endpoint: Url,
    client: Client,
    breaker: Breaker,
}

impl OpenAiImageMaker {
    /// Checks the settings and makes the client; nothing is sent.
    ///
    /// # Errors
    /// When the base address is not an http(s) one without a password, or the client cannot be made.
    pub fn new(settings: ImageSettings) -> Result<Self, SetupError> {
        let path = match settings.api {
            ImageApi::Images => ["images", "generations"],
            ImageApi::Chat => ["chat", "completions"],
        };
        let (endpoint, client) = call::prepared(&settings.provider, path)?;
        Ok(Self { settings, endpoint, client, breaker: Breaker::default() })
    }

    fn request(&self, page: &PageModel) -> Value {
        let model = &self.settings.provider.model;
        let prompt = format!("{INSTRUCTIONS}\n{}", described(page));
        match self.settings.api {
            ImageApi::Images => {
                let mut request = json!({ "model": model, "prompt": prompt, "n": 1, "size": "1536x1024" });
                // Models of this name always answer so, and refuse to be asked.
                if !model.starts_with("gpt-image") {
                    request["response_format"] = "b64_json".into();
                }
                request
            }
            ImageApi::Chat => json!({
                "model": model,
                "stream": false,
                "modalities": ["image", "text"],
                "messages": [{ "role": "user", "content": prompt }],
                "usage": { "include": true },
            }),
        }
    }

    async fn answer(&self, page: &PageModel, usage: &mut Usage) -> Result<MadeImage, WriteError> {
        let mut request = self.client.post(self.endpoint.clone()).json(&self.request(page));
        if let Some(key) = &self.settings.provider.api_key {
            request = request.bearer_auth(key.expose_secret());
        }
        let timeout = self.settings.provider.timeout;
        let response = request.send().await.map_err(|error| call::failure(&error, timeout))?;
        refuse_status(&response)?;
        if !matches!(kind(response.headers()), Some(Kind::Json)) {
            return Err(bad("it is not JSON"));
        }
        let body = call::body(response, MAX_ANSWER_BYTES, timeout).await?;
        let (bytes, told) = answer::image(&body)?;
        *usage = told;
        // Decoding takes a while, so it is done away from the threads that answer requests.
        let decoded = tokio::task::spawn_blocking(move || picture::made(&bytes)).await;
        decoded.map_err(|_| bad("the image in it cannot be decoded"))?.map_err(|why| bad(&why))
    }

    /// What a call cost. One that was answered, or may still have been worked on, is not free because nobody says so.
    fn cost(&self, result: &Result<MadeImage, WriteError>, usage: Usage) -> Option<i64> {
        match result {
            Ok(_) | Err(WriteError::BadAnswer(_) | WriteError::Timeout(_)) => {
                Some(usage.cost_micros().unwrap_or(self.settings.price_micros))
            }
            Err(_) => None,
        }
    }
}

#[async_trait]
impl ImageMaker for OpenAiImageMaker {
    fn model(&self) -> &str {
        &self.settings.provider.model
    }

    fn prompt_version(&self) -> &str {
        PROMPT_VERSION
    }

    fn price_micros(&self) -> i64 {
        self.settings.price_micros
    }

    async fn make(&self, page: &PageModel, log: &WritingLog) -> Result<MadeImage, WriteError> {
        if let Some(rest) = self.breaker.rest(Instant::now()) {
            return Err(WriteError::Resting { retry_after_s: rest.as_secs() + 1 });
        }
        let (begun, mut usage) = (Instant::now(), Usage::default());
        let timeout = self.settings.provider.timeout;
        let result = match tokio::time::timeout(timeout, self.answer(page, &mut usage)).await {
            Ok(result) => result,
            Err(_) => Err(WriteError::Timeout(timeout.as_secs())),
        };
        match &result {
            Err(WriteError::Provider(_) | WriteError::Timeout(_) | WriteError::Unreachable) => {
                self.breaker.failed(Instant::now());
            }
            _ => self.breaker.answered(),
        }
        log.call(ModelCall {
            model: self.settings.provider.model.clone(),
            prompt_version: PROMPT_VERSION.to_owned(),
            tokens_in: usage.tokens_in(),
            tokens_out: usage.tokens_out(),
            cost_micros: self.cost(&result, usage),
            duration_ms: i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX),
            outcome: outcome(&result),
        });
        result
    }
}

/// The page as data: JSON, so that no text of it can pretend to stand outside.
fn described(page: &PageModel) -> Value {
    let cut = |text: &str| text.chars().take(300).collect::<String>();
    let text = |slot: &Option<domain::TextSlot>| slot.as_ref().map(|slot| cut(&slot.text));
    let colours: Vec<&str> = page.brand.palette.iter().map(|colour| colour.hex.as_str()).take(6).collect();
    json!({
        "title": page.title.as_deref().map(cut),
        "description": page.description.as_deref().map(cut),
        "headline": text(&page.headline),
        "subheadline": text(&page.subheadline),
        "picture_now": page.hero_image.as_ref().map(|image| cut(&image.alt)),
        "colours": colours,
    })
}
