//! One look at a generation: from what is known of the arms to weights and a verdict.
//!
//! The scheduled job and the simulator go through this function alone, so that what is simulated is
//! what runs.

use crate::allocation::{Floors, capped};
use crate::best::prob_best;
use crate::decision::{ArmFacts, Check, Rule, Verdict, decide, harm, killing, promotion};
use crate::lift::Lift;
use crate::phase::{ArmProgress, BurnIn, Phase, next, phase_weights};
use crate::posterior::Posterior;
use crate::{BanditError, Counts};

/// How a site is run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Policy {
    /// The least share of each arm.
    pub floors: Floors,
    /// The largest share of an arm; 1 for none.
    pub cap: f64,
    /// When to promote and to kill.
    pub rule: Rule,
    /// How long the split is even at first.
    pub burn_in: BurnIn,
    /// Whether a leader is confirmed against the control (SPEC 6.3); without, weights follow P(best) throughout.
    pub confirms: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self { floors: Floors::default(), cap: 1.0, rule: Rule::default(), burn_in: BurnIn::default(), confirms: true }
    }
}

/// What is known of an active arm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ArmKnowledge {
    /// Whether it is the untouched page.
    pub is_control: bool,
    /// All counted visitors.
    pub visitors: u64,
    /// Visitors whose window is over, and their conversions.
    pub matured: Counts,
    /// Hours since the first exposure.
    pub age_h: f64,
    /// Parameters of the posterior that steers traffic: young visitors by their share (SPEC 10.2 and 11.2).
    pub steering: (f64, f64),
    /// Parameters of the posterior that decides: matured visitors alone (SPEC 10.1 and 11.2).
    pub deciding: (f64, f64),
    /// The highest evidence of a lift, as a logarithm.
    pub log_e_max: f64,
    /// The highest evidence of harm, as a logarithm.
    pub harm_log_e_max: f64,
    /// Consecutive checks before this one that found the arm below the kill threshold.
    pub low_checks: u32,
    /// Hours since the last of them.
    pub low_check_age_h: f64,
}

/// What a look finds.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// Probability of being best of each arm, from all visitors: what steers.
    pub prob_best: Vec<f64>,
    /// The same from matured visitors: what decides.
    pub decided_prob_best: Vec<f64>,
    /// The lift of the challengers that meet every other condition of a promotion; costly, so only these.
    pub lift: Vec<Option<Lift>>,
    /// The new number of consecutive low checks of each arm; `None` where this look does not count.
    pub low_checks: Vec<Option<u32>>,
    /// Every condition of each arm's promotion, met or not; empty for the control.
    pub promotion: Vec<Vec<Check>>,
    /// Every condition of each arm's kill, met or not; empty for the control.
    pub killing: Vec<Vec<Check>>,
    /// The phase that follows.
    pub phase: Phase,
    /// The weights of that phase.
    pub weights: Vec<f64>,
    /// What to do.
    pub verdict: Verdict,
    /// The condition under which each arm would be stopped for harm; absent for the control.
    pub harm: Vec<Option<Check>>,
    /// Challengers with evidence of harm: they may be stopped at once.
    pub harmful: Vec<usize>,
}

