//! A generation read from its ledger: every statistic of a site is a function of these cells
//! (SPEC 1.4), so that computing them anew gives what was seen before.
//!
//! The scheduled job reads all of it each time; whoever looks often sums complete epochs up in a
//! [`Reader`]. Both are the same code, so that what is simulated is what runs.

use crate::BanditError;
use crate::counts::Counts;
use crate::delay::{Aged, DelayCurve, Effective, hours};
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

impl Times {
    /// Whether the window of everybody who came in an hour is over, so that their cells change no more.
    #[must_use]
    pub fn is_matured(self, hour: i64) -> bool {
        hours(hour + 1) + self.window_h <= self.now_h
    }

    /// Whether an epoch can get no more visitors and no more conversions.
    #[must_use]
    pub fn is_complete(self, span: &Span) -> bool {
        span.ended_h.is_some_and(|ended| ended + self.token_h + self.window_h <= self.now_h)
    }

    /// Whether an epoch can be summed up: it is complete, and by the hours of its cells everybody is
    /// matured. Hours are whole, so the last visitors may seem young for up to an hour after the first.
    #[must_use]
    pub fn is_final(self, span: &Span, cells: &[Cell]) -> bool {
        self.is_complete(span) && cells.iter().all(|cell| self.is_matured(cell.hour))
    }
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
    /// The matured prefix of the ledger: what estimates and evidence are computed from. Without those
    /// that a [`Reader`] summed up and did not keep.
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

impl Reading {
    /// Hours since an arm's first exposure, counted from the end of its hour, so that an arm is never
    /// made older than it is; 0 for an arm without visitors.
    #[must_use]
    pub fn age_h(&self, arm: usize, now_h: f64) -> f64 {
        let first = self.first_hour.get(arm).copied().flatten();
        first.map_or(0.0, |hour| (now_h - hours(hour + 1)).max(0.0))
    }
}

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
    let mut by_span = vec![Vec::new(); spans.len()];
    for cell in cells {
        by_span.get_mut(cell.epoch).ok_or(BanditError::Index)?.push(*cell);
    }
    let complete = spans.iter().zip(&by_span).take_while(|(span, cells)| times.is_final(span, cells)).count();
    let mut reader = Reader::new(arms, control, prior)?.keeping_epochs();
    for (span, cells) in spans.iter().zip(&by_span).take(complete) {
        reader.complete(span, cells)?;
    }
    reader.read(&spans[complete..], &by_span[complete..].concat(), curve, times)
}

/// A generation of which the complete epochs are summed up, so that a look costs what is still open
/// and not what ever was. What it says equals what [`read`] says of the whole ledger (SPEC 1.4).
#[derive(Debug, Clone)]
pub struct Reader {
    prior: Prior,
    /// How many epochs were summed up.
    complete: usize,
    visitors: Vec<u64>,
    matured: Vec<Counts>,
    first_hour: Vec<Option<i64>>,
    monitor: Monitor,
    split: SequentialSampleRatio,
    sums: Sums,
    /// Complete epochs, for a reader that keeps them.
    epochs: Option<Vec<Epoch>>,
}

impl Reader {
    /// A reader of a generation that had no visitors yet. The control is the index of an arm.
    ///
    /// # Errors
    /// When the control is none of the arms.
    pub fn new(arms: usize, control: usize, prior: Prior) -> Result<Self, BanditError> {
        Ok(Self {
            prior,
            complete: 0,
            visitors: vec![0; arms],
            matured: vec![Counts::NONE; arms],
            first_hour: vec![None; arms],
            monitor: Monitor::new(arms, control)?,
            split: SequentialSampleRatio::new(arms, SequentialSampleRatio::CONCENTRATION),
            sums: Sums { arms: vec![(0.0, 0.0); arms], days: Some(BTreeMap::new()) },
            epochs: None,
        })
    }

