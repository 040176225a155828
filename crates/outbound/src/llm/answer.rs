//! The answer's form: the envelope of the interface, and in it the JSON that the schema asks for.

use super::{bad, by_status};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Deserialize;
use serde_json::Value;
use service::ports::WriteError;

/// What the model is to fill in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    /// The variants, each different from the others.
    pub(super) variants: Vec<Written>,
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

/// The JSON schema of an answer, with those texts only that can be replaced on this page.
///
/// Inlined and plain, because grammars made from it know little more than objects, arrays and
/// strings.
pub(super) fn schema(texts: &[&str]) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let mut schema = settings.into_generator().into_root_schema_for::<Answer>().to_value();
    let asked: Vec<&str> = texts.iter().copied().chain(["strategy", "reasoning"]).collect();
    if let Some(item) = schema.pointer_mut("/properties/variants/items") {
        if let Some(properties) = item.get_mut("properties").and_then(Value::as_object_mut) {
            properties.retain(|name, _| asked.contains(&name.as_str()));
            // A default would make a grammar treat the field as optional.
            for property in properties.values_mut().filter_map(Value::as_object_mut) {
                property.remove("default");
            }
        }
        // Every field, because strict providers know no optional ones.
        item["required"] = asked.into();
    }
    if let Some(root) = schema.as_object_mut() {
        root.remove("title");
    }
    schema
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
    Ok(answer.variants)
}
