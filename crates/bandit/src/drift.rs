//! Rates that move (SPEC 11): forgetting, and visitors made comparable over time.

use crate::BanditError;
use crate::counts::Counts;

/// A time span's counts for [`discounted`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Hours since the update before.
    pub hours: f64,
    /// Counts that came in the span.
    pub counts: Counts,
}

/// The parameters of a posterior that forgets: before each step what was seen is multiplied by
/// `2^(-hours / half_life)`; the prior is not (Raj and Kalyani, 2017). For weights, never for decisions.
///
/// # Errors
/// When the half-life is not above 0, or a step goes back in time.
pub fn discounted(prior: (f64, f64), half_life_hours: f64, steps: &[Step]) -> Result<(f64, f64), BanditError> {
    let sound = |hours: f64| hours >= 0.0 && hours.is_finite();
    if half_life_hours == 0.0 || !sound(half_life_hours) || !steps.iter().all(|step| sound(step.hours)) {
        return Err(BanditError::Delays);
    }
    let (mut successes, mut failures) = (0.0, 0.0);
    for step in steps {
        let kept = (-step.hours / half_life_hours).exp2();
        let (visitors, conversions) = step.counts.real();
        successes = successes * kept + conversions;
        failures = failures * kept + visitors - conversions;
    }
    Ok((prior.0 + successes, prior.1 + failures))
}

/// Visitors and conversions of one period, by arm; visitors may be effective ones (SPEC 10.2).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Period {
    /// Visitors of each arm.
    pub visitors: Vec<f64>,
    /// Conversions of each arm.
    pub conversions: Vec<f64>,
}

/// Visitors as if every period had been alike.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparable {
    /// How much better than usual each period converted, for all arms alike; 1 is usual.
    pub period_effect: Vec<f64>,
    /// Visitors of each arm, weighed by the effect of their periods.
    pub comparable_visitors: Vec<f64>,
    /// Parameters of each arm's posterior under a uniform prior: `(alpha, beta)`.
    pub parameters: Vec<(f64, f64)>,
}

/// Cells that the fit may go through, over all rounds.
const MOST_WORK: usize = 20_000_000;
/// Conversions that a period needs to stand alone.
const LEAST: f64 = 20.0;

/// Joins neighbours until each period has at least 20 conversions (SPEC 11.2).
#[must_use]
pub fn merged(periods: impl IntoIterator<Item = Period>) -> Vec<Period> {
    let mut merged: Vec<Period> = Vec::new();
    for period in periods {
        match merged.last_mut() {
            Some(last) if total(&last.conversions) < LEAST => add(last, &period),
            _ => merged.push(period),
        }
    }
    let too_small = merged.last().is_some_and(|last| total(&last.conversions) < LEAST);
    if too_small
        && merged.len() > 1
        && let Some(rest) = merged.pop()
        && let Some(last) = merged.last_mut()
    {
        add(last, &rest);
    }
    merged
}

/// Fits rates by arm and effects by period of a multiplicative Poisson model (McCullagh and Nelder, Generalized
/// Linear Models, 1989, chapter 6; the rounds are the iterative scaling of Deming and Stephan, 1940), alternating until nothing moves: rates that move for
/// everybody meet unequal weights and would fake differences (Simpson's paradox).
///
/// # Errors
/// When the periods do not speak of the same arms, or counts are negative or not finite.
pub fn comparable(periods: &[Period]) -> Result<Comparable, BanditError> {
    let count = periods.first().map_or(0, |period| period.visitors.len());
    check(periods, count)?;
    let visitors: f64 = periods.iter().map(|period| total(&period.visitors)).sum();
    let conversions: f64 = periods.iter().map(|period| total(&period.conversions)).sum();
    let by_arm = |of: fn(&Period) -> &[f64], arm: usize| periods.iter().map(|period| of(period)[arm]).sum::<f64>();
    let converted: Vec<f64> = (0..count).map(|arm| by_arm(|period| &period.conversions, arm)).collect();
    let weighed = |effects: &[f64], arm: usize| -> f64 {
        periods.iter().zip(effects).map(|(period, effect)| effect * period.visitors[arm]).sum()
    };
    let prior_visitors = 0.5 * visitors / (conversions + 0.5);
    let mut effects = vec![1.0; periods.len()];
    if visitors == 0.0 {
        let parameters = vec![(1.0, 1.0); count];
        return Ok(Comparable { period_effect: effects, comparable_visitors: vec![0.0; count], parameters });
    }
    // A dozen rounds do where arms share their periods; where they hardly do, it takes many. The bound is on the work.
    for _ in 0..MOST_WORK / (periods.len() * count) {
        let rate = |arm: usize| (converted[arm] + 0.5) / (weighed(&effects, arm) + prior_visitors);
        let rates: Vec<f64> = (0..count).map(rate).collect();
        let effect = |period: &Period| {
            let expected: f64 = period.visitors.iter().zip(&rates).map(|(visitors, rate)| visitors * rate).sum();
            (total(&period.conversions) + 0.5) / (expected + 0.5)
        };
        let raw: Vec<f64> = periods.iter().map(effect).collect();
        let sum: f64 = periods.iter().zip(&raw).map(|(period, effect)| effect * total(&period.visitors)).sum();
        let scale = if sum > 0.0 { visitors / sum } else { 1.0 };
        let next: Vec<f64> = raw.iter().map(|effect| effect * scale).collect();
        let settled = effects.iter().zip(&next).all(|(old, new)| (new - old).abs() <= 1e-13 * old.abs());
        effects = next;
        if settled {
            break;
        }
    }
    let comparable_visitors: Vec<f64> = (0..count).map(|arm| weighed(&effects, arm)).collect();
    let parameters = converted
        .iter()
        .zip(&comparable_visitors)
        .map(|(converted, visitors)| (1.0 + converted, 1.0 + (visitors - converted).max(0.0)))
        .collect();
    Ok(Comparable { period_effect: effects, comparable_visitors, parameters })
}

fn check(periods: &[Period], count: usize) -> Result<(), BanditError> {
    if count == 0 || periods.iter().any(|it| it.visitors.len() != count || it.conversions.len() != count) {
        return Err(BanditError::Arms);
    }
    let numbers = periods.iter().flat_map(|period| period.visitors.iter().chain(&period.conversions));
    if numbers.into_iter().any(|number| !number.is_finite() || *number < 0.0) {
        return Err(BanditError::Weights);
    }
    let exceeds = |period: &Period| {
        let mut pairs = period.visitors.iter().zip(&period.conversions);
        pairs.any(|(visitors, conversions)| *conversions > *visitors * (1.0 + 1e-12))
    };
    if periods.iter().any(exceeds) { Err(BanditError::Conversions) } else { Ok(()) }
}

fn add(into: &mut Period, other: &Period) {
    into.visitors.iter_mut().zip(&other.visitors).for_each(|(sum, more)| *sum += more);
    into.conversions.iter_mut().zip(&other.conversions).for_each(|(sum, more)| *sum += more);
}

fn total(numbers: &[f64]) -> f64 {
    numbers.iter().sum()
}
