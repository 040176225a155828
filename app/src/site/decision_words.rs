//! What the dashboard calls phases, decisions and lifts.

use super::words::Tone;
use crate::chart::calendar::Moment;
use crate::chart::format::{count, percent};
use domain::decision::DecisionAnswer;
use domain::event::Dropped;
use domain::report::{ChallengerReport, GenerationReport, NetGain, TestPlan};
use domain::{DecisionKind, DecisionState, NotCounted, Phase};

/// A generation's phase.
#[must_use]
pub fn phase(phase: Phase) -> (&'static str, Tone) {
    match phase {
        Phase::BurnIn => ("Burn-in", Tone::Quiet),
        Phase::Bandit => ("Learning", Tone::Good),
        Phase::Confirm => ("Confirming", Tone::Waiting),
        Phase::Decided => ("Decided", Tone::Good),
        Phase::Frozen => ("Frozen", Tone::Bad),
    }
}

/// What the phase means, with its numbers; `name` is the challenger that it is about.
#[must_use]
pub fn phase_explained(report: &GenerationReport, name: &str) -> String {
    match report.phase {
        Phase::BurnIn => format!(
            "Traffic is split evenly until every variant has {} visitors and {}. The least known one has {} visitors and {}.",
            number(report.burn_in_visitors),
            days(report.burn_in_h),
            number(report.fewest_visitors),
            days(report.youngest_h),
        ),
        Phase::Bandit => "Traffic follows the probability of being best, judged by visitors who had time to convert; every variant keeps a little, so that a late bloomer is found.".to_owned(),
        Phase::Confirm => format!("{name} looks best, so it and the control share the traffic until the evidence is there or it falls behind: evidence grows fastest so."),
        Phase::Decided => format!("{name} won and nearly everybody sees it. The control keeps a few visitors, so that the lift stays measured. The next variant that you approve begins a new generation: traffic is then split evenly again for at least three days."),
        Phase::Frozen => "Traffic is split evenly and nothing is promoted or killed. Find out why visitors of one variant get lost, then begin a new generation.".to_owned(),
    }
}

/// A decision's heading.
#[must_use]
pub fn decision(kind: DecisionKind, name: Option<&str>) -> String {
    let name = name.unwrap_or("a variant");
    match kind {
        DecisionKind::Promote => format!("Promote {name}"),
        DecisionKind::Kill => format!("Kill {name}"),
        DecisionKind::StopHarm => format!("Stop {name}: it does harm"),
        DecisionKind::Freeze => "Freeze: the split is wrong".to_owned(),
        DecisionKind::Restart => "New generation".to_owned(),
    }
}

/// What became of a decision.
#[must_use]
pub fn decision_state(state: DecisionState) -> (&'static str, Tone) {
    match state {
        DecisionState::Proposed => ("Proposed", Tone::Waiting),
        DecisionState::Done => ("Done", Tone::Good),
        DecisionState::Dismissed => ("Dismissed", Tone::Quiet),
        DecisionState::Withdrawn => ("No longer proposed", Tone::Quiet),
        DecisionState::Undone => ("Taken back", Tone::Quiet),
    }
}

/// The text of a button.
#[must_use]
pub fn answer(answer: DecisionAnswer) -> &'static str {
    match answer {
        DecisionAnswer::Accept => "Accept",
        DecisionAnswer::Dismiss => "Dismiss",
        DecisionAnswer::Undo => "Take back",
    }
}

/// A relative lift with its sign: `+12 %`.
#[must_use]
pub fn lift(fraction: f64) -> String {
    let sign = if fraction < 0.0 { "\u{2212}" } else { "+" };
    format!("{sign}{}", percent(fraction.abs(), if fraction.abs() < 0.0995 { 1 } else { 0 }))
}

/// Evidence as odds. Nobody counts beyond a million.
#[must_use]
pub fn odds(log_e: f64) -> String {
    let value = log_e.clamp(0.0, 700.0).exp();
    if value > 1e6 { "> 1,000,000 to 1".to_owned() } else { format!("{} to 1", super::words::whole(value)) }
}

