//! Taking a visitor's name out of every row.
//!
//! First it is noted, under a mark, that the visitor was erased, and which name is to go. From then on every batch of
//! events turns away what belongs to an assignment from before, so the rows under the name can be looked up in peace,
//! without anybody waiting for it. Then one transaction gives all of them the same random name and takes the old one
//! out of the note. Whatever is noted and not done is found again, so it does not matter who dies in between.
//! Counters and the keys of events stay, so a recount agrees and a repeat is still a repeat.

mod search;

use crate::bulk::{Part, Rows};
use crate::{OwnedSite, Store, StoreError, WriteTransaction};
use domain::{SiteId, VisitorId};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};
use std::collections::{BTreeMap, HashMap};
use time::OffsetDateTime;
use uuid::Uuid;

/// Events that get their new name with one statement.
const ROWS_AT_ONCE: usize = 2_000;
/// Visitors that are found by one look at all events of their site.
const VISITORS_AT_ONCE: u64 = 100;

/// A visitor who is to be erased.
#[derive(Debug)]
pub struct Erasure<'a> {
    /// The name.
    pub visitor_id: &'a VisitorId,
    /// Under which the erasure is noted.
    pub mark: Uuid,
    /// What stands in place of the name afterwards.
    pub pseudonym: VisitorId,
    /// When it was asked for: tokens that were issued until then open nothing any more.
    pub at: OffsetDateTime,
}

/// An erasure that is noted and not done.
#[derive(Debug, Clone)]
pub struct Noted {
    /// Whose visitor it is.
    pub site: OwnedSite,
    /// Under which it is noted.
    pub mark: Uuid,
    visitor_id: String,
    pseudonym: String,
}

/// The events of visitors, by name and day.
#[derive(Debug, Default)]
pub struct EventsOfVisitors(HashMap<String, BTreeMap<i64, Vec<Uuid>>>);

/// How many rows held the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Erased {
    /// Counted exposures: 0 or 1.
    pub exposures: u64,
    /// Conversions, those among them that wait for an exposure.
    pub conversions: u64,
    /// Raw events.
    pub events: u64,
}

impl Erased {
    /// Whether nothing was stored under the name.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(FromQueryResult)]
struct NotedLine {
    site_id: Uuid,
    mark: Uuid,
    visitor_id: String,
    pseudonym: String,
}

#[derive(FromQueryResult)]
struct OutcomeLine {
    exposures: i64,
    conversions: i64,
    events: i64,
}

impl Store {
    /// Notes that a visitor is erased, and that the name is to go. It may be noted again, whether it is done or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_erased(&self, site: &OwnedSite, erasure: &Erasure<'_>) -> Result<(), StoreError> {
        // The time never goes back: tokens that were turned away stay so.
        let statement = "INSERT INTO erased_visitors (site_id, mark, erased_s, visitor_id, pseudonym) \
                         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (site_id, mark) DO UPDATE SET \
                         erased_s = CASE WHEN excluded.erased_s > erased_visitors.erased_s THEN excluded.erased_s \
                         ELSE erased_visitors.erased_s END, visitor_id = excluded.visitor_id, \
                         pseudonym = excluded.pseudonym, exposures = NULL, conversions = NULL, events = NULL";
        let values = [
            site.site_id().0.into(),
            erasure.mark.into(),
            erasure.at.unix_timestamp().into(),
            erasure.visitor_id.as_str().into(),
            erasure.pseudonym.as_str().into(),
        ];
        let write = self.begin().await?;
        write.run(statement, values).await?;
        write.commit().await
    }

