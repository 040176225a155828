//! What visits of a variant were like, by what their pages told.

use crate::VariantId;
use crate::guardrail::{Histograms, Metric};
use serde::{Deserialize, Serialize};

/// The visits of one variant in the last 28 days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VariantHealth {
    /// Variant.
    pub variant_id: VariantId,
    /// Its name.
    pub name: String,
    /// Whether it is the untouched page.
    pub is_control: bool,
    /// How many visits told of themselves.
    pub samples: u64,
    /// Largest contentful paint in milliseconds that three of four visits do not exceed.
    pub lcp_p75: Option<f64>,
    /// Cumulative layout shift, likewise.
    pub cls_p75: Option<f64>,
    /// Interaction to next paint in milliseconds, likewise.
    pub inp_p75: Option<f64>,
    /// Visits with an error of a script among those that counted errors, 0 to 1.
    pub error_share: Option<f64>,
    /// Visits in which the snippet gave up.
    pub gave_up: u64,
}

impl VariantHealth {
    /// What the histograms of a variant say.
    #[must_use]
    pub fn new(variant_id: VariantId, name: String, is_control: bool, told: &Histograms) -> Self {
        let counted = told.samples(Metric::Errors);
        Self {
            variant_id,
            name,
            is_control,
            samples: told.samples(Metric::Visits),
            lcp_p75: told.p75(Metric::Lcp),
            cls_p75: told.p75(Metric::Cls),
            inp_p75: told.p75(Metric::Inp),
            error_share: (counted > 0).then(|| real(told.samples_above_zero(Metric::Errors)) / real(counted)),
            gave_up: told.samples_above_zero(Metric::GaveUp),
        }
    }
}

fn real(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
