//! Vectors about delays and rates that move.

use super::input::{self, Count};
use super::{read, refused};
use crate::Counts;
use crate::delay::{Aged, DelayCurve, Effective};
use crate::drift::{self, Period, Step};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn delay(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Visitors {
        age_h: f64,
        converted_after_h: Option<f64>,
        count: Count,
    }
    #[derive(Deserialize)]
    struct Input {
        window_h: f64,
        delay_cdf: Vec<(f64, f64)>,
        visitors: Vec<Visitors>,
        #[serde(default = "input::uniform")]
        prior: (f64, f64),
    }
    let Input { window_h, delay_cdf, visitors, prior } = read(input)?;
    let curve = DelayCurve::new(window_h, delay_cdf).map_err(refused)?;
    let aged = visitors.into_iter().map(|it| Aged {
        age_hours: it.age_h,
        converted_after_hours: it.converted_after_h,
        count: it.count.0,
    });
    let effective = Effective::of(&curve, aged);
    let (alpha, beta) = effective.parameters(prior);
    Ok(json!({
        "conversions": effective.conversions, "effective_visitors": effective.effective_visitors,
        "alpha": alpha, "beta": beta,
        "matured_visitors": effective.matured_visitors, "matured_conversions": effective.matured_conversions,
    }))
}

pub(super) fn discount(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Span {
        hours: f64,
        visitors: Count,
        conversions: Count,
    }
    #[derive(Deserialize)]
    struct Input {
        half_life_h: f64,
        #[serde(default = "input::uniform")]
        prior: (f64, f64),
        epochs: Vec<Span>,
    }
    let Input { half_life_h, prior, epochs } = read(input)?;
    let step = |it: Span| {
        Counts::new(it.visitors.0, it.conversions.0).map(|counts| Step { hours: it.hours, counts }).map_err(refused)
    };
    let steps: Vec<Step> = epochs.into_iter().map(step).collect::<Result<_, _>>()?;
    let (alpha, beta) = drift::discounted(prior, half_life_h, &steps).map_err(refused)?;
    Ok(json!({"alpha": alpha, "beta": beta, "mean": alpha / (alpha + beta)}))
}

pub(super) fn comparable(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Span {
        counts: Vec<f64>,
        conversions: Vec<f64>,
    }
    #[derive(Deserialize)]
    struct Input {
        periods: Vec<Span>,
    }
    let spans = read::<Input>(input)?.periods.into_iter();
    let periods: Vec<Period> = spans.map(|it| Period { visitors: it.counts, conversions: it.conversions }).collect();
    let found = drift::comparable(&periods).map_err(refused)?;
    let (alpha, beta): (Vec<f64>, Vec<f64>) = found.parameters.into_iter().unzip();
    Ok(json!({
        "period_effect": found.period_effect, "comparable_visitors": found.comparable_visitors,
        "alpha": alpha, "beta": beta,
    }))
}
