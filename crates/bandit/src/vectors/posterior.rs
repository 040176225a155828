//! Vectors about posteriors.

use super::input::{self, Count, Level};
use super::{read, refused};
use crate::posterior::Posterior;
use crate::{cdf, expected_loss, prob_best, quantile};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn beta_cdf(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        alpha: f64,
        beta: f64,
        x: f64,
    }
    let Input { alpha, beta, x } = read(input)?;
    let (cdf, sf) = cdf(alpha, beta, x).map_err(refused)?;
    Ok(json!({"cdf": cdf, "sf": sf}))
}

pub(super) fn beta_quantile(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        alpha: f64,
        beta: f64,
        p: f64,
    }
    let Input { alpha, beta, p } = read(input)?;
    Ok(json!({"x": quantile(alpha, beta, p).map_err(refused)?}))
}

pub(super) fn posterior(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        visitors: Count,
        conversions: Count,
        #[serde(default = "input::uniform")]
        prior: (f64, f64),
        #[serde(default)]
        level: Level,
    }
    let Input { visitors, conversions, prior, level } = read(input)?;
    let posterior = Posterior::new(prior, visitors.0, conversions.0).map_err(refused)?;
    let (lower, upper) = posterior.credible_interval(level.0);
    Ok(json!({
        "alpha": posterior.alpha(), "beta": posterior.beta(), "mean": posterior.mean(), "sd": posterior.sd(),
        "lower": lower, "upper": upper,
    }))
}

#[derive(Deserialize)]
struct Arms {
    arms: Vec<(f64, f64)>,
}

pub(super) fn best(input: &Value) -> Result<Value, String> {
    Ok(json!({"prob_best": prob_best(&read::<Arms>(input)?.arms).map_err(refused)?}))
}

pub(super) fn loss(input: &Value) -> Result<Value, String> {
    let (loss, maximum) = expected_loss(&read::<Arms>(input)?.arms).map_err(refused)?;
    Ok(json!({"expected_loss": loss, "expected_max": maximum}))
}
