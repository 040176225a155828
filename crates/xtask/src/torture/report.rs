//! The page docs/torture.md.

use super::found::Found;
use super::parts::{Control, Part};
use crate::shell::elapsed;
use std::fmt::Write as _;
use std::time::Duration;

const HEAD: &str = "# Torture\n\n\
    Written by `cargo xtask torture`, which ends server and database under load, takes away their disk and asks too \
    much of them.\n\
    An acknowledged event is one that the server answered with `recorded`; it must never be lost and never count twice.\n";

const LIMITS: &str = "## What cannot be shown here\n\n\
    - A real power cut. That the log is synced before each answer is shown by the order of the system's calls; that \
    the disk keeps what it was told to keep is the disk's to show.\n\
    - Wear, bit rot and disks that lie about a sync.\n\
    - A network between visitor and server: all load comes over loopback, from the processor that the server runs on.\n\
    - Weeks. The longest part takes minutes.\n";

/// What each part does and found, and how it is seen to fail.
pub(super) fn page(parts: &[(&Part, Found, Duration)], profile: &str) -> String {
    let mut page = format!("{HEAD}\nServer profile: `{profile}`.\n");
    for (part, found, took) in parts {
        // Writing to a String cannot fail, here and below.
        let _ = write!(page, "\n## {}\n\n{}\n\n", part.name, part.does);
        if let Some(reason) = found.not_done() {
            let _ = writeln!(page, "Not done: {reason}.");
            continue;
        }
        page.push_str("| figure | |\n| --- | ---: |\n");
        for (name, value) in found.figures() {
            let _ = writeln!(page, "| {name} | {value} |");
        }
        let verdict = found.faults().map_or_else(|| "Passed".to_owned(), |faults| format!("**Failed**: {faults}"));
        let _ = writeln!(page, "\n{verdict}, in {}.", elapsed(*took));
    }
    page.push_str("\n## How the parts are seen to fail\n\n");
    page.push_str(
        "`cargo xtask torture --faulty-build` runs each part where it must fail, and fails when one does not.\n\n",
    );
    page.push_str("| part | fault | how |\n| --- | --- | --- |\n");
    for (part, ..) in parts {
        let how = match part.control {
            Control::None => "not done".to_owned(),
            Control::Feature(feature) => format!("Cargo feature `{feature}`"),
            Control::Harness(_) => "the harness".to_owned(),
        };
        let _ = writeln!(page, "| {} | {} | {how} |", part.name, part.fault);
    }
    page.push('\n');
    page.push_str(LIMITS);
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::torture::parts::PARTS;

    #[test]
    fn the_page_tells_of_figures_and_faults() {
        let mut found = Found::default();
        found.figure("events missing", 3);
        found.demand(false, "3 are missing");
        let parts = [(&PARTS[0], found, Duration::from_secs(75))];
        let page = page(&parts, "release");
        for expected in ["| events missing | 3 |", "**Failed**: 3 are missing, in 1 min 15 s.", "## killed-server"] {
            assert!(page.contains(expected), "{expected}: {page}");
        }
    }
}
