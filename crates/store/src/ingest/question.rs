//! The one question about a batch: which of its events are stored, who its visitors are, which of them were erased,
//! and which conversions wait for them.

use super::batch::Batch;
use super::early::Early;
use super::known::{Visitor, count, place};
use crate::bulk::Rows;
use crate::millis::Millis;
use crate::rows::name;
use crate::{StoreError, WriteTransaction};
use sea_orm::{FromQueryResult, QueryResult};
use std::collections::{BTreeSet, HashSet};
use uuid::Uuid;

/// Above this many days the statement would be another one too often.
const MOST_DAYS_NAMED: usize = 3;
/// What is known of a visitor.
const OF_VISITOR: [(&str, &str); 7] = [
    ("variant_id", "uuid"),
    ("epoch", "bigint"),
    ("exposure_hour", "bigint"),
    ("first_seen", "bigint"),
    ("is_holdout", "boolean"),
    ("saw_another", "boolean"),
    ("not_counted", "text"),
];
/// What is known of a conversion that waits.
const OF_EARLY: [(&str, &str); 7] = [
    ("goal_id", "uuid"),
    ("is_primary", "boolean"),
    ("value", "double precision"),
    ("received_at", "bigint"),
    ("early_variant_id", "uuid"),
    ("event_day", "bigint"),
    ("event_id", "uuid"),
];
/// What is known of a visitor who was erased.
const OF_ERASED: [(&str, &str); 1] = [("erased_s", "bigint")];

/// The answer.
#[derive(Debug)]
pub(super) struct Found {
    /// Ids of events that are stored.
    pub(super) events: HashSet<(Uuid, Uuid)>,
    /// Counted visitors, by number.
    pub(super) visitors: Vec<Option<Visitor>>,
    /// Conversions that wait for their exposure, by number.
    pub(super) early: Vec<Vec<Early>>,
    /// When each visitor was erased, by number, in seconds since 1970.
    pub(super) erased: Vec<Option<i64>>,
}

#[derive(FromQueryResult)]
struct ErasedLine {
    erased_s: i64,
}

#[derive(FromQueryResult)]
struct Line {
    kind: String,
    number: i64,
}

#[derive(FromQueryResult)]
struct VisitorLine {
    variant_id: Uuid,
    epoch: i64,
    exposure_hour: i64,
    first_seen: Millis,
    is_holdout: bool,
    saw_another: bool,
    not_counted: Option<String>,
}

impl WriteTransaction {
    /// Asks it. On Postgres the visitors are held until the transaction ends, in the order of their names, so
    /// that two processes wait for each other and do not lock each other out.
    pub(super) async fn found(
        &self,
        batch: &Batch<'_>,
        is_exposed: impl Fn(usize) -> bool,
    ) -> Result<Found, StoreError> {
        let (lock, share) = if self.is_shared() {
            // An erasure waits for all that share its notes: what they store comes before it looks.
            ("FOR UPDATE OF visitors", "FOR KEY SHARE OF erased_visitors")
        } else {
            ("", "")
        };
        let visitor_columns = OF_VISITOR.map(|(name, _)| format!("visitors.{name}")).join(", ");
        // The order of tables is kept where a join is written as `CROSS JOIN`. Left to itself SQLite goes through
        // all visitors of a site for each one that it is asked about.
        let query = format!(
            ", held AS (SELECT asked.number, {visitor_columns} FROM asked CROSS JOIN visitors \
             WHERE visitors.site_id = asked.site_id AND visitors.visitor_id = asked.visitor_id \
             ORDER BY asked.number {lock}), \
             waiting AS (SELECT asked.number, early.variant_id AS early_variant_id, early.goal_id, early.is_primary, \
             early.value, early.received_at, early.event_day, early.event_id \
             FROM asked CROSS JOIN early_conversions AS early WHERE asked.is_exposed \
             AND early.site_id = asked.site_id AND early.visitor_id = asked.visitor_id), \
             gone AS (SELECT asked.number, erased_visitors.erased_s FROM asked CROSS JOIN erased_visitors \
             WHERE erased_visitors.site_id = asked.site_id AND erased_visitors.mark = asked.mark {share}) \
             {} UNION ALL {} UNION ALL {} UNION ALL {} WHERE {} OR {}",
            lines("visitor", "held", &OF_VISITOR),
            lines("early", "waiting", &OF_EARLY),
            lines("erased", "gone", &OF_ERASED),
            lines("event", "incoming", &[]),
            is_stored("day", batch.days.iter().copied()),
            is_stored("other_day", batch.other_days()),
        );
        let tables = vec![("incoming", events(batch)), ("asked", visitors(batch, is_exposed))];
        let mut found = Found::none(batch);
        for row in self.ask_about_tables(&query, tables).await? {
            found.add(batch, &row)?;
        }
        for early in &mut found.early {
            early.sort_by_key(|early| early.goal_id);
        }
        Ok(found)
    }
}

