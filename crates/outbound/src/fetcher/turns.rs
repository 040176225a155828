//! One request at a time to a host, so that reading many pages of a site does not press it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// From so many hosts on, those that nobody asks are forgotten.
const REMEMBERED: usize = 256;

/// Whose turn it is, by host.
#[derive(Default)]
pub(super) struct Turns(Mutex<HashMap<String, Weak<AsyncMutex<()>>>>);

/// The right to ask a host until this is dropped.
pub(crate) type Turn = OwnedMutexGuard<()>;

impl Turns {
    /// Waits until nobody else asks the host. First come, first served.
    pub(super) async fn take(&self, host: &str) -> Turn {
        self.of(host).lock_owned().await
    }

    fn of(&self, host: &str) -> Arc<AsyncMutex<()>> {
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = hosts.get(host).and_then(Weak::upgrade) {
            return turn;
        }
        if hosts.len() >= REMEMBERED {
            hosts.retain(|_, turn| turn.strong_count() > 0);
        }
        let turn = Arc::new(AsyncMutex::new(()));
        hosts.insert(host.to_owned(), Arc::downgrade(&turn));
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::Turns;

    #[tokio::test]
    async fn hosts_that_nobody_asks_are_forgotten() {
        let turns = Turns::default();
        let kept = turns.take("kept.site").await;
        for number in 0..1_000 {
            drop(turns.take(&format!("{number}.site")).await);
        }
        let hosts = turns.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        assert!(hosts.len() <= super::REMEMBERED);
        assert!(hosts.get("kept.site").is_some_and(|turn| turn.strong_count() == 1));
        drop(kept);
    }
}
