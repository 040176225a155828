//! What the variants brought, told by those who never saw one.

use serde::{Deserialize, Serialize};

/// Visitors who always see the untouched page, and what the others gained over them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct HoldoutReport {
    /// Their share of all visitors, 0 to 1.
    pub fraction: f64,
    /// How many they are.
    pub visitors: i64,
    /// Those of them who converted.
    pub conversions: i64,
    /// Absent before the window of the first of them is over.
    pub extra: Option<ExtraConversions>,
}

/// Conversions that would not have happened on the untouched page, from visitors whose window is over.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ExtraConversions {
    /// The estimate; absent below 20 conversions of the holdout, when only the interval says something.
    pub estimate: Option<f64>,
    /// Lower end of the 95 % credible interval.
    pub lower: f64,
    /// Its upper end.
    pub upper: f64,
    /// The probability that there were any.
    pub prob_positive: f64,
}
