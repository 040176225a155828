//! The Beta density of the logit `y = ln(x / (1 - x))`, without cancellation (SPEC 3.2, steps 1 to 3).
//!
//! `g(y) = x^alpha (1-x)^beta / B(alpha, beta)` is log-concave and smooth for all parameters.
//! Around its mode it is written with Loader's deviance terms (Loader, Fast and accurate
//! computation of binomial probabilities, 2000), which keep full precision at 1e8.

use crate::BanditError;
use std::f64::consts::PI;

/// The log density below its peak at which a tail is cut: less than 1e-18 of the mass lies beyond.
pub(crate) const CUT: f64 = 42.0;
/// Smallest and largest parameter that are accepted. Below, the tails of the logit are so long that sweeping
/// them would take for ever; the statistics are specified for 0.5 and more.
const SMALLEST: f64 = 0.05;
const LARGEST: f64 = 1e10;

/// Whether a Beta distribution with this parameter is accepted.
pub(crate) fn is_parameter(number: f64) -> bool {
    (SMALLEST..=LARGEST).contains(&number)
}

/// A Beta distribution with what its density needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Density {
    pub(crate) alpha: f64,
    pub(crate) beta: f64,
    pub(crate) sum: f64,
    /// Mode of `g`, `alpha / sum`, and its complement.
    mode: f64,
    anti_mode: f64,
    pub(crate) mode_logit: f64,
    log_peak: f64,
    /// Ends of the support in `y`.
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// A place on the logit axis.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// The rate.
    pub(crate) x: f64,
    /// Its complement, accurate where the rate is near 1.
    pub(crate) anti_x: f64,
}

impl Place {
    pub(crate) fn at(y: f64) -> Self {
        if y >= 0.0 {
            let e = (-y).exp();
            Self { x: 1.0 / (1.0 + e), anti_x: e / (1.0 + e) }
        } else {
            let e = y.exp();
            Self { x: e / (1.0 + e), anti_x: 1.0 / (1.0 + e) }
        }
    }

    /// The inverse of [`at`](Self::at).
    pub(crate) fn logit(self) -> f64 {
        self.x.ln() - self.anti_x.ln()
    }
}

impl Density {
    pub(crate) fn new(alpha: f64, beta: f64) -> Result<Self, BanditError> {
        if !is_parameter(alpha) || !is_parameter(beta) {
            return Err(BanditError::Parameters);
        }
        let sum = alpha + beta;
        let log_peak = 0.5 * (alpha * beta / (2.0 * PI * sum)).ln() + stirling(sum) - stirling(alpha) - stirling(beta);
        let mut density = Self {
            alpha,
            beta,
            sum,
            mode: alpha / sum,
            anti_mode: beta / sum,
            mode_logit: (alpha / beta).ln(),
            log_peak,
            low: 0.0,
            high: 0.0,
        };
        density.low = density.end(-1.0);
        density.high = density.end(1.0);
        Ok(density)
    }

    /// How far the log density lies below its peak, at most 0.
    pub(crate) fn drop(&self, y: f64) -> f64 {
        let t = y - self.mode_logit;
        if t.abs() > 30.0 {
            return self.far_drop(t);
        }
        let rise = t.exp_m1();
        // One exponential gives both, unless 1 + rise would cancel.
        let fall = if t > -0.7 { -rise / (1.0 + rise) } else { (-t).exp_m1() };
        self.alpha * shrunk(self.anti_mode * fall) + self.beta * shrunk(self.mode * rise)
    }

    /// [`drop`](Self::drop) where the exponentials would overflow.
    fn far_drop(&self, t: f64) -> f64 {
        let (a, b) = if t > 0.0 {
            let a = -(self.anti_mode * (-t).exp_m1()).ln_1p();
            (a, a - t)
        } else {
            let b = -(self.mode * t.exp_m1()).ln_1p();
            (b + t, b)
        };
        self.alpha * (a - a.exp_m1()) + self.beta * (b - b.exp_m1())
    }

    pub(crate) fn value(&self, y: f64) -> f64 {
        (self.log_peak + self.drop(y)).exp()
    }

    /// Derivative of the log density.
    pub(crate) fn slope(&self, place: Place) -> f64 {
        self.alpha * place.anti_x - self.beta * place.x
    }

    /// A panel width that 16 nodes integrate exactly enough (SPEC 3.2, step 5).
    pub(crate) fn step(&self, place: Place) -> f64 {
        (1.5 / (self.sum * place.x * place.anti_x).sqrt()).min(1.0)
    }

    /// Where the density has fallen by [`CUT`] on one side, by doubling and bisection.
    fn end(&self, direction: f64) -> f64 {
        let mut reach = 1.0;
        while self.drop(self.mode_logit + direction * reach) > -CUT {
            reach *= 2.0;
        }
        let (mut inside, mut outside) = (0.0, reach);
        // An end is a place to stop, not a result: a few digits do.
        for _ in 0..10 {
            let middle = 0.5 * (inside + outside);
            if self.drop(self.mode_logit + direction * middle) > -CUT { inside = middle } else { outside = middle }
        }
        self.mode_logit + direction * outside
    }
}

/// 1/2! to 1/13!.
const INVERSE_FACTORIALS: [f64; 12] = {
    let mut inverse = [0.5; 12];
    let mut index = 1;
    let mut order = 3.0;
    while index < inverse.len() {
        inverse[index] = inverse[index - 1] / order;
        index += 1;
        order += 1.0;
    }
    inverse
};

/// `z - expm1(z)`, at most 0, for `z = -ln1p(u)`; then `expm1(z) = -u / (1 + u)`. Near 0, where the
/// difference would cancel, by its series, even and odd terms apart.
fn shrunk(u: f64) -> f64 {
    let z = -u.ln_1p();
    if z.abs() >= 0.25 {
        return z + u / (1.0 + u);
    }
    let square = z * z;
    let chain = |first: usize| {
        INVERSE_FACTORIALS.iter().skip(first).step_by(2).rev().fold(0.0, |sum, term| sum * square + term)
    };
    -square * (chain(0) + z * chain(1))
}

/// The error of Stirling's formula, `ln Gamma(z) - (z - 1/2) ln z + z - ln(2 pi) / 2`.
pub(crate) fn stirling(z: f64) -> f64 {
    if z >= 16.0 {
        let r = 1.0 / (z * z);
        return (1.0 / 12.0 - r * (1.0 / 360.0 - r * (1.0 / 1260.0 - r * (1.0 / 1680.0 - r / 1188.0)))) / z;
    }
    libm::lgamma(z) - (z - 0.5) * z.ln() + z - 0.5 * (2.0 * PI).ln()
}