/// The rows of a table as lines of the answer, which has a column for everything that any of them tells.
fn lines(kind: &str, table: &str, told: &[(&str, &str)]) -> String {
    let column = |(name, sql_type): &(&str, &str)| {
        let is_told = told.iter().any(|(told, _)| told == name);
        if is_told { format!("{table}.{name}") } else { format!("CAST(NULL AS {sql_type}) AS {name}") }
    };
    let columns: Vec<String> = OF_VISITOR.iter().chain(&OF_EARLY).chain(&OF_ERASED).map(column).collect();
    format!("SELECT '{kind}' AS kind, {table}.number, {} FROM {table}", columns.join(", "))
}

fn is_stored(day: &str, days: impl Iterator<Item = i64>) -> String {
    format!(
        "EXISTS (SELECT 1 FROM events WHERE events.site_id = incoming.site_id AND events.day = incoming.{day} \
         AND events.id = incoming.id AND {})",
        days_in_question(days)
    )
}

/// Names the days, which are one or two nearly always, so that Postgres looks into their partitions alone.
fn days_in_question(days: impl Iterator<Item = i64>) -> String {
    let days: BTreeSet<i64> = days.collect();
    if days.len() > MOST_DAYS_NAMED {
        return "true".to_owned();
    }
    let days: Vec<String> = days.iter().map(ToString::to_string).collect();
    format!("events.day IN ({})", days.join(", "))
}

fn events(batch: &Batch<'_>) -> Rows {
    let ids = || batch.events.iter().map(|event| (event.event.site_id.0, event.event.id.0));
    Rows::new(batch.events.len())
        .whole("number", (0..).take(batch.events.len()))
        .uuid("site_id", ids().map(|(site_id, _)| site_id))
        .whole("day", batch.days.iter().copied())
        .whole("other_day", batch.other_days())
        .uuid("id", ids().map(|(_, id)| id))
}

fn visitors(batch: &Batch<'_>, is_exposed: impl Fn(usize) -> bool) -> Rows {
    let numbers = || 0..batch.visitors.len();
    Rows::new(batch.visitors.len())
        .whole("number", numbers().map(count))
        .uuid("site_id", batch.visitors.iter().map(|(site_id, _)| *site_id))
        .text("visitor_id", batch.visitors.iter().map(|(_, visitor_id)| *visitor_id))
        .uuid("mark", batch.marks.iter().copied())
        .truth("is_exposed", numbers().map(is_exposed))
}

impl Found {
    fn none(batch: &Batch<'_>) -> Self {
        let visitors = batch.visitors.len();
        Self {
            events: HashSet::new(),
            visitors: vec![None; visitors],
            early: vec![Vec::new(); visitors],
            erased: vec![None; visitors],
        }
    }

    fn add(&mut self, batch: &Batch<'_>, row: &QueryResult) -> Result<(), StoreError> {
        let Line { kind, number } = Line::from_query_result(row, "")?;
        if kind == "event" {
            let event = &batch.events[place(number, batch.events.len())?].event;
            self.events.insert((event.site_id.0, event.id.0));
            return Ok(());
        }
        let visitor = place(number, batch.visitors.len())?;
        match kind.as_str() {
            "visitor" => self.visitors[visitor] = Some(VisitorLine::from_query_result(row, "")?.try_into()?),
            "erased" => self.erased[visitor] = Some(ErasedLine::from_query_result(row, "")?.erased_s),
            _ => self.early[visitor].push(Early::from_query_result(row, "")?),
        }
        Ok(())
    }
}

impl TryFrom<VisitorLine> for Visitor {
    type Error = StoreError;
    fn try_from(line: VisitorLine) -> Result<Self, StoreError> {
        Ok(Self {
            variant_id: line.variant_id,
            epoch: line.epoch,
            exposure_hour: line.exposure_hour,
            first_seen: line.first_seen,
            is_holdout: line.is_holdout,
            saw_another: line.saw_another,
            not_counted: line.not_counted.as_deref().map(|reason| name("visitors", reason)).transpose()?,
            is_new: false,
        })
    }
}
