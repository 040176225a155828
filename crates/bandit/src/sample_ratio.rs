//! Sample ratio mismatch: whether the arms got the visitors that the weights gave them (SPEC 12).

use crate::BanditError;
use crate::ledger::{Epoch, arms};
use crate::special::{chi_square_tail, rising_remainder};

/// Below this p-value nothing is decided until a new generation (SPEC 12.3).
pub const FREEZE: f64 = 0.001;

/// The chi-square check of a ledger, for one look.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleRatio {
    /// Visitors that each arm should have.
    pub expected: Vec<f64>,
    /// Weighed sum of squares of the differences.
    pub statistic: f64,
    /// Degrees of freedom.
    pub df: usize,
    /// The chance of such differences or larger ones when all is well.
    pub p: f64,
    /// Whether there are enough visitors for the p-value: 100, and 5 expected in every arm.
    pub enough: bool,
}

/// Checks the observed visitors of every arm against weights that change, with the covariance that
/// the changing weights imply; `control` is the arm that is active in every epoch.
///
/// # Errors
/// When the epochs do not speak of the same arms, or the control is none of them.
pub fn sample_ratio(epochs: &[Epoch], control: usize) -> Result<SampleRatio, BanditError> {
    let count = arms(epochs)?;
    if control >= count {
        return Err(BanditError::Index);
    }
    let (mut expected, mut observed) = (vec![0.0; count], vec![0.0; count]);
    let mut covariance = vec![vec![0.0; count]; count];
    for epoch in epochs {
        let (visitors, weights) = (epoch.visitors(), epoch.weights());
        for (i, row) in covariance.iter_mut().enumerate() {
            expected[i] += visitors * weights[i];
            observed[i] += epoch.counts()[i].real().0;
            for (j, cell) in row.iter_mut().enumerate() {
                *cell += visitors * weights[i] * (if i == j { 1.0 } else { 0.0 } - weights[j]);
            }
        }
    }
    let rows: Vec<usize> = (0..count).filter(|arm| *arm != control && covariance[*arm][*arm] > 0.0).collect();
    let matrix: Vec<Vec<f64>> = rows.iter().map(|i| rows.iter().map(|j| covariance[*i][*j]).collect()).collect();
    let differences: Vec<f64> = rows.iter().map(|arm| observed[*arm] - expected[*arm]).collect();
    let (statistic, df) = quadratic_form(matrix, differences);
    let total: f64 = observed.iter().sum();
    let in_play = expected.iter().enumerate().filter(|(arm, _)| *arm == control || rows.contains(arm));
    let enough = total >= 100.0 && in_play.into_iter().all(|(_, expected)| *expected >= 5.0);
    let p = if has_impossible(epochs) {
        0.0
    } else if df == 0 {
        1.0
    } else {
        chi_square_tail(statistic, f64::from(u32::try_from(df).unwrap_or(u32::MAX)))
    };
    Ok(SampleRatio { expected, statistic, df, p, enough })
}

/// A visitor in an arm that nobody was to be given.
fn has_impossible(epochs: &[Epoch]) -> bool {
    epochs.iter().any(|epoch| {
        let mut arms = epoch.weights().iter().zip(epoch.counts());
        arms.any(|(weight, counts)| *weight == 0.0 && counts.visitors() > 0)
    })
}

/// `d' V^-1 d` by Cholesky's decomposition, and the rank of V. V is positive definite where the control, which is
/// left out, is in every epoch; where it is in none, a row that follows from the others is left out too.
fn quadratic_form(mut matrix: Vec<Vec<f64>>, mut vector: Vec<f64>) -> (f64, usize) {
    const ROUNDING: f64 = 1e-12;
    let mut rank = 0;
    for i in 0..vector.len() {
        let own = matrix[i][i];
        for j in 0..=i {
            let inner: f64 = (0..j).map(|k| matrix[i][k] * matrix[j][k]).sum();
            let rest = matrix[i][j] - inner;
            matrix[i][j] = match (i == j, matrix[j][j]) {
                (true, _) if rest <= ROUNDING * own => 0.0,
                (true, _) => rest.sqrt(),
                (false, 0.0) => 0.0,
                (false, pivot) => rest / pivot,
            };
        }
        let inner: f64 = (0..i).map(|k| matrix[i][k] * vector[k]).sum();
        let pivot = matrix[i][i];
        vector[i] = if pivot > 0.0 { (vector[i] - inner) / pivot } else { 0.0 };
        rank += usize::from(pivot > 0.0);
    }
    (vector.iter().map(|value| value * value).sum(), rank)
}

