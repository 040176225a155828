//! Writes what a batch changes, with one statement a table.

use super::CheckedEvent;
use super::known::{Visitor, VisitorKey};
use super::plan::{Plan, Sum};
use crate::bulk::Kind;
use crate::millis::Millis;
use crate::{StoreError, WriteTransaction};
use domain::NotCounted;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

#[derive(Serialize)]
struct EventRow<'a> {
    site_id: Uuid,
    id: Uuid,
    variant_id: Uuid,
    visitor_id: &'a str,
    event_type: &'static str,
    goal_id: Option<Uuid>,
    value: Option<f64>,
    metadata: Option<&'a serde_json::Value>,
    not_counted: Option<&'static str>,
    created_at: i64,
}

#[derive(Serialize)]
struct VisitorRow<'a> {
    site_id: Uuid,
    visitor_id: &'a str,
    variant_id: Uuid,
    epoch: i64,
    exposure_hour: i64,
    first_seen: i64,
    is_holdout: bool,
    saw_another: bool,
    not_counted: Option<&'static str>,
}

impl WriteTransaction {
    /// Writes a plan.
    ///
    /// # Errors
    /// [`StoreError::Overtaken`] when a row that should be new was there.
    pub(super) async fn write_plan(&self, plan: &Plan) -> Result<(), StoreError> {
        self.write_events(&plan.stored).await?;
        self.write_visitors(plan).await?;
        self.write_conversions(plan).await?;
        self.move_counters(plan).await?;
        self.move_side_counters(plan).await
    }

    async fn write_events(&self, stored: &[(CheckedEvent, Option<NotCounted>)]) -> Result<(), StoreError> {
        let rows: Vec<EventRow<'_>> = stored.iter().map(event_row).collect();
        let fields = [
            ("site_id", Kind::Uuid),
            ("id", Kind::Uuid),
            ("variant_id", Kind::Uuid),
            ("visitor_id", Kind::Text),
            ("event_type", Kind::Text),
            ("goal_id", Kind::Uuid),
            ("value", Kind::Real),
            ("metadata", Kind::Json),
            ("not_counted", Kind::Text),
            ("created_at", Kind::Whole),
        ];
        let statement = "INSERT INTO events (site_id, id, variant_id, visitor_id, event_type, goal_id, value, metadata, \
                         not_counted, created_at) SELECT site_id, id, variant_id, visitor_id, event_type, goal_id, value, \
                         metadata, not_counted, created_at FROM incoming WHERE true ON CONFLICT DO NOTHING";
        all_new(self.write_rows(&fields, statement, &rows).await?, rows.len())
    }

    async fn write_visitors(&self, plan: &Plan) -> Result<(), StoreError> {
        let fields = [
            ("site_id", Kind::Uuid),
            ("visitor_id", Kind::Text),
            ("variant_id", Kind::Uuid),
            ("epoch", Kind::Whole),
            ("exposure_hour", Kind::Whole),
            ("first_seen", Kind::Whole),
            ("is_holdout", Kind::Truth),
            ("saw_another", Kind::Truth),
            ("not_counted", Kind::Text),
        ];
        let rows: Vec<VisitorRow<'_>> = plan.visitors.iter().map(visitor_row).collect();
        let statement = "INSERT INTO visitors (site_id, visitor_id, variant_id, epoch, exposure_hour, first_seen, is_holdout, \
                         saw_another, not_counted) SELECT site_id, visitor_id, variant_id, epoch, exposure_hour, first_seen, \
                         is_holdout, saw_another, not_counted FROM incoming WHERE true ON CONFLICT DO NOTHING";
        all_new(self.write_rows(&fields, statement, &rows).await?, rows.len())?;
        let rows: Vec<VisitorRow<'_>> = plan.flagged.iter().map(visitor_row).collect();
        let statement = "UPDATE visitors SET saw_another = incoming.saw_another, not_counted = incoming.not_counted \
                         FROM incoming WHERE visitors.site_id = incoming.site_id AND visitors.visitor_id = incoming.visitor_id";
        self.write_rows(&fields, statement, &rows).await?;
        Ok(())
    }

