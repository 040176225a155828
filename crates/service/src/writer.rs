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
use tokio::runtime::{Builder, Handle};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// Requests that may wait; more are turned away at once, so that nobody waits for long in vain.
const MOST_WAITING: usize = 1024;
/// From so many on they are a crowd: two transactions and more.
const CROWD: usize = MOST_WAITING / 2;
/// Events in one transaction, or a little more, because a request is not divided.
const MOST_TOGETHER: usize = 256;
/// Tries of a batch whose visitors another process wrote about in the same moment.
const TRIES: usize = 8;

/// No more tries are begun after this long.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

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
            begin(Work { store: store.clone(), metrics: metrics.clone(), attribution_window }, receiver);
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

    /// Whether a crowd waits.
    pub(crate) fn is_crowded(&self) -> bool {
        self.waiting() >= CROWD
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

/// Lets the writer work on a thread of its own, with its own connections to the database, which no other thread has to
/// look after. Among thousands of connections each of its many short waits would end late, while the database has
/// nothing to do. It ends with the queue.
fn begin(work: Work, queue: mpsc::Receiver<Waiting>) {
    let answering = Handle::current();
    let thread = std::thread::Builder::new().name("event-writer".to_owned());
    let begun = thread.spawn(move || match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => {
            if let Err(error) = runtime.block_on(work.run(queue, &answering)) {
                tracing::error!(%error, "the writer of events ended");
            }
        }
        Err(error) => tracing::error!(%error, "the writer of events has no runtime"),
    });
    if let Err(error) = begun {
        // Nobody reads the queue then, which everybody who waits is told.
        tracing::error!(%error, "the writer of events has no thread");
    }
}

/// What the writer works with.
struct Work {
    store: Store,
    metrics: Arc<Metrics>,
    attribution_window: Duration,
}

impl Work {
    /// Stores what waits until nobody can bring more. The answers are given by `answering`, while the next batch
    /// is stored.
    async fn run(mut self, mut queue: mpsc::Receiver<Waiting>, answering: &Handle) -> Result<(), StoreError> {
        self.store = self.store.with_own_events().await?;
        while let Some(first) = queue.recv().await {
            let (mut events, mut answers) = (Vec::with_capacity(MOST_TOGETHER), Vec::with_capacity(MOST_TOGETHER));
            let mut next = Some(first);
            while let Some(Waiting { events: more, answer }) = next {
                // Whoever gave up asks again; until then nothing is written for them.
                if !answer.is_closed() {
                    answers.push((answer, more.len()));
                    events.extend(more);
                }
                next = if events.len() < MOST_TOGETHER { queue.try_recv().ok() } else { None };
            }
            if events.is_empty() {
                continue;
            }
            let mut stored = self.store_each(&events).await.into_iter();
            answering.spawn(async move {
                for (answer, count) in answers {
                    // Whoever gave up meanwhile asks again, and is told of a duplicate.
                    let _ = answer.send(stored.by_ref().take(count).collect());
                }
            });
        }
        self.store.close_own_events().await
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
            let write = self.store.begin_batch().await?;
            match write.record_events(events, self.attribution_window).await {
                Ok(outcomes) => {
                    commit(write).await?;
                    self.metrics.note_batch(events.len(), begun.elapsed());
                    return Ok(outcomes);
                }
                Err(StoreError::Overtaken) if tries < TRIES && begun.elapsed() < PATIENCE => tries += 1,
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