    /// Erasures that are noted and not done, of any site, the oldest first; some of them when there are many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn noted_erasures(&self) -> Result<Vec<Noted>, StoreError> {
        let query = format!(
            "SELECT site_id, mark, visitor_id, pseudonym FROM erased_visitors WHERE visitor_id IS NOT NULL \
             ORDER BY erased_s LIMIT {VISITORS_AT_ONCE}"
        );
        let reader = self.reader();
        let query = Statement::from_string(reader.get_database_backend(), query);
        let noted = |row: &_| {
            let NotedLine { site_id, mark, visitor_id, pseudonym } = NotedLine::from_query_result(row, "")?;
            Ok(Noted { site: OwnedSite::new(SiteId(site_id)), mark, visitor_id, pseudonym })
        };
        reader.query_all_raw(query).await?.iter().map(noted).collect()
    }

    /// How many rows held the name; absent while the erasure is not done.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn erasure_outcome(&self, site: &OwnedSite, mark: Uuid) -> Result<Option<Erased>, StoreError> {
        let query = "SELECT exposures, conversions, events FROM erased_visitors \
                     WHERE site_id = $1 AND mark = $2 AND visitor_id IS NULL AND events IS NOT NULL";
        let reader = self.reader();
        let values = [Value::from(site.site_id().0), Value::from(mark)];
        let query = Statement::from_sql_and_values(reader.get_database_backend(), query, values);
        let Some(row) = reader.query_one_raw(query).await? else { return Ok(None) };
        let OutcomeLine { exposures, conversions, events } = OutcomeLine::from_query_result(&row, "")?;
        let rows = |rows: i64| u64::try_from(rows).map_err(|error| StoreError::corrupt("erased_visitors", error));
        Ok(Some(Erased { exposures: rows(exposures)?, conversions: rows(conversions)?, events: rows(events)? }))
    }

    /// Waits for the batches that asked about their visitors before: what they store is there when this returns, and
    /// those that ask later see all that is noted by now. On SQLite there is one writer, so there is none to wait for.
    ///
    /// # Errors
    /// When the database fails, or a batch takes too long.
    pub async fn let_batches_end(&self) -> Result<(), StoreError> {
        if self.reader().get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let write = self.begin().await?;
        // Whoever waits for this lock makes all batches wait, so not for long. It conflicts with the question's share
        // of the notes and with nothing that keeps the tables of events in order.
        let lock = "SET LOCAL lock_timeout = '2s'; LOCK TABLE erased_visitors IN EXCLUSIVE MODE";
        write.transaction.execute_unprepared(lock).await?;
        write.commit().await
    }

    /// The events of visitors of one site. No index leads to them, since every event would have to pay for it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn events_of(&self, site: &OwnedSite, noted: &[Noted]) -> Result<EventsOfVisitors, StoreError> {
        let places: Vec<String> = (2..).take(noted.len()).map(|place| format!("${place}")).collect();
        let places = places.join(", ");
        let query = format!("SELECT visitor_id, day, id FROM events WHERE site_id = $1 AND visitor_id IN ({places})");
        let names = noted.iter().map(|noted| Value::from(noted.visitor_id.as_str()));
        let values: Vec<Value> = std::iter::once(Value::from(site.site_id().0)).chain(names).collect();
        let reader = self.slow_reader();
        let rows = reader.query_all_raw(Statement::from_sql_and_values(reader.get_database_backend(), query, values));
        let mut found = EventsOfVisitors::default();
        for row in rows.await? {
            let days = found.0.entry(row.try_get_by_index(0)?).or_default();
            days.entry(row.try_get_by_index(1)?).or_default().push(row.try_get_by_index(2)?);
        }
        Ok(found)
    }

    /// Gives all rows of a visitor the new name, and takes the old one out of the note.
    ///
    /// # Errors
    /// When the database fails; nothing is done then.
    pub async fn finish_erasure(&self, noted: &Noted, events: &EventsOfVisitors) -> Result<(), StoreError> {
        let none = BTreeMap::new();
        let write = self.begin_long().await?;
        let erased = write.rename_visitor(noted, events.0.get(&noted.visitor_id).unwrap_or(&none)).await?;
        write.note_done(noted, erased).await?;
        write.commit().await
    }

    /// Forgets which visitors were erased before `before`; one whose name is still to go is not forgotten.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn prune_erased(&self, before: OffsetDateTime) -> Result<(), StoreError> {
        let is_old = "erased_s < $1 AND visitor_id IS NULL";
        self.delete_old("erased_visitors", "site_id, mark", is_old, before.unix_timestamp()).await
    }
}

