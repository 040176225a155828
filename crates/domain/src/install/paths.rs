//! Further names of the paths that customers' pages ask.
//!
//! Lists of content blockers name well-known paths; an operator may give these others. The standard names stay.

use serde::{Deserialize, Serialize};

/// Further names, each an absolute path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicPaths {
    /// Of `/evoloop.js`.
    pub script: Option<String>,
    /// Of `/v1/assign`.
    pub assign: Option<String>,
    /// Of `/v1/event`.
    pub event: Option<String>,
    /// Of `/v1/forget`.
    pub forget: Option<String>,
}
