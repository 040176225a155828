//! What a simulation found: as text with bars, and as a picture.

use super::Simulated;
use bandit::simulate::Estimate;
use bandit::simulate::reference::{Expected, Figure};
use serde_json::{Value, json};
use std::fmt::Write;

/// A reference figure beside what was found.
pub(super) struct ReferenceRow {
    pub(super) name: &'static str,
    pub(super) figure: Figure,
    pub(super) found: Estimate,
    pub(super) agrees: bool,
}

impl ReferenceRow {
    pub(super) fn text(&self) -> String {
        let Self { name, figure, found, agrees } = self;
        let verdict = if *agrees { "agrees" } else { "DIFFERS" };
        let expected = match figure.expected {
            Expected::About { value, error } => format!("reference {value:>8.3} ± {error:<6.3}"),
            Expected::AtMost(limit) => format!("at most   {limit:>8.3}         "),
            Expected::AtLeast(limit) => format!("at least  {limit:>8.3}         "),
        };
        format!(
            "{name:<42} {:<24} {:>9.3} ± {:<7.3} {expected} {verdict}",
            figure.quantity.name(),
            found.mean,
            2.0 * found.se,
        )
    }

    pub(super) fn json(&self) -> Value {
        let (reference, error, at_most, at_least) = match self.figure.expected {
            Expected::About { value, error } => (Some(value), Some(error), None, None),
            Expected::AtMost(limit) => (None, None, Some(limit), None),
            Expected::AtLeast(limit) => (None, None, None, Some(limit)),
        };
        json!({
            "scenario": self.name, "figure": self.figure.quantity.name(), "mean": self.found.mean,
            "se": self.found.se, "reference": reference, "reference_error": error,
            "at_most": at_most, "at_least": at_least, "agrees": self.agrees,
        })
    }
}

/// A paragraph with a bar for every arm's share.
pub(super) fn text(simulated: &Simulated) -> String {
    let Simulated { name, summary } = simulated;
    let percent = |estimate: Estimate| format!("{:.1} % ± {:.1}", 100.0 * estimate.mean, 200.0 * estimate.se);
    let mut text = format!("{name}, {} runs\n", summary.runs);
    let mut line = |label: &str, value: String| {
        let _ = writeln!(text, "  {label:<38}{value}");
    };
    line("conversions lost", format!("{:.1} ± {:.1}", summary.regret.mean, 2.0 * summary.regret.se));
    line("promoted", percent(summary.promoted));
    if let Some(days) = summary.days_to_promotion {
        line("days to promotion", format!("{:.1} ± {:.1}", days.mean, 2.0 * days.se));
    }
    line("promoted an arm that is not better", percent(summary.false_promotion));
    line("a rule on P(best) alone would promote", percent(summary.naive));
    line("killed the best arm", percent(summary.wrong_kill));
    line("reported a wrong split", percent(summary.frozen));
    let coverage = summary.coverage;
    let intervals = [
        ("posterior intervals hold", coverage.posterior),
        ("AIPW intervals hold", coverage.aipw),
        ("holdout intervals hold", coverage.holdout),
        ("always-valid intervals hold", coverage.always_valid),
    ];
    for (label, found) in intervals {
        if let Some(found) = found {
            line(label, percent(found));
        }
    }
    for (arm, share) in summary.shares.iter().enumerate() {
        let label = if arm == 0 { "share of the control".to_owned() } else { format!("share of variant {arm}") };
        line(&label, format!("{} {:.1} %", bar(share.mean), 100.0 * share.mean));
    }
    text
}

/// Twenty blocks for the whole.
fn bar(share: f64) -> String {
    (0..20_u8).map(|block| if f64::from(block) + 0.5 < 20.0 * share { '█' } else { '·' }).collect()
}

const WIDTH: f64 = 640.0;
const ROW: f64 = 40.0;
const LEFT: f64 = 180.0;

/// Conversions lost by each policy, with two standard errors.
pub(super) fn svg(simulated: &[Simulated]) -> String {
    let reach = |it: &Simulated| it.summary.regret.mean + 2.0 * it.summary.regret.se;
    let longest = simulated.iter().map(reach).fold(1e-9, f64::max);
    let scale = (WIDTH - LEFT - 90.0) / longest;
    let rows = f64::from(u32::try_from(simulated.len()).unwrap_or(u32::MAX));
    let height = 50.0 + ROW * rows;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         font-family=\"system-ui, sans-serif\" font-size=\"14\">\n\
         <title>Conversions lost by each policy</title>\n\
         <text x=\"10\" y=\"24\" font-weight=\"600\">Conversions lost, and twice the standard error</text>\n"
    );
    let mut y = 40.0;
    for it in simulated {
        let (regret, error) = (it.summary.regret.mean, 2.0 * it.summary.regret.se);
        let (end, low, high) = (scale * regret, LEFT + scale * (regret - error), LEFT + scale * (regret + error));
        let middle = y + 13.0;
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\
             <rect x=\"{LEFT}\" y=\"{y:.1}\" width=\"{end:.1}\" height=\"26\" rx=\"3\" fill=\"#4f46e5\"/>\
             <path d=\"M{low:.1} {middle:.1}H{high:.1}\" stroke=\"#111827\" stroke-width=\"2\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\">{regret:.1}</text>",
            LEFT - 10.0,
            middle + 5.0,
            it.name,
            high + 8.0,
            middle + 5.0,
        );
        y += ROW;
    }
    svg.push_str("</svg>\n");
    svg
}
