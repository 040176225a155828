//! How copy came about: who wrote it and at what cost, what was refused, and how much may be spent.

use crate::guard::Refusal;
use crate::slots::SlotPatch;
use serde::{Deserialize, Serialize};

/// Where a variant's texts come from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Provenance {
    /// What is expected to happen, as a sentence that the test can prove wrong.
    #[serde(default)]
    pub hypothesis: String,
    /// Name and version of the instructions that the model had; none without a model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_version: Option<String>,
    /// This variant's part of what the calls cost, in millionths of a dollar; absent when nobody says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_micros: Option<i64>,
    /// A claim that the owner must judge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Refusal>,
}

/// A draft that never became a variant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RejectedDraft {
    /// Its texts; none when it could not be read.
    pub slots: SlotPatch,
    /// The named copy strategy behind it.
    pub strategy: String,
    /// Who wrote it.
    pub author: String,
    /// The rule that fired, and why.
    pub refusal: Refusal,
    /// Seconds since 1970.
    pub created_at: i64,
}

/// How much a site's copy may cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CopySettings {
    /// Most calls of a language model a day.
    pub daily_calls: u32,
    /// Most that the calls of a day may cost, in millionths of a dollar, as far as the provider tells.
    pub daily_cost_micros: Option<i64>,
    /// Whether the playbook writes when a limit is reached; otherwise the job says so and ends.
    pub playbook_when_capped: bool,
}

impl Default for CopySettings {
    fn default() -> Self {
        Self { daily_calls: 50, daily_cost_micros: Some(1_000_000), playbook_when_capped: false }
    }
}

/// What a site's calls came to within a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Spending {
    /// Calls, failed ones included.
    pub calls: i64,
    /// What they cost, as far as it is known.
    pub cost_micros: i64,
}

impl CopySettings {
    /// Why no further call may be made today, as a sentence.
    #[must_use]
    pub fn refusal(&self, today: Spending) -> Option<String> {
        if today.calls >= i64::from(self.daily_calls) {
            return Some(format!(
                "The limit of {} calls of the language model a day is reached for this site. It begins anew at midnight UTC.",
                self.daily_calls
            ));
        }
        let most = self.daily_cost_micros.filter(|most| today.cost_micros >= *most)?;
        Some(format!(
            "The limit of {} for the language model a day is reached for this site. It begins anew at midnight UTC.",
            dollars(most)
        ))
    }
}

/// An amount as people read it.
#[must_use]
pub fn dollars(micros: i64) -> String {
    let (whole, rest) = (micros / 1_000_000, micros.rem_euclid(1_000_000));
    if rest % 10_000 == 0 { format!("${whole}.{:02}", rest / 10_000) } else { format!("${whole}.{rest:06}") }
}

/// One call of a language model, as it is accounted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelCall {
    /// The model's name.
    pub model: String,
    /// Name and version of the instructions.
    pub prompt_version: String,
    /// Tokens of the request, if the provider tells.
    pub tokens_in: Option<i64>,
    /// Tokens of the answer, if the provider tells.
    pub tokens_out: Option<i64>,
    /// In millionths of a dollar, if the provider tells.
    pub cost_micros: Option<i64>,
    /// How long it took.
    pub duration_ms: i64,
    /// `answered`, or the failure in a word.
    pub outcome: &'static str,
}
