//! The image out of an answer, in the form of either interface.

use super::super::answer::{ProviderError, Usage, provider_failure};
use super::bad;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use service::ports::WriteError;

#[derive(Deserialize)]
struct Answer {
    error: Option<ProviderError>,
    usage: Option<Usage>,
    /// Of `/images/generations`.
    #[serde(default)]
    data: Vec<Listed>,
    /// Of `/chat/completions`.
    #[serde(default)]
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Listed {
    b64_json: Option<String>,
    url: Option<String>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    images: Vec<Shown>,
}

#[derive(Deserialize)]
struct Shown {
    image_url: Address,
}

#[derive(Deserialize)]
struct Address {
    url: String,
}

/// The bytes that are said to be an image, and what the call took.
pub(super) fn image(body: &[u8]) -> Result<(Vec<u8>, Usage), WriteError> {
    let answer: Answer = serde_json::from_slice(body)
        .map_err(|error| bad(if error.is_eof() { "it was cut off" } else { "it has not the form of an image" }))?;
    if let Some(error) = answer.error {
        return Err(provider_failure(&error));
    }
    let usage = answer.usage.unwrap_or_default();
    let listed = answer.data.into_iter().next();
    let shown = answer.choices.into_iter().next().and_then(|choice| choice.message.images.into_iter().next());
    let text = match (listed, shown) {
        (Some(Listed { b64_json: Some(text), .. }), _) => text,
        // An address of somebody else's choice is not followed.
        (Some(Listed { url: Some(_), .. }), _) => return Err(bad("it is an address in place of an image")),
        (_, Some(Shown { image_url })) => within_address(image_url.url)?,
        _ => return Err(bad("it holds no image")),
    };
    let bytes = STANDARD.decode(text.trim()).map_err(|_| bad("the image in it is not base64"))?;
    Ok((bytes, usage))
}

/// The image that stands in a `data:` address, whatever type that claims.
fn within_address(address: String) -> Result<String, WriteError> {
    let inner = address.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,"));
    inner.map(|(_, text)| text.to_owned()).ok_or_else(|| bad("it is an address in place of an image"))
}
