//! The SQLite file that data is moved out of: one state of it, with nobody else inside.

use super::TransferError;
use crate::{DatabaseUrl, StoreError};
use sea_orm::sqlx::sqlite::SqliteLockingMode;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use std::time::Duration;

/// An open source. While it is open no other process can open the file, not even to read.
pub struct Source {
    connection: DatabaseConnection,
    transaction: DatabaseTransaction,
}

impl Source {
    /// Opens the file, which must hold an installation of this version that no other process has open.
    ///
    /// A server that went on to write would store events that are not copied any more. In exclusive
    /// mode SQLite gives the file to one process alone, so a running server is noticed, also one
    /// that writes nothing at the moment, and none can start before the end.
    ///
    /// # Errors
    /// Why the file cannot be used.
    pub async fn open(url: &DatabaseUrl) -> Result<Self, TransferError> {
        if !url.is_sqlite() {
            return Err(TransferError::NotSqlite);
        }
        let connection = Database::connect(options(url)).await.map_err(unusable)?;
        // A foreign file must not get a table of ours, which asking for missing changes would make.
        if !has_migrations(&connection).await.map_err(unusable)? {
            return Err(TransferError::NoInstallation("its schema was not made by Evoloop".to_owned()));
        }
        let missing = migrations::pending(&connection).await.map_err(|error| {
            TransferError::Schema(format!("the source's changes are not those of this version: {error}"))
        })?;
        if !missing.is_empty() {
            let text = "the source is older than this version; run `evoloop migrate` on it first";
            return Err(TransferError::Schema(text.to_owned()));
        }
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Exclusive),
            ..TransactionOptions::default()
        };
        let transaction = connection.begin_with_options(options).await.map_err(unusable)?;
        Ok(Self { connection, transaction })
    }

    /// Leaves the file as it was.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn close(self) -> Result<(), StoreError> {
        self.transaction.rollback().await?;
        Ok(self.connection.close().await?)
    }

    pub(super) fn transaction(&self) -> &DatabaseTransaction {
        &self.transaction
    }
}

fn options(url: &DatabaseUrl) -> ConnectOptions {
    let mut options = ConnectOptions::new(url.as_str().to_owned());
    options.max_connections(1).min_connections(1).sqlx_logging(false).map_sqlx_sqlite_opts(|options| {
        options.create_if_missing(false).locking_mode(SqliteLockingMode::Exclusive).busy_timeout(Duration::from_secs(2))
    });
    options
}

async fn has_migrations(connection: &DatabaseConnection) -> Result<bool, DbErr> {
    let query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'seaql_migrations'";
    let found = connection.query_one_raw(Statement::from_string(DbBackend::Sqlite, query)).await?;
    Ok(found.is_some())
}

/// SQLite tells in its text alone what is wrong with a file.
fn unusable(error: DbErr) -> TransferError {
    let text = error.to_string();
    if text.contains("database is locked") {
        TransferError::InUse
    } else if text.contains("unable to open database file") {
        TransferError::NoInstallation("there is no such file, or it cannot be opened".to_owned())
    } else if text.contains("file is not a database") {
        TransferError::NoInstallation("the file is not a database".to_owned())
    } else {
        TransferError::Store(error.into())
    }
}
