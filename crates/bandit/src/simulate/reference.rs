//! What a simulation must find: the specification's reference figures (SPEC 16), and what the product promises.

mod figures;
mod promises;

use super::scenario::Scenario;
use super::summary::{Estimate, Summary};

/// A scenario and what must come out of it.
#[derive(Debug, Clone)]
pub struct Reference {
    /// Short name.
    pub name: &'static str,
    /// What is simulated.
    pub scenario: Scenario,
    /// What must come out.
    pub figures: Vec<Figure>,
}

/// A quantity and what it must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    /// What is measured.
    pub quantity: Quantity,
    /// What must be found.
    pub expected: Expected,
}

/// What must be found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Expected {
    /// This, within the Monte Carlo error of both.
    About {
        /// The reference.
        value: f64,
        /// Its error: two standard errors of the simulation that it came from.
        error: f64,
    },
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
}

/// What a figure is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Share of runs in which P(best) > 0.95 was ever seen.
    Naive,
    /// With the lift's interval above 0.
    NaiveWithLift,
    /// With the evidence as well.
    Gated,
    /// Share of runs that had promoted by the end of a day.
    PromotedBy(u32),
    /// Share of runs that promoted.
    Promoted,
    /// Share of runs that promoted an arm that is not better than the control.
    FalsePromotion,
    /// Share of runs that killed the best arm.
    WrongKill,
    /// Share of runs that reported a wrong split.
    Frozen,
    /// Conversions lost.
    Regret,
    /// Share of the posteriors' credible intervals that held the truth.
    PosteriorCoverage,
    /// Share of the AIPW intervals that did.
    AipwCoverage,
    /// By how much that share is higher than the posteriors'.
    AipwGain,
    /// Share of the intervals of the extra conversions that held the truth.
    HoldoutCoverage,
    /// Share of the always-valid intervals that held the truth at every look.
    AlwaysValidCoverage,
}

impl Quantity {
    /// The figure of a summary; not a number where the scenario does not measure it.
    #[must_use]
    pub fn of(self, summary: &Summary) -> Estimate {
        let measured = |found: Option<Estimate>| found.unwrap_or(Estimate { mean: f64::NAN, se: 0.0 });
        let coverage = &summary.coverage;
        match self {
            Self::Naive => summary.naive,
            Self::NaiveWithLift => summary.naive_with_lift,
            Self::Gated => summary.gated,
            Self::Promoted => summary.promoted,
            Self::FalsePromotion => summary.false_promotion,
            Self::WrongKill => summary.wrong_kill,
            Self::Frozen => summary.frozen,
            Self::Regret => summary.regret,
            Self::PosteriorCoverage => measured(coverage.posterior),
            Self::AipwCoverage => measured(coverage.aipw),
            Self::AipwGain => {
                let (aipw, pooled) = (measured(coverage.aipw), measured(coverage.posterior));
                Estimate { mean: aipw.mean - pooled.mean, se: aipw.se.hypot(pooled.se) }
            }
            Self::HoldoutCoverage => measured(coverage.holdout),
            Self::AlwaysValidCoverage => measured(coverage.always_valid),
            Self::PromotedBy(day) => {
                let index = usize::try_from(day.saturating_sub(1)).unwrap_or(usize::MAX);
                summary.promoted_by_day.get(index).copied().unwrap_or_default()
            }
        }
    }

    /// What is measured, in words.
    #[must_use]
    pub fn name(self) -> String {
        let name = match self {
            Self::PromotedBy(day) => return format!("promoted by day {day}"),
            Self::Naive => "ever P(best) > 0.95",
            Self::NaiveWithLift => "and lift interval > 0",
            Self::Gated => "and evidence",
            Self::Promoted => "promoted",
            Self::FalsePromotion => "falsely promoted",
            Self::WrongKill => "best arm killed",
            Self::Frozen => "frozen",
            Self::Regret => "conversions lost",
            Self::PosteriorCoverage => "posterior coverage",
            Self::AipwCoverage => "AIPW coverage",
            Self::AipwGain => "AIPW beyond posterior",
            Self::HoldoutCoverage => "holdout coverage",
            Self::AlwaysValidCoverage => "always-valid coverage",
        };
        name.to_owned()
    }
}

impl Figure {
    /// Whether what was simulated agrees. A bound is met or not; about a value, the difference must be
    /// within three standard errors of both.
    /// A share of exactly 0 or 1 has no error of its own; then one more or fewer run is allowed for.
    #[must_use]
    pub fn agrees(&self, found: Estimate, runs: usize) -> bool {
        match self.expected {
            Expected::AtMost(limit) => found.mean <= limit,
            Expected::AtLeast(limit) => found.mean >= limit,
            Expected::About { value, error } => {
                let one = 1.0 / f64::from(u32::try_from(runs.max(1)).unwrap_or(u32::MAX));
                let own = if self.quantity == Quantity::Regret { found.se } else { found.se.max(one) };
                (found.mean - value).abs() <= 3.0 * (0.5 * error).hypot(own)
            }
        }
    }
}

/// All of them: the specification's figures, then the product's promises.
#[must_use]
pub fn references() -> Vec<Reference> {
    let mut all = figures::all();
    all.extend(promises::all());
    all
}
