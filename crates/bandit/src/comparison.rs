//! Two conversion rates compared under independent posteriors (SPEC 5.2): the distribution of
//! `variant / control - 1` and of `variant - control`, by the quadrature of [`crate::best`].
//!
//! `P(variant <= m(control)) = integral of f_control(x) F_variant(m(x))`, where `m(x) = (1 + r) x`
//! for the ratio and `m(x) = x + d` for the difference. Within a panel of the control's logit
//! `F_variant(m(x))` is the cumulative integral of its derivative, so that no incomplete beta
//! function is needed but at the first panel's left end.

use crate::density::{Density, Place};
use crate::distribution::tails;
use crate::gauss::{N, RULE};

/// How the variant's rate is measured against the control's rate `x`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Measure {
    /// `m = exp(c) x`; the coordinate is the logarithm of the ratio.
    Ratio,
    /// `m = x + d`; the coordinate is the difference.
    Difference,
}

/// A distribution that is asked for its value and its quantiles.
pub(crate) struct Comparison<'a> {
    pub(crate) control: &'a Density,
    pub(crate) variant: &'a Density,
    pub(crate) measure: Measure,
}

/// Distribution function, its complement and its derivative at one coordinate.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Value {
    below: f64,
    above: f64,
    density: f64,
}

impl Comparison<'_> {
    /// The probability that the measure lies above the coordinate.
    pub(crate) fn above(&self, coordinate: f64) -> f64 {
        self.at(coordinate).above
    }

    /// The coordinate below which the fraction `p` lies, by Newton's method on the logarithm of the
    /// smaller tail inside a shrinking bracket.
    pub(crate) fn quantile(&self, p: f64, start: f64) -> f64 {
        let (mut left, mut right) = match self.measure {
            Measure::Ratio => (-800.0, 800.0),
            Measure::Difference => (-1.0, 1.0),
        };
        let mut at = start.clamp(left, right);
        for _ in 0..300 {
            let value = self.at(at);
            if value.below > p {
                right = at;
            } else {
                left = at;
            }
            let step = if p <= 0.5 {
                value.below * (value.below / p).ln() / value.density
            } else {
                value.above * ((1.0 - p) / value.above).ln() / value.density
            };
            let mut next = at - step;
            if !(next > left && next < right) {
                next = f64::midpoint(left, right);
            }
            let moved = (next - at).abs();
            at = next;
            if moved <= 1e-13 * at.abs().max(1e-3) {
                break;
            }
        }
        at
    }

    fn at(&self, coordinate: f64) -> Value {
        let curve = Curve::new(self, coordinate);
        let (from, to) = curve.range();
        // Left of the range the variant is certainly larger, right of it certainly smaller.
        let mut value =
            Value { below: tails(self.control, to.max(from)).1, above: tails(self.control, from).0, density: 0.0 };
        if from >= to {
            value.above = 1.0 - value.below;
            return value;
        }
        let mut variant_below = curve.variant_below(from);
        let (mut y, mut before) = (from, SHORTEST / 2.0);
        while y < to {
            let end = y + curve.width(y, to, before);
            before = end - y;
            let half = 0.5 * before;
            variant_below = curve.panel(y + half, half, variant_below, &mut value);
            y = end;
        }
        // Rounding can lead a little beyond.
        Value { below: value.below.min(1.0), above: value.above.min(1.0), ..value }
    }
}

/// The shortest panel, as the width of a logit.
const SHORTEST: f64 = 1e-11;

/// `m(x)` for one coordinate, on the control's logit.
struct Curve<'a> {
    control: &'a Density,
    variant: &'a Density,
    measure: Measure,
    /// `1 + r`, and `r` or `d`.
    factor: f64,
    shift: f64,
}

impl<'a> Curve<'a> {
    fn new(comparison: &Comparison<'a>, coordinate: f64) -> Self {
        let (factor, shift) = match comparison.measure {
            Measure::Ratio => (coordinate.exp(), coordinate.exp_m1()),
            Measure::Difference => (1.0, coordinate),
        };
        Self { control: comparison.control, variant: comparison.variant, measure: comparison.measure, factor, shift }
    }

    /// The place of `m(x)`; both numbers are positive inside of the [`range`](Self::range).
    fn image(&self, place: Place) -> Place {
        match self.measure {
            Measure::Ratio => Place { x: self.factor * place.x, anti_x: place.anti_x - self.shift * place.x },
            Measure::Difference => Place { x: place.x + self.shift, anti_x: place.anti_x - self.shift },
        }
    }

