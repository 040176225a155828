//! The evidence of every challenger, fed by matured epochs in order (SPEC 8).

use crate::BanditError;
use crate::evidence::Evidence;
use crate::ledger::Epoch;

/// What the matured part of a ledger says of each arm against the control.
#[derive(Debug, Clone, PartialEq)]
pub struct Monitor {
    control: usize,
    lift: Vec<Evidence>,
    harm: Vec<Evidence>,
}

impl Monitor {
    /// A monitor of this many arms, before any visitor.
    ///
    /// # Errors
    /// When the control is none of them.
    pub fn new(arms: usize, control: usize) -> Result<Self, BanditError> {
        if control >= arms {
            return Err(BanditError::Index);
        }
        Ok(Self { control, lift: vec![Evidence::of_lift(); arms], harm: vec![Evidence::of_harm(); arms] })
    }

    /// Adds an epoch. Every earlier epoch must be complete.
    ///
    /// # Errors
    /// When it speaks of other arms.
    pub fn observe(&mut self, epoch: &Epoch) -> Result<(), BanditError> {
        if epoch.weights().len() != self.lift.len() {
            return Err(BanditError::Arms);
        }
        for (arm, (lift, harm)) in self.lift.iter_mut().zip(&mut self.harm).enumerate() {
            if arm != self.control {
                let pair = epoch.pair(arm, self.control);
                lift.observe(&pair);
                harm.observe(&pair);
            }
        }
        Ok(())
    }

    /// The evidence that an arm is better than the control; `None` for the control.
    #[must_use]
    pub fn lift(&self, arm: usize) -> Option<&Evidence> {
        self.lift.get(arm).filter(|_| arm != self.control)
    }

    /// The evidence that an arm is worse than the control; `None` for the control.
    #[must_use]
    pub fn harm(&self, arm: usize) -> Option<&Evidence> {
        self.harm.get(arm).filter(|_| arm != self.control)
    }
}
