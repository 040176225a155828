//! A generation read from its ledger: every statistic of a site is a function of these cells
//! (SPEC 1.4), so that computing them anew gives what was seen before.

use crate::BanditError;
use crate::counts::{Counts, real};
use crate::delay::{Aged, DelayCurve, Effective};
use crate::drift::{Period, comparable, merged};
use crate::ledger::Epoch;
use crate::monitor::Monitor;
use crate::prior::Prior;
use crate::sample_ratio::SequentialSampleRatio;
use std::collections::BTreeMap;

/// Visitors of one arm who came in one hour with tokens of one epoch, and their conversions so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// Index of the epoch among the generation's spans.
    pub epoch: usize,
    /// Index of the arm.
    pub arm: usize,
    /// Hour of the exposure, counted from any fixed time.
    pub hour: i64,
    /// Visitors, and those of them who converted.
    pub counts: Counts,
}

/// A time with one weight vector.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// Weight of each arm; 0 for one that is not active.
    pub weights: Vec<f64>,
    /// When it ended, in hours from the same fixed time; `None` while it is in force.
    pub ended_h: Option<f64>,
}

/// The times that maturity depends on, in hours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Times {
    /// Now, from the same fixed time.
    pub now_h: f64,
    /// Attribution window.
    pub window_h: f64,
    /// How long after its end an epoch can still get visitors, because a token opens an exposure that long.
    pub token_h: f64,
}

/// What a generation's ledger says. Every list has one entry an arm.
#[derive(Debug, Clone)]
pub struct Reading {
    /// All counted visitors.
    pub visitors: Vec<u64>,
    /// Visitors whose window is over, and their conversions.
    pub matured: Vec<Counts>,
    /// Hour of the first exposure.
    pub first_hour: Vec<Option<i64>>,
    /// The matured prefix of the ledger: what estimates and evidence are computed from.
    pub epochs: Vec<Epoch>,
    /// Evidence from these.
    pub monitor: Monitor,
    /// Whether the arms got the visitors that their weights gave them.
    pub split: SequentialSampleRatio,
    /// Parameters of the posterior that steers traffic (SPEC 10.2 and 11.2).
    pub steering: Vec<(f64, f64)>,
    /// Parameters of the posterior that decides (SPEC 10.1 and 11.2).
    pub deciding: Vec<(f64, f64)>,
}

const HOURS_A_DAY: i64 = 24;

/// Reads a ledger. Without a curve of delays young visitors do not steer.
///
/// # Errors
/// For a cell that names no span or arm, spans of different length, or a control that is no arm.
pub fn read(
    control: usize,
    prior: Prior,
    spans: &[Span],
    cells: &[Cell],
    curve: Option<&DelayCurve>,
    times: Times,
) -> Result<Reading, BanditError> {
    let arms = spans.first().map_or(0, |span| span.weights.len());
    if spans.iter().any(|span| span.weights.len() != arms) {
        return Err(BanditError::Arms);
    }
    if cells.iter().any(|cell| cell.epoch >= spans.len() || cell.arm >= arms) {
        return Err(BanditError::Index);
    }
    let mut by_span: Vec<Vec<&Cell>> = vec![Vec::new(); spans.len()];
    cells.iter().for_each(|cell| by_span[cell.epoch].push(cell));
    let epochs = matured_prefix(arms, spans, &by_span, times)?;
    let mut monitor = Monitor::new(arms, control)?;
    for epoch in &epochs {
        monitor.observe(epoch)?;
    }
    let mut reading = Reading {
        visitors: vec![0; arms],
        matured: vec![Counts::NONE; arms],
        first_hour: vec![None; arms],
        epochs,
        monitor,
        split: split(arms, spans, &by_span)?,
        steering: Vec::new(),
        deciding: Vec::new(),
    };
    let (mut steering, mut deciding) = (Days::new(arms), Days::new(arms));
    for cell in cells {
        reading.visitors[cell.arm] += cell.counts.visitors();
        let first = reading.first_hour[cell.arm].get_or_insert(cell.hour);
        *first = (*first).min(cell.hour);
        if times.is_matured(cell.hour) {
            reading.matured[cell.arm] += cell.counts;
            let (visitors, conversions) = cell.counts.real();
            deciding.add(cell, visitors, conversions);
            steering.add(cell, visitors, conversions);
        } else if let Some(curve) = curve {
            let young = young(cell, curve, times);
            steering.add(cell, young.effective_visitors, young.conversions);
        }
    }
    reading.steering = steering.parameters(prior)?;
    reading.deciding = deciding.parameters(prior)?;
    Ok(reading)
}

