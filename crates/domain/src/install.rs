//! Whether the snippet is installed well: what a visit to the page showed, what is wrong, and what to do about it.
//!
//! Pure: a visit becomes an [`Evidence`], and [`judge`] says what it means.

mod evidence;
mod finding;
mod judge;
mod options;
mod paths;
mod policy;
mod tag;

pub use evidence::{Evidence, GoalSeen, Hindrance, LostSlot, PageScripts, PageVisit, ScriptAnswer};
pub use finding::{Finding, LateCause, Severity};
pub use judge::judge;
pub use options::SnippetOptions;
pub use paths::PublicPaths;
pub use policy::{Obstacle, PolicyQuestion, obstacles};
pub use tag::{Alteration, Place, SnippetTag};

use serde::{Deserialize, Serialize};

/// Path of the snippet on every installation.
pub const SCRIPT_PATH: &str = "/evoloop.js";
/// Path where the snippet asks for a variant, unless the script element names another.
pub const ASSIGN_PATH: &str = "/v1/assign";
/// Path where the snippet reports, unless the script element names another.
pub const EVENT_PATH: &str = "/v1/event";

/// What the last verification found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstallReport {
    /// When the page was visited, in seconds since 1970.
    pub checked_at: i64,
    /// The address that answered, after redirects.
    pub address: String,
    /// Whether a browser ran the page's scripts too.
    pub in_browser: bool,
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
}

impl InstallReport {
    /// Whether visitors see variants and are counted, as far as a visit can tell.
    #[must_use]
    pub fn works(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity() != Severity::Fails)
    }
}