/// Looks at the active arms. `challengers` counts all that were ever tested in the generation;
/// `srm_p` is the anytime-valid p-value of the sample ratio.
///
/// # Errors
/// For no control among the arms, or parameters out of range.
pub fn look(
    policy: &Policy,
    before: Phase,
    srm_p: Option<f64>,
    challengers: usize,
    arms: &[ArmKnowledge],
) -> Result<Look, BanditError> {
    let control = arms.iter().position(|arm| arm.is_control).ok_or(BanditError::Index)?;
    let steering: Vec<_> = arms.iter().map(|arm| arm.steering).collect();
    let deciding: Vec<_> = arms.iter().map(|arm| arm.deciding).collect();
    let steering_best = prob_best(&steering)?;
    let deciding_best = if deciding == steering { steering_best.clone() } else { prob_best(&deciding)? };

    let rule = &policy.rule;
    let low_checks: Vec<Option<u32>> = arms
        .iter()
        .zip(&deciding_best)
        .map(|(arm, p)| crate::decision::low_checks(arm.low_checks, arm.low_check_age_h, *p, rule))
        .collect();
    let mut facts: Vec<ArmFacts> = arms.iter().map(fact).collect();
    for (fact, (p, checks)) in facts.iter_mut().zip(deciding_best.iter().zip(&low_checks)) {
        fact.prob_best = *p;
        fact.low_checks = checks.unwrap_or(fact.low_checks);
    }
    let control_visitors = arms[control].matured.visitors();
    let mut lift = vec![None; arms.len()];
    for (index, fact) in facts.iter_mut().enumerate().filter(|(index, _)| *index != control) {
        let assumed = ArmFacts { lift_lower: Some(f64::INFINITY), ..*fact };
        if promotion(rule, challengers, control_visitors, &assumed).iter().all(|check| check.met) {
            let found = lift_of(deciding[control], deciding[index])?;
            fact.lift_lower = Some(found.lower);
            lift[index] = Some(found);
        }
    }
    // Once frozen, a generation stays so (SPEC 12.3), although later visitors may dilute the mismatch.
    let srm_p = if before == Phase::Frozen { Some(0.0) } else { srm_p };
    let verdict = decide(rule, srm_p, challengers, &facts);
    let conditions = |fact: &ArmFacts| {
        if fact.is_control { Vec::new() } else { promotion(rule, challengers, control_visitors, fact) }
    };
    let kills = |fact: &ArmFacts| if fact.is_control { Vec::new() } else { killing(rule, fact) };

    let phase = phase(policy, before, verdict.frozen, arms, &deciding_best);
    let weights = capped(&phase_weights(phase, &steering_best, control, policy.floors)?, policy.cap)?;
    let alpha = rule.alpha.unwrap_or(0.05);
    let harm_of = |arm: &ArmKnowledge| (!arm.is_control).then(|| harm(arm.harm_log_e_max, challengers, alpha));
    let harm: Vec<Option<Check>> = arms.iter().map(harm_of).collect();
    let is_harmful = |check: &Option<Check>| !verdict.frozen && check.is_some_and(|check| check.met);
    Ok(Look {
        harmful: harm.iter().enumerate().filter(|(_, check)| is_harmful(check)).map(|(index, _)| index).collect(),
        harm,
        promotion: facts.iter().map(conditions).collect(),
        killing: facts.iter().map(kills).collect(),
        prob_best: steering_best,
        decided_prob_best: deciding_best,
        lift,
        low_checks,
        phase,
        weights,
        verdict,
    })
}

fn fact(arm: &ArmKnowledge) -> ArmFacts {
    ArmFacts {
        is_control: arm.is_control,
        visitors: arm.matured.visitors(),
        age_h: arm.age_h,
        prob_best: 0.0,
        lift_lower: None,
        log_e_max: arm.log_e_max,
        low_checks: arm.low_checks,
    }
}

fn lift_of(control: (f64, f64), variant: (f64, f64)) -> Result<Lift, BanditError> {
    let posterior = |(alpha, beta)| Posterior::from_parameters(alpha, beta);
    Ok(Lift::between(&posterior(control)?, &posterior(variant)?, 0.95))
}

fn phase(policy: &Policy, before: Phase, frozen: bool, arms: &[ArmKnowledge], deciding_best: &[f64]) -> Phase {
    let progress = |(arm, prob_best): (&ArmKnowledge, &f64)| ArmProgress {
        is_control: arm.is_control,
        visitors: arm.visitors,
        age_h: arm.age_h,
        prob_best: *prob_best,
    };
    let progress: Vec<ArmProgress> = arms.iter().zip(deciding_best).map(progress).collect();
    match next(policy.burn_in, before, frozen, &progress) {
        Phase::Confirm { .. } if !policy.confirms => Phase::Bandit,
        phase => phase,
    }
}
