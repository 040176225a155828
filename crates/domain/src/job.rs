//! Background work: kinds, states and visible progress.

use serde::{Deserialize, Serialize};

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Read the page.
    AnalyzeSite,
    /// Have variants written.
    GenerateVariants,
    /// Refresh posteriors and publish weights.
    UpdateStats,
}

crate::text_enum!(JobKind {
    AnalyzeSite = "analyze_site",
    GenerateVariants = "generate_variants",
    UpdateStats = "update_stats",
});

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waits for its time.
    Queued,
    /// A worker holds its lease.
    Running,
    /// Finished.
    Done,
    /// Gave up; the reason is in `last_error`.
    Dead,
}

crate::text_enum!(JobState {
    Queued = "queued",
    Running = "running",
    Done = "done",
    Dead = "dead",
});

/// One visible step of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobStep {
    /// What is or was done, as a sentence for the owner.
    pub label: String,
    /// Progress of the whole job when this step began, 0 to 100.
    pub percent: u8,
}
