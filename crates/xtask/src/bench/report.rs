//! The figures as tables for the terminal and a page for the repository.

use super::sides::{Aim, Pair, Side};
use std::fmt::Write as _;

/// One number with its ceiling.
#[derive(Debug, Clone)]
pub(super) struct Figure {
    /// What was measured.
    pub(super) what: String,
    /// In what.
    pub(super) unit: &'static str,
    /// The best that could be, from the same run.
    pub(super) ceiling: f64,
    /// What is.
    pub(super) value: f64,
    /// The most that it should be.
    pub(super) most: Option<f64>,
}

/// The tables of one run.
pub(super) struct Report {
    /// Assignment and events.
    pub(super) pairs: Vec<Pair>,
    /// Start, memory, statistics.
    pub(super) figures: Vec<Figure>,
    /// The finished table of the statistics' benches.
    pub(super) statistics: String,
}

impl Report {
    /// How many aims were missed.
    pub(super) fn missed(&self) -> usize {
        let pairs = self.pairs.iter().filter(|pair| !pair.is_reached()).count();
        pairs + self.figures.iter().filter(|figure| figure.most.is_some_and(|most| figure.value > most)).count()
    }

    /// All tables in Markdown, which also reads well on a terminal.
    pub(super) fn tables(&self) -> String {
        format!(
            "## Visitors and events\n\n{}\n## Start, memory, statistics\n\n{}\n## Formulas\n\n\
             Criterion's medians on one core; a ratio compares two of the same run.\n\n{}",
            pairs(&self.pairs),
            figures(&self.figures),
            self.statistics
        )
    }

    /// The page docs/benchmarks.md.
    pub(super) fn page(&self, profile: &str, processor: &str) -> String {
        format!(
            "# Benchmarks\n\n\
             Written by `cargo xtask bench`.\n\
             Processor: {processor}. Server profile: `{profile}`.\n\n\
             Each figure stands below its ceiling, measured in the same run: the two take turns in short rounds, so that\n\
             whatever else the machine does hits both. The ratio is the middle of the rounds, with the lowest and the\n\
             highest. Load generator, server and database share the machine's cores; everything is on loopback.\n\
             CPU is the processor time of the server, plus that of Postgres, over all rounds, and both together for each\n\
             request or event; memory is the most that was in use after a round, which without HTTP is the prepared events;\n\
             the generator's share is of one core.\n\n\
             * Assignment: 1,000 running sites of 5 variants and a control, 64 connections. The constant route is an axum\n\
             \x20 handler in a process of its own, with the same settings of hyper, that answers as many bytes to the same\n\
             \x20 requests. At half of the rate the load is open: requests come whether or not answers do, and a request\n\
             \x20 that had to wait for its connection counts from when it was due.\n\
             * Events: exposures of new visitors with valid tokens; \"a fifth conversions\" has, of 50 events, 38 exposures,\n\
             \x20 10 conversions and 2 repeats. An event is answered after its commit, which SQLite (`synchronous=FULL`) and\n\
             \x20 Postgres (`fsync=on`) make durable. Without HTTP is one process that stores prepared events in batches of 256\n\
             \x20 with the product's own statements, in the same database, on a site of its own; its latencies are of a\n\
             \x20 batch. Afterwards the counters are compared with what was sent.\n\
             * Start and memory: 10,000 sites of 5 variants and a control; the ceiling is a server with one site. The\n\
             \x20 start is the middle of three after the process was killed.\n\
             * Through the proxy come pages of 100 KiB with one of 5 variants or the control, for one visitor after the\n\
             \x20 other; the ceiling is the site behind it, asked without the proxy.\n\
             * The look at a site is the job `update_stats`, on two copies of an SQLite file with the same counters.\n\n{}",
            self.tables()
        )
    }
}

