//! What visits were like: samples as pages send them, and histograms of them.
//!
//! A histogram has fixed buckets, so that the counts of any days and servers add up: whole units up to sixteen,
//! and from there on sixteen buckets to each doubling. A quantile is the middle of the bucket that holds the
//! sample of its rank, so it is off by at most one part in 32 of that sample, or by half a unit where that is more
//! ([`Metric::units`]: half a millisecond, or 0.00005 of layout shift). Shares and numbers of visits are exact.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Buckets to a doubling.
const PARTS: u32 = 16;
/// The last bucket; it holds the largest count that a sample may have.
const LAST: u32 = 270;
/// Largest count of errors or of patches applied anew.
const MOST: f64 = 1e6;
/// Longest time, in milliseconds: ten minutes.
const LONGEST_MS: f64 = 600_000.0;
/// Largest layout shift.
const MOST_SHIFT: f64 = 100.0;
/// Days, today among them, whose samples tell how a page is doing.
pub const DAYS: i64 = 28;

/// What is measured of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// That there was a sample at all.
    Visits,
    /// Errors of the page's scripts.
    Errors,
    /// Largest contentful paint, in milliseconds.
    Lcp,
    /// Interaction to next paint, in milliseconds.
    Inp,
    /// Cumulative layout shift.
    Cls,
    /// Whether the snippet gave up and showed the untouched page.
    GaveUp,
    /// How often the page took a change back and got it again.
    Reapplied,
}

crate::text_enum!(Metric {
    Visits = "visits",
    Errors = "errors",
    Lcp = "lcp",
    Inp = "inp",
    Cls = "cls",
    GaveUp = "gave_up",
    Reapplied = "reapplied",
});

impl Metric {
    /// How many units of the buckets one of its own is.
    #[must_use]
    pub fn units(self) -> f64 {
        if self == Self::Cls { 1e4 } else { 1.0 }
    }

    /// The bucket of a value.
    #[must_use]
    pub fn bucket(self, value: f64) -> u32 {
        let (mut from, mut to) = (0, LAST);
        while from < to {
            let middle = (from + to).div_ceil(2);
            // Divided, not multiplied: so a decimal number that is a bucket's least is found in it.
            if f64::from(least(middle)) / self.units() <= value {
                from = middle;
            } else {
                to = middle - 1;
            }
        }
        from
    }
}

/// One visit: the bucket of each metric that it tells of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sample {
    /// Metrics with their buckets.
    pub buckets: Vec<(Metric, u32)>,
}

/// The first value of a sample that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` must be {wanted}.")]
pub struct UnfitSample {
    /// The field.
    pub field: &'static str,
    /// What it should be.
    pub wanted: &'static str,
}

impl Sample {
    /// Reads the metadata of an event: `{errors, lcp, cls, inp, gave_up, reapplied}`, all of which may be absent.
    ///
    /// # Errors
    /// When one of them is there and is not what it should be.
    pub fn read(metadata: Option<&Value>) -> Result<Self, UnfitSample> {
        let mut buckets = vec![(Metric::Visits, 0)];
        let value = |name: &str| metadata.and_then(|fields| fields.get(name)).filter(|value| !value.is_null());
        for (metric, field, most, wanted) in NUMBERS {
            let Some(value) = value(metric.as_str()) else { continue };
            let is_count = matches!(metric, Metric::Errors | Metric::Reapplied);
            let fits = |number: &f64| (0.0..=most).contains(number) && (!is_count || number.fract() == 0.0);
            let number = value.as_f64().filter(fits).ok_or(UnfitSample { field, wanted })?;
            buckets.push((metric, metric.bucket(number)));
        }
        if let Some(value) = value(Metric::GaveUp.as_str()) {
            let wanted = UnfitSample { field: "metadata.gave_up", wanted: "true or false" };
            buckets.push((Metric::GaveUp, u32::from(value.as_bool().ok_or(wanted)?)));
        }
        Ok(Self { buckets })
    }
}

/// The numbers of a sample, with the largest of each.
const NUMBERS: [(Metric, &str, f64, &str); 5] = [
    (Metric::Errors, "metadata.errors", MOST, "a whole number from 0 to 1000000"),
    (Metric::Lcp, "metadata.lcp", LONGEST_MS, "a number of milliseconds from 0 to 600000"),
    (Metric::Cls, "metadata.cls", MOST_SHIFT, "a number from 0 to 100"),
    (Metric::Inp, "metadata.inp", LONGEST_MS, "a number of milliseconds from 0 to 600000"),
    (Metric::Reapplied, "metadata.reapplied", MOST, "a whole number from 0 to 1000000"),
];

/// The least value of a bucket, in units.
#[must_use]
pub fn least(bucket: u32) -> u32 {
    let bucket = bucket.min(LAST + 1);
    if bucket < PARTS { bucket } else { (PARTS + bucket % PARTS) << (bucket / PARTS - 1) }
}

/// How many samples there are in each bucket of each metric.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Histograms(BTreeMap<Metric, BTreeMap<u32, u64>>);

impl Histograms {
    /// Adds samples of a bucket.
    pub fn add(&mut self, metric: Metric, bucket: u32, samples: u64) {
        *self.0.entry(metric).or_default().entry(bucket).or_default() += samples;
    }

    /// How many samples tell of a metric.
    #[must_use]
    pub fn samples(&self, metric: Metric) -> u64 {
        self.of(metric).map(|(_, samples)| samples).sum()
    }

    /// How many of them tell of more than none.
    #[must_use]
    pub fn samples_above_zero(&self, metric: Metric) -> u64 {
        self.of(metric).filter(|(bucket, _)| *bucket > 0).map(|(_, samples)| samples).sum()
    }

    /// The value that three of four samples do not exceed, of the nearest rank; `None` without samples.
    #[must_use]
    pub fn p75(&self, metric: Metric) -> Option<f64> {
        let rank = (self.samples(metric) * 3).div_ceil(4);
        let mut before = 0;
        for (bucket, samples) in self.of(metric) {
            before += samples;
            if samples > 0 && before >= rank {
                let middle = f64::from(least(bucket)).midpoint(f64::from(least(bucket + 1)));
                return Some(middle / metric.units());
            }
        }
        None
    }

    fn of(&self, metric: Metric) -> impl Iterator<Item = (u32, u64)> {
        self.0.get(&metric).into_iter().flatten().map(|(bucket, samples)| (*bucket, *samples))
    }
}
