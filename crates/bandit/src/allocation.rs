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

/// Thompson sampling as probability matching (Thompson, Biometrika 25, 1933; Scott, Applied Stochastic Models in
/// Business and Industry 26, 2010) with additive floors, which keep order and sum: `w_i = f_i + (1 - sum f) P_i`.
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

/// Top-two probability matching: more traffic for the second best, which tells the best one apart
/// sooner at the price of more regret (Russo, 2020; SPEC 6.4). `leader_share` is the chance of playing
/// the sampled best itself, usually a half. Floors are applied afterwards, as to probabilities.
///
/// # Errors
/// For malformed probabilities.
pub fn top_two(prob_best: &[f64], leader_share: f64) -> Result<Vec<f64>, BanditError> {
    if prob_best.is_empty() || !prob_best.iter().chain([&leader_share]).all(|p| (0.0..=1.0).contains(p)) {
        return Err(BanditError::Probability);
    }
    if let Some(certain) = prob_best.iter().position(|p| *p >= 1.0) {
        return Ok((0..prob_best.len()).map(|index| if index == certain { 1.0 } else { 0.0 }).collect());
    }
    let odds: Vec<f64> = prob_best.iter().map(|p| p / (1.0 - p)).collect();
    let others =
        |index: usize| -> f64 { odds.iter().enumerate().filter(|(j, _)| *j != index).map(|(_, odds)| odds).sum() };
    let share = |(index, p): (usize, &f64)| p * (leader_share + (1.0 - leader_share) * others(index));
    Ok(prob_best.iter().enumerate().map(share).collect())
}

/// Limits the largest weight; what lies above is shared by the others in proportion (SPEC 6.5).
/// A cap below an even split of the arms that have a weight gives that split.
///
/// # Errors
/// For malformed weights.
pub fn capped(weights: &[f64], cap: f64) -> Result<Vec<f64>, BanditError> {
    let mut shares = normalised(weights)?;
    let positive = shares.iter().filter(|share| **share > 0.0).count();
    let even = 1.0 / f64::from(u32::try_from(positive).unwrap_or(u32::MAX));
    let cap = if cap.is_finite() { cap.max(even) } else { 1.0 };
    let mut at_cap = vec![false; shares.len()];
    // Sharing the excess can push another weight over the cap; each round fixes at least one.
    for _ in 0..shares.len() {
        for (share, fixed) in shares.iter_mut().zip(&mut at_cap) {
            if *share > cap {
                (*share, *fixed) = (cap, true);
            }
        }
        let of = |fixed: bool| -> f64 {
            shares.iter().zip(&at_cap).filter(|(_, at)| **at == fixed).map(|(share, _)| share).sum()
        };
        let (taken, free) = (of(true), of(false));
        if free <= 0.0 || taken == 0.0 {
            break;
        }
        let scale = (1.0 - taken) / free;
        shares.iter_mut().zip(&at_cap).filter(|(_, at)| !**at).for_each(|(share, _)| *share *= scale);
    }
    Ok(shares)
}

/// The change of a weight, as a share of the traffic, up to which weights are not worth an epoch:
/// every epoch is a row for good (SPEC 6.2).
pub const LEAST_MOVE: f64 = 0.005;

/// Whether some weight moved by more than [`LEAST_MOVE`], so that the new weights are published. Each
/// vector sums to 1 and is of the same arms in the same order; one of more or fewer arms has moved.
#[must_use]
pub fn has_moved(before: &[f64], after: &[f64]) -> bool {
    before.len() != after.len() || before.iter().zip(after).any(|(old, new)| (old - new).abs() > LEAST_MOVE)
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
    let sound = weights.iter().all(|weight| weight.is_finite() && *weight >= 0.0);
    if !sound || sum <= 0.0 || !sum.is_finite() {
        return Err(BanditError::Weights);
    }
    Ok(weights.iter().map(|weight| weight / sum).collect())
}
