//! What is known about one conversion rate (SPEC 2).

use crate::BanditError;
use crate::counts::real;
use crate::density::{Density, Place, is_parameter};
use crate::distribution::quantile_logit;

/// The level of an interval, kept strictly between 0 and 1, where quantiles are finite.
pub(crate) fn clamped(level: f64) -> f64 {
    level.clamp(1e-9, 1.0 - 1e-9)
}

/// A Beta posterior of a conversion rate.
#[derive(Debug, Clone, Copy)]
pub struct Posterior {
    density: Density,
}

impl Posterior {
    /// The uniform prior: before any visitor every rate is as likely as any other.
    pub const UNIFORM: (f64, f64) = (1.0, 1.0);

    /// The posterior of counts under the uniform prior.
    ///
    /// # Errors
    /// When there are more conversions than visitors.
    pub fn from_counts(visitors: u64, conversions: u64) -> Result<Self, BanditError> {
        Self::new(Self::UNIFORM, visitors, conversions)
    }

    /// The posterior of counts under a prior, the two parameters of a Beta distribution.
    ///
    /// # Errors
    /// When there are more conversions than visitors, or the prior is out of range.
    pub fn new(prior: (f64, f64), visitors: u64, conversions: u64) -> Result<Self, BanditError> {
        let failures = visitors.checked_sub(conversions).ok_or(BanditError::Conversions)?;
        // Counts must not make up for a prior that is none.
        if !is_parameter(prior.0) || !is_parameter(prior.1) {
            return Err(BanditError::Parameters);
        }
        Self::from_parameters(prior.0 + real(conversions), prior.1 + real(failures))
    }

    /// The posterior with these parameters.
    ///
    /// # Errors
    /// When they are out of range.
    pub fn from_parameters(alpha: f64, beta: f64) -> Result<Self, BanditError> {
        Ok(Self { density: Density::new(alpha, beta)? })
    }

    pub(crate) fn density(&self) -> &Density {
        &self.density
    }

    /// First parameter: prior plus conversions.
    #[must_use]
    pub fn alpha(&self) -> f64 {
        self.density.alpha
    }

    /// Second parameter: prior plus visitors without conversion.
    #[must_use]
    pub fn beta(&self) -> f64 {
        self.density.beta
    }

    /// Expected conversion rate.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.density.alpha / self.density.sum
    }

    /// Standard deviation of the conversion rate.
    #[must_use]
    pub fn sd(&self) -> f64 {
        let Density { alpha, beta, sum, .. } = self.density;
        (alpha * beta / (sum + 1.0)).sqrt() / sum
    }

    /// The equal-tailed credible interval that holds the rate with probability `level`, strictly between 0 and 1.
    #[must_use]
    pub fn credible_interval(&self, level: f64) -> (f64, f64) {
        let level = clamped(level);
        let at = |p: f64| Place::at(quantile_logit(&self.density, p)).x;
        (at((1.0 - level) / 2.0), at(f64::midpoint(1.0, level)))
    }
}