    async fn write_conversions(&self, plan: &Plan) -> Result<(), StoreError> {
        let forgotten: Vec<_> = plan
            .forgotten
            .iter()
            .map(|(site_id, visitor_id)| json!({"site_id": site_id, "visitor_id": visitor_id}))
            .collect();
        let statement =
            "DELETE FROM goal_conversions WHERE (site_id, visitor_id) IN (SELECT site_id, visitor_id FROM incoming)";
        self.write_rows(&[("site_id", Kind::Uuid), ("visitor_id", Kind::Text)], statement, &forgotten).await?;
        let rows: Vec<_> = plan
            .conversions
            .iter()
            .map(|(((site_id, visitor_id), goal_id), (variant_id, value, converted_at))| {
                json!({"site_id": site_id, "goal_id": goal_id, "visitor_id": visitor_id, "variant_id": variant_id,
                       "value": value, "converted_at": converted_at.0})
            })
            .collect();
        let fields = [
            ("site_id", Kind::Uuid),
            ("goal_id", Kind::Uuid),
            ("visitor_id", Kind::Text),
            ("variant_id", Kind::Uuid),
            ("value", Kind::Real),
            ("converted_at", Kind::Whole),
        ];
        let statement = "INSERT INTO goal_conversions (site_id, goal_id, visitor_id, variant_id, value, converted_at) \
                         SELECT site_id, goal_id, visitor_id, variant_id, value, converted_at FROM incoming WHERE true \
                         ON CONFLICT DO NOTHING";
        all_new(self.write_rows(&fields, statement, &rows).await?, rows.len())
    }

    async fn move_counters(&self, plan: &Plan) -> Result<(), StoreError> {
        let now = plan.stored.last().map_or(0, |(event, _)| Millis::from(event.received_at).0);
        let rows: Vec<_> = plan
            .counters
            .iter()
            .map(|((site_id, variant_id), (visitors, conversions))| {
                json!({"site_id": site_id, "variant_id": variant_id, "visitors": visitors, "conversions": conversions,
                       "updated_at": now})
            })
            .collect();
        let fields = [
            ("site_id", Kind::Uuid),
            ("variant_id", Kind::Uuid),
            ("visitors", Kind::Whole),
            ("conversions", Kind::Whole),
            ("updated_at", Kind::Whole),
        ];
        let statement = "UPDATE experiment_stats SET visitors = experiment_stats.visitors + incoming.visitors, \
                         conversions = experiment_stats.conversions + incoming.conversions, \
                         alpha = experiment_stats.alpha + incoming.conversions, \
                         beta = experiment_stats.beta + (incoming.visitors - incoming.conversions), \
                         updated_at = incoming.updated_at FROM incoming \
                         WHERE experiment_stats.site_id = incoming.site_id AND experiment_stats.variant_id = incoming.variant_id";
        self.write_rows(&fields, statement, &rows).await?;
        let rows: Vec<_> = plan
            .ledger
            .iter()
            .map(|((site_id, epoch, variant_id, exposure_hour), (visitors, conversions))| {
                json!({"site_id": site_id, "epoch": epoch, "variant_id": variant_id, "exposure_hour": exposure_hour,
                       "visitors": visitors, "conversions": conversions})
            })
            .collect();
        let key = [
            ("site_id", Kind::Uuid),
            ("epoch", Kind::Whole),
            ("variant_id", Kind::Uuid),
            ("exposure_hour", Kind::Whole),
        ];
        self.add_up("ledger", &key, &["visitors", "conversions"], &rows).await
    }

