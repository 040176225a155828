//! Decisions in one sentence each, for the owner of a site.

use domain::DecisionKind;
use domain::decision::VariantEvidence;

/// Why a variant is promoted, killed or stopped.
pub(crate) fn about_variant(kind: DecisionKind, name: &str, evidence: &VariantEvidence) -> String {
    let rates = format!(
        "{} of its visitors convert, {} of the control's",
        rate(evidence.conversions, evidence.visitors),
        rate(evidence.control_conversions, evidence.control_visitors),
    );
    let prob_best = probability(evidence.prob_best);
    match kind {
        DecisionKind::Promote => {
            let lift = match (evidence.lift, evidence.lift_lower, evidence.lift_upper) {
                (Some(lift), Some(lower), Some(upper)) => {
                    format!(
                        ", a lift of {} ({} to {}, allowing for what is not known yet)",
                        change(lift),
                        change(lower),
                        change(upper)
                    )
                }
                _ => String::new(),
            };
            let odds = odds(evidence.log_e_max);
            format!(
                "{name} is better than the control: {rates}{lift}. It is the best of all with a probability of {prob_best}, and the evidence for a lift is {odds}."
            )
        }
        DecisionKind::Kill => {
            let own = rate(evidence.conversions, evidence.visitors);
            format!(
                "{own} of {name}'s visitors convert. Its chance of being the best of all is {prob_best}, so visitors are better sent elsewhere."
            )
        }
        DecisionKind::StopHarm => {
            let odds = odds(evidence.harm_log_e_max);
            format!("{name} does worse than the untouched page: {rates}. The evidence of harm is {odds}.")
        }
        DecisionKind::Freeze | DecisionKind::Restart => String::new(),
    }
}

/// Why nothing is decided any more.
pub(crate) fn freeze(name: Option<&str>, missing: f64) -> String {
    let short = name.map_or_else(
        || "Visitors do not arrive as the weights say".to_owned(),
        |name| format!("{name} got {missing:.0} visitors fewer than its share"),
    );
    format!(
        "{short}, so something loses visitors of one variant more than of others. Nothing is decided and traffic is split evenly until you have looked and begun a new generation."
    )
}

/// What a new generation begins with; `worth` is that of its prior, if it has one of this site.
pub(crate) fn restart(variants: usize, worth: Option<f64>) -> String {
    let history = match worth {
        Some(worth) => {
            format!("What was learned about this site's conversion rate before is worth {worth:.0} visitors.")
        }
        None => "Nothing of what was counted before is carried over.".to_owned(),
    };
    format!("A new generation of {variants} variants began, the control among them. {history}")
}

fn percent(fraction: f64) -> String {
    let sign = if fraction < 0.0 { "\u{2212}" } else { "" };
    format!("{sign}{:.1}\u{a0}%", 100.0 * fraction.abs())
}

/// A relative change with its sign and no more digits than it is known to.
fn change(fraction: f64) -> String {
    let sign = if fraction < 0.0 { "\u{2212}" } else { "+" };
    let digits = if fraction.abs() < 0.0995 { 1 } else { 0 };
    format!("{sign}{:.digits$}\u{a0}%", 100.0 * fraction.abs())
}

/// A probability; nothing that was measured is certain.
fn probability(fraction: f64) -> String {
    match fraction {
        0.999.. => "more than 99.9\u{a0}%".to_owned(),
        ..0.001 => "less than 0.1\u{a0}%".to_owned(),
        _ => percent(fraction),
    }
}

fn rate(conversions: u64, visitors: u64) -> String {
    let real = |count: u64| u32::try_from(count).map_or(f64::MAX, f64::from);
    if visitors == 0 { "none".to_owned() } else { percent(real(conversions) / real(visitors)) }
}

/// An e-value as odds; beyond a million nobody counts.
fn odds(log_e: f64) -> String {
    let value = log_e.min(700.0).exp();
    if value > 1e6 { "more than a million to 1".to_owned() } else { format!("{value:.0} to 1") }
}
