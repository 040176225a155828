//! An interval for the lift that covers the truth at all times (SPEC 8.8).
//!
//! Given a conversion of either arm, it is the challenger's with probability
//! `s e^l / (1 - s + s e^l)`, where `s` is its share of the traffic and `l` the logarithm of the
//! ratio of the rates, whatever the base rate (Lindon and Malek, 2022). A normal prior over `l`
//! makes a mixture martingale, and the values of `l` that it does not reject are an interval.
//! It trusts the shares: it must not be shown while the sample ratio check fails.

use crate::counts::real;
use crate::gauss::RULE;

/// Conversions of the pair in one epoch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Split {
    /// The chance that a visitor of either arm was given the challenger.
    pub share: f64,
    /// Conversions of the control.
    pub control_conversions: u64,
    /// Conversions of the challenger.
    pub variant_conversions: u64,
}

/// The always-valid interval of a lift.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LiftSequence {
    /// The logarithm of the evidence against a lift of exactly 0.
    pub log_e_zero: f64,
    /// Lower end, -1 while it is unbounded.
    pub lower: f64,
    /// Upper end; absent while it is unbounded.
    pub upper: Option<f64>,
}

/// Panels of the mixture's quadrature, each a standard deviation wide.
const PANELS: i32 = 24;

/// The interval that covers the true lift at all times with probability `1 - alpha`; `tau` is the
/// standard deviation of the prior over the log ratio, 0.5 where nothing else is known. `None`
/// before the first conversion in an epoch that had both arms.
#[must_use]
pub fn lift_sequence(epochs: &[Split], tau: f64, alpha: f64) -> Option<LiftSequence> {
    let likelihood = Likelihood::new(epochs);
    if likelihood.control + likelihood.variant == 0.0 {
        return None;
    }
    let log_mixture = likelihood.log_mixture(tau);
    let level = log_mixture + alpha.ln();
    let peak = likelihood.mode(tau, false);
    let edge = |direction: f64| likelihood.edge(peak, direction, level);
    Some(LiftSequence {
        log_e_zero: log_mixture - likelihood.at(0.0),
        lower: if likelihood.variant == 0.0 { -1.0 } else { edge(-1.0).exp_m1() },
        upper: (likelihood.control > 0.0).then(|| edge(1.0).exp_m1()),
    })
}

/// The log likelihood of a log ratio; concave.
struct Likelihood {
    /// Share, control's conversions, challenger's conversions; only epochs that had both arms.
    epochs: Vec<(f64, f64, f64)>,
    control: f64,
    variant: f64,
}

impl Likelihood {
    fn new(epochs: &[Split]) -> Self {
        let both = epochs.iter().filter(|epoch| epoch.share > 0.0 && epoch.share < 1.0);
        let epochs: Vec<_> =
            both.map(|epoch| (epoch.share, real(epoch.control_conversions), real(epoch.variant_conversions))).collect();
        let control = epochs.iter().map(|(_, control, _)| control).sum();
        let variant = epochs.iter().map(|(_, _, variant)| variant).sum();
        Self { epochs, control, variant }
    }

    fn at(&self, ratio: f64) -> f64 {
        let epoch = |(share, control, variant): &(f64, f64, f64)| {
            let total = log_total(*share, ratio);
            variant * (share.ln() + ratio) + control * (-share).ln_1p() - (control + variant) * total
        };
        self.epochs.iter().map(epoch).sum()
    }

    /// First derivative, and the second with its sign turned.
    fn slope(&self, ratio: f64) -> (f64, f64) {
        self.epochs.iter().fold((0.0, 0.0), |(first, second), (share, control, variant)| {
            let chance = (share.ln() + ratio - log_total(*share, ratio)).exp();
            let all = control + variant;
            (first + variant - all * chance, second + all * chance * (1.0 - chance))
        })
    }

    /// The highest point, with the prior or without; bounded where the likelihood has no highest point.
    fn mode(&self, tau: f64, with_prior: bool) -> f64 {
        let precision = if with_prior { 1.0 / (tau * tau) } else { 0.0 };
        let (mut left, mut right) = (-60.0, 60.0);
        for _ in 0..200 {
            let middle = f64::midpoint(left, right);
            if self.slope(middle).0 - precision * middle > 0.0 { left = middle } else { right = middle }
        }
        f64::midpoint(left, right)
    }

    /// The logarithm of the integral of the likelihood over the prior.
    fn log_mixture(&self, tau: f64) -> f64 {
        let mode = self.mode(tau, true);
        let width = (self.slope(mode).1 + 1.0 / (tau * tau)).sqrt().recip();
        let log = |ratio: f64| self.at(ratio) - 0.5 * (ratio / tau).powi(2);
        let peak = log(mode);
        let panel = |index: i32| {
            let middle = mode + width * (f64::from(index - PANELS / 2) + 0.5);
            RULE.integral(0.5 * width, &RULE.nodes.map(|node| (log(middle + 0.5 * width * node) - peak).exp()))
        };
        let mass: f64 = (0..PANELS).map(panel).sum();
        peak + (mass / (tau * (2.0 * std::f64::consts::PI).sqrt())).ln()
    }

    /// Where the likelihood falls to a level on one side of its peak, by doubling and bisection.
    fn edge(&self, peak: f64, direction: f64, level: f64) -> f64 {
        let mut reach = 1e-3;
        while self.at(peak + direction * reach) > level && reach < 1e4 {
            reach *= 2.0;
        }
        let (mut inside, mut outside) = (0.0, reach);
        for _ in 0..100 {
            let middle = f64::midpoint(inside, outside);
            if self.at(peak + direction * middle) > level { inside = middle } else { outside = middle }
        }
        peak + direction * inside
    }
}

/// `ln(1 - s + s e^l)` without overflow.
fn log_total(share: f64, ratio: f64) -> f64 {
    if ratio > 0.0 { ratio + (share + (1.0 - share) * (-ratio).exp()).ln() } else { (share * ratio.exp_m1()).ln_1p() }
}
