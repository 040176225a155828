//! What vectors of several kinds have in common: counts, and what the specification says where nothing is given.

use crate::evidence::{LIFTS, Prior};
use crate::posterior::Posterior;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Number;

/// A count. Languages that know one kind of number write `100000000.0`, which is a count too.
#[derive(Clone, Copy)]
pub(super) struct Count(pub(super) u64);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let number = Number::deserialize(deserializer)?;
        if let Some(count) = number.as_u64() {
            return Ok(Self(count));
        }
        let real = number.as_f64().filter(|real| (0.0..=EXACT).contains(real) && real.fract() == 0.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number of at most 2^53")]
        real.map(|real| Self(real as u64)).ok_or_else(|| D::Error::custom("a count must be a whole number"))
    }
}

/// The level of an interval.
#[derive(Clone, Copy)]
pub(super) struct Level(pub(super) f64);

impl Default for Level {
    fn default() -> Self {
        Self(0.95)
    }
}

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let level = f64::deserialize(deserializer)?;
        if level > 0.0 && level < 1.0 {
            return Ok(Self(level));
        }
        Err(D::Error::custom("a level must lie strictly between 0 and 1"))
    }
}

/// A number that must be finite and above 0.
pub(super) fn positive<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let number = f64::deserialize(deserializer)?;
    if number > 0.0 && number.is_finite() {
        return Ok(number);
    }
    Err(D::Error::custom("a number above 0 is needed"))
}

/// A number between 0 and 1.
pub(super) fn fraction<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let number = f64::deserialize(deserializer)?;
    if (0.0..=1.0).contains(&number) {
        return Ok(number);
    }
    Err(D::Error::custom("a share must lie between 0 and 1"))
}

pub(super) fn uniform() -> (f64, f64) {
    Posterior::UNIFORM
}

pub(super) fn lifts() -> Vec<f64> {
    LIFTS.to_vec()
}

pub(super) fn prior_conversions() -> f64 {
    Prior::default().conversions
}

pub(super) fn prior_visitors() -> f64 {
    Prior::default().visitors
}
