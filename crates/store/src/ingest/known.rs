//! What the database knows of the events of a batch.

use super::CheckedEvent;
use crate::bulk::Kind;
use crate::entity::visitors;
use crate::millis::Millis;
use crate::rows::name;
use crate::{StoreError, WriteTransaction};
use domain::{EventType, NotCounted, VariantStatus};
use sea_orm::FromQueryResult;
use serde::Serialize;
use std::collections::{BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// A visitor of a site.
pub(super) type VisitorKey = (Uuid, String);

/// What is known before the batch; kept up to date while its events are gone through.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Ids of events that are stored.
    pub(super) events: HashSet<(Uuid, Uuid)>,
    /// Counted visitors.
    pub(super) visitors: HashMap<VisitorKey, Visitor>,
    /// Goals that they reached.
    pub(super) conversions: HashMap<VisitorKey, Vec<Reached>>,
    /// Variants that get visitors.
    pub(super) served: HashSet<(Uuid, Uuid)>,
}

/// A counted visitor.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Visitor {
    pub(super) variant_id: Uuid,
    pub(super) epoch: i64,
    pub(super) exposure_hour: i64,
    pub(super) first_seen: Millis,
    pub(super) is_holdout: bool,
    pub(super) saw_another: bool,
    pub(super) not_counted: Option<NotCounted>,
    /// Whether the visitor comes with this batch.
    pub(super) is_new: bool,
}

/// A goal that a visitor reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reached {
    pub(super) goal_id: Uuid,
    pub(super) converted_at: Millis,
    pub(super) is_primary: bool,
}

#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct EventKey {
    site_id: Uuid,
    id: Uuid,
}

#[derive(Serialize, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct UnitKey {
    site_id: Uuid,
    visitor_id: String,
}

#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct SiteKey {
    site_id: Uuid,
}

#[derive(FromQueryResult)]
struct EventRow {
    site_id: Uuid,
    id: Uuid,
}

#[derive(FromQueryResult)]
struct ReachedRow {
    site_id: Uuid,
    visitor_id: String,
    goal_id: Uuid,
    converted_at: Millis,
    is_primary: bool,
}

#[derive(FromQueryResult)]
struct VariantRow {
    site_id: Uuid,
    id: Uuid,
    status: String,
}

const UNIT: [(&str, Kind); 2] = [("site_id", Kind::Uuid), ("visitor_id", Kind::Text)];

impl WriteTransaction {
    /// Reads what bears on a batch. On Postgres its visitors are held until the transaction ends, in the
    /// order of their names, so that two processes wait for each other and do not lock each other out.
    pub(super) async fn known_of(&self, events: &[CheckedEvent]) -> Result<Known, StoreError> {
        let ids = keys(events, |event| EventKey { site_id: event.event.site_id.0, id: event.event.id.0 });
        let fields = [("site_id", Kind::Uuid), ("id", Kind::Uuid)];
        let query = "SELECT events.site_id, events.id FROM incoming \
                     JOIN events ON events.site_id = incoming.site_id AND events.id = incoming.id";
        let stored: Vec<EventRow> = self.ask_about_rows(&fields, query, &ids).await?;
        let units = keys(events, |event| UnitKey {
            site_id: event.event.site_id.0,
            visitor_id: event.event.visitor_id.as_str().to_owned(),
        });
        let visitors = self.known_visitors(&units).await?;
        let conversions = if events.iter().any(may_touch_conversions) {
            let known = |unit: &&UnitKey| visitors.contains_key(&(unit.site_id, unit.visitor_id.clone()));
            let units: Vec<UnitKey> = units.iter().filter(known).cloned().collect();
            self.known_conversions(&units).await?
        } else {
            HashMap::new()
        };
        let served = if events.iter().any(|event| may_be_another(event, &visitors, events)) {
            self.served_variants(&keys(events, |event| SiteKey { site_id: event.event.site_id.0 })).await?
        } else {
            HashSet::new()
        };
        let events = stored.into_iter().map(|row| (row.site_id, row.id)).collect();
        Ok(Known { events, visitors, conversions, served })
    }