impl Times {
    /// Whether the window of everybody who came in an hour is over.
    fn is_matured(self, hour: i64) -> bool {
        hours(hour + 1) + self.window_h <= self.now_h
    }

    /// Whether an epoch can get no more visitors and no more conversions.
    fn is_complete(self, span: &Span) -> bool {
        span.ended_h.is_some_and(|ended| ended + self.token_h + self.window_h <= self.now_h)
    }
}

/// Complete epochs, and the matured hours of the first that is not: bets on it depend on complete
/// ones alone, so that a later reading changes nothing that was seen (SPEC 8.4).
fn matured_prefix(
    arms: usize,
    spans: &[Span],
    by_span: &[Vec<&Cell>],
    times: Times,
) -> Result<Vec<Epoch>, BanditError> {
    let mut epochs = Vec::new();
    for (span, cells) in spans.iter().zip(by_span) {
        let is_complete = times.is_complete(span);
        let counted = cells.iter().filter(|cell| is_complete || times.is_matured(cell.hour));
        epochs.push(epoch(arms, span, counted.copied())?);
        if !is_complete {
            break;
        }
    }
    Ok(epochs)
}

/// The check of the split needs no maturity: it is about exposures.
fn split(arms: usize, spans: &[Span], by_span: &[Vec<&Cell>]) -> Result<SequentialSampleRatio, BanditError> {
    let mut check = SequentialSampleRatio::new(arms, SequentialSampleRatio::CONCENTRATION);
    for (span, cells) in spans.iter().zip(by_span) {
        check.observe(&epoch(arms, span, cells.iter().copied())?)?;
    }
    Ok(check)
}

fn epoch<'a>(arms: usize, span: &Span, cells: impl Iterator<Item = &'a Cell>) -> Result<Epoch, BanditError> {
    let mut counts = vec![Counts::NONE; arms];
    for cell in cells {
        counts[cell.arm] += cell.counts;
    }
    Epoch::new(&span.weights, counts)
}

/// Visitors whose window is not over, by the share of their conversions that should have arrived.
fn young(cell: &Cell, curve: &DelayCurve, times: Times) -> Effective {
    let age_hours = (times.now_h - hours(cell.hour + 1)).max(0.0);
    let (visitors, conversions) = (cell.counts.visitors(), cell.counts.conversions());
    let aged = |converted_after_hours, count| Aged { age_hours, converted_after_hours, count };
    Effective::of(curve, [aged(Some(0.0), conversions), aged(None, visitors - conversions)])
}

/// Counts by calendar day.
struct Days {
    arms: usize,
    days: BTreeMap<i64, Period>,
}

impl Days {
    fn new(arms: usize) -> Self {
        Self { arms, days: BTreeMap::new() }
    }

    fn add(&mut self, cell: &Cell, visitors: f64, conversions: f64) {
        let empty = || Period { visitors: vec![0.0; self.arms], conversions: vec![0.0; self.arms] };
        let day = self.days.entry(cell.hour.div_euclid(HOURS_A_DAY)).or_insert_with(empty);
        day.visitors[cell.arm] += visitors;
        day.conversions[cell.arm] += conversions;
    }

    /// One posterior an arm: of comparable visitors once there are two periods, of pooled counts before.
    fn parameters(self, prior: Prior) -> Result<Vec<(f64, f64)>, BanditError> {
        let arms = self.arms;
        let periods = merged(self.days.into_values());
        if periods.len() > 1 {
            let more = (prior.alpha - Prior::UNIFORM.alpha, prior.beta - Prior::UNIFORM.beta);
            let uniform = comparable(&periods)?.parameters;
            return Ok(uniform.into_iter().map(|(alpha, beta)| (alpha + more.0, beta + more.1)).collect());
        }
        let pooled = |arm: usize| {
            let only = periods.first();
            let visitors = only.map_or(0.0, |period| period.visitors[arm]);
            let conversions = only.map_or(0.0, |period| period.conversions[arm]);
            (prior.alpha + conversions, prior.beta + (visitors - conversions).max(0.0))
        };
        Ok((0..arms).map(pooled).collect())
    }
}

/// Whole hours as a number.
fn hours(hour: i64) -> f64 {
    if hour < 0 { -real(hour.unsigned_abs()) } else { real(hour.unsigned_abs()) }
}
