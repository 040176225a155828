//! A language model that answers at once: OpenAI's chat completions on loopback, with every fault
//! that a provider is known for.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Json, Redirect, Response};
use axum::routing::post;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// How a stub misbehaves. A request for the model `fault/<name>` gets the fault of that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// `fault/429`: status 429 with `Retry-After: 1`.
    RateLimited,
    /// Another status with a JSON error; `fault/500`, `fault/401`, `fault/408` and so on.
    Status(u16),
    /// `fault/hang`: the request is taken and never answered.
    Hang,
    /// `fault/html`: status 200 with a web page.
    Html,
    /// `fault/truncated`: the JSON of the completion is cut off.
    Truncated,
    /// `fault/empty`: no choices.
    Empty,
    /// `fault/blank`: a choice without text.
    Blank,
    /// `fault/refusal`: the model declines.
    Refusal,
    /// `fault/length`: cut off by the model's own limit.
    Length,
    /// `fault/oversize`: half a MiB of JSON.
    Oversize,
    /// `fault/redirect`: sent on to another host.
    Redirect,
    /// `fault/cut`: a stream that ends in the middle.
    Cut,
    /// `fault/hidden`: status 200 with an error inside, as routers report a provider's failure.
    ErrorInside(u16),
}

impl Fault {
    fn of_model(model: &str) -> Option<Self> {
        Some(match model.strip_prefix("fault/")? {
            "429" => Self::RateLimited,
            "hang" => Self::Hang,
            "html" => Self::Html,
            "truncated" => Self::Truncated,
            "empty" => Self::Empty,
            "blank" => Self::Blank,
            "refusal" => Self::Refusal,
            "length" => Self::Length,
            "oversize" => Self::Oversize,
            "redirect" => Self::Redirect,
            "cut" => Self::Cut,
            "hidden" => Self::ErrorInside(503),
            status => Self::Status(status.parse().ok()?),
        })
    }
}

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The JSON body.
    pub body: Value,
    /// The `Authorization` header.
    pub authorization: Option<String>,
}

#[derive(Default)]
struct Script {
    fault: Option<Fault>,
    content: Option<String>,
    asked: Vec<Asked>,
}

/// A running stub; it stops when it is dropped.
pub struct StubLlm {
    address: SocketAddr,
    script: Arc<Mutex<Script>>,
    server: JoinHandle<()>,
}

impl StubLlm {
    /// Starts a stub on a free port of loopback.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let script = Arc::<Mutex<Script>>::default();
        let router = Router::new().route("/v1/chat/completions", post(complete)).with_state(script.clone());
        let server = tokio::spawn(async move {
            // Ends with the task; an error here shows as an unreachable stub.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { address, script, server })
    }

    /// The base URL to set.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Every further request is answered with this text in `choices[0].message.content`. Without
    /// it the stub writes drafts from the page that it is sent.
    pub fn answer_with(&self, content: impl Into<String>) {
        lock(&self.script).content = Some(content.into());
    }

    /// Every further request gets this fault; `None` ends that.
    pub fn misbehave(&self, fault: Option<Fault>) {
        lock(&self.script).fault = fault;
    }

    /// The requests so far.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        lock(&self.script).asked.clone()
    }
}

impl Drop for StubLlm {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn lock(script: &Mutex<Script>) -> MutexGuard<'_, Script> {
    script.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn complete(State(script): State<Arc<Mutex<Script>>>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (fault, content) = {
        let mut script = lock(&script);
        script.asked.push(Asked { body: body.clone(), authorization });
        let by_model = body["model"].as_str().and_then(Fault::of_model);
        (script.fault.clone().or(by_model), script.content.clone())
    };
    match fault {
        Some(fault) => misbehave(fault).await,
        None => {
            let content = content.unwrap_or_else(|| drafts_from_page(&body).to_string());
            if body["stream"] == true { streamed(&content) } else { completion(&content, "stop") }
        }
    }
}

/// Tokens that the stub says an answer took, and its cost in dollars.
const USAGE: (i64, i64, f64) = (321, 45, 0.000_123);

/// The answer in pieces of a few bytes, as server-sent events, with a comment as routers send it.
fn streamed(content: &str) -> Response {
    let mut events = String::from(": PROCESSING\n\n");
    let letters: Vec<char> = content.chars().collect();
    for piece in letters.chunks(7) {
        let delta = json!({"content": piece.iter().collect::<String>()});
        events.push_str(&format!("data: {}\r\n\r\n", json!({"choices": [{"index": 0, "delta": delta}]})));
    }
    let end = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]});
    let (tokens_in, tokens_out, cost) = USAGE;
    let usage =
        json!({"choices": [], "usage": {"prompt_tokens": tokens_in, "completion_tokens": tokens_out, "cost": cost}});
    events.push_str(&format!("data: {end}\n\ndata: {usage}\n\ndata: [DONE]\n\n"));
    ([(header::CONTENT_TYPE, "text/event-stream; charset=utf-8")], events).into_response()
}

