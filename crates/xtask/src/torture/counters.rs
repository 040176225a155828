//! What the server's own commands and the database file say of a site.

use super::bookkeeping::{Counts, HOLDOUT};
use crate::failure::{About, Failure, Outcome};
use crate::shell;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// Looks at the file itself, beside a running server. Its arguments are the file and what to ask.
const INSPECT: &str = "import sqlite3, sys
connection = sqlite3.connect(f'file:{sys.argv[1]}?mode=ro', uri=True, timeout=30)
print('\\n'.join(str(row[0]) for row in connection.execute(sys.argv[2])))";

/// Asks the database file; `run` may put the program somewhere.
pub(crate) fn inspect(run: impl Fn(Command) -> Command, file: &Path, query: &str) -> Outcome<String> {
    let mut python = shell::command("python3");
    python.args(["-c", INSPECT]).arg(file).arg(query);
    shell::text(&mut run(python))
}

/// Counters of a site as `evoloop stats show` or `evoloop recount` prints them. A recount that differs from what is
/// stored fails, and prints all the same.
pub(super) fn counters(command: &mut Command) -> Outcome<Counts> {
    let described = shell::describe(command);
    let output = command.output().about(&described)?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let report: Value = serde_json::from_str(&printed).about(&described)?;
    read(&report).ok_or_else(|| Failure::new(format!("`{described}` printed {printed}")))
}

/// Arms that have visitors, so that two tellings of the same are equal.
fn read(report: &Value) -> Option<Counts> {
    let numbers = |of: &Value| Some([of["visitors"].as_u64()?, of["conversions"].as_u64()?]);
    let mut counts = Counts::new();
    for row in report["variants"].as_array()? {
        counts.insert(row["variant_id"].as_str()?.to_owned(), numbers(row)?);
    }
    counts.insert(HOLDOUT.to_owned(), numbers(&report["holdout"])?);
    counts.retain(|_, sums| *sums != [0, 0]);
    Some(counts)
}

/// Visitors and conversions of all arms.
pub(super) fn total(counts: &Counts) -> [u64; 2] {
    counts.values().fold([0, 0], |sum, arm| [sum[0] + arm[0], sum[1] + arm[1]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reports_are_read_by_arm() {
        let row = |id: &str, visitors: u64, conversions: u64| json!({"variant_id": id, "visitors": visitors, "conversions": conversions});
        let holdout = json!({"visitors": 3, "conversions": 1});
        let report = json!({"variants": [row("a", 5, 2), row("b", 0, 0)], "holdout": holdout});
        let expected = Counts::from([("a".to_owned(), [5, 2]), ("h".to_owned(), [3, 1])]);
        assert_eq!(read(&report), Some(expected.clone()));
        assert_eq!(total(&expected), [8, 3]);
        assert_eq!(read(&json!({"variants": [row("a", 5, 2)]})), None, "without a holdout");
    }
}
