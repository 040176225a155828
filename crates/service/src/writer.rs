//! The one writer of events: it commits what is waiting together, and answers after the commit.
//!
//! Nobody is waited for. While a transaction is being made durable, more requests come, and the next
//! one takes all of them; so a lone event waits for nothing, and under load a commit is shared by many.

use crate::ServiceError;
use crate::metrics::Metrics;
use domain::Outcome;
use domain::event::Dropped;
use std::sync::{Arc, OnceLock};
use store::ingest::CheckedEvent;
use store::{Store, StoreError, WriteTransaction};
use time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// Requests that may wait; more are turned away at once, so that nobody waits for long in vain.
const MOST_WAITING: usize = 1024;
/// Events in one transaction, or a little more, because a request is not divided.
const MOST_TOGETHER: usize = 256;
/// Tries of a batch whose visitors another process wrote about in the same moment.
const TRIES: usize = 8;

/// What became of one event: an outcome, or why it is not stored.
type Stored = Result<Outcome, Arc<StoreError>>;

/// A request that waits for its commit.
struct Waiting {
    events: Vec<CheckedEvent>,
    answer: oneshot::Sender<Vec<Stored>>,
}

/// The way to the writer.
#[derive(Default)]
pub(crate) struct Writer {
    queue: OnceLock<mpsc::Sender<Waiting>>,
}

impl Writer {
    /// Hands events over and waits until what became of them is durable. The writer's task begins with
    /// the first events and ends with the service.
    ///
    /// # Errors
    /// `Busy` when too many wait already, `NotStored` when none of the events is stored.
    pub(crate) async fn write(
        &self,
        store: &Store,
        metrics: &Arc<Metrics>,
        attribution_window: Duration,
        events: Vec<CheckedEvent>,
    ) -> Result<Vec<Outcome>, ServiceError> {
        let queue = self.queue.get_or_init(|| {
            let (sender, receiver) = mpsc::channel(MOST_WAITING);
            begin(Work { store: store.clone(), metrics: metrics.clone(), attribution_window }.run(receiver));
            sender
        });
        let (answer, answered) = oneshot::channel();
        queue.try_send(Waiting { events, answer }).map_err(|_| ServiceError::Busy)?;
        outcomes(answered.await.map_err(|_| ServiceError::Busy)?)
    }

    /// Whether another request may wait.
    pub(crate) fn has_room(&self) -> bool {
        self.queue.get().is_none_or(|queue| queue.capacity() > 0)
    }

    /// Requests that wait now.
    pub(crate) fn waiting(&self) -> usize {
        self.queue.get().map_or(0, |queue| queue.max_capacity() - queue.capacity())
    }
}

/// What a request is told: one outcome an event while any of them is stored.
fn outcomes(stored: Vec<Stored>) -> Result<Vec<Outcome>, ServiceError> {
    if let Some(Err(first)) = stored.iter().find(|stored| stored.is_err())
        && !stored.iter().any(Result::is_ok)
        && !matches!(**first, StoreError::Dangling(_))
    {
        return Err(ServiceError::NotStored(first.clone()));
    }
    let outcome = |stored: Stored| match stored {
        Ok(outcome) => outcome,
        // What the event belongs to was deleted while it waited.
        Err(error) if matches!(*error, StoreError::Dangling(_)) => Outcome::Dropped(Dropped::UnknownSite),
        Err(_) => Outcome::Retry,
    };
    Ok(stored.into_iter().map(outcome).collect())
}

/// Lets the writer work on a thread of its own. Among thousands of connections each of its many short waits for
/// the database would end late, while the database has nothing to do.
fn begin(work: impl Future<Output = ()> + Send + 'static) {
    let alone = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let thread = std::thread::Builder::new().name("event-writer".to_owned());
    match alone {
        Ok(alone) => {
            // The thread ends with the queue. One that cannot be had leaves the queue without a reader, which
            // everybody who waits is told.
            if let Err(error) = thread.spawn(move || alone.block_on(work)) {
                tracing::error!(%error, "the writer of events has no thread");
            }
        }
        Err(error) => {
            tracing::warn!(%error, "the writer of events shares its thread");
            tokio::spawn(work);
        }
    }
}

/// What the writer works with.
struct Work {
    store: Store,
    metrics: Arc<Metrics>,
    attribution_window: Duration,
}

impl Work {
    async fn run(self, mut queue: mpsc::Receiver<Waiting>) {
        while let Some(first) = queue.recv().await {
            let mut events = first.events;
            let mut answers = vec![(first.answer, events.len())];
            while events.len() < MOST_TOGETHER
                && let Ok(next) = queue.try_recv()
            {
                answers.push((next.answer, next.events.len()));
                events.extend(next.events);
            }
            let mut stored = self.store_each(&events).await.into_iter();
            for (answer, count) in answers {
                // Whoever does not wait any more asks again, and is told of a duplicate.
                let _ = answer.send(stored.by_ref().take(count).collect());
            }
        }
    }

    /// Stores events together. When the database refuses them, each half is tried by itself, so that one
    /// event that cannot be stored takes no other with it; when it is not there, there is no point in that.
    async fn store_each(&self, events: &[CheckedEvent]) -> Vec<Stored> {
        let error = match self.store_all(events).await {
            Ok(outcomes) => return outcomes.into_iter().map(Ok).collect(),
            Err(error) => error,
        };
        let is_about_events = !matches!(error, StoreError::Unavailable(_) | StoreError::Overtaken);
        if events.len() == 1 || !is_about_events {
            let error = Arc::new(error);
            return events.iter().map(|_| Err(error.clone())).collect();
        }
        let (one, other) = events.split_at(events.len() / 2);
        let mut stored = Box::pin(self.store_each(one)).await;
        stored.extend(Box::pin(self.store_each(other)).await);
        stored
    }

    async fn store_all(&self, events: &[CheckedEvent]) -> Result<Vec<Outcome>, StoreError> {
        let mut tries = 1;
        let begun = Instant::now();
        loop {
            let write = self.store.begin().await?;
            match write.record_events(events, self.attribution_window).await {
                Ok(outcomes) => {
                    commit(write).await?;
                    self.metrics.note_batch(events.len(), begun.elapsed());
                    return Ok(outcomes);
                }
                Err(StoreError::Overtaken) if tries < TRIES => tries += 1,
                Err(error) => return Err(error),
            }
        }
    }
}

/// Nobody is told of an event before this has returned.
#[cfg(not(feature = "fault-answer-before-commit"))]
async fn commit(write: WriteTransaction) -> Result<(), StoreError> {
    write.commit().await
}

/// The fault that `cargo xtask torture --faulty-build` must find.
#[cfg(feature = "fault-answer-before-commit")]
async fn commit(write: WriteTransaction) -> Result<(), StoreError> {
    tokio::spawn(async move {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        write.commit().await
    });
    Ok(())
}
