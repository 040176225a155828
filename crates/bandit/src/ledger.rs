//! The epoch ledger (SPEC 1.4): the one table that every statistic is a function of.

use crate::BanditError;
use crate::counts::{Counts, real};

/// A time span with one published weight vector: what each arm was to get, and what it got.
#[derive(Debug, Clone, PartialEq)]
pub struct Epoch {
    weights: Vec<f64>,
    counts: Vec<Counts>,
}

impl Epoch {
    /// An epoch with one weight and one count an arm, in the order that all epochs of a ledger
    /// share; an arm that was not active has the weight 0. Weights need not be normalised.
    ///
    /// # Errors
    /// For different lengths, or malformed weights.
    pub fn new(weights: &[f64], counts: Vec<Counts>) -> Result<Self, BanditError> {
        let sum: f64 = weights.iter().sum();
        let sound = weights.iter().all(|weight| weight.is_finite() && *weight >= 0.0);
        if weights.len() != counts.len() || !sound || !(sum > 0.0 && sum.is_finite()) {
            return Err(BanditError::Weights);
        }
        Ok(Self { weights: weights.iter().map(|weight| weight / sum).collect(), counts })
    }

    /// The chance of each arm; they sum to 1.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The counts of each arm.
    #[must_use]
    pub fn counts(&self) -> &[Counts] {
        &self.counts
    }

    /// All visitors of the epoch.
    pub(crate) fn visitors(&self) -> f64 {
        self.counts.iter().map(|counts| real(counts.visitors())).sum()
    }

    /// The comparison of a challenger with the control, as if the other arms were not there.
    #[must_use]
    pub fn pair(&self, challenger: usize, control: usize) -> Pair {
        let (own, base) = (self.weights[challenger], self.weights[control]);
        let share = if own > 0.0 { own / (own + base) } else { 0.0 };
        Pair { share, control: self.counts[control], variant: self.counts[challenger] }
    }
}

/// A challenger and the control in one epoch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// The chance that a visitor of either arm was given the challenger, 0 to 1; 0 while it was not active.
    pub share: f64,
    /// What the control got.
    pub control: Counts,
    /// What the challenger got.
    pub variant: Counts,
}

/// Checks that all epochs speak of the same arms, and gives their number.
///
/// # Errors
/// When they differ, or there are no arms.
pub(crate) fn arms(epochs: &[Epoch]) -> Result<usize, BanditError> {
    let count = epochs.first().map_or(0, |epoch| epoch.weights.len());
    let same = epochs.iter().all(|epoch| epoch.weights.len() == count);
    if count == 0 || !same { Err(BanditError::Arms) } else { Ok(count) }
}
