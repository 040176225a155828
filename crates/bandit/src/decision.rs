//! What to do with the arms (SPEC 14): a pure function of numbers, with its reasons.

mod reason;

pub use reason::{Check, Condition};

/// When to promote, to kill and to stop deciding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// Nothing is decided while the p-value of the sample ratio is below this.
    pub srm_p: f64,
    /// A challenger is promoted when its probability of being best is above this.
    pub promote_prob: f64,
    /// Matured visitors that the challenger and the control need for a promotion.
    pub promote_min_visitors: u64,
    /// Hours since the challenger's first exposure, at least.
    pub promote_min_age_h: f64,
    /// The chance of any false promotion in a generation that is accepted; `None` asks for no evidence.
    pub alpha: Option<f64>,
    /// A challenger is killed when its probability of being best is below this.
    pub kill_prob: f64,
    /// Matured visitors that a challenger needs before it can be killed.
    pub kill_min_visitors: u64,
    /// Hours since its first exposure, at least.
    pub kill_min_age_h: f64,
    /// Consecutive checks, 12 hours apart or more, that found it below the threshold.
    pub kill_checks: u32,
}

impl Rule {
    /// The rule of the field, for comparison: it stops at the first crossing.
    pub const BASIC: Self = Self {
        srm_p: 0.001,
        promote_prob: 0.95,
        promote_min_visitors: 100,
        promote_min_age_h: 0.0,
        alpha: None,
        kill_prob: 0.05,
        kill_min_visitors: 100,
        kill_min_age_h: 0.0,
        kill_checks: 1,
    };
}

impl Default for Rule {
    /// The product's rule.
    fn default() -> Self {
        Self {
            srm_p: 0.001,
            promote_prob: 0.95,
            promote_min_visitors: 300,
            promote_min_age_h: 72.0,
            alpha: Some(0.05),
            kill_prob: 0.01,
            kill_min_visitors: 300,
            kill_min_age_h: 120.0,
            kill_checks: 3,
        }
    }
}

/// What a decision knows of an arm. Counts are of matured visitors.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ArmFacts {
    /// Whether it is the untouched page, which is neither promoted nor killed.
    pub is_control: bool,
    /// Matured visitors.
    pub visitors: u64,
    /// Hours since the first exposure.
    pub age_h: f64,
    /// Probability of being best.
    pub prob_best: f64,
    /// Lower end of the lift's 95 % credible interval; absent where it was not computed.
    pub lift_lower: Option<f64>,
    /// The highest evidence so far, as a logarithm (SPEC 8.5).
    pub log_e_max: f64,
    /// Consecutive checks that found the arm below the kill threshold.
    pub low_checks: u32,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Verdict {
    /// The split is not what the weights say: nothing else happens.
    pub frozen: bool,
    /// The challenger to promote.
    pub promote: Option<usize>,
    /// The challengers to kill, in order.
    pub kill: Vec<usize>,
}

/// Decides. `challengers` counts all that were ever tested in the generation, killed ones too;
/// `srm_p` is the anytime-valid p-value of the sample ratio, `None` where it is not known yet.
#[must_use]
pub fn decide(rule: &Rule, srm_p: Option<f64>, challengers: usize, arms: &[ArmFacts]) -> Verdict {
    if srm_p.is_some_and(|p| p < rule.srm_p) {
        return Verdict { frozen: true, ..Verdict::default() };
    }
    let control_visitors = arms.iter().find(|arm| arm.is_control).map_or(0, |arm| arm.visitors);
    let of_challengers = || arms.iter().enumerate().filter(|(_, arm)| !arm.is_control);
    let met = |checks: Vec<Check>| checks.iter().all(|check| check.met);
    let mut promote: Option<(usize, f64)> = None;
    for (index, arm) in of_challengers() {
        let ready = met(promotion(rule, challengers, control_visitors, arm));
        if ready && promote.is_none_or(|(_, best)| arm.prob_best > best) {
            promote = Some((index, arm.prob_best));
        }
    }
    let kill = of_challengers().filter(|(_, arm)| met(killing(rule, arm))).map(|(index, _)| index).collect();
    Verdict { frozen: false, promote: promote.map(|(index, _)| index), kill }
}

/// Every condition of a promotion, met or not.
#[must_use]
pub fn promotion(rule: &Rule, challengers: usize, control_visitors: u64, arm: &ArmFacts) -> Vec<Check> {
    let mut checks = vec![
        Check::above(Condition::ProbBest, arm.prob_best, rule.promote_prob),
        Check::count(Condition::Visitors, arm.visitors, rule.promote_min_visitors),
        Check::count(Condition::ControlVisitors, control_visitors, rule.promote_min_visitors),
        Check::at_least(Condition::Age, arm.age_h, rule.promote_min_age_h),
    ];
    if let Some(alpha) = rule.alpha {
        let threshold = crate::evidence::threshold(challengers, alpha);
        checks.push(Check::at_least(Condition::Evidence, arm.log_e_max, threshold));
    }
    checks.push(Check::above(Condition::LiftLower, arm.lift_lower.unwrap_or(f64::NAN), 0.0));
    checks
}

/// Every condition of a kill, met or not.
#[must_use]
pub fn killing(rule: &Rule, arm: &ArmFacts) -> Vec<Check> {
    vec![
        Check::below(Condition::ProbBest, arm.prob_best, rule.kill_prob),
        Check::count(Condition::Visitors, arm.visitors, rule.kill_min_visitors),
        Check::at_least(Condition::Age, arm.age_h, rule.kill_min_age_h),
        Check::count(Condition::LowChecks, u64::from(arm.low_checks), u64::from(rule.kill_checks)),
    ]
}

/// The condition under which a challenger does harm and may be stopped at once, in every autonomy mode (SPEC 8.7).
/// `log_e_max` is of the evidence that it is worse than the control.
#[must_use]
pub fn harm(log_e_max: f64, challengers: usize, alpha: f64) -> Check {
    Check::at_least(Condition::Harm, log_e_max, crate::evidence::threshold(challengers, alpha))
}

/// The number of consecutive low checks after another look at least 12 hours after the last one
/// that counted: one more while the probability stays below the threshold, none once it does not.
#[must_use]
pub fn low_checks(before: u32, hours_since_last: f64, prob_best: f64, rule: &Rule) -> Option<u32> {
    const APART: f64 = 12.0;
    if prob_best >= rule.kill_prob {
        return Some(0);
    }
    (before == 0 || hours_since_last >= APART).then(|| before + 1)
}