impl WriteTransaction {
    /// Unless the erasure was asked for again meanwhile: then it is done once more.
    async fn note_done(&self, noted: &Noted, erased: Erased) -> Result<(), StoreError> {
        let statement = "UPDATE erased_visitors SET visitor_id = NULL, pseudonym = NULL, exposures = $4, \
                         conversions = $5, events = $6 WHERE site_id = $1 AND mark = $2 AND pseudonym = $3";
        let rows = |rows: u64| Value::from(i64::try_from(rows).unwrap_or(i64::MAX));
        let values = [
            noted.site.site_id().0.into(),
            noted.mark.into(),
            noted.pseudonym.as_str().into(),
            rows(erased.exposures),
            rows(erased.conversions),
            rows(erased.events),
        ];
        self.run(statement, values).await?;
        Ok(())
    }

    /// Gives every row of a visitor the new name, the visitor's own first: whoever writes about a visitor holds that.
    async fn rename_visitor(&self, noted: &Noted, events: &BTreeMap<i64, Vec<Uuid>>) -> Result<Erased, StoreError> {
        let site_id = noted.site.site_id().0;
        let (before, after) = (noted.visitor_id.as_str(), noted.pseudonym.as_str());
        let rename = async |table: &str, more: &str| {
            let statement = format!("UPDATE {table} SET visitor_id = $3 WHERE site_id = $1 AND visitor_id = $2 {more}");
            self.run(&statement, [site_id.into(), before.into(), after.into()]).await
        };
        let exposures = rename("visitors", "").await?;
        // Named, because the key of a conversion begins with its goal.
        let of_goals = "AND goal_id IN (SELECT id FROM conversion_goals WHERE site_id = $1)";
        let conversions = rename("goal_conversions", of_goals).await? + rename("early_conversions", "").await?;
        for (day, ids) in events {
            for ids in ids.chunks(ROWS_AT_ONCE) {
                let rows = Rows::new(ids.len())
                    .uuid("id", ids.iter().copied())
                    .uuid("site_id", ids.iter().map(|_| site_id))
                    .text("visitor_id", ids.iter().map(|_| after));
                // The day is written out, so that Postgres looks into its partition alone.
                let statement = format!(
                    "UPDATE events SET visitor_id = incoming.visitor_id, metadata = NULL FROM incoming \
                     WHERE events.site_id = incoming.site_id AND events.day = {day} AND events.id = incoming.id"
                );
                self.write_parts(vec![Part { statement, rows, all_new: false }]).await?;
            }
        }
        let events = events.values().map(Vec::len).sum::<usize>();
        Ok(Erased { exposures, conversions, events: u64::try_from(events).unwrap_or(u64::MAX) })
    }

    /// Holds a counted visitor until the transaction ends; `false` when there is none of this name.
    pub(crate) async fn hold_visitor(&self, site_id: Uuid, visitor_id: &str) -> Result<bool, StoreError> {
        let lock = if self.is_shared() { "FOR UPDATE" } else { "" };
        let query = format!("SELECT 1 FROM visitors WHERE site_id = $1 AND visitor_id = $2 {lock}");
        let backend = self.transaction.get_database_backend();
        let query = Statement::from_sql_and_values(backend, query, [Value::from(site_id), Value::from(visitor_id)]);
        Ok(self.transaction.query_one_raw(query).await?.is_some())
    }

    async fn run<const N: usize>(&self, statement: &str, values: [Value; N]) -> Result<u64, StoreError> {
        let statement = Statement::from_sql_and_values(self.transaction.get_database_backend(), statement, values);
        Ok(self.transaction.execute_raw(statement).await?.rows_affected())
    }
}
