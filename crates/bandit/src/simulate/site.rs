//! What a simulated site has seen so far: the ledger with the arrival of every conversion.

use super::scenario::{Scenario, Young};
use crate::counts::real;
use crate::delay::{Aged, DelayCurve, Effective};
use crate::drift::{Period, comparable, merged};
use crate::{BanditError, Counts, Epoch, Monitor};
use std::collections::VecDeque;

/// Visitors of one look, and when their conversions arrive.
struct Cell {
    /// Hours at which the last of them came.
    until_h: f64,
    day: usize,
    weights: Vec<f64>,
    visitors: Vec<u64>,
    /// By arm: hours from exposure to conversion.
    delays: Vec<Vec<f64>>,
}

/// A site's ledger. Matured cells are summed up; young ones are kept whole.
pub(super) struct Ledger {
    window_h: f64,
    steers: Young,
    look_hours: f64,
    arms: usize,
    young: VecDeque<Cell>,
    matured: Vec<Period>,
    matured_counts: Vec<Counts>,
    /// Delays of matured conversions, by whole hours.
    delays: Vec<u64>,
    visitors: Vec<u64>,
    first_hours: Vec<Option<f64>>,
    pub(super) monitor: Monitor,
    /// Matured epochs, kept when intervals are checked.
    pub(super) epochs: Vec<Epoch>,
    keeps_epochs: bool,
}

/// Parameters of an arm's posteriors: for traffic, and for decisions.
pub(super) struct Parameters {
    pub(super) steering: Vec<(f64, f64)>,
    pub(super) deciding: Vec<(f64, f64)>,
}

/// What came since the last look.
pub(super) struct Arrivals {
    pub(super) start_h: f64,
    pub(super) weights: Vec<f64>,
    pub(super) visitors: Vec<u64>,
    pub(super) delays: Vec<Vec<f64>>,
}

impl Ledger {
    pub(super) fn new(scenario: &Scenario) -> Result<Self, BanditError> {
        let arms = scenario.rates.len();
        Ok(Self {
            window_h: scenario.window_h,
            steers: scenario.young,
            look_hours: scenario.look_hours(),
            arms,
            young: VecDeque::new(),
            matured: Vec::new(),
            matured_counts: vec![Counts::NONE; arms],
            delays: Vec::new(),
            visitors: vec![0; arms],
            first_hours: vec![None; arms],
            monitor: Monitor::new(arms, 0)?,
            epochs: Vec::new(),
            keeps_epochs: scenario.coverage,
        })
    }

    pub(super) fn add(&mut self, arrivals: Arrivals) {
        for (arm, count) in arrivals.visitors.iter().enumerate().filter(|(_, count)| **count > 0) {
            self.visitors[arm] += count;
            self.first_hours[arm].get_or_insert(arrivals.start_h);
        }
        self.young.push_back(Cell {
            until_h: arrivals.start_h + self.look_hours,
            day: whole(arrivals.start_h / 24.0),
            weights: arrivals.weights,
            visitors: arrivals.visitors,
            delays: arrivals.delays,
        });
    }

    /// Sums up the cells whose window is over.
    pub(super) fn mature(&mut self, now_h: f64) -> Result<(), BanditError> {
        while self.young.front().is_some_and(|cell| cell.until_h + self.window_h <= now_h) {
            let Some(cell) = self.young.pop_front() else { break };
            let counts = cell
                .visitors
                .iter()
                .zip(&cell.delays)
                .map(|(visitors, delays)| Counts::new(*visitors, u64::try_from(delays.len()).unwrap_or(u64::MAX)))
                .collect::<Result<Vec<_>, _>>()?;
            while self.matured.len() <= cell.day {
                self.matured.push(Period { visitors: vec![0.0; self.arms], conversions: vec![0.0; self.arms] });
            }
            let period = &mut self.matured[cell.day];
            for (arm, counts) in counts.iter().enumerate() {
                self.matured_counts[arm] += *counts;
                period.visitors[arm] += real(counts.visitors());
                period.conversions[arm] += real(counts.conversions());
            }
            for delay in cell.delays.iter().flatten() {
                let hour = whole(delay.ceil());
                if self.delays.len() <= hour {
                    self.delays.resize(hour + 1, 0);
                }
                self.delays[hour] += 1;
            }
            let epoch = Epoch::new(&cell.weights, counts)?;
            self.monitor.observe(&epoch)?;
            if self.keeps_epochs {
                self.epochs.push(epoch);
            }
        }
        Ok(())
    }

