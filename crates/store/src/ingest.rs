//! Events into counters, exactly once.
//!
//! One transaction stores an event and moves its counters. Two keys keep a repeat from counting:
//! the event's own id, and the statistical unit: (site, visitor) for an exposure,
//! (site, goal, visitor) for a conversion.

use crate::entity::{events, experiment_stats, goal_conversions, ledger, visitors};
use crate::millis::Millis;
use crate::{StoreError, WriteTransaction};
use domain::{EventType, GoalId, IncomingEvent, NotCounted, Outcome, SiteId, VariantId, VisitorId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, TryInsertResult};
use time::{Duration, OffsetDateTime};

/// An event that passed every check that needs no counter.
#[derive(Debug, Clone)]
pub struct CheckedEvent {
    /// The event.
    pub event: IncomingEvent,
    /// Why it cannot count, when that is known already.
    pub not_counted: Option<NotCounted>,
    /// Epoch of the weight vector under which the visitor was assigned, from the token.
    pub epoch: i64,
    /// The goal of a conversion, with whether the statistics count it.
    pub goal: Option<(GoalId, bool)>,
}

impl WriteTransaction {
    /// Stores one event and moves its counters.
    ///
    /// # Errors
    /// When the database fails; then the whole transaction must be dropped.
    pub async fn record_event(
        &self,
        checked: &CheckedEvent,
        now: OffsetDateTime,
        attribution_window: Duration,
    ) -> Result<Outcome, StoreError> {
        if let Some(reason) = checked.not_counted {
            let stored = self.insert_event(checked, Some(reason), now).await?;
            return Ok(if stored { Outcome::Stored(reason) } else { Outcome::Duplicate });
        }
        match checked.event.event_type {
            EventType::Impression => self.record_exposure(checked, now).await,
            EventType::Conversion => self.record_conversion(checked, now, attribution_window).await,
        }
    }

    async fn record_exposure(&self, checked: &CheckedEvent, now: OffsetDateTime) -> Result<Outcome, StoreError> {
        let event = &checked.event;
        let hour = now.unix_timestamp().div_euclid(3600);
        let unit = visitors::ActiveModel {
            site_id: Set(event.site_id.0),
            visitor_id: Set(event.visitor_id.as_str().to_owned()),
            variant_id: Set(event.variant_id.0),
            epoch: Set(checked.epoch),
            exposure_hour: Set(hour),
            first_seen: Set(now.into()),
        };
        let unit =
            visitors::Entity::insert(unit).on_conflict_do_nothing().exec_without_returning(&self.transaction).await?;
        if !matches!(unit, TryInsertResult::Inserted(1..)) {
            return Ok(Outcome::Duplicate);
        }
        if !self.insert_event(checked, None, now).await? {
            // The id was used by another visitor's event: this one is a repeat of it and counts nobody.
            visitors::Entity::delete_by_id((event.site_id.0, event.visitor_id.as_str().to_owned()))
                .exec(&self.transaction)
                .await?;
            return Ok(Outcome::Duplicate);
        }
        let cell = Cell { site_id: event.site_id, variant_id: event.variant_id, epoch: checked.epoch, hour };
        self.count(cell, 1, 0, now).await?;
        Ok(Outcome::Counted)
    }

    async fn record_conversion(
        &self,
        checked: &CheckedEvent,
        now: OffsetDateTime,
        attribution_window: Duration,
    ) -> Result<Outcome, StoreError> {
        let event = &checked.event;
        let exposure = visitors::Entity::find_by_id((event.site_id.0, event.visitor_id.as_str().to_owned()))
            .one(&self.transaction)
            .await?;
        let refused = match &exposure {
            None => Some(NotCounted::NoExposure),
            Some(exposure) if now - exposure.first_seen.time() > attribution_window => Some(NotCounted::Late),
            Some(_) => None,
        };
        let (Some(exposure), Some((goal_id, is_primary)), None) = (exposure, checked.goal, refused) else {
            let reason = refused.unwrap_or(NotCounted::NoExposure);
            let stored = self.insert_event(checked, Some(reason), now).await?;
            return Ok(if stored { Outcome::Stored(reason) } else { Outcome::Duplicate });
        };
        if !self.insert_conversion(event, goal_id, VariantId(exposure.variant_id), now).await? {
            return Ok(Outcome::Duplicate);
        }
        if !self.insert_event(checked, None, now).await? {
            self.delete_conversion(event.site_id, goal_id, &event.visitor_id).await?;
            return Ok(Outcome::Duplicate);
        }
        if is_primary {
            let cell = Cell {
                site_id: event.site_id,
                variant_id: VariantId(exposure.variant_id),
                epoch: exposure.epoch,
                hour: exposure.exposure_hour,
            };
            self.count(cell, 0, 1, now).await?;
        }
        Ok(Outcome::Counted)
    }

