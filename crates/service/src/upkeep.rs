//! Upkeep of the installation as a whole: days for new events, and the end of old ones.

use crate::{Service, ServiceError};
use std::time::Duration;
use store::retention::Pruned;
use tokio_util::sync::CancellationToken;

/// How often upkeep is done. Postgres has partitions for more than a week ahead, so a missed round is no loss.
const EVERY: Duration = Duration::from_secs(6 * 60 * 60);

impl Service {
    /// Looks after the table of raw events until cancelled. Any number of processes may do so.
    pub async fn run_keeper(&self, cancelled: CancellationToken) {
        while !cancelled.is_cancelled() {
            match self.keep_events().await {
                Ok(pruned) if pruned == Pruned::default() => {}
                Ok(Pruned { days, events }) => tracing::info!(days, events, "old raw events were deleted"),
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "old raw events are kept for now");
                }
            }
            tokio::select! {
                () = cancelled.cancelled() => {}
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }

    /// Makes room for the events of the coming days, and deletes those that are older than the settings say.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_events(&self) -> Result<Pruned, ServiceError> {
        self.store().prepare_event_days(self.now()).await?;
        match self.inner.settings.keep_events {
            Some(age) => Ok(self.store().prune_events(self.now() - age).await?),
            None => Ok(Pruned::default()),
        }
    }
}
