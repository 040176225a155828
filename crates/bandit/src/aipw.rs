//! Conversion rates corrected for adaptive traffic (SPEC 9).
//!
//! Sample means of arms whose traffic follows their success are biased, mostly downwards. The
//! adaptively weighted augmented inverse-probability estimate of Hadad and others (PNAS 118, 2021)
//! weighs each visitor by the chance of the arm at the time. The intervals hold at one fixed time.

use crate::BanditError;
use crate::evidence::Prior;
use crate::ledger::{Epoch, arms};
use crate::posterior::clamped;
use crate::special::normal_quantile;

/// An arm's corrected conversion rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Corrected {
    /// The estimate; may lie slightly outside 0 to 1.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
}

/// A challenger against the control.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// Difference of the corrected rates.
    pub difference: f64,
    /// Its standard error.
    pub difference_se: f64,
    /// Lower end of its confidence interval.
    pub difference_lower: f64,
    /// Its upper end.
    pub difference_upper: f64,
    /// The relative lift; absent while one of the rates is not above 0.
    pub lift: Option<CorrectedLift>,
}

/// A relative lift with its interval, found on the log scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CorrectedLift {
    /// The corrected lift.
    pub lift: f64,
    /// Lower end of its confidence interval.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

/// Conversions beyond what the control would have had.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gain {
    /// The estimate; negative when the arms did harm.
    pub conversions: f64,
    /// Lower end of its confidence interval.
    pub lower: f64,
    /// Its upper end.
    pub upper: f64,
}

/// The corrected estimates of a ledger.
#[derive(Debug, Clone)]
pub struct Aipw<'a> {
    epochs: &'a [Epoch],
    /// By epoch and arm: what the epochs before predict of the arm.
    predicted: Vec<Vec<f64>>,
    /// By arm: the sum of the evaluation weights, and the estimate where the arm was ever active.
    total: Vec<f64>,
    estimate: Vec<Option<f64>>,
}

impl<'a> Aipw<'a> {
    /// Estimates from matured epochs, in order.
    ///
    /// # Errors
    /// When the epochs do not speak of the same arms.
    pub fn new(epochs: &'a [Epoch], prior: Prior) -> Result<Self, BanditError> {
        let count = arms(epochs)?;
        let mut seen = vec![(prior.visitors, prior.conversions); count];
        let (mut total, mut weighted) = (vec![0.0; count], vec![0.0; count]);
        let mut predicted = Vec::with_capacity(epochs.len());
        for epoch in epochs {
            let rates: Vec<f64> = seen.iter().map(|(visitors, conversions)| conversions / visitors).collect();
            for arm in 0..count {
                let (visitors, conversions) = epoch.counts()[arm].real();
                let weight = epoch.weights()[arm];
                if weight > 0.0 {
                    let corrected = epoch.visitors() * rates[arm] + (conversions - visitors * rates[arm]) / weight;
                    weighted[arm] += weight.sqrt() * corrected;
                    total[arm] += epoch.visitors() * weight.sqrt();
                }
                seen[arm].0 += visitors;
                seen[arm].1 += conversions;
            }
            predicted.push(rates);
        }
        let estimate = weighted.iter().zip(&total).map(|(sum, total)| (*total > 0.0).then(|| sum / total)).collect();
        Ok(Self { epochs, predicted, total, estimate })
    }

    /// An arm's corrected rate; `None` when it was never active while visitors came.
    #[must_use]
    pub fn arm(&self, arm: usize) -> Option<Corrected> {
        let estimate = (*self.estimate.get(arm)?)?;
        let sum: f64 = self.scores(arm, arm).map(|(visitors, own, _)| visitors * own * own).sum();
        Some(Corrected { estimate, se: sum.sqrt() })
    }

