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
    /// Take pictures of the page and its variants.
    TakeScreenshots,
    /// Have a picture made for the place of the hero image.
    MakeImage,
    /// Look whether the snippet is installed well.
    VerifyInstall,
}

crate::text_enum!(JobKind {
    AnalyzeSite = "analyze_site",
    GenerateVariants = "generate_variants",
    UpdateStats = "update_stats",
    TakeScreenshots = "take_screenshots",
    MakeImage = "make_image",
    VerifyInstall = "verify_install",
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
    /// Stopped by its owner.
    Cancelled,
}

impl JobState {
    /// Whether a worker has it, or will have it.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Running)
    }

    /// Whether its owner may have it done once more.
    #[must_use]
    pub fn may_be_retried(self) -> bool {
        matches!(self, Self::Dead | Self::Cancelled)
    }
}

crate::text_enum!(JobState {
    Queued = "queued",
    Running = "running",
    Done = "done",
    Dead = "dead",
    Cancelled = "cancelled",
});

/// One visible step of a job.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct JobStep {
    /// What is or was done, as a sentence for the owner.
    pub label: String,
    /// Progress of the whole job when this step began, 0 to 100.
    pub percent: u8,
}

/// One line of a job's log.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct JobLine {
    /// When, in seconds since 1970.
    pub at: i64,
    /// What happened, for the owner.
    pub text: String,
}

/// Most steps that a job shows.
pub const MOST_STEPS: usize = 40;
/// Most lines that a job's log holds; of more, the newest.
pub const MOST_LINES: usize = 60;
/// Most characters of a step or line.
pub const MOST_CHARACTERS: usize = 240;

/// What a job tells while it works, bounded however much it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobProgress {
    /// Steps so far, the present one last.
    pub steps: Vec<JobStep>,
    /// Lines so far, the newest last.
    pub log: Vec<JobLine>,
}

impl JobProgress {
    /// Begins a step. Steps of an earlier try that come no earlier than this one are done again, so they go; those
    /// before it stay done.
    pub fn begin(&mut self, percent: u8, label: &str) {
        self.steps.retain(|step| step.percent < percent);
        let excess = (self.steps.len() + 1).saturating_sub(MOST_STEPS);
        self.steps.drain(..excess);
        self.steps.push(JobStep { label: clipped(label), percent: percent.min(100) });
    }

    /// Writes a line.
    pub fn write(&mut self, at: i64, text: &str) {
        let excess = (self.log.len() + 1).saturating_sub(MOST_LINES);
        self.log.drain(..excess);
        self.log.push(JobLine { at, text: clipped(text) });
    }

    /// How far the whole is, 0 to 100.
    #[must_use]
    pub fn percent(&self) -> u8 {
        self.steps.last().map_or(0, |step| step.percent)
    }
}

fn clipped(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARACTERS - 1) {
        Some((end, _)) if text.chars().count() > MOST_CHARACTERS => format!("{}\u{2026}", &text[..end]),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_job_tells_is_bounded() {
        let mut progress = JobProgress::default();
        for number in 0..1_000 {
            progress.write(number, &"ü".repeat(1_000));
        }
        assert_eq!((progress.log.len(), progress.log[0].at), (MOST_LINES, 940), "the newest stay");
        assert!(progress.log.iter().all(|line| line.text.chars().count() == MOST_CHARACTERS));
        let whole = "ü".repeat(MOST_CHARACTERS);
        progress.write(0, &whole);
        assert_eq!(progress.log.last().map(|line| line.text.as_str()), Some(whole.as_str()));
        for percent in 0..=255 {
            progress.begin(percent, "step");
        }
        assert_eq!((progress.steps.len(), progress.percent()), (MOST_STEPS, 100));
    }

    #[test]
    fn steps_that_are_done_stay_and_those_done_again_do_not() {
        let mut progress = JobProgress::default();
        for (percent, label) in [(10, "fetch"), (40, "read"), (80, "store"), (80, "store"), (40, "read")] {
            progress.begin(percent, label);
        }
        let labels: Vec<&str> = progress.steps.iter().map(|step| step.label.as_str()).collect();
        assert_eq!((labels, progress.percent()), (vec!["fetch", "read"], 40));
    }
}