    /// Keeps complete epochs, so that [`Reading::epochs`] has them; estimates need them (SPEC 9).
    #[must_use]
    pub fn keeping_epochs(self) -> Self {
        Self { epochs: Some(Vec::new()), ..self }
    }

    /// Takes all visitors as comparable, whenever they came: what SPEC 11.2 is compared with.
    #[must_use]
    pub fn pooling(mut self) -> Self {
        self.sums.days = None;
        self
    }

    /// How many epochs were summed up.
    #[must_use]
    pub fn complete_epochs(&self) -> usize {
        self.complete
    }

    /// Sums up the next epoch, which is final ([`Times::is_final`]), with all of its cells.
    ///
    /// # Errors
    /// For a cell of another epoch or of no arm, or weights of other arms; then nothing is added.
    pub fn complete(&mut self, span: &Span, cells: &[Cell]) -> Result<(), BanditError> {
        self.check(std::slice::from_ref(span), cells)?;
        let mut counts = vec![Counts::NONE; self.visitors.len()];
        cells.iter().for_each(|cell| counts[cell.arm] += cell.counts);
        let epoch = Epoch::new(&span.weights, counts)?;
        self.monitor.observe(&epoch)?;
        self.split.observe(&epoch)?;
        for cell in cells {
            note(&mut self.visitors, &mut self.first_hour, cell);
            self.matured[cell.arm] += cell.counts;
            self.sums.add(cell, cell.counts.real());
        }
        self.epochs.iter_mut().for_each(|epochs| epochs.push(epoch.clone()));
        self.complete += 1;
        Ok(())
    }

    /// Reads the generation at a time: what was summed up, and the spans and cells that follow. Cells
    /// keep the index of their epoch in the whole generation. Without a curve of delays young visitors
    /// do not steer.
    ///
    /// # Errors
    /// For a cell that names none of these spans or no arm, or spans of other arms.
    pub fn read(
        &self,
        spans: &[Span],
        cells: &[Cell],
        curve: Option<&DelayCurve>,
        times: Times,
    ) -> Result<Reading, BanditError> {
        self.check(spans, cells)?;
        let mut reading = Reading {
            visitors: self.visitors.clone(),
            matured: self.matured.clone(),
            first_hour: self.first_hour.clone(),
            epochs: self.epochs.clone().unwrap_or_default(),
            monitor: self.monitor.clone(),
            split: self.split.clone(),
            steering: Vec::new(),
            deciding: Vec::new(),
        };
        let (mut deciding, mut young) = (self.sums.clone(), Vec::new());
        for cell in cells {
            note(&mut reading.visitors, &mut reading.first_hour, cell);
            if times.is_matured(cell.hour) {
                reading.matured[cell.arm] += cell.counts;
                deciding.add(cell, cell.counts.real());
            } else if let Some(curve) = curve {
                young.push((cell, effective(cell, curve, times)));
            }
        }
        if !young.is_empty() {
            let mut steering = deciding.clone();
            young.iter().for_each(|(cell, counts)| steering.add(cell, *counts));
            reading.steering = steering.parameters(self.prior)?;
        }
        reading.deciding = deciding.parameters(self.prior)?;
        if young.is_empty() {
            reading.steering.clone_from(&reading.deciding);
        }
        self.follow(&mut reading, spans, cells, times)?;
        Ok(reading)
    }

    /// Evidence and split of the spans that are not summed up. Evidence is of complete epochs, and the
    /// matured hours of the first that is not: bets on it depend on complete ones alone, so that a later
    /// reading changes nothing that was seen (SPEC 8.4). The check of the split needs no maturity: it is
    /// about exposures.
    fn follow(&self, reading: &mut Reading, spans: &[Span], cells: &[Cell], times: Times) -> Result<(), BanditError> {
        let complete = spans.iter().take_while(|span| times.is_complete(span)).count();
        let nobody = vec![Counts::NONE; self.visitors.len()];
        let mut exposed = vec![nobody.clone(); spans.len()];
        let mut counted = vec![nobody; spans.len().min(complete + 1)];
        for cell in cells {
            let place = cell.epoch - self.complete;
            exposed[place][cell.arm] += cell.counts;
            if place < complete || place == complete && times.is_matured(cell.hour) {
                counted[place][cell.arm] += cell.counts;
            }
        }
        for (span, counts) in spans.iter().zip(exposed) {
            reading.split.observe(&Epoch::new(&span.weights, counts)?)?;
        }
        for (span, counts) in spans.iter().zip(counted) {
            let epoch = Epoch::new(&span.weights, counts)?;
            reading.monitor.observe(&epoch)?;
            reading.epochs.push(epoch);
        }
        Ok(())
    }

