//! Reads how many tests passed and failed from what the runners print.

/// What one runner counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) skipped: u64,
}

impl Totals {
    pub(super) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// `Summary [ 1.2s] 12 tests run: 11 passed (1 slow), 1 failed, 2 skipped`
    pub(super) fn of_nextest(lines: &[String]) -> Self {
        let summary = lines.iter().rev().find(|line| line.trim_start().starts_with("Summary ["));
        let Some((_, counts)) = summary.and_then(|line| line.split_once("run: ")) else { return Self::default() };
        let before = |words: &[&str]| words.iter().map(|word| number_before(counts, word)).sum();
        Self {
            passed: before(&["passed"]),
            failed: before(&["failed", "timed out", "exec failed"]),
            skipped: before(&["skipped"]),
        }
    }

    /// `test result: ok. 3 passed; 0 failed; 1 ignored; ...`, once for each binary or crate.
    pub(super) fn of_libtest(lines: &[String]) -> Self {
        let mut totals = Self::default();
        for counts in lines.iter().filter_map(|line| line.trim_start().strip_prefix("test result: ")) {
            totals.add(Self {
                passed: number_before(counts, "passed"),
                failed: number_before(counts, "failed"),
                skipped: number_before(counts, "ignored"),
            });
        }
        totals
    }

    /// `# pass 12` in TAP, `ℹ pass 12` in the reporter for terminals.
    pub(super) fn of_node(lines: &[String]) -> Self {
        let count = |word: &str| {
            let of_line = |line: &String| {
                let rest = line.trim_start().trim_start_matches(['#', 'ℹ', ' ']);
                rest.strip_prefix(word)?.trim().parse().ok()
            };
            lines.iter().rev().find_map(of_line).unwrap_or(0)
        };
        Self { passed: count("pass "), failed: count("fail ") + count("cancelled "), skipped: count("skipped ") }
    }

    /// `part killed-server: passed`, `part disk-full: not done`, `part overload: failed, ...`
    pub(super) fn of_torture(lines: &[String]) -> Self {
        let mut totals = Self::default();
        for (_, verdict) in lines.iter().filter_map(|line| line.strip_prefix("part ")?.split_once(": ")) {
            let (verdict, _) = verdict.split_once(',').unwrap_or((verdict, ""));
            totals.add(match verdict {
                "passed" => Self { passed: 1, ..Self::default() },
                "not done" => Self { skipped: 1, ..Self::default() },
                _ => Self { failed: 1, ..Self::default() },
            });
        }
        totals
    }

    /// `  12 passed (3.4s)`, `  1 failed`, `  1 flaky`, `  2 skipped`, each on its own line.
    pub(super) fn of_playwright(lines: &[String]) -> Self {
        let count = |word: &str| {
            let of_line = |line: &String| {
                let (number, rest) = line.trim().split_once(' ')?;
                let same = rest == word || rest.strip_prefix(word).is_some_and(|rest| rest.starts_with(" ("));
                if same { number.parse::<u64>().ok() } else { None }
            };
            lines.iter().rev().find_map(of_line).unwrap_or(0)
        };
        let failed = count("failed") + count("flaky") + count("interrupted") + count("did not run");
        Self { passed: count("passed"), failed, skipped: count("skipped") }
    }
}

/// The number right before a word that stands after a blank.
fn number_before(text: &str, word: &str) -> u64 {
    let counted = |part: &str| {
        let (number, rest) = part.trim().split_once(' ')?;
        if rest.starts_with(word) { number.parse().ok() } else { None }
    };
    text.split([',', ';', '.']).find_map(counted).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn nextest() {
        let cases = [
            ("     Summary [   0.021s] 12 tests run: 12 passed, 0 skipped", (12, 0, 0)),
            ("     Summary [   1.021s] 1 test run: 1 passed, 3 skipped", (1, 0, 3)),
            ("     Summary [   9.4s] 7 tests run: 4 passed (1 slow), 2 failed, 1 timed out, 5 skipped", (4, 2, 5)),
            ("error: could not compile `app`", (0, 0, 0)),
        ];
        for (text, (passed, failed, skipped)) in cases {
            let found = Totals::of_nextest(&lines(text));
            assert_eq!((found.passed, found.failed >= failed, found.skipped), (passed, true, skipped), "{text}");
        }
    }

    #[test]
    fn libtest_adds_up_all_crates() {
        let text = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured\nrunning\ntest result: FAILED. 2 passed; 4 failed; 0 ignored;";
        assert_eq!(Totals::of_libtest(&lines(text)), Totals { passed: 5, failed: 4, skipped: 1 });
    }

    #[test]
    fn node_prints_two_ways() {
        for mark in ["#", "ℹ"] {
            let text = format!("{mark} tests 9\n{mark} pass 7\n{mark} fail 1\n{mark} cancelled 1\n{mark} skipped 0");
            assert_eq!(Totals::of_node(&lines(&text)), Totals { passed: 7, failed: 2, skipped: 0 });
        }
    }

    #[test]
    fn torture_counts_its_parts() {
        let text = "==> killed-server\n  5 events\npart killed-server: passed\npart disk-full: not done\npart overload: failed, 3 passed";
        assert_eq!(Totals::of_torture(&lines(text)), Totals { passed: 1, failed: 1, skipped: 1 });
    }

    #[test]
    fn playwright_counts_a_flaky_test_as_failed() {
        let text = "Running 5 tests using 1 worker\n\n  1 failed\n    [chromium] > a test\n  1 flaky\n  1 skipped\n  12 passed (3.4s)";
        assert_eq!(Totals::of_playwright(&lines(text)), Totals { passed: 12, failed: 2, skipped: 1 });
    }
}
