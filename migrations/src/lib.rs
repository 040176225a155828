//! The database schema, one change a file, each up and down on SQLite and Postgres.
//!
//! Keys of tenant tables begin with `site_id`, so that the schema can be distributed by site later.

mod m20261123_000001_accounts;
mod m20261123_000002_sites;
mod m20261123_000003_statistics;
mod m20261123_000004_events;
mod m20261123_000005_jobs;
mod tables;

use sea_orm_migration::prelude::*;

/// Applies and reverts the schema changes, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_accounts::Migration),
            Box::new(m20261123_000002_sites::Migration),
            Box::new(m20261123_000003_statistics::Migration),
            Box::new(m20261123_000004_events::Migration),
            Box::new(m20261123_000005_jobs::Migration),
        ]
    }
}
