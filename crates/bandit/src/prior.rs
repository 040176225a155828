//! What a site's history says of a new arm's conversion rate (empirical Bayes).
//!
//! Earlier arms of the site are taken as draws from one Beta distribution. Its mean is their pooled
//! rate; its strength maximises the likelihood of their counts under the beta-binomial law
//! (Casella, The American Statistician 39, 1985). The strength is capped, so that history never
//! outweighs what a few hundred visitors say.

use crate::counts::Counts;
use crate::special::rising_remainder;

/// A Beta prior.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prior {
    /// First parameter.
    pub alpha: f64,
    /// Second parameter.
    pub beta: f64,
}

impl Prior {
    /// Every rate alike.
    pub const UNIFORM: Self = Self { alpha: 1.0, beta: 1.0 };

    /// How many visitors the prior is worth.
    #[must_use]
    pub fn worth(self) -> f64 {
        self.alpha + self.beta
    }

    /// The prior of a site from the counts of its earlier arms, worth at most `cap` visitors and at
    /// least 2. Neither parameter falls below a half, so that a site whose visitors hardly ever convert
    /// stays in the range of the statistics; its prior then has a higher mean than its history. Without two arms that had visitors, or without any conversion, nothing is known and the
    /// prior is uniform.
    #[must_use]
    pub fn of_history(arms: &[Counts], cap: f64) -> Self {
        let seen: Vec<(f64, f64)> =
            arms.iter().map(|counts| counts.real()).filter(|(visitors, _)| *visitors > 0.0).collect();
        let visitors: f64 = seen.iter().map(|(visitors, _)| visitors).sum();
        let conversions: f64 = seen.iter().map(|(_, conversions)| conversions).sum();
        if seen.len() < 2 || conversions == 0.0 || conversions >= visitors {
            return Self::UNIFORM;
        }
        let mean = conversions / visitors;
        let strength = most_likely(|strength| likelihood(&seen, mean, strength), LEAST, cap.max(LEAST));
        let alpha = (mean * strength).clamp(LEAST_PARAMETER, strength - LEAST_PARAMETER);
        Self { alpha, beta: strength - alpha }
    }
}

/// The smallest parameter that the statistics are specified for (SPEC 2).
const LEAST_PARAMETER: f64 = 0.5;
/// Worth of the weakest prior.
const LEAST: f64 = 2.0;

/// Log likelihood of the counts when rates are Beta with this mean and strength.
fn likelihood(arms: &[(f64, f64)], mean: f64, strength: f64) -> f64 {
    let rising = |base: f64, count: f64| count * (base + count).ln() + rising_remainder(base, count);
    arms.iter()
        .map(|(visitors, conversions)| {
            rising(mean * strength, *conversions) + rising((1.0 - mean) * strength, visitors - conversions)
                - rising(strength, *visitors)
        })
        .sum()
}

/// Golden section search on the logarithm; the likelihood has one peak in the strength.
fn most_likely(likelihood: impl Fn(f64) -> f64, least: f64, most: f64) -> f64 {
    let ratio = 0.5 * (5.0_f64.sqrt() - 1.0);
    let (mut left, mut right) = (least.ln(), most.ln());
    for _ in 0..60 {
        let (lower, upper) = (right - ratio * (right - left), left + ratio * (right - left));
        if likelihood(lower.exp()) < likelihood(upper.exp()) { left = lower } else { right = upper }
    }
    f64::midpoint(left, right).exp()
}
