//! Decisions: what was done about a site's variants, or is proposed, with everything that led to it.

use crate::{DecisionId, VariantId, VariantStatus};
use serde::{Deserialize, Serialize};

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionKind {
    /// A challenger won: nearly everybody is to see it.
    Promote,
    /// A challenger has hardly a chance left and is to be retired.
    Kill,
    /// A challenger does worse than the untouched page and was stopped at once.
    StopHarm,
    /// Visitors do not arrive as the weights say, so nothing is decided until its owner begins a new generation.
    Freeze,
    /// A new generation began with fresh evidence.
    Restart,
}

crate::text_enum!(DecisionKind {
    Promote = "promote",
    Kill = "kill",
    StopHarm = "stop_harm",
    Freeze = "freeze",
    Restart = "restart",
});

impl DecisionKind {
    /// The state of the variant once the decision is carried out; `None` when it is not about one.
    #[must_use]
    pub fn status_after(self) -> Option<VariantStatus> {
        match self {
            Self::Promote => Some(VariantStatus::Winner),
            Self::Kill | Self::StopHarm => Some(VariantStatus::Killed),
            Self::Freeze | Self::Restart => None,
        }
    }
}

/// What became of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionState {
    /// Waits for the owner.
    Proposed,
    /// Carried out.
    Done,
    /// The owner said no.
    Dismissed,
    /// Its conditions no longer hold.
    Withdrawn,
    /// The owner took it back.
    Undone,
}

crate::text_enum!(DecisionState {
    Proposed = "proposed",
    Done = "done",
    Dismissed = "dismissed",
    Withdrawn = "withdrawn",
    Undone = "undone",
});

/// What an owner can answer to a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionAnswer {
    /// Carry it out.
    Accept,
    /// Leave things as they are.
    Dismiss,
    /// Take it back.
    Undo,
}

crate::text_enum!(DecisionAnswer { Accept = "accept", Dismiss = "dismiss", Undo = "undo" });

impl DecisionState {
    /// The state after an owner's answer; `None` when there is nothing to answer.
    #[must_use]
    pub fn after(self, answer: DecisionAnswer) -> Option<Self> {
        match (self, answer) {
            (Self::Proposed, DecisionAnswer::Accept) => Some(Self::Done),
            (Self::Proposed, DecisionAnswer::Dismiss) => Some(Self::Dismissed),
            (Self::Done, DecisionAnswer::Undo) => Some(Self::Undone),
            _ => None,
        }
    }
}

/// One condition of the rule behind a decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleCheck {
    /// What was asked, in words and numbers.
    pub sentence: String,
    /// What was found; absent where it was not known.
    pub value: Option<f64>,
    /// What it is compared with.
    pub limit: f64,
    /// Whether the condition held.
    pub met: bool,
}

/// The numbers behind a decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum DecisionEvidence {
    /// A challenger beside the control, by visitors whose attribution window is over.
    Variant(VariantEvidence),
    /// The split of the visitors.
    Split {
        /// The anytime-valid p-value of the sample ratio check.
        p_anytime: f64,
        /// The variant that is short of visitors by most.
        variant_id: Option<VariantId>,
        /// How many visitors it is short of.
        missing: f64,
    },
    /// How many variants begin a generation.
    Generation {
        /// The control among them.
        variants: usize,
    },
}

/// A challenger beside the control, by visitors whose attribution window is over.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct VariantEvidence {
    /// Number of the weight vector in force.
    pub epoch: i64,
    /// Visitors of the challenger.
    pub visitors: u64,
    /// Those of them who converted.
    pub conversions: u64,
    /// Visitors of the control.
    pub control_visitors: u64,
    /// Those of them who converted.
    pub control_conversions: u64,
    /// Probability of being best.
    pub prob_best: f64,
    /// Median of the relative lift against the control; absent where it was not computed.
    pub lift: Option<f64>,
    /// Lower end of its 95 % credible interval.
    pub lift_lower: Option<f64>,
    /// Upper end of it.
    pub lift_upper: Option<f64>,
    /// Natural logarithm of the highest evidence of a lift.
    pub log_e_max: f64,
    /// Natural logarithm of the highest evidence of harm.
    pub harm_log_e_max: f64,
}

/// How a decision is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undo {
    /// The state that the variant had before.
    pub status: VariantStatus,
}

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Identifier.
    pub id: DecisionId,
    /// What was decided.
    pub kind: DecisionKind,
    /// About which variant.
    pub variant_id: Option<VariantId>,
    /// Why, in a sentence.
    pub sentence: String,
    /// The numbers behind it.
    pub evidence: DecisionEvidence,
    /// The conditions that were asked.
    pub rule: Vec<RuleCheck>,
    /// How it is taken back; absent when there is nothing to take back.
    pub undo: Option<Undo>,
    /// What became of it.
    pub state: DecisionState,
    /// When it was made, in seconds since 1970.
    pub created_at: i64,
    /// When it was answered or withdrawn.
    pub settled_at: Option<i64>,
}
