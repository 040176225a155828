//! Evidence that stays valid however often one looks, and however the weights follow the data (SPEC 8).
//!
//! A bet against "the challenger is not better than the control". For each lift of a grid the
//! predicted conversions of both arms are compared with what a mixture of them would say of a
//! visitor whose arm is unknown. While the challenger is not better, the product of these factors is
//! a supermartingale for every course of the rates and every allocation that depends on the past, so
//! that it ever reaches `1 / alpha` with probability at most `alpha` (Ville's inequality). It is the
//! betting form of the two-sample e-variables of Turner, Ly and Grünwald (2024).

use crate::BanditError;
use crate::counts::Counts;
use crate::ledger::Pair;

/// The lifts that evidence for a better challenger bets on.
pub const LIFTS: [f64; 5] = [0.05, 0.1, 0.2, 0.4, 0.8];
/// The lifts that evidence of harm bets on (SPEC 8.7).
pub const HARMS: [f64; 4] = [-0.05, -0.1, -0.2, -0.4];

/// Where the bets begin before anything was seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prior {
    /// Conversions that are added to those seen.
    pub conversions: f64,
    /// Visitors that are added to those seen.
    pub visitors: f64,
}

impl Default for Prior {
    fn default() -> Self {
        Self { conversions: 0.5, visitors: 10.0 }
    }
}

/// The evidence of one challenger, fed epoch by epoch in order. Only matured visitors may be fed: a
/// visitor who counts as "not converted" too early makes it jump later (SPEC 8.4).
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    prior: Prior,
    /// Each lift with the logarithm of its bet's value.
    bets: Vec<(f64, f64)>,
    /// What all earlier epochs held.
    control: Counts,
    variant: Counts,
    log_e: f64,
    highest: f64,
}

impl Evidence {
    /// Evidence that the challenger is better than the control.
    #[must_use]
    pub fn of_lift() -> Self {
        Self::start(&LIFTS, Prior::default())
    }

    /// Evidence that the challenger is worse than the control.
    #[must_use]
    pub fn of_harm() -> Self {
        Self::start(&HARMS, Prior::default())
    }

    /// Evidence that bets on these lifts.
    ///
    /// # Errors
    /// When there is no lift or one is not above -1, or the prior's conversions are not between 0 and its visitors.
    pub fn betting(lifts: &[f64], prior: Prior) -> Result<Self, BanditError> {
        let sound = |lift: &f64| lift.is_finite() && *lift > -1.0;
        let prior_sound = prior.conversions > 0.0 && prior.conversions < prior.visitors && prior.visitors.is_finite();
        if lifts.is_empty() || !lifts.iter().all(sound) || !prior_sound {
            return Err(BanditError::Probability);
        }
        Ok(Self::start(lifts, prior))
    }

    fn start(lifts: &[f64], prior: Prior) -> Self {
        let bets = lifts.iter().map(|lift| (*lift, 0.0)).collect();
        Self { prior, bets, control: Counts::NONE, variant: Counts::NONE, log_e: 0.0, highest: 0.0 }
    }

    /// Adds an epoch; gives the logarithm of the evidence after it.
    pub fn observe(&mut self, pair: &Pair) -> f64 {
        let (before_control, control_conversions) = self.control.real();
        let (before_variant, variant_conversions) = self.variant.real();
        let conversions = self.prior.conversions + control_conversions + variant_conversions;
        for (lift, log_value) in &mut self.bets {
            let visitors = self.prior.visitors + before_control + (1.0 + *lift) * before_variant;
            // A bet on harm may ask for more than a certain conversion of the control.
            let rate = (conversions / visitors).min(0.98 / (1.0 + *lift));
            let rate = if rate < 1.0 { rate } else { 0.98 };
            *log_value += gain(*lift, rate, pair);
        }
        self.control += pair.control;
        self.variant += pair.variant;
        self.log_e = self.mean();
        self.highest = self.highest.max(self.log_e);
        self.log_e
    }

    /// The logarithm of the evidence now.
    #[must_use]
    pub fn log_e(&self) -> f64 {
        self.log_e
    }

    /// The logarithm of the value of the bet that did best so far; without a visitor 0.
    #[must_use]
    pub fn leading(&self) -> f64 {
        self.bets.iter().map(|(_, value)| *value).fold(f64::NEG_INFINITY, f64::max)
    }

    /// The highest that the evidence was after any epoch fed, at least 0: what decisions ask for.
    #[must_use]
    pub fn log_e_max(&self) -> f64 {
        self.highest
    }

    /// The anytime-valid p-value: 1 over the highest evidence.
    #[must_use]
    pub fn p_anytime(&self) -> f64 {
        (-self.highest).exp()
    }

    /// The logarithm of the mean of the bets.
    fn mean(&self) -> f64 {
        let top = self.bets.iter().map(|(_, value)| *value).fold(f64::NEG_INFINITY, f64::max);
        let (sum, count) =
            self.bets.iter().fold((0.0, 0.0), |(sum, count), (_, value)| (sum + (value - top).exp(), count + 1.0));
        if count == 0.0 { 0.0 } else { top + f64::ln(sum / count) }
    }
}

/// What one epoch adds to the bet on one lift, with the control's predicted rate.
fn gain(lift: f64, rate: f64, pair: &Pair) -> f64 {
    let share = pair.share;
    let mixed = rate * (1.0 + share * lift);
    let (control, control_conversions) = pair.control.real();
    let (variant, variant_conversions) = pair.variant.real();
    let mixed_lift = (share * lift).ln_1p();
    variant_conversions * (lift.ln_1p() - mixed_lift) - control_conversions * mixed_lift
        + (variant - variant_conversions) * (-rate * lift * (1.0 - share) / (1.0 - mixed)).ln_1p()
        + (control - control_conversions) * (rate * share * lift / (1.0 - mixed)).ln_1p()
}

/// The level that the evidence of each of `challengers` must reach, as a logarithm, so that the
/// chance of any false promotion in the generation is at most `alpha` (Bonferroni on e-values, SPEC 8.5).
#[must_use]
pub fn threshold(challengers: usize, alpha: f64) -> f64 {
    let challengers = u32::try_from(challengers.max(1)).unwrap_or(u32::MAX);
    (f64::from(challengers) / alpha).ln()
}

/// About how many more visitors of the pair the evidence needs, if the lift is what it seems
/// (SPEC 8.6); `None` when there is no lift to speak of. `leading` is the best bet's value as a logarithm.
#[must_use]
pub fn visitors_needed(leading: f64, threshold: f64, rate: f64, lift: f64, share: f64) -> Option<f64> {
    let each = 0.5 * rate * share * (1.0 - share) * lift * lift / (1.0 - rate);
    // The mean over five bets is a fifth of the best one, when the others came to nothing.
    let missing = threshold + f64::ln(5.0) - leading;
    (lift > 0.0 && each > 0.0).then(|| (missing / each).max(0.0))
}
