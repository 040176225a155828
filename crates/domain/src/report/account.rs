//! Who looks at the dashboard.

use crate::Plan;
use serde::{Deserialize, Serialize};

/// The signed-in person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// E-mail address.
    pub email: String,
    /// Plan.
    pub plan: Plan,
}
