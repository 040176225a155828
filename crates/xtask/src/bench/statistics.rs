//! The benches of the crates `bandit` and `page`, as ratios within one run.

use crate::failure::{About, Outcome};
use crate::project::Project;
use crate::shell;
use serde::Deserialize;
use std::fmt::Write as _;
use std::fs;

/// One line: what was measured, and what it is compared with in the same run.
struct Line {
    what: &'static str,
    bench: &'static str,
    against: Option<(&'static str, &'static str)>,
}

const LINES: [Line; 12] = [
    Line {
        what: "P(best) of 5 arms, exact to 1e-9",
        bench: "prob_best/exact_5",
        against: Some(("prob_best/monte_carlo_5", "of 10,000 draws")),
    },
    Line { what: "P(best) of 5 arms, 10,000 draws", bench: "prob_best/monte_carlo_5", against: None },
    Line { what: "P(best) of 2 arms", bench: "prob_best/exact_2", against: None },
    Line { what: "P(best) of 20 arms", bench: "prob_best/exact_20", against: None },
    Line { what: "P(best) of 64 arms", bench: "prob_best/exact_64", against: None },
    Line {
        what: "assignment among 5 variants",
        bench: "assign/five_arms",
        against: Some(("assign/five_hashes", "of five bare SipHash-2-4 calls")),
    },
    Line { what: "five bare SipHash-2-4 calls", bench: "assign/five_hashes", against: None },
    Line { what: "a year of a site: 365 updates of 8 arms", bench: "year/eight_arms", against: None },
    Line {
        what: "the same, visitors of all days made comparable",
        bench: "year/eight_arms_comparable",
        against: Some(("year/eight_arms", "of the year without")),
    },
    Line { what: "all 7 lifts of a report with intervals", bench: "year/lifts_of_a_report", against: None },
    Line {
        what: "a patch of 5 operations on 0.8 MB of HTML text",
        bench: "rewrite/evoloop",
        against: Some(("rewrite/lol_html", "of lol_html with the same targets")),
    },
    Line { what: "the same with lol_html", bench: "rewrite/lol_html", against: None },
];

#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
    confidence_interval: Interval,
}

#[derive(Deserialize)]
struct Interval {
    lower_bound: f64,
    upper_bound: f64,
}

/// Runs the benches; gives their table.
pub(super) fn measure(project: &Project) -> Outcome<String> {
    println!("==> measuring: the statistics, and HTML text");
    for (package, bench) in [("bandit", "statistics"), ("page", "rewrite")] {
        shell::go(shell::cargo(&project.root).args(["bench", "--quiet", "--package", package, "--bench", bench]))?;
    }
    let read = |bench: &str| -> Outcome<Estimate> {
        let path = project.target.join("criterion").join(bench).join("new/estimates.json");
        let text = fs::read_to_string(&path).about(path.display())?;
        Ok(serde_json::from_str::<Estimates>(&text).about(path.display())?.median)
    };
    let mut table = String::from("| what | median | 95 % interval | ratio |\n| --- | ---: | ---: | --- |\n");
    for Line { what, bench, against } in LINES {
        let found = read(bench)?;
        let ratio = match against {
            None => String::new(),
            Some((other, name)) => format!("{:.3} {name}", found.point_estimate / read(other)?.point_estimate),
        };
        let Interval { lower_bound, upper_bound } = found.confidence_interval;
        // Writing to a String cannot fail.
        let _ = writeln!(
            table,
            "| {what} | {} | {} to {} | {ratio} |",
            duration(found.point_estimate),
            duration(lower_bound),
            duration(upper_bound)
        );
    }
    Ok(table)
}

/// Nanoseconds in the unit that a person would choose.
fn duration(nanoseconds: f64) -> String {
    match nanoseconds {
        n if n < 1e3 => format!("{n:.0} ns"),
        n if n < 1e6 => format!("{:.1} µs", n / 1e3),
        n => format!("{:.1} ms", n / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_readable_unit() {
        assert_eq!(duration(87.3), "87 ns");
        assert_eq!(duration(75_310.0), "75.3 µs");
        assert_eq!(duration(41_000_000.0), "41.0 ms");
    }
}
