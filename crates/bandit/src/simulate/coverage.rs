//! Intervals against the truth.

use super::scenario::Scenario;
use crate::aipw::Aipw;
use crate::counts::real;
use crate::evidence::Prior;
use crate::generation::Reading;
use crate::holdout::extra_conversions;
use crate::ledger::Pair;
use crate::lift_sequence::{Split, lift_sequence};
use crate::posterior::Posterior;
use crate::{BanditError, Counts, Epoch};

/// How many intervals there were, and how many of them held the truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hits {
    /// Intervals.
    pub of: u32,
    /// Those that held the truth.
    pub held: u32,
}

/// Intervals of one run against the truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Covered {
    /// Credible intervals of the pooled posterior, at the end, of arms with 5 % of the traffic.
    pub posterior: Hits,
    /// AIPW intervals, of the same arms.
    pub aipw: Hits,
    /// The interval of the extra conversions.
    pub holdout: Hits,
    /// Always-valid intervals of the lift: held at every look, or not.
    pub always_valid: Hits,
}

impl Hits {
    fn add(&mut self, lower: f64, truth: f64, upper: f64) {
        self.of += 1;
        self.held += u32::from(lower <= truth && truth <= upper);
    }
}

/// What the check of intervals keeps during a run.
pub(super) struct Intervals {
    always_valid: Vec<bool>,
    /// Everybody but the holdout.
    pub(super) treated: Counts,
    /// The holdout.
    pub(super) held_out: Counts,
    /// Visitors, and the sum of the factors that drift put on their rates.
    drifted: (f64, f64),
    /// Conversions that the arms brought beyond the untouched page, in expectation.
    pub(super) true_gain: f64,
}

impl Intervals {
    pub(super) fn new(arms: usize) -> Self {
        Self {
            always_valid: vec![true; arms],
            treated: Counts::NONE,
            held_out: Counts::NONE,
            drifted: (0.0, 0.0),
            true_gain: 0.0,
        }
    }

    /// Notes visitors whose rates had this factor.
    pub(super) fn drift(&mut self, visitors: u64, factor: f64) {
        self.drifted.0 += real(visitors);
        self.drifted.1 += real(visitors) * factor;
    }

    /// Checks the always-valid intervals of a look.
    pub(super) fn look(&mut self, rates: &[f64], epochs: &[Epoch]) {
        for arm in 1..rates.len() {
            let pairs = epochs.iter().map(|epoch| epoch.pair(arm, 0));
            let split = |pair: Pair| Split {
                share: pair.share,
                control_conversions: pair.control.conversions(),
                variant_conversions: pair.variant.conversions(),
            };
            let splits: Vec<Split> = pairs.map(split).collect();
            let truth = rates[arm] / rates[0] - 1.0;
            if let Some(interval) = lift_sequence(&splits, 0.5, 0.05) {
                let above = interval.upper.is_none_or(|upper| truth <= upper);
                self.always_valid[arm] &= interval.lower <= truth && above;
            }
        }
    }

    /// Intervals of a reading in which every visitor is matured, against the truth.
    pub(super) fn cover(&self, scenario: &Scenario, reading: &Reading, shares: &[f64]) -> Result<Covered, BanditError> {
        const LEAST_SHARE: f64 = 0.05;
        let aipw = Aipw::new(&reading.epochs, Prior::default())?;
        let mut covered = Covered::default();
        // The truth of an arm is what it would have converted over the whole time.
        let factor = self.drifted.1 / self.drifted.0.max(1.0);
        for (arm, rate) in scenario.rates.iter().map(|rate| rate * factor).enumerate() {
            if shares[arm] >= LEAST_SHARE {
                let counts = reading.matured[arm];
                let (lower, upper) =
                    Posterior::from_counts(counts.visitors(), counts.conversions())?.credible_interval(0.95);
                covered.posterior.add(lower, rate, upper);
                if let Some(found) = aipw.arm(arm) {
                    covered.aipw.add(found.estimate - 1.96 * found.se, rate, found.estimate + 1.96 * found.se);
                }
            }
            if arm > 0 {
                covered.always_valid.of += 1;
                covered.always_valid.held += u32::from(self.always_valid[arm]);
            }
        }
        if scenario.holdout > 0.0 {
            let found = extra_conversions(self.treated, self.held_out, (1.0, 1.0), 0.95)?;
            covered.holdout.add(found.lower, self.true_gain, found.upper);
        }
        Ok(covered)
    }
}
