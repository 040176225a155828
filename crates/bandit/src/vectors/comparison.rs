//! Vectors about a challenger and the control.

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
        level: f64,
    }
    let Input { control, variant, level } = read(input)?;
    let posterior = |(alpha, beta)| Posterior::from_parameters(alpha, beta).map_err(refused);
    let lift = Lift::between(&posterior(control)?, &posterior(variant)?, level);
    Ok(json!({
        "prob_beats_control": lift.prob_beats_control, "median": lift.median,
        "lower": lift.lower, "upper": lift.upper,
    }))
}

fn counts((visitors, conversions): (u64, u64)) -> Result<Counts, String> {
    Counts::new(visitors, conversions).map_err(refused)
}

pub(super) fn holdout(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        treated: (u64, u64),
        holdout: (u64, u64),
        prior: (f64, f64),
        level: f64,
    }
    let Input { treated, holdout, prior, level } = read(input)?;
    let extra = extra_conversions(counts(treated)?, counts(holdout)?, prior, level).map_err(refused)?;
    Ok(json!({
        "extra_conversions": extra.extra_conversions, "lower": extra.lower, "upper": extra.upper,
        "prob_positive": extra.prob_positive,
    }))
}

pub(super) fn evidence(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Seen {
        share: f64,
        control: (u64, u64),
        variant: (u64, u64),
    }
    #[derive(Deserialize)]
    struct Input {
        lifts: Vec<f64>,
        prior_conversions: f64,
        prior_visitors: f64,
        epochs: Vec<Seen>,
    }
    let Input { lifts, prior_conversions, prior_visitors, epochs } = read(input)?;
    let mut evidence = Evidence::betting(&lifts, Prior { conversions: prior_conversions, visitors: prior_visitors });
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
        share: f64,
        control_conversions: u64,
        variant_conversions: u64,
    }
    #[derive(Deserialize)]
    struct Input {
        tau: f64,
        alpha: f64,
        epochs: Vec<Converted>,
    }
    let Input { tau, alpha, epochs } = read(input)?;
    let split = |it: Converted| Split {
        share: it.share,
        control_conversions: it.control_conversions,
        variant_conversions: it.variant_conversions,
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
        counts: Vec<u64>,
        conversions: Vec<u64>,
    }
    #[derive(Deserialize)]
    struct Input {
        epochs: Vec<Seen>,
        variant: usize,
        control: usize,
        level: f64,
        prior_conversions: f64,
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
    let difference = found.difference(variant, control, level).ok_or("an arm was never active")?;
    Ok(json!({
        "estimate": arms().map(|arm| arm.map(|it| it.estimate)).collect::<Vec<_>>(),
        "se": arms().map(|arm| arm.map(|it| it.se)).collect::<Vec<_>>(),
        "difference": difference.difference, "difference_se": difference.difference_se,
        "difference_lower": difference.difference_lower, "difference_upper": difference.difference_upper,
        "lift": difference.lift.map(|it| it.lift), "lift_lower": difference.lift.map(|it| it.lower),
        "lift_upper": difference.lift.map(|it| it.upper),
    }))
}
