//! Background work while the process runs: jobs, and the upkeep of what is served from memory.

use service::{Lane, Service};
use std::future::Future;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Jobs at once. The first worker takes quick ones alone, because a language model may think for
/// minutes, and weights must not wait for it.
const WORKERS: [Lane; 4] = [Lane::Quick, Lane::All, Lane::All, Lane::All];
/// Part of the time for stopping that is kept for putting jobs back.
const PUTTING_BACK: Duration = Duration::from_secs(1);
/// Wait before a loop that panicked is started again.
const RESTART_AFTER: Duration = Duration::from_secs(1);

/// The running loops.
pub struct Runner {
    service: Service,
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
        watch(&mut loops, service, stopping);
        let kept = service.clone();
        let keep = move |token| {
            let service = kept.clone();
            async move { service.run_keeper(token).await }
        };
        loops.spawn(kept_alive("keeper", stopping.clone(), keep));
        let erasing = service.clone();
        let erase = move |token| {
            let service = erasing.clone();
            async move { service.run_eraser(token).await }
        };
        loops.spawn(kept_alive("eraser", stopping.clone(), erase));
        Self { service: service.clone(), loops }
    }

    /// Starts what keeps the served sites up to date, for a process that leaves the jobs to others.
    #[must_use]
    pub fn watching(service: &Service, stopping: &CancellationToken) -> Self {
        let mut loops = JoinSet::new();
        watch(&mut loops, service, stopping);
        Self { service: service.clone(), loops }
    }

    /// Waits for the end of all loops, at most this long. A job that takes longer is put back, so that another
    /// process can take it at once instead of waiting for the end of its lease.
    pub async fn drain(mut self, patience: Duration) {
        if self.end_within(patience.saturating_sub(PUTTING_BACK)).await {
            return;
        }
        self.service.release_jobs();
        if !self.end_within(PUTTING_BACK.min(patience)).await {
            tracing::warn!("a job was cut off by the shutdown; it is taken up when its lease is over");
            self.loops.abort_all();
        }
    }

    async fn end_within(&mut self, patience: Duration) -> bool {
        let ended = async { while self.loops.join_next().await.is_some() {} };
        tokio::time::timeout(patience, ended).await.is_ok()
    }
}

/// Takes over what other processes change.
fn watch(loops: &mut JoinSet<()>, service: &Service, stopping: &CancellationToken) {
    let watched = service.clone();
    let watch = move |token| {
        let service = watched.clone();
        async move { service.run_watcher(token).await }
    };
    loops.spawn(kept_alive("watcher", stopping.clone(), watch));
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
