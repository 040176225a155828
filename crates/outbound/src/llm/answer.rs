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
    Named(BTreeMap<String, Written>),
    Listed(Vec<Written>),
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
    pub(super) strategy: String,
    /// Why it may convert better, for the owner.
    pub(super) reasoning: String,
}

/// The envelope, as far as it is needed.
#[derive(Deserialize)]
struct Completion {
    #[serde(default)]
    choices: Vec<Choice>,
    error: Option<ProviderError>,
}

#[derive(Deserialize)]
struct Choice {
    finish_reason: Option<String>,
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
    refusal: Option<String>,
}

/// Routers in front of providers report their failures with status 200 and this.
#[derive(Deserialize)]
struct ProviderError {
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
    let asked: Vec<&str> = texts.iter().copied().chain(["strategy", "reasoning"]).collect();
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

/// Takes the variants out of the body of a completion.
pub(super) fn parse(body: &[u8]) -> Result<Vec<Written>, WriteError> {
    let completion: Completion = serde_json::from_slice(body)
        .map_err(|error| bad(if error.is_eof() { "it was cut off" } else { "it is not a chat completion" }))?;
    if let Some(error) = completion.error {
        let status = error.code.as_ref().and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok());
        return Err(by_status(status.filter(|status| (400..600).contains(status)).unwrap_or(502)));
    }
    let choice = completion.choices.into_iter().next().ok_or_else(|| bad("it is empty"))?;
    let content = choice.message.content.unwrap_or_default();
    if content.trim().is_empty() {
        let refused = choice.message.refusal.is_some_and(|reason| !reason.trim().is_empty());
        return Err(bad(if refused { "the model refused the task" } else { "it is empty" }));
    }
    if choice.finish_reason.as_deref() == Some("length") {
        return Err(bad("it was cut off at the model's length limit"));
    }
    let answer: Answer = serde_json::from_str(&content).map_err(|error| {
        bad(if error.is_eof() { "the JSON in it was cut off" } else { "the JSON in it is not what was asked for" })
    })?;
    Ok(match answer.variants {
        Variants::Named(named) => named.into_values().collect(),
        Variants::Listed(listed) => listed,
    })
}