    /// Stores the raw event; `false` when its id is there already.
    async fn insert_event(
        &self,
        checked: &CheckedEvent,
        not_counted: Option<NotCounted>,
        now: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        let event = &checked.event;
        let row = events::ActiveModel {
            site_id: Set(event.site_id.0),
            id: Set(event.id.0),
            variant_id: Set(event.variant_id.0),
            visitor_id: Set(event.visitor_id.as_str().to_owned()),
            event_type: Set(event.event_type.as_str().to_owned()),
            goal_id: Set(checked.goal.map(|(goal_id, _)| goal_id.0)),
            value: Set(event.value),
            metadata: Set(event.metadata.clone()),
            not_counted: Set(not_counted.map(|reason| reason.as_str().to_owned())),
            created_at: Set(now.into()),
        };
        let stored =
            events::Entity::insert(row).on_conflict_do_nothing().exec_without_returning(&self.transaction).await?;
        Ok(matches!(stored, TryInsertResult::Inserted(1..)))
    }

    async fn insert_conversion(
        &self,
        event: &IncomingEvent,
        goal_id: GoalId,
        variant_id: VariantId,
        now: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        let row = goal_conversions::ActiveModel {
            site_id: Set(event.site_id.0),
            goal_id: Set(goal_id.0),
            visitor_id: Set(event.visitor_id.as_str().to_owned()),
            variant_id: Set(variant_id.0),
            value: Set(event.value),
            converted_at: Set(now.into()),
        };
        let stored = goal_conversions::Entity::insert(row)
            .on_conflict_do_nothing()
            .exec_without_returning(&self.transaction)
            .await?;
        Ok(matches!(stored, TryInsertResult::Inserted(1..)))
    }

    async fn delete_conversion(&self, site: SiteId, goal: GoalId, visitor: &VisitorId) -> Result<(), StoreError> {
        goal_conversions::Entity::delete_by_id((site.0, goal.0, visitor.as_str().to_owned()))
            .exec(&self.transaction)
            .await?;
        Ok(())
    }

    /// Moves the posterior and the ledger's cell together.
    async fn count(&self, cell: Cell, visitors: i32, conversions: i32, now: OffsetDateTime) -> Result<(), StoreError> {
        use experiment_stats::Column as S;
        experiment_stats::Entity::update_many()
            .col_expr(S::Visitors, Expr::col(S::Visitors).add(visitors))
            .col_expr(S::Conversions, Expr::col(S::Conversions).add(conversions))
            .col_expr(S::Alpha, Expr::col(S::Alpha).add(f64::from(conversions)))
            .col_expr(S::Beta, Expr::col(S::Beta).add(f64::from(visitors - conversions)))
            .col_expr(S::UpdatedAt, Expr::value(Millis::from(now)))
            .filter(S::SiteId.eq(cell.site_id.0))
            .filter(S::VariantId.eq(cell.variant_id.0))
            .exec(&self.transaction)
            .await?;
        use ledger::Column as L;
        let row = ledger::ActiveModel {
            site_id: Set(cell.site_id.0),
            epoch: Set(cell.epoch),
            variant_id: Set(cell.variant_id.0),
            exposure_hour: Set(cell.hour),
            visitors: Set(i64::from(visitors)),
            conversions: Set(i64::from(conversions)),
        };
        let add = OnConflict::columns([L::SiteId, L::Epoch, L::VariantId, L::ExposureHour])
            .value(L::Visitors, Expr::col((ledger::Entity, L::Visitors)).add(visitors))
            .value(L::Conversions, Expr::col((ledger::Entity, L::Conversions)).add(conversions))
            .to_owned();
        ledger::Entity::insert(row).on_conflict(add).exec_without_returning(&self.transaction).await?;
        Ok(())
    }
}

/// A cell of the ledger.
#[derive(Clone, Copy)]
struct Cell {
    site_id: SiteId,
    variant_id: VariantId,
    epoch: i64,
    hour: i64,
}
