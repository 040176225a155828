//! Chromium's debugging protocol over a pair of pipes: JSON texts, each ended by a zero byte.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use service::ports::OwnPicture;
use std::collections::HashSet;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{ChildStdin, ChildStdout};

/// Largest message that is read. A picture or a page comes in one.
const MAX_MESSAGE: usize = 64 * 1024 * 1024;
/// Requests under way that are kept in mind; a page with more counts as busy.
const MAX_UNDER_WAY: usize = 10_000;

/// Why a visit ended before its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    /// The browser ended, or says what it never should.
    #[error("the browser is gone")]
    Gone,
    /// The browser refuses a command.
    #[error("the browser refuses {0}: {1}")]
    Refused(&'static str, String),
    /// The page cannot be reached.
    #[error("the page cannot be reached")]
    Unreachable,
    /// More than so many MiB.
    #[error("the page is larger than {0} MiB")]
    TooLarge(u32),
}

/// What events told about the page, since it was last asked for.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) has_loaded: bool,
    pub(super) under_way: HashSet<String>,
}

/// The connection to one browser. One command is under way at a time; events between are noted.
pub(super) struct Pipe {
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    last_id: u64,
    has_answered: bool,
    pub(super) seen: Seen,
    /// Pictures that the page is given instead of asking for them.
    pub(super) supplied: Vec<OwnPicture>,
}

impl Pipe {
    pub(super) fn new(input: ChildStdin, output: ChildStdout) -> Self {
        Self {
            input,
            output: BufReader::new(output),
            last_id: 0,
            has_answered: false,
            seen: Seen::default(),
            supplied: Vec::new(),
        }
    }

    pub(super) fn has_answered(&self) -> bool {
        self.has_answered
    }

    /// Sends a command and waits for its answer.
    pub(super) async fn call(
        &mut self,
        session: Option<&str>,
        method: &'static str,
        parameters: Value,
    ) -> Result<Value, Broken> {
        let id = self.send(session, method, parameters).await?;
        loop {
            let mut message = self.receive().await?;
            if message.get("id").and_then(Value::as_u64) != Some(id) {
                self.note(&message).await?;
                continue;
            }
            self.has_answered = true;
            if let Some(error) = message.get("error") {
                return Err(Broken::Refused(method, error.to_string()));
            }
            return Ok(message.get_mut("result").map(Value::take).unwrap_or_default());
        }
    }

    async fn send(&mut self, session: Option<&str>, method: &str, parameters: Value) -> Result<u64, Broken> {
        self.last_id += 1;
        let mut message = json!({ "id": self.last_id, "method": method, "params": parameters });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.input.write_all(&bytes).await.map_err(|_| Broken::Gone)?;
        Ok(self.last_id)
    }

    async fn receive(&mut self) -> Result<Value, Broken> {
        let mut bytes = Vec::new();
        loop {
            let available = self.output.fill_buf().await.map_err(|_| Broken::Gone)?;
            if available.is_empty() {
                return Err(Broken::Gone);
            }
            let end = available.iter().position(|&byte| byte == 0);
            bytes.extend_from_slice(&available[..end.unwrap_or(available.len())]);
            let used = end.map_or(available.len(), |end| end + 1);
            self.output.consume(used);
            if bytes.len() > MAX_MESSAGE {
                return Err(Broken::TooLarge(64));
            }
            if end.is_some() {
                return serde_json::from_slice(&bytes).map_err(|_| Broken::Gone);
            }
        }
    }

    /// Keeps what later steps want to know of an event, and answers what would hold the page up.
    async fn note(&mut self, event: &Value) -> Result<(), Broken> {
        let request = || event["params"]["requestId"].as_str().map(str::to_owned);
        match event["method"].as_str() {
            Some("Page.loadEventFired") => self.seen.has_loaded = true,
            Some("Network.requestWillBeSent") if self.seen.under_way.len() < MAX_UNDER_WAY => {
                self.seen.under_way.extend(request());
            }
            Some("Network.loadingFinished" | "Network.loadingFailed") => {
                if let Some(request) = request() {
                    self.seen.under_way.remove(&request);
                }
            }
            Some("Page.javascriptDialogOpening") => {
                let session = event["sessionId"].as_str();
                self.send(session, "Page.handleJavaScriptDialog", json!({ "accept": false })).await?;
            }
            Some("Fetch.requestPaused") => self.supply(event).await?,
            Some("Inspector.targetCrashed") => return Err(Broken::Gone),
            _ => {}
        }
        Ok(())
    }

    /// Answers a request that waits for us: with a picture of ours, or by letting it go.
    async fn supply(&mut self, event: &Value) -> Result<(), Broken> {
        let parameters = &event["params"];
        let asked = parameters["request"]["url"].as_str().unwrap_or_default();
        let found = self.supplied.iter().find(|picture| picture.url.as_str() == asked);
        let (method, answer) = match found {
            Some(picture) => {
                let headers = json!([{ "name": "content-type", "value": picture.media_type },
                    { "name": "access-control-allow-origin", "value": "*" }]);
                let body = STANDARD.encode(&picture.bytes);
                let answer = json!({ "requestId": parameters["requestId"], "responseCode": 200,
                    "responseHeaders": headers, "body": body });
                ("Fetch.fulfillRequest", answer)
            }
            None => ("Fetch.continueRequest", json!({ "requestId": parameters["requestId"] })),
        };
        self.send(event["sessionId"].as_str(), method, answer).await?;
        Ok(())
    }
}
