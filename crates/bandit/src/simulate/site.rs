//! What a simulated site has seen so far: the cells of its ledger, and the conversions still to come.
//!
//! What the ledger says is read by [`Reader`], as it is live.

use super::scenario::{Scenario, Young};
use crate::delay::DelayCurve;
use crate::generation::{Cell, Reader, Reading, Span, Times};
use crate::prior::Prior;
use crate::{BanditError, Counts};
use std::collections::BTreeMap;

/// A site's ledger. Complete epochs are summed up; cells of the others are kept in the order they came.
pub(super) struct Ledger {
    reader: Reader,
    window_h: f64,
    token_h: f64,
    steers: Young,
    /// Epochs that are not summed up; the last is in force.
    spans: Vec<Span>,
    /// Their cells.
    cells: Vec<Cell>,
    /// By cell: hours from exposure to conversion of all who will convert, ascending.
    delays: Vec<Vec<f64>>,
    /// How many of the cells are matured.
    matured: usize,
    /// Conversions of matured cells, by whole hours from their exposure.
    delay_hours: BTreeMap<i64, u64>,
}

impl Ledger {
    /// The ledger of a site that begins with these weights.
    pub(super) fn new(scenario: &Scenario, weights: Vec<f64>) -> Result<Self, BanditError> {
        let mut reader = Reader::new(weights.len(), 0, Prior::UNIFORM)?;
        if !scenario.comparable {
            reader = reader.pooling();
        }
        if scenario.coverage {
            reader = reader.keeping_epochs();
        }
        Ok(Self {
            reader,
            window_h: scenario.window_h,
            token_h: scenario.token_h,
            steers: scenario.young,
            spans: vec![Span { weights, ended_h: None }],
            cells: Vec::new(),
            delays: Vec::new(),
            matured: 0,
            delay_hours: BTreeMap::new(),
        })
    }

    /// The weights in force.
    pub(super) fn weights(&self) -> &[f64] {
        self.spans.last().map_or(&[], |span| &span.weights)
    }

    /// Begins an epoch with other weights.
    pub(super) fn publish(&mut self, weights: Vec<f64>, now_h: f64) {
        self.end(now_h);
        self.spans.push(Span { weights, ended_h: None });
    }

    /// Ends the epoch in force.
    pub(super) fn end(&mut self, now_h: f64) {
        if let Some(span) = self.spans.last_mut() {
            span.ended_h = Some(now_h);
        }
    }

    /// Visitors of an arm who came by the end of an hour, and when those who convert will do so. None
    /// of them is made older than that: they all count as having come at its end.
    pub(super) fn add(
        &mut self,
        arm: usize,
        hour: i64,
        visitors: u64,
        mut delays: Vec<f64>,
    ) -> Result<(), BanditError> {
        if visitors > 0 {
            delays.sort_unstable_by(f64::total_cmp);
            let epoch = self.reader.complete_epochs() + self.spans.len() - 1;
            self.cells.push(Cell { epoch, arm, hour, counts: Counts::new(visitors, 0)? });
            self.delays.push(delays);
        }
        Ok(())
    }

    /// What the ledger says at a time.
    pub(super) fn read(&mut self, now_h: f64) -> Result<Reading, BanditError> {
        let times = Times { now_h, window_h: self.window_h, token_h: self.token_h };
        self.convert(times)?;
        self.sum_up(times)?;
        self.reader.read(&self.spans, &self.cells, self.curve().as_ref(), times)
    }

    /// Counts the conversions that have arrived.
    fn convert(&mut self, times: Times) -> Result<(), BanditError> {
        for (index, (cell, delays)) in self.cells.iter_mut().zip(&mut self.delays).enumerate().skip(self.matured) {
            let age_h = times.now_h - crate::delay::hours(cell.hour + 1);
            let arrived = delays.partition_point(|delay| *delay <= age_h);
            cell.counts = Counts::new(cell.counts.visitors(), u64::try_from(arrived).unwrap_or(u64::MAX))?;
            if times.is_matured(cell.hour) {
                self.matured = index + 1;
                for delay in std::mem::take(delays) {
                    *self.delay_hours.entry(whole(delay)).or_default() += 1;
                }
            }
        }
        Ok(())
    }

    /// Hands epochs that change no more to the reader.
    fn sum_up(&mut self, times: Times) -> Result<(), BanditError> {
        let (mut epochs, mut cells) = (0, 0);
        for span in &self.spans {
            let epoch = self.reader.complete_epochs();
            let own = self.cells[cells..].partition_point(|cell| cell.epoch <= epoch);
            let own = &self.cells[cells..cells + own];
            if !times.is_final(span, own) {
                break;
            }
            self.reader.complete(span, own)?;
            (epochs, cells) = (epochs + 1, cells + own.len());
        }
        self.spans.drain(..epochs);
        self.cells.drain(..cells);
        self.delays.drain(..cells);
        self.matured -= cells;
        Ok(())
    }

    /// How late conversions come, for the visitors whose window is not over.
    fn curve(&self) -> Option<DelayCurve> {
        match self.steers {
            Young::LeftOut => None,
            Young::AsFailures => DelayCurve::new(self.window_h, vec![(0.0, 1.0)]).ok(),
            Young::ByShare => {
                let delays: Vec<(i64, u64)> = self.delay_hours.iter().map(|(hour, count)| (*hour, *count)).collect();
                DelayCurve::of_hours(self.window_h, &delays)
            }
        }
    }
}

/// The whole part of a small number.
#[expect(clippy::cast_possible_truncation, reason = "hours of a simulation are small")]
fn whole(number: f64) -> i64 {
    number as i64
}
