//! Background work while the process runs: jobs, and the upkeep of what is served from memory.

use service::{Lane, Service};
use std::future::Future;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Jobs at once. The first worker takes quick ones alone, because a language model may think for
/// minutes, and weights must not wait for it.
const WORKERS: [Lane; 4] = [Lane::Quick, Lane::All, Lane::All, Lane::All];
/// Wait before a loop that panicked is started again.
const RESTART_AFTER: Duration = Duration::from_secs(1);

/// The running loops.
pub struct Runner {
    loops: JoinSet<()>,
}

impl Runner {
    /// Starts all loops; they end after `stopping` is cancelled, each with the work in hand done.
    #[must_use]
    pub fn start(service: &Service, stopping: &CancellationToken) -> Self {
        let mut loops = JoinSet::new();
        for lane in WORKERS {
            let service = service.clone();
            let work = move |token| {
                let service = service.clone();
                async move { service.run_worker(lane, token).await }
            };
            loops.spawn(kept_alive("worker", stopping.clone(), work));
        }
        let watched = service.clone();
        let watch = move |token| {
            let service = watched.clone();
            async move { service.run_watcher(token).await }
        };
        loops.spawn(kept_alive("watcher", stopping.clone(), watch));
        let kept = service.clone();
        let keep = move |token| {
            let service = kept.clone();
            async move { service.run_keeper(token).await }
        };
        loops.spawn(kept_alive("keeper", stopping.clone(), keep));
        Self { loops }
    }

    /// Waits for the end of all loops, at most this long. A job that is cut off is taken up again
    /// when its lease is over.
    pub async fn drain(mut self, patience: Duration) {
        let ended = tokio::time::timeout(patience, async { while self.loops.join_next().await.is_some() {} }).await;
        if ended.is_err() {
            tracing::warn!("a job was cut off by the shutdown; it will be tried again");
            self.loops.abort_all();
        }
    }
}

/// Runs a loop until the process stops; a panic costs one round, not the loop.
async fn kept_alive<F, R>(name: &'static str, stopping: CancellationToken, start: F)
where
    F: Fn(CancellationToken) -> R + Send,
    R: Future<Output = ()> + Send + 'static,
{
    while !stopping.is_cancelled() {
        if let Err(error) = tokio::spawn(start(stopping.clone())).await {
            tracing::error!(%error, name, "a background loop failed and is started again");
            tokio::time::sleep(RESTART_AFTER).await;
        }
    }
}
