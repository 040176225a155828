//! Which model makes images, if any: off until one is named, and then its price must be known.

use super::{ConfigError, Sources};
use outbound::llm::LlmSettings;
use outbound::llm::images::{ImageApi, ImageSettings};

/// Most that an image may cost, in dollars: more is a slip of the pen.
const MOST_DOLLARS: f64 = 100.0;

/// The maker of images, which is asked at the language model's provider.
pub(super) fn settings(
    sources: &Sources,
    language_model: Option<&LlmSettings>,
) -> Result<Option<ImageSettings>, ConfigError> {
    let api = sources.checked("image_api", api)?;
    let price = sources.checked("image_price", price)?;
    let Some(model) = sources.text("image_model") else { return Ok(None) };
    let missing = |what: &str| ConfigError::Value { origin: model.origin.clone(), problem: what.to_owned() };
    let provider = language_model
        .ok_or_else(|| missing("an image model needs a provider; set llm_base_url or llm_api_key too"))?;
    let price_micros = price.ok_or_else(|| {
        missing("set image_price too, what one image costs in dollars: it is shown before an image is made")
    })?;
    let asks_openrouter = provider.base_url.host_str() == Some("openrouter.ai");
    let api = api.unwrap_or(if asks_openrouter { ImageApi::Chat } else { ImageApi::Images });
    let provider = LlmSettings { model: model.value.clone(), ..provider.clone() };
    Ok(Some(ImageSettings { provider, api, price_micros }))
}

fn api(text: &str) -> Result<ImageApi, String> {
    match text {
        "images" => Ok(ImageApi::Images),
        "chat" => Ok(ImageApi::Chat),
        _ => Err(format!("`{text}` is neither images nor chat")),
    }
}

/// In millionths of a dollar.
fn price(text: &str) -> Result<i64, String> {
    let wrong = || format!("`{text}` is not an amount in dollars, like 0.04");
    let dollars: f64 = text.trim_start_matches('$').parse().map_err(|_| wrong())?;
    if !(0.0..=MOST_DOLLARS).contains(&dollars) {
        return Err(wrong());
    }
    format!("{:.0}", dollars * 1e6).parse().map_err(|_| wrong())
}
