//! Conversions that come before their visitor's exposure.
//!
//! Requests overtake each other on their way. A conversion whose token is valid belongs to a visitor who was
//! assigned before, so it waits for the exposure, and counts when that arrives; the order of arrival makes no
//! difference in the end. When the visitor converts once more after the exposure, that one takes its place.

use super::CheckedEvent;
use super::batch::Batch;
use super::plan::Item;
use crate::bulk::{Part, Rows, add_up};
use crate::millis::Millis;
use crate::{Store, StoreError, WriteTransaction};
use domain::{EventId, EventType, GoalId, IncomingEvent, NotCounted, Outcome, SiteId, VariantId, VisitorId};
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// How long an exposure may be late: a token opens one for so long (DESIGN section 6).
const PATIENCE: Duration = Duration::seconds(domain::token::EXPOSURE_TTL_S);

/// A conversion that waits.
#[derive(Debug, Clone, Copy, PartialEq, FromQueryResult)]
pub(super) struct Early {
    pub(super) goal_id: Uuid,
    pub(super) is_primary: bool,
    pub(super) value: Option<f64>,
    pub(super) received_at: Millis,
    /// The variant that the event names.
    #[sea_orm(from_alias = "early_variant_id")]
    pub(super) variant_id: Uuid,
    pub(super) event_day: i64,
    pub(super) event_id: Uuid,
}

impl Early {
    /// A conversion of a batch, which is stored as one that waits.
    pub(super) fn of(item: Item<'_>, batch: &Batch<'_>, (goal_id, is_primary): (Uuid, bool)) -> Self {
        let event = &item.checked.event;
        Self {
            goal_id,
            is_primary,
            value: event.value,
            received_at: item.checked.received_at.into(),
            variant_id: event.variant_id.0,
            event_day: batch.days[item.number],
            event_id: event.id.0,
        }
    }

    /// Whether it was there early enough before an exposure to belong to it.
    pub(super) fn waited_for(&self, exposed_at: Millis) -> bool {
        exposed_at.time() - self.received_at.time() <= PATIENCE
    }
}

/// A conversion whose visitor is counted and which waits all the same: both came in the same moment, to two
/// processes, so that neither saw the other's.
#[derive(FromQueryResult)]
struct Left {
    site_id: Uuid,
    visitor_id: String,
    goal_id: Uuid,
    is_primary: bool,
    value: Option<f64>,
    received_at: Millis,
    variant_id: Uuid,
    event_day: i64,
    event_id: Uuid,
    metadata: Option<serde_json::Value>,
}

impl Store {
    /// Counts conversions that wait although their exposure is there, and forgets those whose exposure is
    /// too late; how many were counted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle_early_conversions(
        &self,
        now: OffsetDateTime,
        attribution_window: Duration,
    ) -> Result<usize, StoreError> {
        let backend = self.reader().get_database_backend();
        let query = "SELECT early.*, events.metadata FROM early_conversions AS early \
                     JOIN visitors ON visitors.site_id = early.site_id AND visitors.visitor_id = early.visitor_id \
                     JOIN events ON events.site_id = early.site_id AND events.day = early.event_day \
                     AND events.id = early.event_id LIMIT 100";
        let left = Left::find_by_statement(Statement::from_string(backend, query)).all(self.reader()).await?;
        let mut counted = 0;
        for left in left {
            counted += usize::from(self.settle(left, attribution_window).await?);
        }
        // The writer is not asked for while nothing waits in vain.
        let old = Value::from(Millis::from(now - PATIENCE).0);
        let about_old = |verb: &str, rest: &str| {
            let text = format!("{verb} FROM early_conversions WHERE received_at < $1 {rest}");
            Statement::from_sql_and_values(backend, text, [old.clone()])
        };
        if self.reader().query_one_raw(about_old("SELECT 1", "LIMIT 1")).await?.is_some() {
            let write = self.begin().await?;
            write.transaction.execute_raw(about_old("DELETE", "")).await?;
            write.commit().await?;
        }
        Ok(counted)
    }

    /// Takes the event back and lets it come once more.
    async fn settle(&self, left: Left, attribution_window: Duration) -> Result<bool, StoreError> {
        let write = self.begin_batch().await?;
        // The visitor first, as everybody who writes about one; when there is none of this name, it was erased.
        if !write.hold_visitor(left.site_id, &left.visitor_id).await? || !write.take_back(&left).await? {
            return Ok(false);
        }
        let outcomes = write.record_events(&[left.event()?], attribution_window).await?;
        write.commit().await?;
        Ok(outcomes == [Outcome::Counted])
    }
}

impl WriteTransaction {
    /// `false` when another process was faster.
    async fn take_back(&self, left: &Left) -> Result<bool, StoreError> {
        let key = || Rows::new(1).uuid("site_id", std::iter::once(left.site_id));
        let waits = key()
            .text("visitor_id", std::iter::once(left.visitor_id.as_str()))
            .uuid("goal_id", std::iter::once(left.goal_id));
        let event = key().whole("day", std::iter::once(left.event_day)).uuid("id", std::iter::once(left.event_id));
        let uncounted = key()
            .text("reason", std::iter::once(NotCounted::NoExposure.as_str()))
            .uuid("variant_id", std::iter::once(left.variant_id))
            .whole("hour", std::iter::once(left.received_at.seconds().div_euclid(3600)))
            .whole("impressions", std::iter::once(0))
            .whole("conversions", std::iter::once(-1));
        let delete = |table: &str, key: &str, rows: Rows| Part {
            statement: format!("DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM incoming)"),
            rows,
            all_new: true,
        };
        let parts = vec![
            delete("early_conversions", "site_id, visitor_id, goal_id", waits),
            delete("events", "site_id, day, id", event),
            add_up(
                "uncounted",
                &["site_id", "reason", "variant_id", "hour"],
                &["impressions", "conversions"],
                uncounted,
            ),
        ];
        match self.write_parts(parts).await {
            Ok(()) => Ok(true),
            Err(StoreError::Overtaken) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl Left {
    /// The event as it came.
    fn event(&self) -> Result<CheckedEvent, StoreError> {
        let event = IncomingEvent {
            id: EventId(self.event_id),
            site_id: SiteId(self.site_id),
            variant_id: VariantId(self.variant_id),
            visitor_id: VisitorId::from_stored(&self.visitor_id)
                .map_err(|error| StoreError::corrupt("early_conversions", error))?,
            event_type: EventType::Conversion,
            goal_id: Some(GoalId(self.goal_id)),
            value: self.value,
            metadata: self.metadata.clone(),
            token: None,
            owner: None,
        };
        Ok(CheckedEvent {
            event,
            received_at: self.received_at.time(),
            not_counted: None,
            is_verified: true,
            epoch: 0,
            is_holdout: false,
            goal: Some((GoalId(self.goal_id), self.is_primary)),
            sample: None,
            // It came before, so whether it belongs to an erased visitor was found then.
            visitor_mark: Uuid::nil(),
            token_issued_s: i64::MAX,
        })
    }
}
