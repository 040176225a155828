//! The relative lift of a variant over the control (SPEC 5): the ratio of two independent Beta variables, by
//! quadrature over the control (its closed form is in Pham-Gia, Communications in Statistics 29, 2000).

use crate::comparison::{Comparison, Measure};
use crate::posterior::{Posterior, clamped};
use crate::special::normal_quantile;

/// What is known of `variant / control - 1` under independent posteriors.
///
/// Valid at a look that was not chosen by the data (SPEC 5.3); under continuous monitoring the
/// always-valid interval of [`crate::lift_sequence`] is the one to trust.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lift {
    /// The probability that the variant converts better than the control.
    pub prob_beats_control: f64,
    /// The point estimate. The mean does not exist while the control has no conversion.
    pub median: f64,
    /// Lower end of the equal-tailed credible interval, at least -1.
    pub lower: f64,
    /// Its upper end.
    pub upper: f64,
}

impl Lift {
    /// The lift of a variant, with an interval that holds it with probability `level`, strictly between 0 and 1.
    #[must_use]
    pub fn between(control: &Posterior, variant: &Posterior, level: f64) -> Self {
        let level = clamped(level);
        let comparison = Comparison { control: control.density(), variant: variant.density(), measure: Measure::Ratio };
        let middle = (variant.mean() / control.mean()).ln();
        let spread = (1.0 / variant.alpha() + 1.0 / control.alpha()).sqrt();
        let at = |p: f64| comparison.quantile(p, middle + spread * normal_quantile(p)).exp_m1();
        Self {
            prob_beats_control: comparison.above(0.0),
            median: at(0.5),
            lower: at((1.0 - level) / 2.0),
            upper: at(f64::midpoint(1.0, level)),
        }
    }
}

/// The probability that the variant converts better than the control.
#[must_use]
pub fn prob_beats(control: &Posterior, variant: &Posterior) -> f64 {
    Comparison { control: control.density(), variant: variant.density(), measure: Measure::Ratio }.above(0.0)
}
