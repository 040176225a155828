//! Generations: variants that are tested against the control and each other at the same time.

use serde::{Deserialize, Serialize};

/// Where a generation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Even split until every variant is known a little.
    #[default]
    BurnIn,
    /// Traffic follows the probability of being best.
    Bandit,
    /// One challenger and the control share the traffic, because evidence grows fastest so.
    Confirm,
    /// A challenger was promoted.
    Decided,
    /// Visitors do not arrive as the weights say, so nothing is decided.
    Frozen,
}

crate::text_enum!(Phase {
    BurnIn = "burn_in",
    Bandit = "bandit",
    Confirm = "confirm",
    Decided = "decided",
    Frozen = "frozen",
});
