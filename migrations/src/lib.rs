//! The database schema, one change a file, each up and down on SQLite and Postgres.
//!
//! Keys of tenant tables begin with `site_id`, so that the schema can be distributed by site later.

mod changes;
mod tables;

use changes::Migrator;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseConnection;

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
