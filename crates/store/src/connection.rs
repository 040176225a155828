//! Opening a database, and the two ways to use it: reads from a pool, writes one transaction at a time.

use crate::StoreError;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// An acknowledged event must survive a power cut, not only a crash of the process.
#[cfg(not(feature = "fault-no-fsync"))]
const SYNCHRONOUS: SqliteSynchronous = SqliteSynchronous::Full;

/// The fault that `cargo xtask torture --faulty-build` must find.
#[cfg(feature = "fault-no-fsync")]
const SYNCHRONOUS: SqliteSynchronous = SqliteSynchronous::Normal;

/// Where the data is: `sqlite:...` or `postgres://...`.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

/// The address is of neither database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the database address must start with sqlite: or postgres://")]
pub struct InvalidDatabaseUrl;

impl DatabaseUrl {
    /// Whether this is the embedded database.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        self.0.starts_with("sqlite:")
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DatabaseUrl {
    type Err = InvalidDatabaseUrl;
    fn from_str(text: &str) -> Result<Self, InvalidDatabaseUrl> {
        let known = ["sqlite:", "postgres://", "postgresql://"];
        if known.iter().any(|scheme| text.starts_with(scheme)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidDatabaseUrl)
        }
    }
}

/// Shows the kind only: the address may hold a password.
impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_sqlite() { "sqlite" } else { "postgres" })
    }
}

/// An open database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    reader: DatabaseConnection,
    /// On SQLite one connection, so that writers queue here instead of failing; on Postgres the reader's pool.
    writer: DatabaseConnection,
}

/// Writes that become visible together, at [`commit`](WriteTransaction::commit); dropped, they never happened.
pub struct WriteTransaction {
    pub(crate) transaction: DatabaseTransaction,
}

impl WriteTransaction {
    /// Makes the writes durable and visible.
    ///
    /// # Errors
    /// When the database refuses; then nothing was written.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.transaction.commit().await?)
    }
}

impl Store {
    /// Opens the database; does not change its schema.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        if url.is_sqlite() {
            let writer = Database::connect(sqlite_options(url, 1)).await?;
            let reader = Database::connect(sqlite_options(url, 4)).await?;
            Ok(Self { reader, writer })
        } else {
            let pool = Database::connect(postgres_options(url)).await?;
            Ok(Self { reader: pool.clone(), writer: pool })
        }
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// When a change cannot be applied.
    pub async fn migrate_up(&self) -> Result<(), StoreError> {
        Ok(migrations::up(&self.writer).await?)
    }

    /// Reverts every schema change; all data is lost.
    ///
    /// # Errors
    /// When a change cannot be reverted.
    pub async fn migrate_down(&self) -> Result<(), StoreError> {
        Ok(migrations::down(&self.writer).await?)
    }

    /// The names of schema changes that are not applied yet.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, StoreError> {
        Ok(migrations::pending(&self.reader).await?)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        Ok(self.reader.ping().await?)
    }

    /// Closes all connections; on SQLite this also empties the write-ahead log.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn close(self) -> Result<(), StoreError> {
        self.reader.close().await?;
        Ok(self.writer.close().await?)
    }

    /// Begins writing. On SQLite the write lock is taken at once: a transaction that starts to
    /// read and writes later would fail when another process wrote in between.
    ///
    /// # Errors
    /// When the database is not available.
    pub async fn begin(&self) -> Result<WriteTransaction, StoreError> {
        let immediate =
            (self.writer.get_database_backend() == DbBackend::Sqlite).then_some(SqliteTransactionMode::Immediate);
        let options = TransactionOptions { sqlite_transaction_mode: immediate, ..TransactionOptions::default() };
        Ok(WriteTransaction { transaction: self.writer.begin_with_options(options).await? })
    }

    pub(crate) fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }
}

fn sqlite_options(url: &DatabaseUrl, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url.as_str().to_owned());
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(10))
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|options| {
            options
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SYNCHRONOUS)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(5))
        });
    options
}

fn postgres_options(url: &DatabaseUrl) -> ConnectOptions {
    let mut options = ConnectOptions::new(url.as_str().to_owned());
    options.max_connections(16).acquire_timeout(Duration::from_secs(3)).test_before_acquire(true).sqlx_logging(false);
    options
}

/// Creates a database on a Postgres server.
///
/// # Errors
/// When the server refuses, or the name is more than letters, digits and `_`.
pub async fn create_database(server: &DatabaseUrl, name: &str) -> Result<(), StoreError> {
    // A name cannot be passed as a parameter, so it must not be able to end the statement.
    if server.is_sqlite() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Err(StoreError::corrupt("pg_database", "not a name for a database"));
    }
    let connection = Database::connect(postgres_options(server)).await?;
    connection.execute_unprepared(&format!("CREATE DATABASE \"{name}\"")).await?;
    Ok(connection.close().await?)
}