/// A lift that was larger in the first week than after it.
#[must_use]
pub fn wears_off(early: f64, late: f64) -> String {
    format!("wears off: {} in the first week, {} since", lift(early), lift(late))
}

/// Why an event was stored and not counted.
#[must_use]
pub fn not_counted(reason: NotCounted) -> &'static str {
    match reason {
        NotCounted::Unverified => "without a valid token",
        NotCounted::Bot => "an automated browser",
        NotCounted::Owner => "your own visit",
        NotCounted::Preview => "a preview",
        NotCounted::NoExposure => "a conversion before any counted exposure",
        NotCounted::Late => "a conversion after its window",
        NotCounted::Missed => "the page could not show every change",
    }
}

/// Why an event was turned away.
#[must_use]
pub fn turned_away(reason: Dropped) -> &'static str {
    match reason {
        Dropped::Malformed => "not readable as an event",
        Dropped::UnknownSite => "an unknown site",
        Dropped::ForeignVariant => "a variant of another site",
        Dropped::ForeignGoal => "a goal of another site",
        Dropped::TokenExpired => "a page that was opened more than a day before",
        Dropped::ForeignOrigin => "a page that may not report",
        Dropped::OverLimit => "over the site's limit; the page tries again",
        Dropped::Forgotten => "a visitor who was erased meanwhile",
    }
}

/// A part of a whole, 0 to 1.
#[must_use]
pub fn ratio(part: i64, whole: i64) -> f64 {
    let real = |count: i64| f64::from(i32::try_from(count).unwrap_or(i32::MAX));
    if whole > 0 { real(part) / real(whole) } else { 0.0 }
}

/// What a variant whose evidence is there still waits for.
#[must_use]
pub fn waits_for(row: &ChallengerReport) -> String {
    match row.silent_until {
        Some(until) if row.unmet.is_empty() => {
            format!("nothing; you said no, so it waits until {}", Moment::new(until).full_text())
        }
        _ if row.unmet.is_empty() => "nothing".to_owned(),
        _ => row.unmet.join(" "),
    }
}

/// How many more visitors the evidence takes, and how long they take to come.
#[must_use]
pub fn still_needed(visitors: u64, days_needed: Option<f64>) -> String {
    let time = days_needed.map_or_else(String::new, |found| format!(", {}", roughly(found)));
    format!("about {} visitors{time}", number(rounded(visitors)))
}

/// What the variants brought beyond the control, where no holdout says it.
#[must_use]
pub fn gain(gain: NetGain) -> String {
    let [estimate, lower, upper] = [gain.conversions, gain.lower, gain.upper].map(super::words::whole);
    format!(
        "Compared with the control, this generation brought about {estimate} conversions ({lower} to {upper}), by rates corrected for adaptive traffic; this site has no holdout to measure it directly."
    )
}

/// What a test takes from the beginning, in a sentence.
#[must_use]
pub fn plan(plan: TestPlan) -> String {
    let time = plan.days.map_or_else(String::new, |found| {
        format!(", {} if they got all visitors at the pace of the last week", roughly(found))
    });
    format!(
        "To show a lift of {}, the control and one variant need about {} visitors between them{time}.",
        percent(plan.lift, 0),
        number(rounded(plan.visitors))
    )
}

/// Two digits, because more are not known.
fn rounded(visitors: u64) -> u64 {
    let digits = visitors.checked_ilog10().unwrap_or(0);
    let unit = 10_u64.pow(digits.saturating_sub(1));
    visitors.div_ceil(unit) * unit
}

/// A time to wait, no more exact than it is known.
fn roughly(days_needed: f64) -> String {
    match days_needed {
        found if found < 1.0 => "less than a day".to_owned(),
        found if found > 365.0 => "more than a year".to_owned(),
        found => days(24.0 * found.ceil()),
    }
}

fn number(count_of: u64) -> String {
    count(i64::try_from(count_of).unwrap_or(i64::MAX))
}

fn days(hours: f64) -> String {
    let days = hours / 24.0;
    let text = if (days - days.round()).abs() < 0.05 { format!("{days:.0}") } else { format!("{days:.1}") };
    format!("{text} day{}", if text == "1" { "" } else { "s" })
}
