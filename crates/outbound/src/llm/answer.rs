//! The answer's form: the envelope of the interface, and in it the JSON that the schema asks for.

use super::{bad, by_status};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Deserialize;
use serde_json::{Value, json};
use service::ports::WriteError;
use std::collections::BTreeMap;

/// What the model is to fill in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    variants: Variants,
}

/// The variants under the names that the schema gives them, or the plain list that models without
/// a schema write.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Variants {
    Named(BTreeMap<String, Value>),
    Listed(Vec<Value>),
}

/// One variant as the model wrote it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    /// New main heading; empty keeps the page's.
    #[serde(default)]
    pub(super) headline: String,
    /// New line under the heading; empty keeps the page's.
    #[serde(default)]
    pub(super) subheadline: String,
    /// New text of the button; empty keeps the page's.
    #[serde(default)]
    pub(super) cta: String,
    /// Name of the copy strategy.
    #[serde(default)]
    pub(super) strategy: String,
    /// What is expected to happen, as a sentence that a test can prove wrong.
    #[serde(default)]
    pub(super) hypothesis: String,
    /// Why it may convert better, for the owner.
    #[serde(default)]
    pub(super) reasoning: String,
}

/// The envelope, as far as it is needed.
#[derive(Deserialize)]
struct Completion {
    #[serde(default)]
    choices: Vec<Choice>,
    error: Option<ProviderError>,
    usage: Option<Usage>,
}

/// What a call took, as far as the provider tells.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
pub(super) struct Usage {
    prompt_tokens: Option<i64>,
    completion_tokens: Option<i64>,
    /// In dollars; OpenRouter tells it.
    cost: Option<f64>,
}

impl Usage {
    pub(super) fn tokens_in(self) -> Option<i64> {
        self.prompt_tokens.filter(|tokens| *tokens >= 0)
    }

    pub(super) fn tokens_out(self) -> Option<i64> {
        self.completion_tokens.filter(|tokens| *tokens >= 0)
    }

    /// In millionths of a dollar, rounded up, so that no call is free that is not.
    pub(super) fn cost_micros(self) -> Option<i64> {
        let cost = self.cost.filter(|cost| cost.is_finite() && (0.0..1e6).contains(cost))?;
        format!("{:.0}", cost.mul_add(1e6, -1e-3).ceil().abs()).parse().ok()
    }
}

/// The text of an answer, whole.
#[derive(Debug, Default)]
pub(super) struct Completed {
    pub(super) content: String,
    pub(super) finish_reason: Option<String>,
    pub(super) is_refused: bool,
    pub(super) usage: Usage,
}

/// A choice of a streamed answer.
#[derive(Deserialize)]
pub(super) struct ChunkChoice {
    pub(super) finish_reason: Option<String>,
    #[serde(default)]
    pub(super) delta: Message,
}

#[derive(Deserialize)]
struct Choice {
    finish_reason: Option<String>,
    message: Message,
}

#[derive(Default, Deserialize)]
pub(super) struct Message {
    pub(super) content: Option<String>,
    pub(super) refusal: Option<String>,
}

/// Routers in front of providers report their failures with status 200 and this.
#[derive(Deserialize)]
pub(super) struct ProviderError {
    code: Option<Value>,
}

/// The JSON schema of an answer: so many variants, with those texts only that can be replaced on this page.
///
/// Each variant has a name of its own and is required, because few providers can be told the length
/// of a list, and a small model left to itself answers with an empty one. Inlined and plain, because
/// grammars made from it know little more than objects and strings.
pub(super) fn schema(texts: &[&str], count: usize) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.meta_schema = None);
    let mut item = settings.into_generator().into_root_schema_for::<Written>().to_value();
    let asked: Vec<&str> = texts.iter().copied().chain(["strategy", "hypothesis", "reasoning"]).collect();
    if let Some(properties) = item.get_mut("properties").and_then(Value::as_object_mut) {
        properties.retain(|name, _| asked.contains(&name.as_str()));
        // A default would make a grammar treat the field as optional.
        for property in properties.values_mut().filter_map(Value::as_object_mut) {
            property.remove("default");
        }
    }
    // Every field, because strict providers know no optional ones.
    item["required"] = asked.into();
    if let Some(item) = item.as_object_mut() {
        item.remove("title");
    }
    let names: Vec<String> = (1..=count).map(|number| format!("variant_{number}")).collect();
    let variants: serde_json::Map<String, Value> = names.iter().map(|name| (name.clone(), item.clone())).collect();
    let all = json!({"type": "object", "properties": variants, "required": names, "additionalProperties": false});
    json!({"type": "object", "properties": {"variants": all}, "required": ["variants"], "additionalProperties": false})
}

/// Which failure a provider's own error is.
pub(super) fn provider_failure(error: &ProviderError) -> WriteError {
    let status = error.code.as_ref().and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok());
    by_status(status.filter(|status| (400..600).contains(status)).unwrap_or(502))
}

/// The answer out of the body of a completion that came as a whole.
pub(super) fn whole(body: &[u8]) -> Result<Completed, WriteError> {
    let completion: Completion = serde_json::from_slice(body)
        .map_err(|error| bad(if error.is_eof() { "it was cut off" } else { "it is not a chat completion" }))?;
    if let Some(error) = completion.error {
        return Err(provider_failure(&error));
    }
    let choice = completion.choices.into_iter().next().ok_or_else(|| bad("it is empty"))?;
    Ok(Completed {
        content: choice.message.content.unwrap_or_default(),
        finish_reason: choice.finish_reason,
        is_refused: choice.message.refusal.is_some_and(|reason| !reason.trim().is_empty()),
        usage: completion.usage.unwrap_or_default(),
    })
}

/// The variants in an answer, and how many of them have another form than was asked for.
pub(super) fn parse(completed: &Completed) -> Result<(Vec<Written>, usize), WriteError> {
    if completed.content.trim().is_empty() {
        return Err(bad(if completed.is_refused { "the model refused the task" } else { "it is empty" }));
    }
    if completed.finish_reason.as_deref() == Some("length") {
        return Err(bad("it was cut off at the model's length limit"));
    }
    let other_form = || bad("the JSON in it is not what was asked for");
    let answer: Answer = serde_json::from_str(&completed.content)
        .map_err(|error| if error.is_eof() { bad("the JSON in it was cut off") } else { other_form() })?;
    let variants: Vec<Value> = match answer.variants {
        Variants::Named(named) => named.into_values().collect(),
        Variants::Listed(listed) => listed,
    };
    if variants.is_empty() {
        return Err(bad("it holds no drafts"));
    }
    let count = variants.len();
    // A list would fill the fields in their order.
    let objects = variants.into_iter().filter(Value::is_object);
    let written: Vec<Written> = objects.filter_map(|variant| serde_json::from_value(variant).ok()).collect();
    if written.is_empty() {
        return Err(other_form());
    }
    let unreadable = count - written.len();
    Ok((written, unreadable))
}
