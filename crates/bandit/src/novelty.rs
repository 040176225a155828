//! Whether a lift wears off: what is new is clicked because it is new.

use crate::ledger::Pair;
use crate::special::normal_tail;

/// A lift's first days beside its later ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Novelty {
    /// Ratio of the conversion rates minus 1, in the first part.
    pub early_lift: f64,
    /// The same in the rest.
    pub late_lift: f64,
    /// The chance of a drop of this size or a larger one when the lift is constant.
    pub p: f64,
}

/// Conversions that each arm needs in each part.
const LEAST: f64 = 30.0;

/// Compares the first `first` periods of a challenger against the control with the rest, on the log
/// scale, where the variance of each part is the sum of `1/c - 1/n` over both arms (delta method).
/// `None` while there are fewer than 30 conversions of an arm in a part, or everybody converted.
#[must_use]
pub fn novelty(periods: &[Pair], first: usize) -> Option<Novelty> {
    let (early, late) = periods.split_at(first.min(periods.len()));
    let (early, late) = (log_ratio(early)?, log_ratio(late)?);
    let (drop, variance) = (early.0 - late.0, early.1 + late.1);
    if variance <= 0.0 {
        // Everybody converted: there is no luck to compare with.
        return None;
    }
    let p = normal_tail(drop / variance.sqrt());
    Some(Novelty { early_lift: early.0.exp_m1(), late_lift: late.0.exp_m1(), p })
}

/// The logarithm of the ratio of the rates, and its variance.
fn log_ratio(periods: &[Pair]) -> Option<(f64, f64)> {
    let mut sums = [(0.0, 0.0); 2];
    for pair in periods {
        for (sum, counts) in sums.iter_mut().zip([pair.control, pair.variant]) {
            let (visitors, conversions) = counts.real();
            *sum = (sum.0 + visitors, sum.1 + conversions);
        }
    }
    if sums.iter().any(|(_, conversions)| *conversions < LEAST) {
        return None;
    }
    let rate = |(visitors, conversions): (f64, f64)| conversions / visitors;
    let variance = sums.iter().map(|(visitors, conversions)| 1.0 / conversions - 1.0 / visitors).sum();
    Some(((rate(sums[1]) / rate(sums[0])).ln(), variance))
}
