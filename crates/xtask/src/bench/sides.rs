//! The product beside its ceiling: both measured in turn, in the same minute, on the same machine.

use super::process::{cpu_seconds, cpu_seconds_with_children, memory_mib};
use crate::failure::Outcome;
use crate::measured::{Measured, median};

/// The processes whose cost belongs to a measurement.
#[derive(Debug, Clone, Copy)]
pub(super) struct Watch {
    /// The one that is measured.
    pub(super) process: u32,
    /// Its database, when that is a server of its own.
    pub(super) database: Option<u32>,
}

/// One round of one side.
#[derive(Debug, Clone)]
pub(super) struct Round {
    measured: Measured,
    cpu: f64,
    database_cpu: Option<f64>,
    memory: f64,
}

impl Watch {
    /// Measures, and looks at the processes before and after.
    pub(super) fn round(self, measure: impl FnOnce() -> Outcome<Measured>) -> Outcome<Round> {
        let before = self.cpu()?;
        let measured = measure()?;
        let after = self.cpu()?;
        Ok(Round {
            measured,
            cpu: after.0 - before.0,
            database_cpu: after.1.zip(before.1).map(|(after, before)| after - before),
            memory: memory_mib(self.process)?,
        })
    }

    fn cpu(self) -> Outcome<(f64, Option<f64>)> {
        Ok((cpu_seconds(self.process)?, self.database.map(cpu_seconds_with_children).transpose()?))
    }
}

/// All rounds of one side.
#[derive(Debug, Clone, Default)]
pub(super) struct Side {
    /// What was measured.
    pub(super) name: String,
    /// Everything that was answered.
    pub(super) measured: Measured,
    /// Processor time of the process, in seconds.
    pub(super) cpu: f64,
    /// Processor time of its database.
    pub(super) database_cpu: Option<f64>,
    /// Most memory after a round, in MiB.
    pub(super) memory: f64,
    /// Things in one request or batch, as events.
    pub(super) things: f64,
    by_round: Vec<f64>,
}

impl Side {
    /// Nothing yet; a request carries so many `things`.
    pub(super) fn new(name: impl Into<String>, things: f64) -> Self {
        Self { name: name.into(), things, ..Self::default() }
    }

    /// Adds a round.
    pub(super) fn add(&mut self, round: &Round) {
        self.measured.add(&round.measured);
        self.cpu += round.cpu;
        self.database_cpu = match (self.database_cpu, round.database_cpu) {
            (None, None) => None,
            (sum, more) => Some(sum.unwrap_or_default() + more.unwrap_or_default()),
        };
        self.memory = self.memory.max(round.memory);
        self.by_round.push(round.measured.per_second() * self.things);
    }

    /// Processor time of process and database for each thing, in microseconds.
    pub(super) fn cpu_microseconds_each(&self) -> f64 {
        let things = self.per_second() * self.measured.seconds();
        if things > 0.0 { (self.cpu + self.database_cpu.unwrap_or_default()) * 1e6 / things } else { 0.0 }
    }

    /// Things in a second.
    pub(super) fn per_second(&self) -> f64 {
        self.measured.per_second() * self.things
    }
}

/// What a comparison should show.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Aim {
    /// The product reaches this share of the ceiling.
    Share(f64),
    /// Of a hundred requests to the product, 99 are answered within these milliseconds.
    P99(f64),
}

/// Product and ceiling.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    /// The most that could be.
    pub(super) ceiling: Side,
    /// What is.
    pub(super) product: Side,
    /// What should be.
    pub(super) aim: Aim,
}

impl Pair {
    /// Measures both in turn, so that whatever else the machine does hits both.
    pub(super) fn alternate(
        mut self,
        rounds: usize,
        mut ceiling: impl FnMut() -> Outcome<Round>,
        mut product: impl FnMut() -> Outcome<Round>,
    ) -> Outcome<Self> {
        for _ in 0..rounds {
            self.ceiling.add(&ceiling()?);
            self.product.add(&product()?);
        }
        Ok(self)
    }

    /// The product's share of the ceiling: lowest, middle and highest of the rounds.
    pub(super) fn share(&self) -> (f64, f64, f64) {
        let rounds = self.product.by_round.iter().zip(&self.ceiling.by_round);
        let mut shares: Vec<f64> = rounds.filter(|(_, most)| **most > 0.0).map(|(is, most)| is / most).collect();
        shares.sort_unstable_by(f64::total_cmp);
        let (lowest, highest) = (shares.first().copied(), shares.last().copied());
        (lowest.unwrap_or_default(), median(shares), highest.unwrap_or_default())
    }

    /// Whether the aim is reached.
    pub(super) fn is_reached(&self) -> bool {
        match self.aim {
            Aim::Share(wanted) => self.share().1 >= wanted,
            Aim::P99(wanted) => self.product.measured.percentile(99) <= wanted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn round(requests: u32, memory: f64, database_cpu: Option<f64>) -> Round {
        let measured = Measured::new((0..requests).map(|n| n * 1_000).collect(), Duration::from_secs(1), 0.1);
        Round { measured, cpu: 0.5, database_cpu, memory }
    }

    #[test]
    fn rounds_are_compared_with_their_neighbours() -> Outcome {
        let pair = Pair { ceiling: Side::new("most", 10.0), product: Side::new("is", 1.0), aim: Aim::Share(0.75) };
        let mut most = [10, 20, 40].into_iter();
        let mut is = [90, 150, 320].into_iter();
        let next = |numbers: &mut std::array::IntoIter<u32, 3>| round(numbers.next().unwrap_or(1), 7.0, Some(0.25));
        let pair = pair.alternate(3, || Ok(next(&mut most)), || Ok(next(&mut is)))?;
        let (lowest, middle, highest) = pair.share();
        assert!((lowest - 0.75).abs() + (middle - 0.8).abs() + (highest - 0.9).abs() < 1e-9);
        assert!(pair.is_reached());
        assert!(!Pair { aim: Aim::Share(0.85), ..pair.clone() }.is_reached());
        assert!(!Pair { aim: Aim::P99(100.0), ..pair.clone() }.is_reached());
        assert!(Pair { aim: Aim::P99(320.0), ..pair.clone() }.is_reached());
        assert!((pair.ceiling.per_second() - 70.0 * 10.0 / 3.0).abs() < 1e-9);
        assert!((pair.product.cpu - 1.5).abs() < 1e-9 && (pair.product.memory - 7.0).abs() < 1e-9);
        assert_eq!(pair.product.database_cpu, Some(0.75));
        Ok(())
    }

    #[test]
    fn a_process_is_watched() -> Outcome {
        let watch = Watch { process: std::process::id(), database: Some(std::process::id()) };
        let round = watch.round(|| {
            // Until the kernel has counted it: on a busy machine that takes longer than it counts.
            let begun = cpu_seconds(watch.process)?;
            while cpu_seconds(watch.process)? - begun < 0.2 {
                std::hint::spin_loop();
            }
            Ok(Measured::default())
        })?;
        assert!(round.cpu >= 0.1 && round.memory > 0.0, "{round:?}");
        assert!(round.database_cpu.is_some_and(|seconds| seconds >= 0.1));
        Ok(())
    }
}
