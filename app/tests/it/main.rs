//! Charts and pages as the server renders them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod chart;
mod copy;
mod decisions;
mod fixtures;
mod install;
mod page_edits;
mod site;
mod visits;
