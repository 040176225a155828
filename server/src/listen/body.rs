//! The body of a request, which must have arrived in time.

use axum::body::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep_until};

/// A body that breaks off at its deadline, however busily its bytes drip.
pub(super) struct PatientBody {
    incoming: Incoming,
    end: Instant,
    /// Made when there is something to wait for, which most bodies are too short for.
    timer: Option<Pin<Box<Sleep>>>,
    late: Arc<AtomicBool>,
}

impl PatientBody {
    /// `late` becomes true when the body breaks off.
    pub(super) fn new(incoming: Incoming, limit: Duration, late: Arc<AtomicBool>) -> Self {
        Self { incoming, end: Instant::now() + limit, timer: None, late }
    }
}

impl Body for PatientBody {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.incoming).poll_frame(context) {
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let end = this.end;
        let timer = this.timer.get_or_insert_with(|| Box::pin(sleep_until(end)));
        if timer.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        this.late.store(true, Ordering::Release);
        Poll::Ready(Some(Err("the body did not arrive in time".into())))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}
