//! The Postgres database that data is moved into.

use super::TransferError;
use crate::{DatabaseUrl, StoreError};
use sea_orm::{
    AccessMode, ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, IsolationLevel, TransactionOptions,
    TransactionTrait,
};

/// An open target: one connection without limits of time, which a server's connections have and a
/// transaction that holds a whole installation would break.
pub struct Target {
    connection: DatabaseConnection,
}

impl Target {
    /// Opens the database, whose schema must be made already.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub async fn open(url: &DatabaseUrl) -> Result<Self, TransferError> {
        Self::check(url)?;
        let mut options = ConnectOptions::new(url.as_str().to_owned());
        options.max_connections(1).sqlx_logging(false);
        Ok(Self { connection: Database::connect(options).await.map_err(StoreError::from)? })
    }

    /// Whether the address is of a database that can be a target.
    ///
    /// # Errors
    /// [`TransferError::NotPostgres`] when it is not.
    pub fn check(url: &DatabaseUrl) -> Result<(), TransferError> {
        if url.is_sqlite() { Err(TransferError::NotPostgres) } else { Ok(()) }
    }

    /// Ends the connection.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn close(self) -> Result<(), StoreError> {
        Ok(self.connection.close().await?)
    }

    pub(super) async fn begin(&self) -> Result<DatabaseTransaction, StoreError> {
        Ok(self.connection.begin().await?)
    }

    /// Sees the database as it is at this moment until the end.
    pub(super) async fn begin_reading(&self) -> Result<DatabaseTransaction, StoreError> {
        let options = TransactionOptions {
            isolation_level: Some(IsolationLevel::RepeatableRead),
            access_mode: Some(AccessMode::ReadOnly),
            ..TransactionOptions::default()
        };
        Ok(self.connection.begin_with_options(options).await?)
    }
}
