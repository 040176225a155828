//! What comes and is not stored: requests for a variant, with the share of robots, and events that are
//! turned away.
//!
//! Neither is part of a statistic: they are counted in memory, so that assignment needs no database, and
//! added to the hour's counters every ten seconds. A crash loses those since.

use crate::limit::Bucket;
use crate::snapshot::SiteSnapshot;
use crate::{Service, ServiceError};
use domain::SiteId;
use domain::event::Dropped;
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use store::StoreError;
use store::quality::Requests;

/// What came for one site and is not stored yet.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    all: AtomicI64,
    automated: AtomicI64,
    dropped: [AtomicI64; Dropped::ALL.len()],
    /// The events that it may still send.
    pub(crate) bucket: Bucket,
    /// The wishes of browsers to have their visitor erased that it may still send.
    pub(crate) wishes: Bucket,
}

impl Tally {
    pub(crate) fn note(&self, automated: bool) {
        self.all.fetch_add(1, Ordering::Relaxed);
        self.automated.fetch_add(i64::from(automated), Ordering::Relaxed);
    }

    /// Counts an event that is turned away.
    pub(crate) fn note_dropped(&self, reason: Dropped) {
        self.add_dropped(reason, 1);
    }

    fn add_dropped(&self, reason: Dropped, events: i64) {
        let counters = Dropped::ALL.iter().zip(&self.dropped);
        for (_, counter) in counters.filter(|(counted, _)| **counted == reason) {
            counter.fetch_add(events, Ordering::Relaxed);
        }
    }

    fn take_dropped(&self) -> Vec<(Dropped, i64)> {
        let taken = Dropped::ALL.iter().zip(&self.dropped);
        let taken = taken.map(|(reason, counter)| (*reason, counter.swap(0, Ordering::Relaxed)));
        taken.filter(|(_, events)| *events > 0).collect()
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
    /// Stores what was counted in memory.
    ///
    /// # Errors
    /// When the database fails; then it is kept for the next time.
    pub async fn store_requests(&self) -> Result<(), ServiceError> {
        let sites = self.inner.snapshot.all();
        let requests: Vec<(SiteId, Requests)> = sites.iter().map(|(id, site)| (*id, site.tally.take())).collect();
        let dropped: Vec<(SiteId, Dropped, i64)> = sites
            .iter()
            .flat_map(|(id, site)| site.tally.take_dropped().into_iter().map(|(reason, events)| (*id, reason, events)))
            .collect();
        let stored = self.store_tallies(&requests, &dropped).await;
        if stored.is_err() {
            let tallies: HashMap<SiteId, &Tally> = sites.iter().map(|(id, site)| (*id, &*site.tally)).collect();
            requests.iter().for_each(|(id, requests)| tallies[id].add(*requests));
            dropped.iter().for_each(|(id, reason, events)| tallies[id].add_dropped(*reason, *events));
        }
        Ok(stored?)
    }

    /// Counts an event that is turned away, for its site if that is served here.
    pub fn note_dropped(&self, site_id: Option<SiteId>, reason: Dropped) {
        self.inner.metrics.note_dropped(reason);
        if let Some(site) = site_id.and_then(|id| self.inner.snapshot.get(id)) {
            site.tally.note_dropped(reason);
        }
    }

    async fn store_tallies(
        &self,
        requests: &[(SiteId, Requests)],
        dropped: &[(SiteId, Dropped, i64)],
    ) -> Result<(), StoreError> {
        let some: Vec<_> = requests.iter().filter(|(_, requests)| *requests != Requests::default()).copied().collect();
        if some.is_empty() && dropped.is_empty() {
            return Ok(());
        }
        let write = self.store().begin().await?;
        write.add_requests(&some, self.now()).await?;
        write.add_dropped(dropped, self.now()).await?;
        write.commit().await
    }
}

impl SiteSnapshot {
    /// Goes on with the requests that another snapshot of the same site counted.
    pub(crate) fn counting_on(self, before: &Self) -> Self {
        Self { tally: before.tally.clone(), ..self }
    }
}
