//! The limits below which a test run with coverage fails.

use super::coverage::{Count, Lines};
use std::fmt::Write as _;

/// How many of the least covered files the table names.
const WORST: usize = 15;

/// A limit and what was found.
pub(super) struct Verdict {
    name: &'static str,
    limit_percent: u64,
    found: Count,
}

impl Verdict {
    /// Whether the limit is kept; a part without any line keeps none.
    pub(super) fn holds(&self) -> bool {
        self.found.count > 0 && self.found.covered * 100 >= self.limit_percent * self.found.count
    }
}

/// Checks all limits.
pub(super) fn verdicts(lines: &Lines) -> Vec<Verdict> {
    let sum = |wanted: fn(&str) -> bool| {
        let counted = lines.iter().filter(|(path, _)| is_counted(path) && wanted(path));
        counted.fold(Count::default(), |all, (_, one)| Count {
            count: all.count + one.count,
            covered: all.covered + one.covered,
        })
    };
    let core = |path: &str| path.starts_with("crates/domain/") || path.starts_with("crates/bandit/");
    vec![
        Verdict { name: "all crates", limit_percent: 90, found: sum(|_| true) },
        Verdict { name: "domain and bandit", limit_percent: 95, found: sum(core) },
    ]
}

/// A table for people: the limits, and the files with the most lines that no test ran.
pub(super) fn table(lines: &Lines, verdicts: &[Verdict]) -> String {
    let mut text = String::new();
    let mut files: Vec<(&String, &Count)> = lines.iter().filter(|(path, _)| is_counted(path)).collect();
    files.sort_by_key(|(_, found)| std::cmp::Reverse(found.count - found.covered));
    // Writing to a String cannot fail.
    let _ = writeln!(text, "files with the most lines that no test ran:");
    for (path, found) in files.into_iter().take(WORST).filter(|(_, found)| found.covered < found.count) {
        let _ = writeln!(text, "{:>6} of {:>5}  {path}", found.count - found.covered, found.count);
    }
    for verdict in verdicts {
        let word = if verdict.holds() { "holds" } else { "TOO LOW" };
        let percent = percent(verdict.found);
        let _ = writeln!(
            text,
            "coverage of {:<18} {percent:>6} of lines, limit {} %: {word}",
            verdict.name, verdict.limit_percent
        );
    }
    text
}

/// The browser's entry, the tools of development and the entries of programs are not counted, and neither are tests themselves.
fn is_counted(path: &str) -> bool {
    let left_out = ["frontend/", "crates/xtask/", "crates/testkit/"].iter().any(|folder| path.starts_with(folder));
    let is_test = path.contains("/tests/") || path.ends_with("/tests.rs");
    !left_out && !is_test && !path.ends_with("/src/main.rs")
}

fn percent(found: Count) -> String {
    let per_mille = (found.covered * 1000).checked_div(found.count).unwrap_or(0);
    format!("{}.{} %", per_mille / 10, per_mille % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(files: &[(&str, u64, u64)]) -> Lines {
        files
            .iter()
            .map(|(path, covered, count)| ((*path).to_owned(), Count { count: *count, covered: *covered }))
            .collect()
    }

    #[test]
    fn limits_are_kept_or_not() {
        let cases = [
            (("app/src/a.rs", 90, 100), ("crates/domain/src/a.rs", 95, 100), [true, true]),
            (("app/src/a.rs", 80, 100), ("crates/domain/src/a.rs", 95, 100), [false, true]),
            (("app/src/a.rs", 100, 100), ("crates/bandit/src/a.rs", 94, 100), [true, false]),
            (("app/src/a.rs", 100, 100), ("crates/xtask/src/a.rs", 0, 100), [true, false]),
        ];
        for (first, second, expected) in cases {
            let held: Vec<bool> = verdicts(&lines(&[first, second])).iter().map(Verdict::holds).collect();
            assert_eq!(held, expected, "{first:?} {second:?}");
        }
    }

    #[test]
    fn some_files_do_not_count() {
        let cases = [
            ("app/src/lib.rs", true),
            ("crates/store/src/entity/users.rs", true),
            ("migrations/src/lib.rs", true),
            ("server/src/cli/demo.rs", true),
            ("server/src/main.rs", false),
            ("frontend/src/lib.rs", false),
            ("crates/testkit/src/lib.rs", false),
            ("crates/xtask/src/tidy.rs", false),
            ("crates/domain/tests/it/main.rs", false),
            ("server/src/config/tests.rs", false),
        ];
        for (path, counted) in cases {
            assert_eq!(is_counted(path), counted, "{path}");
        }
    }

    #[test]
    fn the_table_names_the_worst_file() {
        let lines = lines(&[("app/src/bad.rs", 1, 100), ("app/src/good.rs", 100, 100)]);
        let text = table(&lines, &verdicts(&lines));
        assert!(
            text.contains("99 of   100  app/src/bad.rs") && !text.contains("good.rs") && text.contains("TOO LOW"),
            "{text}"
        );
    }
}
