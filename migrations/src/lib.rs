//! The database schema, one change a file, each up and down on SQLite and Postgres.
//!
//! Keys of tenant tables begin with `site_id`, so that the schema can be distributed by site later.

mod m20261123_000001_accounts;
mod m20261123_000002_sites;
mod m20261123_000003_statistics;
mod m20261123_000004_events;
mod m20261123_000005_jobs;
mod m20261123_000006_holdout;
mod m20261124_000007_decisions;
mod m20261126_000008_inputs;
mod m20261126_000009_event_days;
mod m20261126_000010_trust;
mod m20261126_000011_early_conversions;
mod tables;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseConnection;

/// The schema changes, oldest first.
struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_accounts::Migration),
            Box::new(m20261123_000002_sites::Migration),
            Box::new(m20261123_000003_statistics::Migration),
            Box::new(m20261123_000004_events::Migration),
            Box::new(m20261123_000005_jobs::Migration),
            Box::new(m20261123_000006_holdout::Migration),
            Box::new(m20261124_000007_decisions::Migration),
            Box::new(m20261126_000008_inputs::Migration),
            Box::new(m20261126_000009_event_days::Migration),
            Box::new(m20261126_000010_trust::Migration),
            Box::new(m20261126_000011_early_conversions::Migration),
        ]
    }
}

/// Applies every change that is missing.
///
/// # Errors
/// When a change cannot be applied.
pub async fn up(database: &DatabaseConnection) -> Result<(), DbErr> {
    Migrator::up(database, None).await
}

/// Reverts every change, the newest first.
///
/// # Errors
/// When a change cannot be reverted.
pub async fn down(database: &DatabaseConnection) -> Result<(), DbErr> {
    Migrator::down(database, None).await
}

/// The names of the changes that are missing, oldest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn pending(database: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let missing = Migrator::get_pending_migrations(database).await?;
    Ok(missing.iter().map(|change| change.name().to_owned()).collect())
}