    async fn known_visitors(&self, units: &[UnitKey]) -> Result<HashMap<VisitorKey, Visitor>, StoreError> {
        let lock = if self.is_shared() { "FOR UPDATE OF visitors" } else { "" };
        let query = format!(
            "SELECT visitors.* FROM incoming JOIN visitors ON visitors.site_id = incoming.site_id \
             AND visitors.visitor_id = incoming.visitor_id ORDER BY visitors.site_id, visitors.visitor_id {lock}"
        );
        let rows: Vec<visitors::Model> = self.ask_about_rows(&UNIT, &query, units).await?;
        rows.into_iter()
            .map(|row| {
                let visitor = Visitor {
                    variant_id: row.variant_id,
                    epoch: row.epoch,
                    exposure_hour: row.exposure_hour,
                    first_seen: row.first_seen,
                    is_holdout: row.is_holdout,
                    saw_another: row.saw_another,
                    not_counted: row.not_counted.as_deref().map(|reason| name("visitors", reason)).transpose()?,
                    is_new: false,
                };
                Ok(((row.site_id, row.visitor_id), visitor))
            })
            .collect()
    }

    async fn known_conversions(&self, units: &[UnitKey]) -> Result<HashMap<VisitorKey, Vec<Reached>>, StoreError> {
        // In this order, which SQLite keeps only when the joins are written so; left to itself it goes through all
        // conversions of the site for each visitor.
        let query = "SELECT found.site_id, found.visitor_id, found.goal_id, found.converted_at, goals.is_primary \
                     FROM incoming CROSS JOIN conversion_goals AS goals CROSS JOIN goal_conversions AS found \
                     WHERE goals.site_id = incoming.site_id AND found.site_id = incoming.site_id \
                     AND found.goal_id = goals.id AND found.visitor_id = incoming.visitor_id";
        let rows: Vec<ReachedRow> = self.ask_about_rows(&UNIT, query, units).await?;
        let mut reached: HashMap<VisitorKey, Vec<Reached>> = HashMap::new();
        for ReachedRow { site_id, visitor_id, goal_id, converted_at, is_primary } in rows {
            reached.entry((site_id, visitor_id)).or_default().push(Reached { goal_id, converted_at, is_primary });
        }
        Ok(reached)
    }

    async fn served_variants(&self, sites: &[SiteKey]) -> Result<HashSet<(Uuid, Uuid)>, StoreError> {
        let query = "SELECT variants.site_id, variants.id, variants.status FROM incoming \
                     JOIN variants ON variants.site_id = incoming.site_id";
        let rows: Vec<VariantRow> = self.ask_about_rows(&[("site_id", Kind::Uuid)], query, sites).await?;
        let mut served = HashSet::new();
        for row in rows {
            if name::<VariantStatus>("variants", &row.status)?.is_served() {
                served.insert((row.site_id, row.id));
            }
        }
        Ok(served)
    }
}

/// Every key once, in order.
fn keys<K: Ord>(events: &[CheckedEvent], key: impl Fn(&CheckedEvent) -> K) -> Vec<K> {
    events.iter().map(key).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Conversions are asked for when one comes, or when a visitor may have to leave with theirs.
fn may_touch_conversions(event: &CheckedEvent) -> bool {
    event.event.event_type == EventType::Conversion || event.not_counted == Some(NotCounted::Bot)
}

/// Whether an exposure may be of a visitor who counts for another variant, or comes twice in the batch.
fn may_be_another(event: &CheckedEvent, visitors: &HashMap<VisitorKey, Visitor>, events: &[CheckedEvent]) -> bool {
    let own = &event.event;
    if own.event_type != EventType::Impression || event.not_counted.is_some() {
        return false;
    }
    let differs = |variant: Uuid, is_holdout: bool| variant != own.variant_id.0 || is_holdout != event.is_holdout;
    if let Some(visitor) = visitors.get(&(own.site_id.0, own.visitor_id.as_str().to_owned())) {
        return differs(visitor.variant_id, visitor.is_holdout);
    }
    events.iter().any(|other| {
        let same = other.event.site_id == own.site_id && other.event.visitor_id == own.visitor_id;
        same && differs(other.event.variant_id.0, other.is_holdout)
    })
}
