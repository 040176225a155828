//! Functions that the standard library does not have.

use crate::density::stirling;
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// `ln Gamma(base + count) - ln Gamma(base)` less `count ln(base + count)`: what is left is small,
/// so that nothing cancels for large arguments. `base > 0`, `count >= 0`.
pub(crate) fn rising_remainder(base: f64, count: f64) -> f64 {
    (base - 0.5) * (count / base).ln_1p() - count + stirling(base + count) - stirling(base)
}

/// The upper tail of the chi-square distribution with `df >= 1` degrees of freedom.
pub(crate) fn chi_square_tail(statistic: f64, df: f64) -> f64 {
    if statistic <= 0.0 { 1.0 } else { upper_gamma(df / 2.0, statistic / 2.0) }
}

/// The regularised upper incomplete gamma function Q(a, x): by its series below `a + 1`, above by
/// Legendre's continued fraction with Lentz's method (Abramowitz and Stegun 6.5.29 and 6.5.31).
fn upper_gamma(a: f64, x: f64) -> f64 {
    let scale = (a * x.ln() - x - libm::lgamma(a)).exp();
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        while term > sum * 1e-17 {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        return 1.0 - scale * sum;
    }
    let tiny = 1e-300;
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / tiny;
    let mut d = 1.0 / b;
    let mut fraction = d;
    for step in 1..10_000_u32 {
        let i = f64::from(step);
        let factor = -i * (i - a);
        b += 2.0;
        d = 1.0 / near(factor * d + b, tiny);
        c = near(b + factor / c, tiny);
        let change = d * c;
        fraction *= change;
        if (change - 1.0).abs() < 1e-16 {
            break;
        }
    }
    scale * fraction
}

/// Keeps a denominator away from 0.
fn near(value: f64, tiny: f64) -> f64 {
    if value.abs() < tiny { tiny } else { value }
}

/// The upper tail of the standard normal distribution.
pub(crate) fn normal_tail(z: f64) -> f64 {
    0.5 * libm::erfc(z * FRAC_1_SQRT_2)
}

/// The standard normal quantile for `p` strictly between 0 and 1, by Newton's method with Halley's
/// correction on the complementary error function.
pub(crate) fn normal_quantile(p: f64) -> f64 {
    let tail = p.min(1.0 - p);
    // Start: Hastings' rational approximation (Abramowitz and Stegun 26.2.23), right to 4.5e-4.
    let t = (-2.0 * tail.ln()).sqrt();
    let mut z =
        t - (2.515_517 + t * (0.802_853 + t * 0.010_328)) / (1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308)));
    for _ in 0..3 {
        let above = normal_tail(z);
        let density = (-0.5 * z * z).exp() / (2.0 * PI).sqrt();
        let step = (above - tail) / density;
        z += step / (1.0 - 0.5 * z * step);
    }
    if p < 0.5 { -z } else { z }
}
