//! What a part of the torture found: figures for the report, and faults.

use crate::failure::{Failure, Outcome};
use std::fmt::Display;

/// How much a part does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Enough to see that the part works, in a few seconds; times are shown and not judged.
    Short,
    /// The full count.
    Full,
}

impl Extent {
    /// One of two values.
    pub(super) fn pick<T>(self, short: T, full: T) -> T {
        match self {
            Self::Short => short,
            Self::Full => full,
        }
    }
}

/// How a part ended that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Passed,
    /// This machine does not allow it.
    NotDone,
}

/// Figures, and what is wrong. A part that cannot do its work is a [`Failure`] instead.
#[derive(Debug, Default)]
pub(super) struct Found {
    figures: Vec<(String, String)>,
    faults: Vec<String>,
    impossible: Option<String>,
}

impl Found {
    /// A part that this machine does not allow, and why.
    pub(super) fn impossible(reason: impl Into<String>) -> Self {
        Self { impossible: Some(reason.into()), ..Self::default() }
    }

    /// Notes a figure under its name.
    pub(super) fn figure(&mut self, name: impl Into<String>, value: impl Display) {
        self.figures.push((name.into(), value.to_string()));
    }

    /// Notes a fault unless the condition holds.
    pub(super) fn demand(&mut self, holds: bool, otherwise: impl Into<String>) {
        if !holds {
            self.faults.push(otherwise.into());
        }
    }

    /// Names and values, in the order in which they were noted.
    pub(super) fn figures(&self) -> &[(String, String)] {
        &self.figures
    }

    /// Why the part was not done.
    pub(super) fn not_done(&self) -> Option<&str> {
        self.impossible.as_deref()
    }

    /// What is wrong, in one line; nothing when all is well.
    pub(super) fn faults(&self) -> Option<String> {
        (!self.faults.is_empty()).then(|| self.faults.join("; "))
    }

    /// Shows the figures, and fails with the faults.
    pub(super) fn verdict(&self) -> Outcome<Verdict> {
        for (name, value) in &self.figures {
            println!("    {value:>12}  {name}");
        }
        if let Some(reason) = self.not_done() {
            println!("    not done: {reason}");
            return Ok(Verdict::NotDone);
        }
        self.faults().map_or(Ok(Verdict::Passed), |faults| Err(Failure::new(faults)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_a_failure_and_a_figure_is_none() {
        let mut found = Found::default();
        found.figure("events", 3);
        found.demand(true, "never seen");
        assert!(found.verdict().is_ok());
        found.demand(false, "one is missing");
        found.demand(false, "two are double");
        assert_eq!(found.faults().as_deref(), Some("one is missing; two are double"));
        assert!(found.verdict().is_err());
    }
}
