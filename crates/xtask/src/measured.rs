//! What a round of a measurement found, and several rounds together.

use std::time::Duration;

/// How long each request took, and all of them, with what the measuring itself cost.
#[derive(Debug, Clone, Default)]
pub(crate) struct Measured {
    microseconds: Vec<u32>,
    took: Duration,
    /// Processor time of the process that measured, in seconds.
    pub(crate) client_cpu: f64,
}

impl Measured {
    /// Latencies in any order.
    pub(crate) fn new(mut microseconds: Vec<u32>, took: Duration, client_cpu: f64) -> Self {
        microseconds.sort_unstable();
        Self { microseconds, took, client_cpu }
    }

    /// The same from whole latencies, of which a part of a microsecond counts as one.
    pub(crate) fn of(latencies: &[Duration], took: Duration) -> Self {
        let microseconds = |latency: &Duration| u32::try_from(latency.as_nanos().div_ceil(1_000)).unwrap_or(u32::MAX);
        Self::new(latencies.iter().map(microseconds).collect(), took, 0.0)
    }

    /// Adds another round of the same kind.
    pub(crate) fn add(&mut self, other: &Self) {
        self.microseconds.extend_from_slice(&other.microseconds);
        self.microseconds.sort_unstable();
        self.took += other.took;
        self.client_cpu += other.client_cpu;
    }

    /// How many were answered.
    pub(crate) fn requests(&self) -> usize {
        self.microseconds.len()
    }

    /// Answers in a second.
    pub(crate) fn per_second(&self) -> f64 {
        let requests = f64::from(u32::try_from(self.requests()).unwrap_or(u32::MAX));
        if self.took.is_zero() { 0.0 } else { requests / self.seconds() }
    }

    /// How long all of it took.
    pub(crate) fn seconds(&self) -> f64 {
        self.took.as_secs_f64()
    }

    /// The latency that this many of a hundred requests kept, in milliseconds.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let rank = (self.microseconds.len() * percent).div_ceil(100).saturating_sub(1);
        self.microseconds.get(rank).map_or(0.0, |found| f64::from(*found) / 1e3)
    }

    /// Share of one processor that the measuring itself took.
    pub(crate) fn client_share(&self) -> f64 {
        if self.took.is_zero() { 0.0 } else { self.client_cpu / self.seconds() }
    }
}

/// The middle of some numbers; 0 of none.
pub(crate) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    match (numbers.get(middle), middle.checked_sub(1).and_then(|before| numbers.get(before))) {
        (Some(upper), Some(lower)) if numbers.len().is_multiple_of(2) => f64::midpoint(*lower, *upper),
        (Some(upper), _) => *upper,
        (None, _) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let measured = Measured::new((1..=200).rev().map(|n| n * 1_000).collect(), Duration::from_secs(2), 0.5);
        assert!((measured.percentile(50) - 100.0).abs() < 1e-9);
        assert!((measured.percentile(99) - 198.0).abs() < 1e-9);
        assert!((measured.per_second() - 100.0).abs() < 1e-9);
        assert!((measured.client_share() - 0.25).abs() < 1e-9);
        let nothing = Measured::default();
        assert!(nothing.percentile(99).abs() + nothing.per_second() + nothing.client_share() < 1e-9);
    }

    #[test]
    fn rounds_add_up() {
        let mut all = Measured::new(vec![3_000, 1_000], Duration::from_secs(1), 0.1);
        all.add(&Measured::new(vec![2_000, 4_000], Duration::from_secs(3), 0.2));
        assert_eq!(all.requests(), 4);
        assert!((all.per_second() - 1.0).abs() < 1e-9);
        assert!((all.percentile(50) - 2.0).abs() < 1e-9);
        assert!((all.client_cpu - 0.3).abs() < 1e-9);
    }

    #[test]
    fn the_middle_of_few_numbers() {
        let cases: [(&[f64], f64); 4] = [(&[], 0.0), (&[2.0], 2.0), (&[9.0, 1.0], 5.0), (&[9.0, 1.0, 2.0], 2.0)];
        for (numbers, expected) in cases {
            assert!((median(numbers.to_vec()) - expected).abs() < 1e-9, "{numbers:?}");
        }
    }
}
