//! Thompson sampling by drawing: the reference that the served weights are tested against.
//!
//! Thompson, Biometrika 25 (1933). Each visitor draws one rate from every arm's posterior and gets
//! the arm with the highest. Served traffic uses the exact probabilities of the same choice instead.

use crate::BanditError;
use rand::Rng;
use rand_distr::{Beta, Distribution};

/// Posteriors to sample from.
#[derive(Debug, Clone)]
pub struct Sampler {
    arms: Vec<Beta<f64>>,
}

impl Sampler {
    /// A sampler over `(alpha, beta)` of each arm.
    ///
    /// # Errors
    /// For no arm, or parameters out of range.
    pub fn new(arms: &[(f64, f64)]) -> Result<Self, BanditError> {
        if arms.is_empty() {
            return Err(BanditError::Arms);
        }
        let beta = |(alpha, beta): &(f64, f64)| Beta::new(*alpha, *beta).map_err(|_| BanditError::Parameters);
        Ok(Self { arms: arms.iter().map(beta).collect::<Result<_, _>>()? })
    }

    /// The arm of one visitor.
    pub fn sample(&self, random: &mut impl Rng) -> usize {
        let mut best = (f64::NEG_INFINITY, 0);
        for (index, arm) in self.arms.iter().enumerate() {
            let rate = arm.sample(random);
            if rate > best.0 {
                best = (rate, index);
            }
        }
        best.1
    }
}