    /// Whether spans that follow, and their cells, speak of this generation.
    fn check(&self, spans: &[Span], cells: &[Cell]) -> Result<(), BanditError> {
        let arms = self.visitors.len();
        if spans.iter().any(|span| span.weights.len() != arms) {
            return Err(BanditError::Arms);
        }
        let open = self.complete..self.complete + spans.len();
        if cells.iter().any(|cell| !open.contains(&cell.epoch) || cell.arm >= arms) {
            return Err(BanditError::Index);
        }
        Ok(())
    }
}

/// Counts a cell's visitors, whatever their age.
fn note(visitors: &mut [u64], first_hour: &mut [Option<i64>], cell: &Cell) {
    visitors[cell.arm] += cell.counts.visitors();
    let first = first_hour[cell.arm].get_or_insert(cell.hour);
    *first = (*first).min(cell.hour);
}

/// Visitors whose window is not over, by the share of their conversions that should have arrived:
/// `(visitors, conversions)`.
fn effective(cell: &Cell, curve: &DelayCurve, times: Times) -> (f64, f64) {
    let age_hours = (times.now_h - hours(cell.hour + 1)).max(0.0);
    let (visitors, conversions) = (cell.counts.visitors(), cell.counts.conversions());
    let aged = |converted_after_hours, count| Aged { age_hours, converted_after_hours, count };
    let sum = Effective::of(curve, [aged(Some(0.0), conversions), aged(None, visitors - conversions)]);
    (sum.effective_visitors, sum.conversions)
}

/// Visitors and conversions, effective ones among them.
#[derive(Debug, Clone)]
struct Sums {
    /// By arm, whenever they came: `(visitors, conversions)`.
    arms: Vec<(f64, f64)>,
    /// By calendar day; `None` when days are not told apart.
    days: Option<BTreeMap<i64, Period>>,
}

const HOURS_A_DAY: i64 = 24;

impl Sums {
    fn add(&mut self, cell: &Cell, (visitors, conversions): (f64, f64)) {
        let arms = self.arms.len();
        self.arms[cell.arm].0 += visitors;
        self.arms[cell.arm].1 += conversions;
        if let Some(days) = &mut self.days {
            let empty = || Period { visitors: vec![0.0; arms], conversions: vec![0.0; arms] };
            let day = days.entry(cell.hour.div_euclid(HOURS_A_DAY)).or_insert_with(empty);
            day.visitors[cell.arm] += visitors;
            day.conversions[cell.arm] += conversions;
        }
    }

    /// One posterior an arm: of comparable visitors once there are two periods, of pooled counts before.
    fn parameters(self, prior: Prior) -> Result<Vec<(f64, f64)>, BanditError> {
        let periods = merged(self.days.into_iter().flat_map(BTreeMap::into_values));
        if periods.len() > 1 {
            let more = (prior.alpha - Prior::UNIFORM.alpha, prior.beta - Prior::UNIFORM.beta);
            let uniform = comparable(&periods)?.parameters;
            return Ok(uniform.into_iter().map(|(alpha, beta)| (alpha + more.0, beta + more.1)).collect());
        }
        let pooled = |(visitors, conversions): (f64, f64)| {
            (prior.alpha + conversions, prior.beta + (visitors - conversions).max(0.0))
        };
        Ok(self.arms.into_iter().map(pooled).collect())
    }
}
