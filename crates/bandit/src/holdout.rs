//! What the optimisation brought: everybody else against the holdout, who always see the untouched
//! page (SPEC 13). The split is constant, so this is an ordinary comparison of two samples.

use crate::BanditError;
use crate::comparison::{Comparison, Measure};
use crate::counts::Counts;
use crate::posterior::{Posterior, clamped};
use crate::special::normal_quantile;

/// Conversions that would not have happened on the untouched page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExtraConversions {
    /// Visitors times the difference of the posterior means; negative when the variants did harm.
    pub extra_conversions: f64,
    /// Lower end of the equal-tailed credible interval.
    pub lower: f64,
    /// Its upper end.
    pub upper: f64,
    /// The probability that there were any.
    pub prob_positive: f64,
}

/// Compares everybody else with the holdout; matured visitors only.
///
/// # Errors
/// When the prior is out of range.
pub fn extra_conversions(
    treated: Counts,
    holdout: Counts,
    prior: (f64, f64),
    level: f64,
) -> Result<ExtraConversions, BanditError> {
    let level = clamped(level);
    let posterior = |counts: Counts| Posterior::new(prior, counts.visitors(), counts.conversions());
    let (with, without) = (posterior(treated)?, posterior(holdout)?);
    let comparison = Comparison { control: without.density(), variant: with.density(), measure: Measure::Difference };
    let difference = with.mean() - without.mean();
    let spread = with.sd().hypot(without.sd());
    let at = |p: f64| comparison.quantile(p, difference + spread * normal_quantile(p));
    let (visitors, _) = treated.real();
    Ok(ExtraConversions {
        extra_conversions: visitors * difference,
        lower: visitors * at((1.0 - level) / 2.0),
        upper: visitors * at(f64::midpoint(1.0, level)),
        prob_positive: comparison.above(0.0),
    })
}
