//! What the dashboard calls things: one place for the words that people read.

pub use super::decision_words::{
    answer, decision, decision_state, gain, lift, not_counted, odds, phase, phase_explained, plan, ratio, still_needed,
    turned_away, waits_for, wears_off,
};
use crate::chart::format::{count, counted};
use domain::guard::Rule;
use domain::report::{ExtraConversions, GoalCount, HoldoutReport};
use domain::variant::VariantAction;
use domain::{AutonomyMode, Goal, GoalType, JobKind, JobState, SiteStatus, VariantStatus};

/// How a state should look: it never stands without its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to do.
    Quiet,
    /// Works as it should.
    Good,
    /// Waits for a person.
    Waiting,
    /// Went wrong.
    Bad,
}

/// A site's state.
#[must_use]
pub fn site_status(status: SiteStatus) -> (&'static str, Tone) {
    match status {
        SiteStatus::Analyzing => ("Reading the page", Tone::Quiet),
        SiteStatus::Ready => ("Ready", Tone::Waiting),
        SiteStatus::Running => ("Running", Tone::Good),
        SiteStatus::Paused => ("Paused", Tone::Quiet),
        SiteStatus::Failed => ("Page not read", Tone::Bad),
    }
}

/// A variant's state.
#[must_use]
pub fn variant_status(status: VariantStatus) -> (&'static str, Tone) {
    match status {
        VariantStatus::PendingReview => ("Waiting for approval", Tone::Waiting),
        VariantStatus::Active => ("Active", Tone::Good),
        VariantStatus::Paused => ("Paused", Tone::Quiet),
        VariantStatus::Winner => ("Winner", Tone::Good),
        VariantStatus::Killed => ("Killed", Tone::Bad),
        VariantStatus::Rejected => ("Rejected", Tone::Quiet),
    }
}

/// The text of a button.
#[must_use]
pub fn action(action: VariantAction) -> &'static str {
    match action {
        VariantAction::Approve => "Approve",
        VariantAction::Reject => "Reject",
        VariantAction::Pause => "Pause",
        VariantAction::Resume => "Resume",
        VariantAction::Kill => "Kill",
    }
}

/// What was done, after it.
#[must_use]
pub fn done(action: VariantAction) -> &'static str {
    match action {
        VariantAction::Approve => "approved",
        VariantAction::Reject => "rejected",
        VariantAction::Pause => "paused",
        VariantAction::Resume => "resumed",
        VariantAction::Kill => "killed",
    }
}

/// A job's kind, as what it is doing.
#[must_use]
pub fn job_kind(kind: JobKind) -> &'static str {
    match kind {
        JobKind::AnalyzeSite => "Reading the page",
        JobKind::GenerateVariants => "Writing variants",
        JobKind::UpdateStats => "Updating statistics",
        JobKind::TakeScreenshots => "Taking pictures",
        JobKind::MakeImage => "Making an image",
        JobKind::VerifyInstall => "Verifying the installation",
    }
}

/// A job's state.
#[must_use]
pub fn job_state(state: JobState) -> (&'static str, Tone) {
    match state {
        JobState::Queued => ("Queued", Tone::Quiet),
        JobState::Running => ("Running", Tone::Waiting),
        JobState::Done => ("Done", Tone::Good),
        JobState::Dead => ("Failed", Tone::Bad),
        JobState::Cancelled => ("Cancelled", Tone::Quiet),
    }
}

/// What a job cost, given in millionths of a dollar; nothing when it cost nothing.
#[must_use]
pub fn job_cost(micros: i64) -> Option<String> {
    match micros {
        ..=0 => None,
        1..100 => Some("Cost: less than $0.0001".to_owned()),
        _ => Some(format!("Cost: ${}.{:04}", micros / 1_000_000, micros % 1_000_000 / 100)),
    }
}

/// How often a goal was reached, and the sum of the values that came along.
#[must_use]
pub fn goal_reached(reached: Option<GoalCount>) -> String {
    let Some(reached) = reached else { return counted(0, "visitor") };
    let visitors = counted(reached.visitors, "visitor");
    match reached.value {
        Some(value) => format!("{visitors}, value {}", amount(value)),
        None => visitors,
    }
}

