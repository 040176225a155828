//! Events into counters, exactly once.
//!
//! One transaction stores a batch of events and moves their counters. Two keys keep a repeat from
//! counting: the event's own id, and the statistical unit: (site, visitor) for an exposure,
//! (site, goal, visitor) for a conversion.
//!
//! What the database knows of the batch is read, what becomes of each event in turn is found without
//! it ([`plan`]), and the result is written with one statement a table, which travel together.
//! Another process may have written the same in between; then a row that should be new is not, and
//! the batch is begun anew.

mod batch;
mod early;
mod known;
mod plan;
mod question;
mod write;

pub(crate) use plan::SAW_ANOTHER;

use crate::{StoreError, WriteTransaction};
use batch::Batch;
use domain::guardrail::Sample;
use domain::{GoalId, IncomingEvent, NotCounted, Outcome};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// An event that passed every check that needs no counter.
#[derive(Debug, Clone)]
pub struct CheckedEvent {
    /// The event.
    pub event: IncomingEvent,
    /// When it came.
    pub received_at: OffsetDateTime,
    /// Why it cannot count, when that is known already.
    pub not_counted: Option<NotCounted>,
    /// Whether its token is valid, so that it speaks of this very visitor.
    pub is_verified: bool,
    /// Epoch of the weight vector under which the visitor was assigned, from the token.
    pub epoch: i64,
    /// Whether the visitor belongs to the holdout, from the token.
    pub is_holdout: bool,
    /// The goal of a conversion, with whether the statistics count it.
    pub goal: Option<(GoalId, bool)>,
    /// What a guardrail event tells of its visit.
    pub sample: Option<Sample>,
    /// Under which it is noted when this visitor is erased; it cannot be computed back into the visitor.
    pub visitor_mark: Uuid,
    /// When its token was issued, in seconds since 1970; 0 without a valid one.
    pub token_issued_s: i64,
}

impl WriteTransaction {
    /// Stores events and moves their counters; what became of each, in order. It is as if they had come
    /// one after the other.
    ///
    /// # Errors
    /// When the database fails, and [`StoreError::Overtaken`] when another process wrote about the same
    /// visitors meanwhile; then the whole transaction must be dropped, and may be tried again.
    pub async fn record_events(
        &self,
        events: &[CheckedEvent],
        attribution_window: Duration,
    ) -> Result<Vec<Outcome>, StoreError> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let batch = Batch::new(events);
        let known = self.known_of(&batch).await?;
        let plan = plan::plan(&batch, known, attribution_window);
        self.write_parts(write::parts(&batch, &plan)).await?;
        Ok(plan.outcomes)
    }
}
