//! From probabilities to shares of traffic (SPEC 6.1 and 7.3).

use crate::BanditError;

/// The least share that an arm keeps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Floors {
    /// Of the control, so that the lift stays measurable.
    pub control: f64,
    /// Of every other arm.
    pub arm: f64,
}

impl Floors {
    /// No floors: the weights are the probabilities.
    pub const NONE: Self = Self { control: 0.0, arm: 0.0 };
}

impl Default for Floors {
    /// 5 % for the control, 1 % for the others.
    fn default() -> Self {
        Self { control: 0.05, arm: 0.01 }
    }
}

/// Thompson sampling as probability matching with additive floors: `w_i = f_i + (1 - sum f) P_i`.
/// The weights sum to 1 when the probabilities do; floors that sum to 1 or more share alone.
///
/// # Errors
/// For malformed probabilities or floors, or a control that is no arm.
pub fn weights(prob_best: &[f64], control: Option<usize>, floors: Floors) -> Result<Vec<f64>, BanditError> {
    if control.is_some_and(|control| control >= prob_best.len()) {
        return Err(BanditError::Index);
    }
    if !prob_best.iter().all(|p| (0.0..=1.0).contains(p)) {
        return Err(BanditError::Probability);
    }
    let sound = |floor: f64| floor.is_finite() && floor >= 0.0;
    if prob_best.is_empty() || !sound(floors.control) || !sound(floors.arm) {
        return Err(BanditError::Weights);
    }
    let floor = |index: usize| if control == Some(index) { floors.control } else { floors.arm };
    let reserved: f64 = (0..prob_best.len()).map(floor).sum();
    let share = |(index, p): (usize, &f64)| {
        if reserved >= 1.0 { floor(index) / reserved } else { floor(index) + (1.0 - reserved) * p }
    };
    Ok(prob_best.iter().enumerate().map(share).collect())
}

/// What a change of weights moves: the fraction of new visitors whose assignment changes, and the
/// total variation distance. An arm that is in one vector only stands as 0 in the other.
/// The formula is the collision probability of exponential races (SPEC 7.3).
///
/// # Errors
/// For vectors of different length, or malformed weights.
pub fn movement(before: &[f64], after: &[f64]) -> Result<(f64, f64), BanditError> {
    let (before, after) = (normalised(before)?, normalised(after)?);
    if before.len() != after.len() {
        return Err(BanditError::Weights);
    }
    let stay = |i: usize| {
        if before[i] == 0.0 || after[i] == 0.0 {
            return 0.0;
        }
        let pairs = before.iter().zip(&after);
        1.0 / pairs.map(|(old, new)| (old / before[i]).max(new / after[i])).sum::<f64>()
    };
    let moved = 1.0 - (0..before.len()).map(stay).sum::<f64>();
    let distance = before.iter().zip(&after).map(|(old, new)| (old - new).abs()).sum::<f64>() / 2.0;
    Ok((moved.max(0.0), distance))
}

fn normalised(weights: &[f64]) -> Result<Vec<f64>, BanditError> {
    let sum: f64 = weights.iter().sum();
    if !weights.iter().all(|weight| weight.is_finite() && *weight >= 0.0) || sum <= 0.0 {
        return Err(BanditError::Weights);
    }
    Ok(weights.iter().map(|weight| weight / sum).collect())
}