    pub(super) fn visitors(&self, arm: usize) -> u64 {
        self.visitors[arm]
    }

    pub(super) fn matured(&self, arm: usize) -> Counts {
        self.matured_counts[arm]
    }

    pub(super) fn age_h(&self, arm: usize, now_h: f64) -> f64 {
        self.first_hours[arm].map_or(0.0, |first| now_h - first)
    }

    /// The parameters of every arm's posteriors, active or not.
    pub(super) fn parameters(&self, now_h: f64, makes_comparable: bool) -> Result<Parameters, BanditError> {
        let deciding = parameters(&self.matured, self.arms, makes_comparable)?;
        if self.young.is_empty() {
            return Ok(Parameters { steering: deciding.clone(), deciding });
        }
        let Some(curve) = self.curve() else {
            return Ok(Parameters { steering: deciding.clone(), deciding });
        };
        let mut periods = self.matured.clone();
        for cell in &self.young {
            while periods.len() <= cell.day {
                periods.push(Period { visitors: vec![0.0; self.arms], conversions: vec![0.0; self.arms] });
            }
            let age_hours = now_h - cell.until_h;
            for arm in 0..self.arms {
                let converted = cell.delays[arm].iter().filter(|delay| **delay <= age_hours).count();
                let converted = u64::try_from(converted).unwrap_or(u64::MAX);
                let groups = [
                    Aged { age_hours, converted_after_hours: Some(0.0), count: converted },
                    Aged { age_hours, converted_after_hours: None, count: cell.visitors[arm] - converted },
                ];
                let effective = Effective::of(&curve, groups);
                periods[cell.day].visitors[arm] += effective.effective_visitors;
                periods[cell.day].conversions[arm] += effective.conversions;
            }
        }
        Ok(Parameters { steering: parameters(&periods, self.arms, makes_comparable)?, deciding })
    }

    fn curve(&self) -> Option<DelayCurve> {
        match self.steers {
            Young::LeftOut => return None,
            Young::AsFailures => return DelayCurve::new(self.window_h, vec![(0.0, 1.0)]).ok(),
            Young::ByShare => {}
        }
        let seen = self.delays.iter().zip(0_u32..).filter(|(count, _)| **count > 0);
        let seen: Vec<(f64, u64)> = seen.map(|(count, hour)| (f64::from(hour), *count)).collect();
        DelayCurve::observed(self.window_h, &seen)
    }
}

fn parameters(periods: &[Period], arms: usize, makes_comparable: bool) -> Result<Vec<(f64, f64)>, BanditError> {
    if makes_comparable {
        let periods = merged(periods.iter().cloned());
        if periods.len() > 1 {
            return Ok(comparable(&periods)?.parameters);
        }
    }
    let sum = |of: fn(&Period) -> &[f64], arm: usize| periods.iter().map(|period| of(period)[arm]).sum::<f64>();
    let parameters = |arm: usize| {
        let (visitors, conversions) = (sum(|period| &period.visitors, arm), sum(|period| &period.conversions, arm));
        (1.0 + conversions, 1.0 + (visitors - conversions).max(0.0))
    };
    Ok((0..arms).map(parameters).collect())
}

/// The whole part of a small number that is not negative.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "hours and days of a simulation are small")]
fn whole(number: f64) -> usize {
    number.max(0.0) as usize
}