fn completion(content: &str, finish_reason: &str) -> Response {
    let message = json!({"role": "assistant", "content": content});
    let choice = json!({"index": 0, "finish_reason": finish_reason, "message": message});
    Json(json!({"id": "stub", "object": "chat.completion", "choices": [choice]})).into_response()
}

async fn misbehave(fault: Fault) -> Response {
    let json_text = [(header::CONTENT_TYPE, "application/json")];
    match fault {
        Fault::RateLimited => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "1")], error(429)).into_response(),
        Fault::Status(status) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, error(status.as_u16())).into_response()
        }
        Fault::Hang => std::future::pending().await,
        Fault::Html => ([(header::CONTENT_TYPE, "text/html")], "<html>gateway</html>").into_response(),
        Fault::Truncated => (json_text, "{\"choices\":[{\"mess").into_response(),
        Fault::Empty => Json(json!({"choices": []})).into_response(),
        Fault::Blank => completion(" ", "stop"),
        Fault::Refusal => {
            let message = json!({"role": "assistant", "content": null, "refusal": "no"});
            Json(json!({"choices": [{"finish_reason": "stop", "message": message}]})).into_response()
        }
        Fault::Length => completion("{\"variants\":[{\"head", "length"),
        Fault::Oversize => completion(&"x".repeat(512 * 1024), "stop"),
        // The name is reserved and resolves nowhere, so a client that follows is found out.
        Fault::Redirect => Redirect::temporary("http://elsewhere.invalid/v1/chat/completions").into_response(),
        Fault::Cut => {
            let event = "data: {\"choices\":[{\"delta\":{\"content\":\"{\\\"vari\"}}]}\n\n";
            ([(header::CONTENT_TYPE, "text/event-stream")], event).into_response()
        }
        Fault::ErrorInside(status) => error(status).into_response(),
    }
}

fn error(status: u16) -> Json<Value> {
    Json(json!({"error": {"message": "stub fault", "code": status}}))
}

/// Drafts in the shape of the product's own schema, from the texts in its request: each takes
/// another sentence of the page for its headline.
fn drafts_from_page(request: &Value) -> Value {
    let data: Value = request["messages"]
        .as_array()
        .and_then(|messages| messages.last())
        .and_then(|message| message["content"].as_str())
        .and_then(|content| serde_json::from_str(content).ok())
        .unwrap_or_default();
    let count = data["count"].as_u64().unwrap_or(3);
    let count = usize::try_from(count).unwrap_or(3);
    let limit = data["limits"]["headline"].as_u64().and_then(|limit| usize::try_from(limit).ok()).unwrap_or(90);
    let opening = &data["page"]["opening"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let own = text(&opening["headline"]);
    let sentences = data["page"]["text"].as_array().cloned().unwrap_or_default();
    let mut texts: Vec<String> = vec![text(&opening["subheadline"])];
    texts.extend(sentences.iter().map(text));
    texts.retain(|text| !text.is_empty() && *text != own && text.chars().count() <= limit);
    texts.dedup();
    // A page with few sentences still gets the number of drafts that was asked for.
    let spare = ["Well said", "Plainly said", "Said again", "Said at last", "Said once more"].map(str::to_owned);
    let variants = texts
        .into_iter()
        .chain(spare)
        .take(count)
        .enumerate()
        .map(|(index, headline)| {
            let variant = json!({
                "headline": headline,
                "subheadline": "",
                "cta": "",
                "strategy": "benefit first",
                "hypothesis": "More visitors convert.",
                "reasoning": "The stub puts another sentence of the page first.",
            });
            (format!("variant_{}", index + 1), variant)
        })
        .collect::<serde_json::Map<String, Value>>();
    json!({"variants": variants})
}
