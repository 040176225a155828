//! Keeping what is served from memory up to date, and storing what was counted there.

use crate::live::Topic;
use crate::{Service, ServiceError};
use domain::SiteId;
use std::time::Duration;
use store::StoreError;
use store::changes::{Changes, News};
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// How often counters are announced.
const TICK: Duration = Duration::from_secs(1);
/// How often what was counted in memory is stored.
const STORE_EVERY: Duration = Duration::from_secs(10);

impl Service {
    /// Keeps the snapshot, open dashboards and counts of requests up to date until cancelled.
    ///
    /// On Postgres other processes tell of their changes; besides, versions are compared every few seconds, so
    /// that a message that got lost costs no more than that.
    pub async fn run_watcher(&self, cancelled: CancellationToken) {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut compare = interval(self.inner.settings.compare_sites_every);
        compare.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut store = interval(STORE_EVERY);
        store.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut news = None;
        loop {
            tokio::select! {
                () = cancelled.cancelled() => break,
                _ = tick.tick() => self.inner.live.announce_counted(),
                _ = store.tick() => self.store_what_was_counted().await,
                _ = compare.tick() => {
                    self.compare_sites().await;
                    if news.is_none() {
                        news = self.listen().await;
                    }
                }
                told = next(&mut news) => match told {
                    Ok(told) => self.hear(told).await,
                    Err(error) => {
                        tracing::warn!(error = &error as &dyn std::error::Error, "no news of other processes");
                        news = None;
                    }
                },
            }
        }
        self.store_what_was_counted().await;
    }

    async fn compare_sites(&self) {
        match self.refresh_changed_sites().await {
            Ok(()) => self.inner.metrics.note_fresh(Instant::now()),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "serving the last known sites");
            }
        }
    }

    async fn listen(&self) -> Option<Changes> {
        let listening = self.store().listen().await;
        listening.unwrap_or_else(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "changes by others are seen seconds later");
            None
        })
    }

    async fn hear(&self, told: News) {
        match told {
            News::Site(site_id) => self.follow(site_id).await,
            News::Work(site_id) => {
                self.wake_worker();
                self.inner.live.announce(site_id, Topic::Jobs);
            }
            News::Progress(site_id) => self.inner.live.announce(site_id, Topic::Jobs),
            News::Cancelled(job_id) => self.inner.in_hand.stop(job_id),
        }
    }

    async fn follow(&self, site_id: SiteId) {
        match self.refresh_site(site_id).await {
            Ok(()) => self.inner.live.announce(site_id, Topic::Variants),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "serving the last known version of a site");
            }
        }
    }

    async fn store_what_was_counted(&self) {
        let kept = |error: ServiceError| {
            tracing::warn!(error = &error as &dyn std::error::Error, "what was counted is kept for later");
        };
        self.store_requests().await.unwrap_or_else(kept);
        self.settle_early_conversions().await.map(drop).unwrap_or_else(kept);
    }
}

/// Waits for news, without end when nobody tells any.
async fn next(news: &mut Option<Changes>) -> Result<News, StoreError> {
    match news {
        Some(changes) => changes.next().await,
        None => std::future::pending().await,
    }
}
