//! How often browsers ask for a variant, and how many of them are automated: the share of robots.
//!
//! Requests are not events: they are counted in memory, so that assignment needs no database, and
//! added to the hour's counter every ten seconds. A crash loses those since.

use crate::snapshot::SiteSnapshot;
use crate::{Service, ServiceError};
use domain::SiteId;
use std::sync::atomic::{AtomicI64, Ordering};
use store::StoreError;
use store::quality::Requests;

/// Requests of one site that are not stored yet.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    all: AtomicI64,
    automated: AtomicI64,
}

impl Tally {
    pub(crate) fn note(&self, automated: bool) {
        self.all.fetch_add(1, Ordering::Relaxed);
        self.automated.fetch_add(i64::from(automated), Ordering::Relaxed);
    }

    fn add(&self, requests: Requests) {
        self.all.fetch_add(requests.all, Ordering::Relaxed);
        self.automated.fetch_add(requests.automated, Ordering::Relaxed);
    }

    fn take(&self) -> Requests {
        // The smaller one first: what is noted in between is never more automated than all.
        let automated = self.automated.swap(0, Ordering::Relaxed);
        Requests { all: self.all.swap(0, Ordering::Relaxed), automated }
    }
}

impl Service {
    /// Stores the requests that were counted in memory.
    ///
    /// # Errors
    /// When the database fails; then they are kept for the next time.
    pub async fn store_requests(&self) -> Result<(), ServiceError> {
        let taken: Vec<_> =
            self.inner.snapshot.all().into_iter().map(|(id, site)| (id, site.tally.take(), site)).collect();
        let requests: Vec<(SiteId, Requests)> = taken
            .iter()
            .map(|(id, requests, _)| (*id, *requests))
            .filter(|(_, it)| *it != Requests::default())
            .collect();
        if requests.is_empty() {
            return Ok(());
        }
        let stored = self.store_tallies(&requests).await;
        if stored.is_err() {
            taken.iter().for_each(|(_, requests, site)| site.tally.add(*requests));
        }
        Ok(stored?)
    }

    async fn store_tallies(&self, requests: &[(SiteId, Requests)]) -> Result<(), StoreError> {
        let write = self.store().begin().await?;
        write.add_requests(requests, self.now()).await?;
        write.commit().await
    }
}

impl SiteSnapshot {
    /// Goes on with the requests that another snapshot of the same site counted.
    pub(crate) fn counting_on(self, before: &Self) -> Self {
        Self { tally: before.tally.clone(), ..self }
    }
}
