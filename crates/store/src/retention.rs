//! How long raw events are kept.
//!
//! Counters never depend on raw events: exposures and conversions are kept in tables of their own. So old
//! events can go; on Postgres by dropping the partitions of their days, which costs nothing however many
//! they hold.

use crate::millis::Millis;
use crate::{Store, StoreError, WriteTransaction};
use domain::event::NO_DAY;
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use std::collections::BTreeSet;
use time::OffsetDateTime;
use uuid::Uuid;

/// How many days before and after today have a partition: an identifier's time is believed for seven.
const DAYS_AROUND: i64 = 8;
/// Rows that are deleted in one transaction, so that new events do not wait for long.
const ROWS_AT_ONCE: u64 = 2_000;
/// Only one process looks after the partitions at a time; a number of this purpose alone.
const LOCK: i64 = 0x65_76_64_61_79;

/// What was pruned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Days whose partition was dropped.
    pub days: usize,
    /// Events that were deleted one by one.
    pub events: u64,
    /// Accounts of calls of a model, and drafts that were rejected.
    pub copy: u64,
}

impl Store {
    /// On Postgres, gives the days around `now` a partition each; events that came before are moved there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn prepare_event_days(&self, now: OffsetDateTime) -> Result<(), StoreError> {
        if self.reader().get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let today = Millis::from(now).day();
        let present = days(self.reader()).await?;
        // One at a time: events wait while the default partition gives up its rows of a day, of which there can be many.
        for day in (today - DAYS_AROUND..=today + DAYS_AROUND).filter(|day| !present.contains(day)) {
            let write = self.begin_long().await?;
            write.hold_event_days().await?;
            // Another process may have been faster.
            if !days(&write.transaction).await?.contains(&day) {
                write.transaction.execute_unprepared(&new_day(day)).await?;
            }
            write.commit().await?;
        }
        Ok(())
    }

    /// Deletes raw events from before `before`; no counter changes.
    ///
    /// # Errors
    /// When the database fails; what was pruned until then is gone.
    pub async fn prune_events(&self, before: OffsetDateTime) -> Result<Pruned, StoreError> {
        let mut pruned = Pruned::default();
        let first_kept = Millis::from(before).day();
        if self.reader().get_database_backend() == DbBackend::Postgres {
            pruned.days = self.drop_days(first_kept).await?;
        }
        for site_id in self.sites_with_old_events(first_kept, Millis::from(before)).await? {
            loop {
                let deleted = self.delete_some(site_id, first_kept, Millis::from(before)).await?;
                pruned.events += deleted;
                if deleted < ROWS_AT_ONCE {
                    break;
                }
            }
        }
        Ok(pruned)
    }

    /// Found by reading, so that nobody waits for the right to write while there is nothing to delete.
    async fn sites_with_old_events(&self, first_kept: i64, before: Millis) -> Result<Vec<Uuid>, StoreError> {
        let query = format!(
            "SELECT id FROM sites WHERE EXISTS (SELECT 1 FROM events WHERE site_id = sites.id AND day > {NO_DAY} \
             AND day < $1) OR EXISTS (SELECT 1 FROM events WHERE site_id = sites.id AND day = {NO_DAY} \
             AND created_at < $2)"
        );
        let values = [Value::from(first_kept), Value::from(before.0)];
        let reader = self.slow_reader();
        let query = Statement::from_sql_and_values(reader.get_database_backend(), query, values);
        let rows = reader.query_all_raw(query).await?;
        rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
    }

    /// Deletes old rows of a table of sites, site by site, some at a time.
    pub(crate) async fn delete_old(&self, table: &str, key: &str, is_old: &str, limit: i64) -> Result<(), StoreError> {
        let reader = self.slow_reader();
        let backend = reader.get_database_backend();
        let with_old = format!(
            "SELECT id FROM sites WHERE EXISTS (SELECT 1 FROM {table} WHERE {table}.site_id = sites.id AND {is_old})"
        );
        let with_old = Statement::from_sql_and_values(backend, with_old, [Value::from(limit)]);
        for row in reader.query_all_raw(with_old).await? {
            let site_id: Uuid = row.try_get_by_index(0)?;
            loop {
                let write = self.begin().await?;
                let statement = format!(
                    "DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} WHERE site_id = $2 AND {is_old} \
                     LIMIT {ROWS_AT_ONCE})"
                );
                let values = [Value::from(limit), Value::from(site_id)];
                let statement = Statement::from_sql_and_values(backend, statement, values);
                let deleted = write.transaction.execute_raw(statement).await?.rows_affected();
                write.commit().await?;
                if deleted < ROWS_AT_ONCE {
                    break;
                }
            }
        }
        Ok(())
    }

    async fn drop_days(&self, first_kept: i64) -> Result<usize, StoreError> {
        let old = |present: BTreeSet<i64>| present.into_iter().filter(|day| *day < first_kept).collect::<Vec<_>>();
        if old(days(self.reader()).await?).is_empty() {
            return Ok(0);
        }
        let write = self.begin().await?;
        write.hold_event_days().await?;
        let old = old(days(&write.transaction).await?);
        for day in &old {
            write.transaction.execute_unprepared(&format!("DROP TABLE events_day_{day}")).await?;
        }
        write.commit().await?;
        Ok(old.len())
    }

    async fn delete_some(&self, site_id: Uuid, first_kept: i64, before: Millis) -> Result<u64, StoreError> {
        let write = self.begin().await?;
        let statement = format!(
            "DELETE FROM events WHERE (site_id, day, id) IN (SELECT site_id, day, id FROM events WHERE site_id = $1 \
             AND ((day > {NO_DAY} AND day < $2) OR (day = {NO_DAY} AND created_at < $3)) LIMIT {ROWS_AT_ONCE})"
        );
        let values = [Value::from(site_id), Value::from(first_kept), Value::from(before.0)];
        let backend = write.transaction.get_database_backend();
        let statement = Statement::from_sql_and_values(backend, statement, values);
        let deleted = write.transaction.execute_raw(statement).await?.rows_affected();
        if deleted > 0 {
            write.commit().await?;
        }
        Ok(deleted)
    }
}

impl WriteTransaction {
    async fn hold_event_days(&self) -> Result<(), StoreError> {
        self.transaction.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({LOCK})")).await?;
        Ok(())
    }
}

/// The days that have a partition.
async fn days(connection: &impl ConnectionTrait) -> Result<BTreeSet<i64>, StoreError> {
    let query = "SELECT child.relname::text FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid \
                 WHERE inhparent = 'events'::regclass";
    let rows = connection.query_all_raw(Statement::from_string(DbBackend::Postgres, query)).await?;
    let mut days = BTreeSet::new();
    for row in rows {
        let name: String = row.try_get_by_index(0)?;
        days.extend(name.strip_prefix("events_day_").and_then(|day| day.parse::<i64>().ok()));
    }
    Ok(days)
}

/// A partition for a day. The default one must not hold a row of it when it is attached.
fn new_day(day: i64) -> String {
    let next = day + 1;
    format!(
        "CREATE TABLE events_day_{day} (LIKE events INCLUDING ALL); \
         WITH moved AS (DELETE FROM events_without_day WHERE day = {day} RETURNING *) \
         INSERT INTO events_day_{day} SELECT * FROM moved; \
         ALTER TABLE events ATTACH PARTITION events_day_{day} FOR VALUES FROM ({day}) TO ({next})"
    )
}
