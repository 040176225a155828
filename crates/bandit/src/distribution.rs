//! Distribution function and quantile of a Beta distribution (SPEC 2.1).

use crate::BanditError;
use crate::density::{CUT, Density, Place};
use crate::gauss::{N, RULE};

/// Lower and upper tail at a rate: `(P(rate <= x), P(rate > x))`. The smaller one is accurate to
/// about 1e-12 of itself.
///
/// # Errors
/// For parameters out of range, or `x` outside 0 to 1.
pub fn cdf(alpha: f64, beta: f64, x: f64) -> Result<(f64, f64), BanditError> {
    let density = Density::new(alpha, beta)?;
    if !(0.0..=1.0).contains(&x) {
        return Err(BanditError::Probability);
    }
    if x == 0.0 || x == 1.0 {
        return Ok((x, 1.0 - x));
    }
    Ok(tails(&density, x.ln() - (-x).ln_1p()))
}

/// The rate below which the fraction `p` lies.
///
/// # Errors
/// For parameters out of range, or `p` not strictly between 0 and 1.
pub fn quantile(alpha: f64, beta: f64, p: f64) -> Result<f64, BanditError> {
    let density = Density::new(alpha, beta)?;
    if !(p > 0.0 && p < 1.0) {
        return Err(BanditError::Probability);
    }
    Ok(Place::at(quantile_logit(&density, p)).x)
}

/// Both tails at a logit.
pub(crate) fn tails(density: &Density, y: f64) -> (f64, f64) {
    if y < density.mode_logit {
        let lower = tail(density, y, -1.0);
        (lower, 1.0 - lower)
    } else {
        let upper = tail(density, y, 1.0);
        (1.0 - upper, upper)
    }
}

/// The mass from `y` outwards, panel by panel until the density has fallen by [`CUT`].
fn tail(density: &Density, y: f64, direction: f64) -> f64 {
    let start = density.drop(y);
    let (mut from, mut mass) = (y, 0.0);
    // Each panel is a local standard deviation or a few e-foldings wide, so a tail needs a few dozen at most.
    for _ in 0..1000 {
        let place = Place::at(from);
        let width = density.step(place).min(3.0 / density.slope(place).abs());
        let half = 0.5 * width;
        let middle = from + direction * half;
        let values: [f64; N] = RULE.nodes.map(|node| density.value(middle + half * node));
        mass += RULE.integral(half, &values);
        from += direction * width;
        if density.drop(from) < start - CUT {
            break;
        }
    }
    mass.min(1.0)
}

/// Newton on the logarithm of the smaller tail, kept inside a shrinking bracket.
pub(crate) fn quantile_logit(density: &Density, p: f64) -> f64 {
    let lower = p <= 0.5;
    let wanted = if lower { p } else { 1.0 - p };
    let (mut left, mut right) = (density.low - 700.0, density.high + 700.0);
    let spread = (1.0 / density.alpha + 1.0 / density.beta).sqrt();
    let mut y = density.mode_logit + if lower { -spread } else { spread };
    for _ in 0..200 {
        let (below, above) = tails(density, y);
        let mass = if lower { below } else { above };
        // The lower tail grows with y, the upper one falls.
        if (mass > wanted) == lower {
            right = y;
        } else {
            left = y;
        }
        let slope = density.value(y) / mass;
        let step = (mass / wanted).ln() / slope;
        let mut next = if lower { y - step } else { y + step };
        if !(next > left && next < right) {
            next = 0.5 * (left + right);
        }
        let moved = (next - y).abs();
        y = next;
        if moved <= 1e-15 * y.abs().max(1e-3) {
            break;
        }
    }
    y
}
