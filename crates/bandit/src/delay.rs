//! Conversions that come later (SPEC 10): whom decisions may count already, and how much of a young
//! visitor the weights may count.

use crate::BanditError;
use crate::counts::real;
use std::collections::BTreeMap;

/// The share of conversions that have arrived by an age, of those that arrive within the window.
#[derive(Debug, Clone, PartialEq)]
pub struct DelayCurve {
    window_hours: f64,
    /// Age in hours and share, both ascending.
    knots: Vec<(f64, f64)>,
}

impl DelayCurve {
    /// A curve through knots of `(age in hours, share)`, linear between them, 0 before the first and
    /// 1 from the window's end on.
    ///
    /// # Errors
    /// When the window is not above 0, or ages or shares descend or leave their range.
    pub fn new(window_hours: f64, knots: Vec<(f64, f64)>) -> Result<Self, BanditError> {
        let ascends = knots.windows(2).all(|pair| pair[0].0 <= pair[1].0 && pair[0].1 <= pair[1].1);
        let sound = knots.iter().all(|(age, share)| age.is_finite() && *age >= 0.0 && (0.0..=1.0).contains(share));
        let window_sound = window_hours > 0.0 && window_hours.is_finite();
        if !(window_sound && ascends && sound) {
            return Err(BanditError::Delays);
        }
        Ok(Self { window_hours, knots })
    }

    /// The curve of delays that were seen: `(delay in hours, conversions)` of matured conversions,
    /// ascending; those beyond the window are left out. `None` below 20 conversions, when nothing can
    /// be said of young visitors yet.
    #[must_use]
    pub fn observed(window_hours: f64, delays: &[(f64, u64)]) -> Option<Self> {
        const LEAST: f64 = 20.0;
        let within = || delays.iter().filter(|(delay, _)| *delay <= window_hours);
        let total: f64 = within().map(|(_, count)| real(*count)).sum();
        if total < LEAST {
            return None;
        }
        let mut seen = 0.0;
        let knots = within().map(|(delay, count)| {
            seen += real(*count);
            (*delay, seen / total)
        });
        let knots = std::iter::once((0.0, 0.0)).chain(knots).collect();
        Self::new(window_hours, knots).ok()
    }

    /// The curve of conversions that were counted by whole hours from their exposure, in any order, an
    /// hour as often as it occurs: `(hour, conversions)`. A delay of some whole hours is over when the
    /// next hour is, or with the window. `None` below 20 conversions, as for [`observed`](Self::observed).
    #[must_use]
    pub fn of_hours(window_hours: f64, delays: &[(i64, u64)]) -> Option<Self> {
        let mut by_hour: BTreeMap<i64, u64> = BTreeMap::new();
        for (hour, conversions) in delays {
            *by_hour.entry(*hour).or_default() += conversions;
        }
        let ended = |(hour, conversions)| (hours(hour + 1).min(window_hours), conversions);
        Self::observed(window_hours, &by_hour.into_iter().map(ended).collect::<Vec<_>>())
    }

    /// The attribution window in hours.
    #[must_use]
    pub fn window_hours(&self) -> f64 {
        self.window_hours
    }

    /// The share of conversions that have arrived by an age in hours, 0 to 1.
    #[must_use]
    pub fn arrived(&self, age_hours: f64) -> f64 {
        if age_hours >= self.window_hours {
            return 1.0;
        }
        let after = self.knots.partition_point(|(age, _)| *age <= age_hours);
        let Some(before) = after.checked_sub(1).and_then(|index| self.knots.get(index)) else { return 0.0 };
        let next = self.knots.get(after).copied().unwrap_or((self.window_hours, 1.0));
        before.1 + (next.1 - before.1) * (age_hours - before.0) / (next.0 - before.0)
    }
}

/// Visitors of one age and one outcome.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Aged {
    /// Hours since the exposure.
    pub age_hours: f64,
    /// Hours from the exposure to the conversion; `None` for those who have not converted.
    pub converted_after_hours: Option<f64>,
    /// How many they are.
    pub count: u64,
}

/// What visitors of different ages amount to.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Effective {
    /// Conversions within the window so far.
    pub conversions: f64,
    /// Conversions, and everybody else by the share of conversions that should have arrived.
    pub effective_visitors: f64,
    /// Visitors whose window is over.
    pub matured_visitors: u64,
    /// Those of them who converted.
    pub matured_conversions: u64,
}

impl Effective {
    /// Adds up visitors. A conversion later than the window, or than the visitor's age, does not exist.
    pub fn of(curve: &DelayCurve, visitors: impl IntoIterator<Item = Aged>) -> Self {
        let mut sum = Self::default();
        for aged in visitors {
            let latest = aged.age_hours.min(curve.window_hours);
            let converted = aged.converted_after_hours.is_some_and(|after| after <= latest);
            if converted {
                sum.conversions += real(aged.count);
                sum.effective_visitors += real(aged.count);
            } else {
                sum.effective_visitors += real(aged.count) * curve.arrived(aged.age_hours);
            }
            if aged.age_hours >= curve.window_hours {
                sum.matured_visitors += aged.count;
                sum.matured_conversions += if converted { aged.count } else { 0 };
            }
        }
        sum
    }

    /// The parameters of the posterior for the weights, under a prior: `(alpha, beta)`.
    #[must_use]
    pub fn parameters(&self, prior: (f64, f64)) -> (f64, f64) {
        (prior.0 + self.conversions, prior.1 + self.effective_visitors - self.conversions)
    }
}

/// Whole hours as a number.
pub(crate) fn hours(hour: i64) -> f64 {
    if hour < 0 { -real(hour.unsigned_abs()) } else { real(hour.unsigned_abs()) }
}