/// What the variants brought, in one sentence.
#[must_use]
pub fn extra(holdout: &HoldoutReport) -> String {
    let Some(ExtraConversions { estimate, lower, upper, .. }) = holdout.extra else {
        return "Nothing can be said yet.".to_owned();
    };
    let range = format!("{} to {}", whole(lower), whole(upper));
    match estimate.map(whole) {
        None => format!("The variants brought {range} conversions; more visitors make this narrower."),
        Some(estimate) => {
            format!("The variants brought about {estimate} conversions, {range} with a probability of 95\u{a0}%.")
        }
    }
}

/// A number of conversions that may be negative, with a proper minus.
#[must_use]
pub fn whole(number: f64) -> String {
    let digits = format!("{:.0}", number.abs()).parse().map_or_else(|_| format!("{:.0}", number.abs()), count);
    if number <= -0.5 { format!("\u{2212}{digits}") } else { digits }
}

/// A sum of money without its currency, which only the site knows: `1,234.50`.
fn amount(value: f64) -> String {
    let text = format!("{value:.2}");
    match text.split_once('.').map(|(whole, cents)| (whole.parse(), cents)) {
        Some((Ok(whole), cents)) => format!("{}.{cents}", count(whole)),
        // Larger than any count.
        _ => text,
    }
}

/// An autonomy mode and what it means.
#[must_use]
pub fn autonomy(mode: AutonomyMode) -> (&'static str, &'static str) {
    match mode {
        AutonomyMode::Supervised => ("Supervised", "Every variant and every promotion waits for your approval."),
        AutonomyMode::TrainingWheels => {
            ("Training wheels", "Asks for your first approvals, then acts by itself and leaves you time to object.")
        }
        AutonomyMode::FullAuto => ("Full auto", "Acts by itself and reports what it did."),
    }
}

/// What the mode that does not act yet must say.
pub const TRAINING_WHEELS_ASKS: &str = "In full auto winners are promoted and losers retired without asking, and every step can be taken back. Training wheels asks like supervised mode for now. In every mode a variant that does harm is stopped at once, and a new variant waits for your approval.";

/// A goal's type.
#[must_use]
pub fn goal_type(kind: GoalType) -> &'static str {
    match kind {
        GoalType::Url => "Address reached",
        GoalType::Click => "Click",
        GoalType::Form => "Form sent",
        GoalType::Event => "Event",
        GoalType::Revenue => "Event with an amount",
    }
}

/// What a goal counts, in one phrase.
#[must_use]
pub fn goal_detail(goal: &Goal) -> String {
    let or_any = |text: &Option<String>, any: &str| text.clone().unwrap_or_else(|| any.to_owned());
    match goal.kind {
        GoalType::Url => format!("Address contains {}", or_any(&goal.config.url_contains, "anything")),
        GoalType::Click => format!("Click on {}", or_any(&goal.config.selector, "any element")),
        GoalType::Form => format!("Form {} is sent", or_any(&goal.config.selector, "of any kind")),
        GoalType::Event | GoalType::Revenue => {
            format!("evoloop.convert(\"{}\")", or_any(&goal.config.event_name, ""))
        }
    }
}

/// Who wrote a variant; the control was written by nobody here.
#[must_use]
pub fn author(name: &str) -> String {
    if name == "playbook" { "Built-in playbook".to_owned() } else { name.to_owned() }
}

/// A rule that stopped a draft.
pub fn rule(rule: Rule) -> &'static str {
    match rule {
        Rule::Schema => "Form",
        Rule::Slot => "Locked or missing place",
        Rule::Unsafe => "Unsafe text",
        Rule::Length => "Length",
        Rule::Language => "Language",
        Rule::ForbiddenWord => "Forbidden word",
        Rule::Claim => "Claim that the page does not make",
        Rule::Duplicate => "Duplicate",
    }
}

/// A reason as a sentence of its own.
pub fn sentence(reason: &str) -> String {
    let mut letters = reason.chars();
    let first: String = letters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}
