//! Events by day, so that old ones can be dropped a day at a time.
//!
//! The day is part of the key and follows from the event's identifier alone, so that a repeat finds the
//! first one whenever it comes. On Postgres each day can have a partition of its own; days that have none
//! share the default one. On SQLite the rows of a key lie in its own order, without a second tree.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const COLUMNS: &str = "variant_id, visitor_id, event_type, goal_id, value, metadata, not_counted, created_at";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (create, day) = match manager.get_database_backend() {
            DbBackend::Sqlite => (SQLITE, day(&sqlite_milliseconds(), "substr(hex(id), 13, 1) = '7'")),
            _ => (POSTGRES, day(POSTGRES_MILLISECONDS, "substr(id::text, 15, 1) = '7'")),
        };
        let copy = format!(
            "INSERT INTO events_by_day (site_id, day, id, {COLUMNS}) SELECT site_id, {day}, id, {COLUMNS} FROM events"
        );
        for statement in [create, &copy, "DROP TABLE events", "ALTER TABLE events_by_day RENAME TO events"] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut before = super::m20261123_000004_events::table();
        before.table("events_of_all_days");
        manager.create_table(before).await?;
        let copy = format!(
            "INSERT INTO events_of_all_days (site_id, id, {COLUMNS}) SELECT site_id, id, {COLUMNS} FROM events \
             WHERE true ON CONFLICT DO NOTHING"
        );
        for statement in [&copy, "DROP TABLE events", "ALTER TABLE events_of_all_days RENAME TO events"] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

/// The day of an event that is there, as `domain::event::day_of` tells it.
fn day(milliseconds: &str, is_version_7: &str) -> String {
    let (day, believed) = (24 * 60 * 60 * 1000, 7 * 24 * 60 * 60 * 1000);
    format!(
        "CASE WHEN {is_version_7} AND abs({milliseconds} - created_at) <= {believed} THEN {milliseconds} / {day} ELSE -1 END"
    )
}

/// The first 48 bits of the identifier.
const POSTGRES_MILLISECONDS: &str = "('x' || substr(replace(id::text, '-', ''), 1, 12))::bit(48)::bigint";

/// SQLite reads no hexadecimal text, so its twelve digits are added up.
fn sqlite_milliseconds() -> String {
    let digit = |place: u32| {
        let weight = 16_u64.pow(11 - place);
        format!("(instr('0123456789ABCDEF', substr(hex(id), {}, 1)) - 1) * {weight}", place + 1)
    };
    format!("({})", (0..12).map(digit).collect::<Vec<_>>().join(" + "))
}

const SQLITE: &str = "CREATE TABLE events_by_day (
    site_id uuid_text NOT NULL,
    day bigint NOT NULL,
    id uuid_text NOT NULL,
    variant_id uuid_text NOT NULL,
    visitor_id varchar(64) NOT NULL,
    event_type varchar NOT NULL,
    goal_id uuid_text,
    value double,
    metadata jsonb_text,
    not_counted varchar,
    created_at bigint NOT NULL,
    PRIMARY KEY (site_id, day, id),
    FOREIGN KEY (site_id) REFERENCES sites (id) ON DELETE CASCADE
) WITHOUT ROWID";

const POSTGRES: &str = "CREATE TABLE events_by_day (
    site_id uuid NOT NULL,
    day bigint NOT NULL,
    id uuid NOT NULL,
    variant_id uuid NOT NULL,
    visitor_id varchar(64) NOT NULL,
    event_type varchar NOT NULL,
    goal_id uuid,
    value double precision,
    metadata jsonb,
    not_counted varchar,
    created_at bigint NOT NULL,
    PRIMARY KEY (site_id, day, id),
    CONSTRAINT fk_events_by_day_site_id FOREIGN KEY (site_id) REFERENCES sites (id) ON DELETE CASCADE
) PARTITION BY RANGE (day);
CREATE TABLE events_without_day PARTITION OF events_by_day DEFAULT";
