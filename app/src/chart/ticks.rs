//! Where axes are marked, and with what text.

use super::calendar::{DAY_S, Moment};

/// A mark on an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// Value on the axis.
    pub value: f64,
    /// Text beside it.
    pub label: String,
}

/// The largest of 1, 2, 2.5, 5 times a power of ten that is at least `rough`.
fn nice_step(rough: f64) -> f64 {
    let magnitude = 10_f64.powf(rough.log10().floor());
    let factor = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|factor| factor * magnitude >= rough * 0.999_999);
    factor.unwrap_or(10.0) * magnitude
}

/// Round fractions from 0 to a round number that is at least `most`, about `wanted` steps, as percentages.
///
/// The last tick is the top of the axis. `most` is held between 0.1 % and 100 %.
#[must_use]
pub fn percent_ticks(most: f64, wanted: u32) -> Vec<Tick> {
    let most = if most.is_finite() { most.clamp(0.001, 1.0) } else { 1.0 };
    let step = nice_step(most / f64::from(wanted.max(1)));
    let decimals = decimals(step * 100.0);
    let mut ticks = Vec::new();
    for index in 0..=20_u32 {
        let value = f64::from(index) * step;
        ticks.push(Tick { value, label: format!("{:.decimals$}%", value * 100.0) });
        if value >= most * 0.999_999 {
            break;
        }
    }
    ticks
}

/// Decimals, 3 at most, without which two multiples of the step could read the same.
fn decimals(step: f64) -> usize {
    let mut shifted = step;
    for decimals in 0..3 {
        if (shifted - shifted.round()).abs() < 1e-6 {
            return decimals;
        }
        shifted *= 10.0;
    }
    3
}

/// Steps of time axes, in seconds, from a second to a quarter.
const TIME_STEPS: [i64; 17] = [
    1,
    5,
    15,
    30,
    60,
    300,
    900,
    1_800,
    3_600,
    10_800,
    21_600,
    43_200,
    DAY_S,
    2 * DAY_S,
    7 * DAY_S,
    30 * DAY_S,
    91 * DAY_S,
];

/// Round moments between two times (seconds since 1970), at most `most` of them.
#[must_use]
pub fn time_ticks(from: i64, to: i64, most: u32) -> Vec<Tick> {
    let most = i64::from(most.max(1));
    let extent = to.saturating_sub(from).max(0);
    let widest = (extent / most).max(91 * DAY_S);
    let step = TIME_STEPS.into_iter().find(|step| extent / step < most).unwrap_or(widest);
    let first = from.div_euclid(step) * step;
    (0..=most)
        .map(|index| first + index * step)
        .filter(|at| (from..=to).contains(at))
        .map(|at| Tick { value: at as f64, label: time_label(at, step) })
        .collect()
}

fn time_label(at: i64, step: i64) -> String {
    let moment = Moment::new(at);
    if step < 60 {
        moment.second_text()
    } else if step < DAY_S && at.rem_euclid(DAY_S) != 0 {
        moment.hour_text()
    } else {
        moment.day_text()
    }
}
