//! Vectors about a challenger and the control.

use super::input::{self, Count, Level};
use super::{read, refused};
use crate::aipw::Aipw;
use crate::evidence::{Evidence, Prior};
use crate::holdout::extra_conversions;
use crate::lift_sequence::Split;
use crate::posterior::Posterior;
use crate::{Counts, Epoch, Lift, Pair};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn lift(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        control: (f64, f64),
        variant: (f64, f64),
        #[serde(default)]
        level: Level,
    }
    let Input { control, variant, level } = read(input)?;
    let posterior = |(alpha, beta)| Posterior::from_parameters(alpha, beta).map_err(refused);
    let lift = Lift::between(&posterior(control)?, &posterior(variant)?, level.0);
    Ok(json!({
        "prob_beats_control": lift.prob_beats_control, "median": lift.median,
        "lower": lift.lower, "upper": lift.upper,
    }))
}

fn counts((visitors, conversions): (Count, Count)) -> Result<Counts, String> {
    Counts::new(visitors.0, conversions.0).map_err(refused)
}

pub(super) fn holdout(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        treated: (Count, Count),
        holdout: (Count, Count),
        #[serde(default = "input::uniform")]
        prior: (f64, f64),
        #[serde(default)]
        level: Level,
    }
    let Input { treated, holdout, prior, level } = read(input)?;
    let extra = extra_conversions(counts(treated)?, counts(holdout)?, prior, level.0).map_err(refused)?;
    Ok(json!({
        "extra_conversions": extra.extra_conversions, "lower": extra.lower, "upper": extra.upper,
        "prob_positive": extra.prob_positive,
    }))
}

pub(super) fn evidence(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Seen {
        #[serde(deserialize_with = "input::fraction")]
        share: f64,
        control: (Count, Count),
        variant: (Count, Count),
    }
    #[derive(Deserialize)]
    struct Input {
        #[serde(default = "input::lifts")]
        lifts: Vec<f64>,
        #[serde(default = "input::prior_conversions")]
        prior_conversions: f64,
        #[serde(default = "input::prior_visitors")]
        prior_visitors: f64,
        epochs: Vec<Seen>,
    }
    let Input { lifts, prior_conversions, prior_visitors, epochs } = read(input)?;
    let prior = Prior { conversions: prior_conversions, visitors: prior_visitors };
    let mut evidence = Evidence::betting(&lifts, prior).map_err(refused)?;
    let mut log_e = Vec::new();
    for Seen { share, control, variant } in epochs {
        let pair = Pair { share, control: counts(control)?, variant: counts(variant)? };
        log_e.push(evidence.observe(&pair));
    }
    Ok(json!({"log_e": log_e, "p_anytime": evidence.p_anytime()}))
}

pub(super) fn lift_sequence(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Converted {
        #[serde(deserialize_with = "input::fraction")]
        share: f64,
        control_conversions: Count,
        variant_conversions: Count,
    }
    #[derive(Deserialize)]
    struct Input {
        #[serde(default = "tau", deserialize_with = "input::positive")]
        tau: f64,
        #[serde(default = "alpha")]
        alpha: f64,
        epochs: Vec<Converted>,
    }
    fn tau() -> f64 {
        0.5
    }
    fn alpha() -> f64 {
        0.05
    }
    let Input { tau, alpha, epochs } = read(input)?;
    if !(alpha > 0.0 && alpha < 1.0) {
        return Err("alpha must lie strictly between 0 and 1".to_owned());
    }
    let split = |it: Converted| Split {
        share: it.share,
        control_conversions: it.control_conversions.0,
        variant_conversions: it.variant_conversions.0,
    };
    let splits: Vec<Split> = epochs.into_iter().map(split).collect();
    let found = crate::lift_sequence::lift_sequence(&splits, tau, alpha);
    Ok(match found {
        Some(found) => json!({"log_e_zero": found.log_e_zero, "lower": found.lower, "upper": found.upper}),
        // Before the first conversion nothing is known.
        None => json!({"log_e_zero": 0.0, "lower": -1.0, "upper": null}),
    })
}

pub(super) fn aipw(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Seen {
        weights: Vec<f64>,
        counts: Vec<Count>,
        conversions: Vec<Count>,
    }
    #[derive(Deserialize)]
    struct Input {
        epochs: Vec<Seen>,
        variant: usize,
        control: usize,
        #[serde(default)]
        level: Level,
        #[serde(default = "input::prior_conversions", deserialize_with = "input::positive")]
        prior_conversions: f64,
        #[serde(default = "input::prior_visitors", deserialize_with = "input::positive")]
        prior_visitors: f64,
    }
    let Input { epochs, variant, control, level, prior_conversions, prior_visitors } = read(input)?;
    let epoch = |it: Seen| {
        if it.counts.len() != it.conversions.len() {
            return Err("there must be as many conversions as counts".to_owned());
        }
        let counts = it.counts.into_iter().zip(it.conversions).map(counts).collect::<Result<_, _>>()?;
        Epoch::new(&it.weights, counts).map_err(refused)
    };
    let epochs: Vec<Epoch> = epochs.into_iter().map(epoch).collect::<Result<_, _>>()?;
    let prior = Prior { conversions: prior_conversions, visitors: prior_visitors };
    let found = Aipw::new(&epochs, prior).map_err(refused)?;
    let arms = || (0..epochs.first().map_or(0, |epoch| epoch.weights().len())).map(|arm| found.arm(arm));
    let difference = found.difference(variant, control, level.0).ok_or("an arm was never active")?;
    Ok(json!({
        "estimate": arms().map(|arm| arm.map(|it| it.estimate)).collect::<Vec<_>>(),
        "se": arms().map(|arm| arm.map(|it| it.se)).collect::<Vec<_>>(),
        "difference": difference.difference, "difference_se": difference.difference_se,
        "difference_lower": difference.difference_lower, "difference_upper": difference.difference_upper,
        "lift": difference.lift.map(|it| it.lift), "lift_lower": difference.lift.map(|it| it.lower),
        "lift_upper": difference.lift.map(|it| it.upper),
    }))
}