    /// The control's logit at which `m(x)` reaches a place; infinite when it never does.
    fn reaches(&self, place: Place) -> f64 {
        let (x, anti_x) = match self.measure {
            Measure::Ratio => (place.x / self.factor, (place.anti_x + self.shift) / self.factor),
            Measure::Difference => (place.x - self.shift, place.anti_x + self.shift),
        };
        if x <= 0.0 {
            f64::NEG_INFINITY
        } else if anti_x <= 0.0 {
            f64::INFINITY
        } else {
            x.ln() - anti_x.ln()
        }
    }

    /// Where both densities matter: inside of the control's support and of the variant's.
    fn range(&self) -> (f64, f64) {
        let from = self.reaches(Place::at(self.variant.low)).clamp(self.control.low, self.control.high);
        let to = self.reaches(Place::at(self.variant.high)).clamp(self.control.low, self.control.high);
        (from, to)
    }

    fn variant_below(&self, y: f64) -> f64 {
        let image = self.image(Place::at(y));
        // Rounding can lead an image that should lie just inside of 0 to 1 outside, where it has no logit.
        if image.x <= 0.0 {
            return 0.0;
        }
        if image.anti_x <= 0.0 {
            return 1.0;
        }
        let logit = image.logit();
        if logit <= self.variant.low { 0.0 } else { tails(self.variant, logit.min(self.variant.high)).0 }
    }

    /// Derivative of the variant's logit by the control's.
    fn speed(&self, place: Place, image: Place) -> f64 {
        match self.measure {
            Measure::Ratio => place.anti_x / image.anti_x,
            Measure::Difference => place.x * place.anti_x / (image.x * image.anti_x),
        }
    }

    /// How wide the panel from a logit is, given the one before. Its far end may be much narrower, at an edge
    /// of the variant's support or where another peak is: then it is halved until both ends agree, so
    /// that edges are approached in a few dozen steps. Where rounding leads the image outside of 0 to 1, widths
    /// begin with the shortest and double.
    fn width(&self, y: f64, to: f64, before: f64) -> f64 {
        let rest = to - y;
        let own = self.step(y);
        let mut width = own.unwrap_or(2.0 * before).min(rest);
        let is_narrower = |width: f64| self.step(y + width).map_or(own.is_some(), |far| 1.5 * far < width);
        while width > SHORTEST && is_narrower(width) {
            width *= 0.5;
        }
        // Far from 0 a logit is not exact to the shortest width.
        let least = SHORTEST.max(4.0 * f64::EPSILON * y.abs());
        if width > least { width } else { least.min(rest) }
    }

    /// A panel width at a logit; `None` where the image lies outside of 0 to 1.
    fn step(&self, y: f64) -> Option<f64> {
        let place = Place::at(y);
        let image = self.image(place);
        if image.x <= 0.0 || image.anti_x <= 0.0 {
            return None;
        }
        Some(self.control.step(place).min(0.6 * self.variant.step(image) / self.speed(place, image)))
    }

    /// Adds a panel; gives the variant's distribution function at its right end.
    fn panel(&self, middle: f64, half: f64, below_at_left: f64, value: &mut Value) -> f64 {
        let mut control = [0.0; N];
        let mut slope = [0.0; N];
        let mut density = [0.0; N];
        for (k, node) in RULE.nodes.iter().enumerate() {
            let y = middle + half * node;
            let place = Place::at(y);
            let image = self.image(place);
            control[k] = self.control.value(y);
            if image.x > 0.0 && image.anti_x > 0.0 {
                let variant = self.variant.value(image.logit());
                slope[k] = variant * self.speed(place, image);
                density[k] = variant
                    / match self.measure {
                        Measure::Ratio => image.anti_x,
                        Measure::Difference => image.x * image.anti_x,
                    };
            }
        }
        for k in 0..N {
            let below = (below_at_left + RULE.partial(k, half, &slope)).clamp(0.0, 1.0);
            let weight = half * RULE.weights[k] * control[k];
            value.below += weight * below;
            value.above += weight * (1.0 - below);
            value.density += weight * density[k];
        }
        below_at_left + RULE.integral(half, &slope)
    }
}
