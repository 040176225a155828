//! Variants: versions of a page under test, and the states that they pass through.

use crate::copy::Provenance;
use crate::{Patch, SiteId, VariantId};
use serde::{Deserialize, Serialize};

/// Where a variant stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VariantStatus {
    /// Waits for the owner.
    PendingReview,
    /// Gets visitors.
    Active,
    /// Is shown to nobody until it is resumed; its visitors see another variant and keep counting for it.
    Paused,
    /// Was promoted: nearly everybody sees it.
    Winner,
    /// Was retired and never returns.
    Killed,
    /// Was refused before it ever ran.
    Rejected,
}

crate::text_enum!(VariantStatus {
    PendingReview = "pending_review",
    Active = "active",
    Paused = "paused",
    Winner = "winner",
    Killed = "killed",
    Rejected = "rejected",
});

/// What an owner can do to a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VariantAction {
    /// Let a reviewed variant run.
    Approve,
    /// Refuse it.
    Reject,
    /// Show it to nobody until it is resumed.
    Pause,
    /// Send it visitors again.
    Resume,
    /// Retire it for good.
    Kill,
}

crate::text_enum!(VariantAction {
    Approve = "approve",
    Reject = "reject",
    Pause = "pause",
    Resume = "resume",
    Kill = "kill",
});

/// An action that does not fit the variant's state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImpossibleAction {
    /// The control must always be there to compare with.
    #[error("the control is the untouched page and always runs")]
    Control,
    /// The state has no such step.
    #[error("a variant that is {from} cannot be changed by `{action}`")]
    State {
        /// State before.
        from: VariantStatus,
        /// Action asked for.
        action: VariantAction,
    },
}

impl VariantStatus {
    /// The state after an action.
    ///
    /// # Errors
    /// When the state has no such step.
    pub fn after(self, action: VariantAction) -> Result<Self, ImpossibleAction> {
        use VariantAction as A;
        use VariantStatus as S;
        match (self, action) {
            (S::PendingReview, A::Approve) | (S::Paused, A::Resume) => Ok(S::Active),
            (S::PendingReview, A::Reject) => Ok(S::Rejected),
            (S::Active, A::Pause) => Ok(S::Paused),
            (S::Active | S::Paused | S::Winner, A::Kill) => Ok(S::Killed),
            (from, action) => Err(ImpossibleAction::State { from, action }),
        }
    }

    /// Whether visitors are assigned to a variant in this state.
    #[must_use]
    pub fn is_served(self) -> bool {
        matches!(self, Self::Active | Self::Winner)
    }

    /// The actions that this state offers, in the order in which a person wants them.
    #[must_use]
    pub fn actions(self) -> Vec<VariantAction> {
        VariantAction::ALL.iter().copied().filter(|action| self.after(*action).is_ok()).collect()
    }
}

/// A version of the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Variant {
    /// Its identifier.
    pub id: VariantId,
    /// The site that it belongs to.
    pub site_id: SiteId,
    /// The variant that it was bred from.
    pub parent_variant_id: Option<VariantId>,
    /// 0 for the control, 1 for the first generation.
    pub generation: i32,
    /// A short name for people, such as `Variant B`.
    pub name: String,
    /// What it changes; empty for the control.
    pub patch: Patch,
    /// Where it stands.
    pub status: VariantStatus,
    /// Whether it is the untouched page.
    pub is_control: bool,
    /// Why the copywriter thinks that it converts better.
    pub generation_reasoning: String,
    /// The named copy strategy behind it.
    pub strategy: String,
    /// Who wrote it: `playbook`, or the model's name.
    pub author: String,
    /// How it came about.
    #[serde(default)]
    pub provenance: Provenance,
}

impl Variant {
    /// The state after an owner's action.
    ///
    /// # Errors
    /// The control cannot be changed, and some states lack the step.
    pub fn status_after(&self, action: VariantAction) -> Result<VariantStatus, ImpossibleAction> {
        if self.is_control {
            return Err(ImpossibleAction::Control);
        }
        self.status.after(action)
    }
}
