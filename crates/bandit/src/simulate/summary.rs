//! Many runs in a few numbers, each with its Monte Carlo error.

use super::coverage::Hits;
use super::run::Outcome;
use super::scenario::Scenario;
use serde::Serialize;

/// A mean over runs and its standard error.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Estimate {
    /// Mean.
    pub mean: f64,
    /// Monte Carlo standard error.
    pub se: f64,
}

/// What happened in a number of runs.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Summary {
    /// Number of runs.
    pub runs: usize,
    /// Conversions lost against giving everybody the best arm.
    pub regret: Estimate,
    /// Share of runs in which P(best) > 0.95 was ever seen.
    pub naive: Estimate,
    /// Share of runs in which the lift's interval lay above 0 as well.
    pub naive_with_lift: Estimate,
    /// Share of runs in which the evidence was there as well.
    pub gated: Estimate,
    /// Share of runs with a promotion.
    pub promoted: Estimate,
    /// Share of runs that promoted an arm that is not better than the control.
    pub false_promotion: Estimate,
    /// Share of runs that killed the best arm.
    pub wrong_kill: Estimate,
    /// Share of runs that reported a wrong split.
    pub frozen: Estimate,
    /// Day of the promotion, of the runs that had one; absent without any.
    pub days_to_promotion: Option<Estimate>,
    /// Share of the runs that had promoted by the end of each day.
    pub promoted_by_day: Vec<Estimate>,
    /// Share of visitors that each arm got.
    pub shares: Vec<Estimate>,
    /// Share of intervals that held the truth; absent unless checked.
    pub coverage: Coverage,
}

/// Share of the intervals called 95 % that held the truth.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Coverage {
    /// Credible intervals of pooled posteriors.
    pub posterior: Option<Estimate>,
    /// AIPW intervals.
    pub aipw: Option<Estimate>,
    /// Intervals of the extra conversions.
    pub holdout: Option<Estimate>,
    /// Always-valid intervals of the lift, at all looks together.
    pub always_valid: Option<Estimate>,
}

impl Summary {
    /// Sums up runs of a scenario.
    #[must_use]
    pub fn of(scenario: &Scenario, outcomes: &[Outcome]) -> Self {
        let share = |is: &dyn Fn(&Outcome) -> bool| {
            estimate(outcomes.iter().map(|outcome| if is(outcome) { 1.0 } else { 0.0 }))
        };
        let best = scenario.best();
        let best_is_alone = scenario.rates.iter().filter(|rate| **rate >= scenario.rates[best]).count() == 1;
        let better = |arm: usize| scenario.rates[arm] > scenario.rates[0];
        let days: Vec<f64> = outcomes.iter().filter_map(|outcome| Some(outcome.promoted?.1)).collect();
        let by = |day: u32| {
            let has = |outcome: &Outcome| outcome.promoted.is_some_and(|(_, at)| at <= f64::from(day));
            share(&has)
        };
        let arm_share = |arm: usize| estimate(outcomes.iter().map(|outcome| outcome.shares[arm]));
        Self {
            runs: outcomes.len(),
            regret: estimate(outcomes.iter().map(|outcome| outcome.regret)),
            naive: share(&|outcome| outcome.naive),
            naive_with_lift: share(&|outcome| outcome.naive_with_lift),
            gated: share(&|outcome| outcome.gated),
            promoted: share(&|outcome| outcome.promoted.is_some()),
            false_promotion: share(&|outcome| outcome.promoted.is_some_and(|(arm, _)| !better(arm))),
            wrong_kill: share(&|outcome| best_is_alone && outcome.killed.contains(&best)),
            frozen: share(&|outcome| outcome.frozen),
            days_to_promotion: (!days.is_empty()).then(|| estimate(days.iter().copied())),
            promoted_by_day: (1..=scenario.days).map(by).collect(),
            shares: (0..scenario.rates.len()).map(arm_share).collect(),
            coverage: Coverage {
                posterior: covered(outcomes, |outcome| outcome.covered.posterior),
                aipw: covered(outcomes, |outcome| outcome.covered.aipw),
                holdout: covered(outcomes, |outcome| outcome.covered.holdout),
                always_valid: covered(outcomes, |outcome| outcome.covered.always_valid),
            },
        }
    }
}

/// A ratio of sums over runs; its error takes the runs, not the intervals, as independent.
fn covered(outcomes: &[Outcome], of: fn(&Outcome) -> Hits) -> Option<Estimate> {
    let hits: Vec<(f64, f64)> =
        outcomes.iter().map(|outcome| (f64::from(of(outcome).of), f64::from(of(outcome).held))).collect();
    let total: f64 = hits.iter().map(|(of, _)| of).sum();
    let mean = hits.iter().map(|(_, held)| held).sum::<f64>() / total;
    let squares: f64 = hits.iter().map(|(of, held)| (held - mean * of).powi(2)).sum();
    (total > 0.0).then(|| Estimate { mean, se: squares.sqrt() / total })
}

fn estimate(values: impl Iterator<Item = f64> + Clone) -> Estimate {
    let (count, sum) = values.clone().fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
    if count == 0.0 {
        return Estimate::default();
    }
    let mean = sum / count;
    let squares: f64 = values.map(|value| (value - mean).powi(2)).sum();
    Estimate { mean, se: (squares / f64::max(count - 1.0, 1.0) / count).sqrt() }
}
