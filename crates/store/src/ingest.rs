//! Events into counters, exactly once.
//!
//! One transaction stores an event and moves its counters. Two keys keep a repeat from counting:
//! the event's own id, and the statistical unit: (site, visitor) for an exposure,
//! (site, goal, visitor) for a conversion.

use crate::counting::Unit;
use crate::entity::{events, goal_conversions, visitors};
use crate::rows::name;
use crate::{StoreError, WriteTransaction};
use domain::{EventType, GoalId, IncomingEvent, NotCounted, Outcome, SiteId, VariantId, VisitorId};
use sea_orm::ActiveValue::Set;
use sea_orm::{EntityTrait, TryInsertResult};
use time::{Duration, OffsetDateTime};

/// An event that passed every check that needs no counter.
#[derive(Debug, Clone)]
pub struct CheckedEvent {
    /// The event.
    pub event: IncomingEvent,
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
            if !self.insert_event(checked, Some(reason), now).await? {
                return Ok(Outcome::Duplicate);
            }
            self.count_uncounted(&checked.event, reason, now).await?;
            if reason == NotCounted::Bot && checked.is_verified {
                self.withdraw_visitor(&checked.event, reason, now).await?;
            }
            return Ok(Outcome::Stored(reason));
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
            is_holdout: Set(checked.is_holdout),
            saw_another: Set(false),
            not_counted: Set(None),
        };
        let unit =
            visitors::Entity::insert(unit).on_conflict_do_nothing().exec_without_returning(&self.transaction).await?;
        if !matches!(unit, TryInsertResult::Inserted(1..)) {
            self.note_another_variant(event, checked.is_holdout, now).await?;
            return Ok(Outcome::Duplicate);
        }
        if !self.insert_event(checked, None, now).await? {
            // The id was used by another visitor's event: this one is a repeat of it and counts nobody.
            visitors::Entity::delete_by_id((event.site_id.0, event.visitor_id.as_str().to_owned()))
                .exec(&self.transaction)
                .await?;
            return Ok(Outcome::Duplicate);
        }
        let unit = Unit {
            site_id: event.site_id,
            variant_id: event.variant_id,
            epoch: checked.epoch,
            hour,
            is_holdout: checked.is_holdout,
        };
        self.count(unit, 1, 0, now).await?;
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
            Some(visitors::Model { not_counted: Some(reason), .. }) => Some(name("visitors", reason)?),
            Some(exposure) if now - exposure.first_seen.time() > attribution_window => Some(NotCounted::Late),
            Some(_) => None,
        };
        let (Some(exposure), Some((goal_id, is_primary)), None) = (exposure, checked.goal, refused) else {
            let reason = refused.unwrap_or(NotCounted::NoExposure);
            if !self.insert_event(checked, Some(reason), now).await? {
                return Ok(Outcome::Duplicate);
            }
            self.count_uncounted(event, reason, now).await?;
            return Ok(Outcome::Stored(reason));
        };
        if !self.insert_conversion(event, goal_id, VariantId(exposure.variant_id), now).await? {
            return Ok(Outcome::Duplicate);
        }
        if !self.insert_event(checked, None, now).await? {
            self.delete_conversion(event.site_id, goal_id, &event.visitor_id).await?;
            return Ok(Outcome::Duplicate);
        }
        if is_primary {
            let unit = Unit {
                site_id: event.site_id,
                variant_id: VariantId(exposure.variant_id),
                epoch: exposure.epoch,
                hour: exposure.exposure_hour,
                is_holdout: exposure.is_holdout,
            };
            self.count(unit, 0, 1, now).await?;
            self.note_delay(unit, now - exposure.first_seen.time(), 1).await?;
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
}
