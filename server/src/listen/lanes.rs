//! Two sets of threads for connections. Those that bring events while a crowd of them waits are served aside, so
//! that whoever asks for anything else does not stand in line behind thousands of events.
//!
//! A connection is a future, which any thread may poll; so it changes sides between two requests, and what is read
//! of it goes with it.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use tokio::runtime::{Builder, Handle, Runtime};

/// On which side a connection belongs, by the last request it brought.
#[derive(Debug, Default)]
pub(super) struct Lane(AtomicBool);

impl Lane {
    /// Says so; it moves before its next request.
    pub(super) fn set_aside(&self, is_aside: bool) {
        self.0.store(is_aside, Ordering::Relaxed);
    }

    fn is_aside(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The threads.
#[derive(Debug)]
pub(super) struct Lanes {
    usual: Handle,
    /// They are there from the first crowd on.
    aside: Mutex<Option<Runtime>>,
}

impl Lanes {
    /// The usual threads are those that call this.
    pub(super) fn here() -> Arc<Self> {
        Arc::new(Self { usual: Handle::current(), aside: Mutex::default() })
    }

    /// Serves a connection until it ends, on the side where it belongs.
    pub(super) fn carry<C>(self: Arc<Self>, mut connection: Pin<Box<C>>, lane: Arc<Lane>)
    where
        C: Future<Output = ()> + Send + 'static,
    {
        let is_aside = lane.is_aside();
        let threads = if is_aside { self.aside() } else { self.usual.clone() };
        threads.spawn(async move {
            let has_ended = std::future::poll_fn(|context| match connection.as_mut().poll(context) {
                Poll::Ready(()) => Poll::Ready(true),
                Poll::Pending if lane.is_aside() == is_aside => Poll::Pending,
                Poll::Pending => Poll::Ready(false),
            });
            if !has_ended.await {
                self.carry(connection, lane);
            }
        });
    }

    /// Ends the threads aside, and with them the connections that are still there.
    pub(super) fn end(&self) {
        let aside = self.aside.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Waiting for it is not allowed where others are served.
        aside.map(Runtime::shutdown_background);
    }

    fn aside(&self) -> Handle {
        let mut aside = self.aside.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(runtime) = &*aside {
            return runtime.handle().clone();
        }
        match Builder::new_multi_thread().thread_name("events-aside").enable_all().build() {
            Ok(runtime) => aside.insert(runtime).handle().clone(),
            Err(error) => {
                tracing::warn!(%error, "the system gives no more threads, so events are served beside everything else");
                self.usual.clone()
            }
        }
    }
}

impl Drop for Lanes {
    fn drop(&mut self) {
        self.end();
    }
}
