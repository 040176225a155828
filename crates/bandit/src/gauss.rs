//! Gauss-Legendre quadrature with 16 nodes, and the cumulative integral on the same nodes.
//!
//! Golub and Welsch, Mathematics of Computation 23 (1969); cumulative matrix: SPEC 3.2, step 7.

use std::f64::consts::PI;
use std::sync::LazyLock;

/// Number of nodes of a panel.
pub(crate) const N: usize = 16;

/// Nodes, weights and cumulative matrix on [-1, 1].
pub(crate) struct Rule {
    pub(crate) nodes: [f64; N],
    pub(crate) weights: [f64; N],
    /// `cumulative[k][m]`: the integral from -1 to node `k` is the sum over `m` of this times the value at node `m`.
    pub(crate) cumulative: [[f64; N]; N],
}

pub(crate) static RULE: LazyLock<Rule> = LazyLock::new(Rule::compute);

impl Rule {
    fn compute() -> Self {
        let (mut nodes, mut weights) = ([0.0; N], [0.0; N]);
        for (index, (node, weight)) in nodes.iter_mut().zip(&mut weights).enumerate() {
            // Tricomi's start, then Newton on P_16; converges in a few steps.
            let place = f64::from(u8::try_from(N - index).unwrap_or(0)) - 0.25;
            let mut x = (PI * place / 16.5).cos();
            let mut slope = 1.0;
            for _ in 0..8 {
                let p = legendre(x);
                slope = 16.0 * (x * p[N] - p[N - 1]) / (x * x - 1.0);
                x -= p[N] / slope;
            }
            *node = x;
            *weight = 2.0 / ((1.0 - x * x) * slope * slope);
        }
        let mut cumulative = [[0.0; N]; N];
        for (row, x) in cumulative.iter_mut().zip(nodes) {
            let at_x = legendre(x);
            for (cell, (m, weight)) in row.iter_mut().zip(nodes.iter().zip(weights)) {
                let at_m = legendre(*m);
                let tail: f64 = (1..N).map(|j| at_m[j] * (at_x[j + 1] - at_x[j - 1])).sum();
                *cell = weight / 2.0 * (x + 1.0 + tail);
            }
        }
        Self { nodes, weights, cumulative }
    }

    /// The integral over a panel of this half width, from the values at its nodes.
    pub(crate) fn integral(&self, half: f64, values: &[f64; N]) -> f64 {
        half * self.weights.iter().zip(values).map(|(weight, value)| weight * value).sum::<f64>()
    }

    /// The integral from the panel's left end to node `k`.
    pub(crate) fn partial(&self, k: usize, half: f64, values: &[f64; N]) -> f64 {
        half * self.cumulative[k].iter().zip(values).map(|(weight, value)| weight * value).sum::<f64>()
    }
}

/// Legendre polynomials P_0 to P_16 at `x`, by Bonnet's recursion.
fn legendre(x: f64) -> [f64; N + 1] {
    let mut p = [1.0; N + 1];
    p[1] = x;
    for j in 1..N {
        let order = f64::from(u8::try_from(j).unwrap_or(0));
        p[j + 1] = ((2.0 * order + 1.0) * x * p[j] - order * p[j - 1]) / (order + 1.0);
    }
    p
}