fn pairs(pairs: &[Pair]) -> String {
    let mut text = String::from(
        "| what | per second | p50 ms | p99 ms | seconds | CPU s | CPU µs each | memory MiB | generator's share | ratio | aim |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n",
    );
    for pair in pairs {
        let (lowest, middle, highest) = pair.share();
        let ratio = format!("{middle:.2} ({lowest:.2} to {highest:.2})");
        let wanted = match pair.aim {
            Aim::Share(share) => format!("ratio ≥ {share}"),
            Aim::P99(most) => format!("p99 ≤ {most} ms"),
        };
        let verdict = format!("{wanted}: {}", word(pair.is_reached()));
        text.push_str(&line(&pair.ceiling, "", ""));
        text.push_str(&line(&pair.product, &ratio, &verdict));
    }
    text
}

fn line(side: &Side, ratio: &str, verdict: &str) -> String {
    let measured = &side.measured;
    let cpu = side
        .database_cpu
        .map_or_else(|| format!("{:.2}", side.cpu), |database| format!("{:.2} + {database:.2}", side.cpu));
    let generator =
        if measured.client_cpu > 0.0 { format!("{:.0} %", measured.client_share() * 100.0) } else { String::new() };
    format!(
        "| {} | {} | {:.2} | {:.2} | {:.1} | {cpu} | {:.1} | {:.0} | {generator} | {ratio} | {verdict} |\n",
        side.name,
        thousands(side.per_second()),
        measured.percentile(50),
        measured.percentile(99),
        measured.seconds(),
        side.cpu_microseconds_each(),
        side.memory
    )
}

fn figures(figures: &[Figure]) -> String {
    let mut text = String::from("| what | ceiling | is | ratio | aim |\n| --- | ---: | ---: | ---: | --- |\n");
    for Figure { what, unit, ceiling, value, most } in figures {
        let ratio = if *ceiling > 0.0 { format!("{:.2}", value / ceiling) } else { String::new() };
        let verdict = most.map(|most| format!("≤ {most:.2} {unit}: {}", word(*value <= most))).unwrap_or_default();
        // Writing to a String cannot fail.
        let _ = writeln!(text, "| {what} | {ceiling:.2} {unit} | {value:.2} {unit} | {ratio} | {verdict} |");
    }
    text
}

fn word(is_reached: bool) -> &'static str {
    if is_reached { "reached" } else { "**missed**" }
}

/// A whole number, with commas as people write it.
fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measured::Measured;
    use std::time::Duration;

    #[test]
    fn numbers_have_commas() {
        for (number, expected) in
            [(0.0, "0"), (999.4, "999"), (1_000.0, "1,000"), (65_786.6, "65,787"), (1_234_567.0, "1,234,567")]
        {
            assert_eq!(thousands(number), expected);
        }
    }

    #[test]
    fn a_missed_aim_is_said_and_counted() {
        let figure = |value| Figure { what: "start".to_owned(), unit: "s", ceiling: 0.5, value, most: Some(2.0) };
        let report = |value| Report { pairs: Vec::new(), figures: vec![figure(value)], statistics: String::new() };
        assert_eq!((report(2.0).missed(), report(2.1).missed()), (0, 1));
        assert!(report(2.0).tables().contains("| start | 0.50 s | 2.00 s | 4.00 | ≤ 2.00 s: reached |"));
        assert!(report(2.1).page("release", "a processor").contains("≤ 2.00 s: **missed**"));
    }

    #[test]
    fn both_sides_stand_below_each_other() {
        let mut product = Side::new("product", 50.0);
        product.measured = Measured::new(vec![1_500; 200], Duration::from_secs(2), 0.5);
        product.database_cpu = Some(1.25);
        let pair = Pair { ceiling: Side::new("ceiling", 1.0), product, aim: Aim::P99(1.0) };
        let text = pairs(&[pair]);
        let lines: Vec<&str> = text.lines().skip(2).collect();
        assert!(lines[0].starts_with("| ceiling | 0 |"), "{text}");
        assert!(
            lines[1].starts_with("| product | 5,000 | 1.50 | 1.50 | 2.0 | 0.00 + 1.25 | 125.0 | 0 | 25 % |"),
            "{text}"
        );
        assert!(lines[1].ends_with("| p99 ≤ 1 ms: **missed** |"), "{text}");
    }
}