    async fn move_side_counters(&self, plan: &Plan) -> Result<(), StoreError> {
        let holdout: Vec<_> = plan
            .holdout
            .iter()
            .map(|((site_id, hour), (visitors, conversions))| {
                json!({"site_id": site_id, "exposure_hour": hour, "visitors": visitors, "conversions": conversions})
            })
            .collect();
        let key = [("site_id", Kind::Uuid), ("exposure_hour", Kind::Whole)];
        self.add_up("holdout_counts", &key, &["visitors", "conversions"], &holdout).await?;
        let delays: Vec<_> = plan
            .delays
            .iter()
            .map(|((site_id, day, hour), conversions)| {
                json!({"site_id": site_id, "exposure_day": day, "delay_hour": hour, "conversions": conversions})
            })
            .collect();
        let key = [("site_id", Kind::Uuid), ("exposure_day", Kind::Whole), ("delay_hour", Kind::Whole)];
        self.add_up("conversion_delays", &key, &["conversions"], &delays).await?;
        let uncounted: Vec<_> = plan.uncounted.iter().map(uncounted_row).collect();
        let key = [("site_id", Kind::Uuid), ("reason", Kind::Text), ("variant_id", Kind::Uuid), ("hour", Kind::Whole)];
        self.add_up("uncounted", &key, &["impressions", "conversions"], &uncounted).await
    }

    /// Adds to counters by their key, and begins those that are not there yet.
    async fn add_up(
        &self,
        table: &str,
        key: &[(&'static str, Kind)],
        counters: &[&'static str],
        rows: &[serde_json::Value],
    ) -> Result<(), StoreError> {
        let names: Vec<&str> = key.iter().map(|(name, _)| *name).chain(counters.iter().copied()).collect();
        let keys: Vec<&str> = names[..key.len()].to_vec();
        let sums: Vec<String> =
            counters.iter().map(|name| format!("{name} = {table}.{name} + excluded.{name}")).collect();
        let (all, keys, sums) = (names.join(", "), keys.join(", "), sums.join(", "));
        let statement = format!(
            "INSERT INTO {table} ({all}) SELECT {all} FROM incoming WHERE true ON CONFLICT ({keys}) DO UPDATE SET {sums}"
        );
        let fields: Vec<_> = key.iter().copied().chain(counters.iter().map(|name| (*name, Kind::Whole))).collect();
        self.write_rows(&fields, &statement, rows).await?;
        Ok(())
    }
}

/// A row that should be new and is not was written by another process since the batch was read.
fn all_new(written: u64, wanted: usize) -> Result<(), StoreError> {
    if usize::try_from(written).is_ok_and(|written| written == wanted) { Ok(()) } else { Err(StoreError::Overtaken) }
}

fn event_row((checked, not_counted): &(CheckedEvent, Option<NotCounted>)) -> EventRow<'_> {
    let event = &checked.event;
    EventRow {
        site_id: event.site_id.0,
        id: event.id.0,
        variant_id: event.variant_id.0,
        visitor_id: event.visitor_id.as_str(),
        event_type: event.event_type.as_str(),
        goal_id: checked.goal.map(|(goal_id, _)| goal_id.0),
        value: event.value,
        metadata: event.metadata.as_ref(),
        not_counted: not_counted.map(NotCounted::as_str),
        created_at: Millis::from(checked.received_at).0,
    }
}

fn visitor_row<'a>(((site_id, visitor_id), visitor): (&'a VisitorKey, &'a Visitor)) -> VisitorRow<'a> {
    VisitorRow {
        site_id: *site_id,
        visitor_id,
        variant_id: visitor.variant_id,
        epoch: visitor.epoch,
        exposure_hour: visitor.exposure_hour,
        first_seen: visitor.first_seen.0,
        is_holdout: visitor.is_holdout,
        saw_another: visitor.saw_another,
        not_counted: visitor.not_counted.map(NotCounted::as_str),
    }
}

fn uncounted_row(
    ((site_id, reason, variant_id, hour), (impressions, conversions)): (&(Uuid, &str, Uuid, i64), &Sum),
) -> serde_json::Value {
    json!({"site_id": site_id, "reason": reason, "variant_id": variant_id, "hour": hour, "impressions": impressions,
           "conversions": conversions})
}
