//! The density of a Beta distribution, for drawing what is known about a conversion rate.

/// Natural logarithm of the gamma function for positive numbers, to about 12 digits.
///
/// Stirling's series, after the argument was moved above 10 by Γ(x + 1) = x Γ(x).
#[must_use]
pub fn ln_gamma(mut x: f64) -> f64 {
    let mut shift = 0.0;
    while x < 10.0 {
        shift += x.ln();
        x += 1.0;
    }
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    let series = inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0)));
    (x - 0.5) * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI).ln() + series - shift
}

/// Density of Beta(`alpha`, `beta`) at `x` strictly between 0 and 1; 0 elsewhere.
#[must_use]
pub fn density(alpha: f64, beta: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return 0.0;
    }
    let ln_norm = ln_gamma(alpha + beta) - ln_gamma(alpha) - ln_gamma(beta);
    (ln_norm + (alpha - 1.0) * x.ln() + (beta - 1.0) * (-x).ln_1p()).exp()
}

/// Mean and standard deviation of Beta(`alpha`, `beta`).
#[must_use]
pub fn moments(alpha: f64, beta: f64) -> (f64, f64) {
    let total = alpha + beta;
    let mean = alpha / total;
    (mean, (mean * (1.0 - mean) / (total + 1.0)).sqrt())
}

/// The density at `count + 1` places within four standard deviations of the mean, as (rate, density).
#[must_use]
pub fn curve(alpha: f64, beta: f64, count: u32) -> Vec<(f64, f64)> {
    let (mean, deviation) = moments(alpha, beta);
    let (low, high) = ((mean - 4.0 * deviation).max(0.0), (mean + 4.0 * deviation).min(1.0));
    (0..=count)
        .map(|index| low + (high - low) * f64::from(index) / f64::from(count.max(1)))
        .map(|x| (x, density(alpha, beta, x)))
        .collect()
}