/// The check that may be looked at after every epoch: a Dirichlet-multinomial bet against the
/// published weights (Lindon and Malek, 2022).
#[derive(Debug, Clone, PartialEq)]
pub struct SequentialSampleRatio {
    concentration: f64,
    observed: Vec<f64>,
    expected: Vec<f64>,
    total: f64,
    log_e: f64,
    highest: f64,
    impossible: bool,
}

impl SequentialSampleRatio {
    /// How sure the bet begins to be of the weights, in visitors.
    pub const CONCENTRATION: f64 = 1000.0;

    /// A bet over this many arms.
    #[must_use]
    pub fn new(arms: usize, concentration: f64) -> Self {
        Self {
            concentration,
            observed: vec![0.0; arms],
            expected: vec![0.0; arms],
            total: 0.0,
            log_e: 0.0,
            highest: 0.0,
            impossible: false,
        }
    }

    /// Adds an epoch; gives the logarithm of the evidence of a mismatch after it.
    ///
    /// # Errors
    /// When the epoch speaks of other arms.
    pub fn observe(&mut self, epoch: &Epoch) -> Result<f64, BanditError> {
        if epoch.weights().len() != self.observed.len() {
            return Err(BanditError::Arms);
        }
        let active: Vec<(usize, f64, f64)> = epoch
            .weights()
            .iter()
            .zip(epoch.counts())
            .enumerate()
            .map(|(arm, (weight, counts))| (arm, *weight, counts.real().0))
            .filter(|(_, weight, _)| *weight > 0.0)
            .collect();
        let visitors: f64 = active.iter().map(|(_, _, count)| count).sum();
        self.impossible |= epoch.visitors() > visitors;
        let sure = self.concentration;
        let guess = |arm: usize, weight: f64| {
            weight * (sure * weight + self.observed[arm]) / (sure * weight + self.expected[arm])
        };
        let guesses: f64 = active.iter().map(|(arm, weight, _)| guess(*arm, *weight)).sum();
        let base = sure + self.total;
        // The logarithms of the gamma functions would cancel; what is left of them is summed by arm.
        let mut gain = -rising_remainder(base, visitors);
        for (arm, weight, count) in &active {
            let start = base * guess(*arm, *weight) / guesses;
            gain += count * ((start + count) / (weight * (base + visitors))).ln() + rising_remainder(start, *count);
        }
        for (arm, weight, count) in active {
            self.observed[arm] += count;
            self.expected[arm] += visitors * weight;
        }
        self.total += visitors;
        self.log_e += gain;
        self.highest = self.highest.max(self.log_e);
        Ok(self.log_e)
    }

    /// The anytime-valid p-value; 0 when somebody was given an arm that nobody was to be given.
    #[must_use]
    pub fn p_anytime(&self) -> f64 {
        if self.impossible { 0.0 } else { (-self.highest).exp() }
    }

    /// The arm that is short of visitors by the most standard deviations, and by how many visitors.
    #[must_use]
    pub fn shortest(&self) -> Option<(usize, f64)> {
        let short = |(arm, (expected, observed)): (usize, (&f64, &f64))| (arm, expected - observed, *expected);
        let arms = self.expected.iter().zip(&self.observed).enumerate().map(short);
        let by_scale = |(_, missing, expected): &(usize, f64, f64)| missing / expected.max(1.0).sqrt();
        let worst = arms.max_by(|left, right| by_scale(left).total_cmp(&by_scale(right)))?;
        (worst.1 > 0.0).then_some((worst.0, worst.1))
    }
}
