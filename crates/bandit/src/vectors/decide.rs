//! Vectors about decisions.

use super::input::Count;
use super::read;
use crate::decision::{self, ArmFacts, Rule};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Input {
    rule: Limits,
    srm_p: Option<f64>,
    challengers: Count,
    arms: Vec<Arm>,
}

#[derive(Deserialize)]
struct Limits {
    srm_p: f64,
    promote_prob: f64,
    promote_min_visitors: Count,
    promote_min_age_h: f64,
    alpha: Option<f64>,
    kill_prob: f64,
    kill_min_visitors: Count,
    kill_min_age_h: f64,
    kill_checks: Count,
}

#[derive(Deserialize)]
struct Arm {
    id: String,
    control: bool,
    visitors: Count,
    age_h: f64,
    prob_best: f64,
    lift_lower: Option<f64>,
    log_e_max: Option<f64>,
    low_checks: Count,
}

fn small(count: Count) -> u32 {
    u32::try_from(count.0).unwrap_or(u32::MAX)
}

pub(super) fn decide(input: &Value) -> Result<Value, String> {
    let Input { rule, srm_p, challengers, arms } = read(input)?;
    let rule = Rule {
        srm_p: rule.srm_p,
        promote_prob: rule.promote_prob,
        promote_min_visitors: rule.promote_min_visitors.0,
        promote_min_age_h: rule.promote_min_age_h,
        alpha: rule.alpha,
        kill_prob: rule.kill_prob,
        kill_min_visitors: rule.kill_min_visitors.0,
        kill_min_age_h: rule.kill_min_age_h,
        kill_checks: small(rule.kill_checks),
    };
    let fact = |arm: &Arm| ArmFacts {
        is_control: arm.control,
        visitors: arm.visitors.0,
        age_h: arm.age_h,
        prob_best: arm.prob_best,
        lift_lower: arm.lift_lower,
        log_e_max: arm.log_e_max.unwrap_or(0.0),
        low_checks: small(arm.low_checks),
    };
    let facts: Vec<ArmFacts> = arms.iter().map(fact).collect();
    let challengers = usize::try_from(challengers.0).unwrap_or(usize::MAX);
    let verdict = decision::decide(&rule, srm_p, challengers, &facts);
    let id = |index: usize| arms[index].id.as_str();
    Ok(json!({
        "frozen": verdict.frozen, "promote": verdict.promote.map(id),
        "kill": verdict.kill.into_iter().map(id).collect::<Vec<_>>(),
    }))
}
