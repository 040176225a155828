//! The phases of a generation and the weights of each (SPEC 6.3 and 12.3).

use crate::BanditError;
use crate::allocation::{Floors, weights};

/// What ends burn-in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BurnIn {
    /// Visitors that every arm needs.
    pub visitors: u64,
    /// Hours that it takes at least.
    pub hours: f64,
}

impl Default for BurnIn {
    /// 300 visitors an arm and three days.
    fn default() -> Self {
        Self { visitors: 300, hours: 72.0 }
    }
}

/// A challenger whose probability of being best rises above this is confirmed against the control.
const CONFIRM_ABOVE: f64 = 0.95;
/// And no longer once it has fallen below this.
const CONFIRM_BELOW: f64 = 0.80;

/// Where a generation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Phase {
    /// Even split until every arm is known a little.
    #[default]
    BurnIn,
    /// Weights follow the probability of being best.
    Bandit,
    /// One challenger and the control share the traffic, because evidence grows fastest so.
    Confirm {
        /// The challenger.
        leader: usize,
    },
    /// A challenger was promoted: everybody sees it, apart from the floors, which go on measuring.
    Decided {
        /// The challenger.
        winner: usize,
    },
    /// The split is not what the weights say: even, and no decision. What was counted wrongly stays wrong however
    /// well the visitors who follow are split, so only a new generation ends it.
    Frozen,
}

/// What the choice of a phase knows of an arm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ArmProgress {
    /// Whether it is the untouched page.
    pub is_control: bool,
    /// All counted visitors.
    pub visitors: u64,
    /// Hours since the first exposure.
    pub age_h: f64,
    /// Probability of being best by matured visitors.
    pub prob_best: f64,
}

/// The phase that follows from the one before. Burn-in lasts until every arm is known, so an arm
/// that joins later brings it back: its prior alone would otherwise draw nearly all of the traffic.
#[must_use]
pub fn next(burn_in: BurnIn, before: Phase, frozen: bool, arms: &[ArmProgress]) -> Phase {
    if frozen || before == Phase::Frozen {
        return Phase::Frozen;
    }
    let is_challenger = |index: usize| arms.get(index).is_some_and(|arm| !arm.is_control);
    if let Phase::Decided { winner } = before
        && is_challenger(winner)
    {
        return before;
    }
    let is_known = |arm: &ArmProgress| arm.visitors >= burn_in.visitors && arm.age_h >= burn_in.hours;
    if !arms.iter().all(is_known) {
        return Phase::BurnIn;
    }
    if let Phase::Confirm { leader } = before
        && is_challenger(leader)
        && arms[leader].prob_best >= CONFIRM_BELOW
    {
        return before;
    }
    let leader = arms.iter().position(|arm| !arm.is_control && arm.prob_best > CONFIRM_ABOVE);
    leader.map_or(Phase::Bandit, |leader| Phase::Confirm { leader })
}

/// The weights of a phase; `prob_best` steers them in the bandit phase alone.
///
/// # Errors
/// As [`weights`].
pub fn phase_weights(phase: Phase, prob_best: &[f64], control: usize, floors: Floors) -> Result<Vec<f64>, BanditError> {
    let count = prob_best.len();
    if control >= count {
        return Err(BanditError::Index);
    }
    let even = 1.0 / f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    match phase {
        Phase::BurnIn | Phase::Frozen => Ok(vec![even; count]),
        Phase::Bandit => weights(prob_best, Some(control), floors),
        Phase::Confirm { leader: arm } | Phase::Decided { winner: arm } if arm >= count || arm == control => {
            Err(BanditError::Index)
        }
        Phase::Decided { winner } => {
            let certain: Vec<f64> = (0..count).map(|arm| if arm == winner { 1.0 } else { 0.0 }).collect();
            weights(&certain, Some(control), floors)
        }
        Phase::Confirm { leader } => {
            let mut shares = vec![floors.arm.min(even); count];
            let others: f64 = shares.iter().sum::<f64>() - 2.0 * shares[leader];
            shares[leader] = 0.5 * (1.0 - others);
            shares[control] = shares[leader];
            Ok(shares)
        }
    }
}
