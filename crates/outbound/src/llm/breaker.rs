//! The circuit breaker: a provider that fails again and again is left alone for a while.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Failures in a row until it opens.
const MOST_FAILURES: u32 = 5;
/// How long it stays open at first; doubled each time that the next try fails, too.
const FIRST_REST: Duration = Duration::from_secs(30);
/// Longest rest.
const LONGEST_REST: Duration = Duration::from_secs(600);

#[derive(Debug, Default)]
struct State {
    failures: u32,
    rests_until: Option<Instant>,
}

/// Counts the provider's own failures in a row.
#[derive(Debug, Default)]
pub(super) struct Breaker(Mutex<State>);

impl Breaker {
    /// How long the provider is still left alone. When a rest is over one call may go and try.
    pub(super) fn rest(&self, now: Instant) -> Option<Duration> {
        let mut state = self.lock();
        let until = state.rests_until?;
        let left = until.saturating_duration_since(now);
        if left.is_zero() {
            // Others wait until that call has told what it found.
            state.rests_until = Some(now + FIRST_REST);
            return None;
        }
        Some(left)
    }

    /// The provider answered, well or badly: it is there.
    pub(super) fn answered(&self) {
        *self.lock() = State::default();
    }

    /// The provider failed or did not answer.
    pub(super) fn failed(&self, now: Instant) {
        let mut state = self.lock();
        state.failures = state.failures.saturating_add(1);
        if let Some(doublings) = state.failures.checked_sub(MOST_FAILURES) {
            let rest = FIRST_REST.saturating_mul(1 << doublings.min(5)).min(LONGEST_REST);
            state.rests_until = Some(now + rest);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_after_failures_in_a_row_and_closes_after_an_answer() {
        let (breaker, start) = (Breaker::default(), Instant::now());
        for _ in 0..MOST_FAILURES - 1 {
            breaker.failed(start);
        }
        assert_eq!(breaker.rest(start), None);
        breaker.failed(start);
        assert_eq!(breaker.rest(start), Some(FIRST_REST));
        let later = start + FIRST_REST;
        assert_eq!(breaker.rest(later), None, "one call may try");
        assert!(breaker.rest(later).is_some(), "and only one");
        breaker.failed(later);
        assert_eq!(breaker.rest(later), Some(2 * FIRST_REST));
        for _ in 0..50 {
            breaker.failed(later);
        }
        assert_eq!(breaker.rest(later), Some(LONGEST_REST));
        breaker.answered();
        assert_eq!(breaker.rest(later), None);
        breaker.failed(later);
        assert_eq!(breaker.rest(later), None, "counted anew");
    }
}
