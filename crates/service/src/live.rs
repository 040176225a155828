//! Telling open dashboards what changed.
//!
//! Changes are announced at once, apart from statistics: those are gathered and announced once a
//! second, so that a busy site does not make its owner's browser load all the time.

use crate::{Service, ServiceError};
use domain::SiteId;
use futures::{Stream, StreamExt, stream};
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use store::Viewer;
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Visitors, conversions or weights.
    Statistics,
    /// The list of variants or their states.
    Variants,
    /// A job's progress.
    Jobs,
    /// The site itself.
    Site,
}

impl Topic {
    /// Name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Statistics => "statistics",
            Self::Variants => "variants",
            Self::Jobs => "jobs",
            Self::Site => "site",
        }
    }
}

/// A change of one site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SiteChange {
    /// Site.
    pub site_id: SiteId,
    /// What changed.
    pub topic: Topic,
}

pub(crate) struct Live {
    sender: broadcast::Sender<SiteChange>,
    counted: Mutex<HashSet<SiteId>>,
}

impl Live {
    pub(crate) fn new() -> Self {
        Self { sender: broadcast::channel(1024).0, counted: Mutex::default() }
    }

    pub(crate) fn announce(&self, site_id: SiteId, topic: Topic) {
        // Without listeners there is nobody to tell, which is no error.
        let _ = self.sender.send(SiteChange { site_id, topic });
    }

    /// Notes that counters moved; announced by [`announce_counted`](Self::announce_counted).
    pub(crate) fn note_counted(&self, site_id: SiteId) {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner).insert(site_id);
    }

    pub(crate) fn announce_counted(&self) {
        let counted = std::mem::take(&mut *self.counted.lock().unwrap_or_else(PoisonError::into_inner));
        counted.into_iter().for_each(|site_id| self.announce(site_id, Topic::Statistics));
    }
}

impl Service {
    /// The changes of one of the viewer's sites, from now on. A listener that falls behind is told
    /// that everything changed.
    ///
    /// # Errors
    /// `NotFound` for a site of somebody else.
    pub async fn watch(
        &self,
        viewer: &Viewer,
        site_id: SiteId,
    ) -> Result<impl Stream<Item = Topic> + Send + use<>, ServiceError> {
        self.owned_site(viewer, site_id).await?;
        let changes = BroadcastStream::new(self.inner.live.sender.subscribe());
        Ok(changes.flat_map(move |change| {
            let topics = match change {
                Ok(change) if change.site_id == site_id => vec![change.topic],
                Ok(_) => vec![],
                Err(_) => vec![Topic::Site, Topic::Variants, Topic::Jobs, Topic::Statistics],
            };
            stream::iter(topics)
        }))
    }
}
