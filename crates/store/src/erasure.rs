//! Taking a visitor's name out of every row.
//!
//! First it is noted, under a mark, that the visitor was erased. From then on every batch of events turns away what
//! belongs to an assignment from before, so the rows under the name can be looked up in peace, without anybody
//! waiting for it. Then one transaction gives all of them the same random name. Counters and the keys of events
//! stay, so a recount agrees and a repeat is still a repeat.

mod search;

use crate::bulk::{Part, Rows};
use crate::{OwnedSite, Store, StoreError, WriteTransaction};
use domain::VisitorId;
use sea_orm::{ConnectionTrait, Statement, Value};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// Events that get their new name with one statement.
const ROWS_AT_ONCE: usize = 2_000;

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

impl Store {
    /// Erases a visitor; says how many rows held the name. It may be done again, also after it failed half-way.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn erase_visitor(&self, site: &OwnedSite, erasure: &Erasure<'_>) -> Result<Erased, StoreError> {
        let write = self.begin().await?;
        write.note_erased(site, erasure).await?;
        write.commit().await?;
        let events = self.events_of(site, erasure.visitor_id).await?;
        let write = self.begin_long().await?;
        let erased = write.rename_visitor(site, erasure, &events).await?;
        write.commit().await?;
        Ok(erased)
    }

    /// Forgets which visitors were erased before `before`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn prune_erased(&self, before: OffsetDateTime) -> Result<(), StoreError> {
        self.delete_old("erased_visitors", "site_id, mark", "erased_s < $1", before.unix_timestamp()).await
    }

    /// The events of a visitor by day. No index leads to them, since every event would have to pay for it.
    async fn events_of(
        &self,
        site: &OwnedSite,
        visitor_id: &VisitorId,
    ) -> Result<BTreeMap<i64, Vec<Uuid>>, StoreError> {
        let query = "SELECT day, id FROM events WHERE site_id = $1 AND visitor_id = $2";
        let reader = self.slow_reader();
        let values = [Value::from(site.site_id().0), Value::from(visitor_id.as_str())];
        let rows = reader.query_all_raw(Statement::from_sql_and_values(reader.get_database_backend(), query, values));
        let mut events: BTreeMap<i64, Vec<Uuid>> = BTreeMap::new();
        for row in rows.await? {
            events.entry(row.try_get_by_index(0)?).or_default().push(row.try_get_by_index(1)?);
        }
        Ok(events)
    }
}

impl WriteTransaction {
    /// Notes that a visitor is erased. Batches that asked about their visitors before have ended when this returns,
    /// and those that ask later wait for this transaction: no other process stores what it found out before.
    async fn note_erased(&self, site: &OwnedSite, erasure: &Erasure<'_>) -> Result<(), StoreError> {
        if self.is_shared() {
            // Whoever waits for this lock makes all others wait, so not for long.
            let lock = "SET LOCAL lock_timeout = '2s'; LOCK TABLE visitors IN EXCLUSIVE MODE";
            self.transaction.execute_unprepared(lock).await?;
        }
        let statement = "INSERT INTO erased_visitors (site_id, mark, erased_s) VALUES ($1, $2, $3) \
                         ON CONFLICT (site_id, mark) DO UPDATE SET erased_s = excluded.erased_s \
                         WHERE excluded.erased_s > erased_visitors.erased_s";
        let at = erasure.at.unix_timestamp();
        self.run(statement, [site.site_id().0.into(), erasure.mark.into(), at.into()]).await?;
        Ok(())
    }

    /// Gives every row of a visitor the new name, the visitor's own first: whoever writes about a visitor holds that.
    async fn rename_visitor(
        &self,
        site: &OwnedSite,
        erasure: &Erasure<'_>,
        events: &BTreeMap<i64, Vec<Uuid>>,
    ) -> Result<Erased, StoreError> {
        let site_id = site.site_id().0;
        let (before, after) = (erasure.visitor_id.as_str(), erasure.pseudonym.as_str());
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
