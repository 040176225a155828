//! A bound on work: pages that ask for more than any honest page get a poorer answer, not a slower one.

use std::cell::Cell;

/// Steps of work that are left, and how many were done.
///
/// A step is about one rule looked at for one element, one node walked over or one candidate proved.
#[derive(Debug)]
pub(crate) struct Effort {
    most: u64,
    done: Cell<u64>,
}

impl Effort {
    pub(crate) const fn new(most: u64) -> Self {
        Self { most, done: Cell::new(0) }
    }

    /// Takes so many steps, if that many are left. A refusal takes nothing.
    pub(crate) fn take(&self, steps: usize) -> bool {
        let done = self.done.get().saturating_add(u64::try_from(steps).unwrap_or(u64::MAX));
        let is_within = done <= self.most;
        if is_within {
            self.done.set(done);
        }
        is_within
    }

    /// How many steps were done.
    #[cfg(test)]
    pub(crate) fn done(&self) -> u64 {
        self.done.get()
    }
}