    /// A challenger against the control, with confidence intervals of `level`; `None` when one of
    /// them was never active.
    #[must_use]
    pub fn difference(&self, challenger: usize, control: usize, level: f64) -> Option<Difference> {
        let own = (*self.estimate.get(challenger)?)?;
        let base = (*self.estimate.get(control)?)?;
        let z = normal_quantile(f64::midpoint(1.0, clamped(level)));
        let variance = |scale: f64, base_scale: f64| -> f64 {
            let scores = self.scores(challenger, control);
            scores.map(|(visitors, own, base)| visitors * (own / scale - base / base_scale).powi(2)).sum()
        };
        let (difference, difference_se) = (own - base, variance(1.0, 1.0).sqrt());
        let lift = (own > 0.0 && base > 0.0).then(|| {
            let (middle, reach) = ((own / base).ln(), z * variance(own, base).sqrt());
            CorrectedLift { lift: middle.exp_m1(), lower: (middle - reach).exp_m1(), upper: (middle + reach).exp_m1() }
        });
        Some(Difference {
            difference,
            difference_se,
            difference_lower: difference - z * difference_se,
            difference_upper: difference + z * difference_se,
            lift,
        })
    }

    /// What all arms together brought beyond the control: visitors times the share-weighed corrected rates
    /// less the control's, with a confidence interval of `level` at a fixed time (SPEC 13, where there is no
    /// holdout). `None` without visitors, or when an arm that had some has no estimate.
    #[must_use]
    pub fn gain(&self, control: usize, level: f64) -> Option<Gain> {
        let arms = self.estimate.len();
        let all: f64 = self.epochs.iter().map(Epoch::visitors).sum();
        let shown = |arm: usize| self.epochs.iter().map(|epoch| epoch.counts()[arm].real().0).sum::<f64>();
        let base = (*self.estimate.get(control)?)?;
        if all <= 0.0 {
            return None;
        }
        let mut shares = vec![0.0; arms];
        let mut conversions = -all * base;
        for (arm, share) in shares.iter_mut().enumerate().filter(|(arm, _)| shown(*arm) > 0.0) {
            *share = shown(arm) / all;
            conversions += shown(arm) * self.estimate[arm]?;
        }
        let mut squares = 0.0;
        for (epoch, predicted) in self.epochs.iter().zip(&self.predicted) {
            let apart = |arm: usize| shares[arm] - if arm == control { 1.0 } else { 0.0 };
            let unseen: Vec<f64> =
                (0..arms).map(|arm| apart(arm) * self.deviation(epoch, predicted, arm, None)).collect();
            let others: f64 = unseen.iter().sum();
            for (arm, (own, counts)) in unseen.iter().zip(epoch.counts()).enumerate() {
                let (visitors, converted) = counts.real();
                let score =
                    |outcome: f64| others - own + apart(arm) * self.deviation(epoch, predicted, arm, Some(outcome));
                squares += converted * score(1.0).powi(2) + (visitors - converted) * score(0.0).powi(2);
            }
        }
        let reach = normal_quantile(f64::midpoint(1.0, clamped(level))) * all * squares.sqrt();
        Some(Gain { conversions, lower: conversions - reach, upper: conversions + reach })
    }

    /// Every kind of visitor: how many, and their weighed deviation for the first and the second arm.
    fn scores(&self, first: usize, second: usize) -> impl Iterator<Item = (f64, f64, f64)> {
        self.epochs.iter().zip(&self.predicted).flat_map(move |(epoch, predicted)| {
            let deviation = |arm: usize, shown: Option<f64>| self.deviation(epoch, predicted, arm, shown);
            let shown = |arm: usize| epoch.counts()[arm].real();
            let (visitors, conversions) = shown(first);
            let mut kinds = vec![
                (conversions, deviation(first, Some(1.0)), deviation(second, None)),
                (visitors - conversions, deviation(first, Some(0.0)), deviation(second, None)),
            ];
            let mut others = epoch.visitors() - visitors;
            if first != second {
                let (visitors, conversions) = shown(second);
                kinds.push((conversions, deviation(first, None), deviation(second, Some(1.0))));
                kinds.push((visitors - conversions, deviation(first, None), deviation(second, Some(0.0))));
                others -= visitors;
            }
            kinds.push((others, deviation(first, None), deviation(second, None)));
            kinds
        })
    }

    /// `h (score - estimate) / H` of a visitor who was shown the arm with this outcome, or another arm.
    fn deviation(&self, epoch: &Epoch, predicted: &[f64], arm: usize, shown: Option<f64>) -> f64 {
        let weight = epoch.weights()[arm];
        if weight == 0.0 {
            return 0.0;
        }
        let rate = predicted[arm];
        let score = rate + shown.map_or(0.0, |outcome| (outcome - rate) / weight);
        weight.sqrt() * (score - self.estimate[arm].unwrap_or(0.0)) / self.total[arm]
    }
}
