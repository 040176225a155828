//! How many events, or wishes of another kind, a second a site may send.

use std::sync::{Mutex, PoisonError};
use time::OffsetDateTime;

/// A token bucket that holds one second's worth, full at first.
#[derive(Debug, Default)]
pub(crate) struct Bucket(Mutex<Option<Level>>);

#[derive(Debug, Clone, Copy)]
struct Level {
    left: f64,
    at: OffsetDateTime,
}

impl Bucket {
    /// Takes one of so many a second; `false` when none is left. 0 a second means no limit.
    pub(crate) fn take(&self, per_second: u32, now: OffsetDateTime) -> bool {
        if per_second == 0 {
            return true;
        }
        let full = f64::from(per_second);
        let mut level = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = level.map_or(full, |level| {
            let since = (now - level.at).as_seconds_f64().max(0.0);
            (level.left + since * full).min(full)
        });
        let allowed = left >= 1.0;
        *level = Some(Level { left: if allowed { left - 1.0 } else { left }, at: now });
        allowed
    }
}
