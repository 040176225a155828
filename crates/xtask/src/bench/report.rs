//! The figures as a table for the terminal and a page for the repository.

use crate::client::Measured;
use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

/// Linux counts a process's time in hundredths of a second.
const TICKS_PER_SECOND: f64 = 100.0;

/// One line of the table.
pub(super) struct Row {
    name: &'static str,
    requests: usize,
    per_second: f64,
    p50: Duration,
    p99: Duration,
    cpu_seconds: Option<f64>,
    ratio: f64,
}

impl Row {
    /// `base` is the constant route of the same run.
    pub(super) fn new(name: &'static str, measured: &Measured, cpu_seconds: Option<f64>, base: &Measured) -> Self {
        Self {
            name,
            requests: measured.requests(),
            per_second: measured.per_second(),
            p50: measured.percentile(50),
            p99: measured.percentile(99),
            cpu_seconds,
            ratio: measured.per_second() / base.per_second(),
        }
    }
}

/// The table in Markdown, which also reads well on a terminal.
pub(super) fn table(rows: &[Row]) -> String {
    let mut text = String::from(
        "| what | requests | requests/s | p50 µs | p99 µs | server CPU s | ratio to the constant route |\n",
    );
    text.push_str("| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    for row in rows {
        let cpu = row.cpu_seconds.map_or_else(|| "-".to_owned(), |seconds| format!("{seconds:.2}"));
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "| {} | {} | {:.0} | {} | {} | {cpu} | {:.2} |",
            row.name,
            row.requests,
            row.per_second,
            row.p50.as_micros(),
            row.p99.as_micros(),
            row.ratio
        );
    }
    text
}

/// The page docs/benchmarks.md.
pub(super) fn page(rows: &[Row], statistics: &str, profile: &str, processor: &str) -> String {
    format!(
        "# Benchmarks\n\n\
         Written by `cargo xtask bench`.\n\
         Processor: {processor}.\n\n\
         ## Visitors and events\n\n\
         One client sends one request after the other over one HTTP/1.1 connection on loopback, and reads each answer whole.\n\
         So the figures are what a single connection sees, not the most that the server can do.\n\
         The constant route is an axum handler that returns two bytes, measured in the same run by the same client.\n\
         The database is SQLite in a file, and an event is answered after its commit.\n\n\
         Server profile: `{profile}`.\n\n{}\n\
         ## Statistics\n\n\
         Criterion's medians on one core; a ratio compares two of the same run.\n\n{statistics}",
        table(rows)
    )
}

/// What the machine says of itself.
pub(super) fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|line| line.strip_prefix("model name")).and_then(|rest| rest.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{}, {cores} cores", model.map_or("unknown", |(_, name)| name))
}

/// User and system time of a process so far.
pub(super) fn cpu_seconds(id: u32) -> Option<f64> {
    ticks(&fs::read_to_string(format!("/proc/{id}/stat")).ok()?).map(|ticks| ticks / TICKS_PER_SECOND)
}

/// The program's name, in brackets, may hold blanks; the two times are the 12th and 13th field after it.
fn ticks(stat: &str) -> Option<f64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_of_a_process_are_read() {
        let stat = "12 (evo (loop) x) S 1 12 12 0 -1 4194560 1 2 3 4 250 50 0 0 20 0 9";
        assert_eq!(ticks(stat), Some(300.0));
        assert_eq!(ticks("broken"), None);
        assert!(cpu_seconds(std::process::id()).is_some());
    }
}
