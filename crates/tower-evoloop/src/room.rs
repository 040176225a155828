//! Room for the bytes that are held, shared by all pages of a layer.

use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// All of it.
#[derive(Debug, Clone)]
pub(crate) struct Rooms(Arc<Semaphore>);

impl Rooms {
    pub(crate) fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes.min(Semaphore::MAX_PERMITS))))
    }

    /// None yet, for one page.
    pub(crate) fn room(&self) -> Room {
        Room { rooms: self.clone(), taken: None }
    }
}

/// What one page has of it, until this is dropped.
#[derive(Debug)]
pub(crate) struct Room {
    rooms: Rooms,
    taken: Option<OwnedSemaphorePermit>,
}

impl Room {
    /// Takes so much that there is room for these bytes; `false` when there is not, and then what was taken stays.
    pub(crate) fn grow(&mut self, bytes: usize) -> bool {
        let has = self.taken.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let Ok(more) = u32::try_from(bytes.saturating_sub(has)) else { return false };
        let Ok(more) = self.rooms.0.clone().try_acquire_many_owned(more) else { return false };
        match &mut self.taken {
            Some(taken) => taken.merge(more),
            None => self.taken = Some(more),
        }
        true
    }
}
