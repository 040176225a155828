//! Opening a database, and the two ways to use it: reads from a pool, writes one transaction at a time.

mod postgres;

use crate::StoreError;
use crate::deadline::{Bounded, Until};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{self, Connection, SqliteConnection};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// An acknowledged event must survive a power cut, not only a crash of the process.
#[cfg(not(feature = "fault-no-fsync"))]
const SYNCHRONOUS: SqliteSynchronous = SqliteSynchronous::Full;

/// The fault that `cargo xtask torture --faulty-build` must find.
#[cfg(feature = "fault-no-fsync")]
const SYNCHRONOUS: SqliteSynchronous = SqliteSynchronous::Normal;

/// Pages of the write-ahead log, of 4 KiB each, before they are copied into the file.
const WAL_PAGES: &str = "2000";
/// Memory of a connection for pages of the file; a negative number is KiB.
const WRITER_CACHE: &str = "-16384";
const READER_CACHE: &str = "-4096";

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

/// How long the database may be silent before it counts as away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For a connection: a free one, or a new one.
    pub acquire: Duration,
    /// For a statement that reads.
    pub read: Duration,
    /// For a transaction from its begin to its commit.
    pub write: Duration,
    /// For work on all rows of a site, which no visitor waits for.
    pub long: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            acquire: Duration::from_secs(3),
            read: Duration::from_secs(10),
            write: Duration::from_secs(5),
            long: Duration::from_secs(10 * 60),
        }
    }
}

impl Limits {
    /// A file has no peer that can vanish, only a disk that can be busy, and others who wait for their turn.
    const SQLITE: Self = Self {
        acquire: Duration::from_secs(10),
        read: Duration::from_secs(60),
        write: Duration::from_secs(60),
        long: Duration::from_secs(10 * 60),
    };
}

/// An open database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) url: DatabaseUrl,
    pub(crate) limits: Limits,
    reader: Bounded<DatabaseConnection>,
    slow_reader: Bounded<DatabaseConnection>,
    /// On SQLite one connection, so that writers queue here instead of failing; on Postgres the reader's pool.
    writer: DatabaseConnection,
    /// On SQLite the writer; on Postgres connections for batches of events, which plan as [`postgres::for_events`] says.
    events: DatabaseConnection,
    /// What [`Store::with_own_events`] opened, so that [`Store::close`] reaches it.
    opened: Arc<Mutex<Vec<DatabaseConnection>>>,
}

/// Writes that become visible together, at [`commit`](WriteTransaction::commit); dropped, they never happened.
pub struct WriteTransaction {
    pub(crate) transaction: Bounded<DatabaseTransaction>,
}

impl WriteTransaction {
    /// Makes the writes durable and visible.
    ///
    /// # Errors
    /// When the database refuses; then nothing was written. When it does not answer; then nobody knows, and
    /// who tries again must be able to meet what was written.
    pub async fn commit(self) -> Result<(), StoreError> {
        let Bounded { inner, until } = self.transaction;
        Ok(until.wait(inner.commit()).await?)
    }
}

impl Store {
    /// Opens the database; does not change its schema.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        Self::open_within(url, if url.is_sqlite() { Limits::SQLITE } else { Limits::default() }).await
    }

    /// Opens the database with other limits of time.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn open_within(url: &DatabaseUrl, limits: Limits) -> Result<Self, StoreError> {
        let (reader, writer, events) = if url.is_sqlite() {
            let writer = Database::connect(sqlite_options(url, 1, limits)).await?;
            (Database::connect(sqlite_options(url, 4, limits)).await?, writer.clone(), writer)
        } else {
            let pool = postgres::connect(url, limits).await?;
            (pool.clone(), pool, postgres::for_events(url, limits).await?)
        };
        let reading = |limit| Bounded { inner: reader.clone(), until: Until::Each(limit) };
        let (reader, slow_reader) = (reading(limits.read), reading(limits.long));
        Ok(Self { url: url.clone(), limits, reader, slow_reader, writer, events, opened: Arc::default() })
    }

    /// Brings the schema up to date. Of several processes that do so at once, one works.
    ///
    /// # Errors
    /// When a change cannot be applied.
    pub async fn migrate_up(&self) -> Result<(), StoreError> {
        if self.url.is_sqlite() {
            return Ok(migrations::up(&self.writer).await?);
        }
        Ok(postgres::alone(&self.url, self.limits, async |alone| migrations::up(alone).await).await?)
    }

    /// Reverts every schema change; all data is lost.
    ///
    /// # Errors
    /// When a change cannot be reverted.
    pub async fn migrate_down(&self) -> Result<(), StoreError> {
        if self.url.is_sqlite() {
            return Ok(migrations::down(&self.writer).await?);
        }
        Ok(postgres::alone(&self.url, self.limits, async |alone| migrations::down(alone).await).await?)
    }

    /// The names of schema changes that are not applied yet.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, StoreError> {
        Ok(migrations::pending(&self.reader.inner).await?)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        Ok(self.reader.until.wait(self.reader.inner.ping()).await?)
    }

    /// Closes all connections; on SQLite this also empties the write-ahead log.
    ///
    /// # Errors
    /// When the database refuses, or does not answer.
    pub async fn close(self) -> Result<(), StoreError> {
        let Self { reader: Bounded { inner: reader, until }, writer, events, opened, .. } = self;
        let opened = std::mem::take(&mut *opened.lock().unwrap_or_else(PoisonError::into_inner));
        until.wait(reader.close()).await?;
        for events in opened.into_iter().chain([events]) {
            until.wait(events.close()).await?;
        }
        Ok(until.wait(writer.close()).await?)
    }

    /// Begins writing. On SQLite the write lock is taken at once: a transaction that starts to
    /// read and writes later would fail when another process wrote in between.
    ///
    /// # Errors
    /// When the database is not available.
    pub async fn begin(&self) -> Result<WriteTransaction, StoreError> {
        begin_within(&self.writer, self.limits.write).await
    }

    /// Begins writing a batch of events.
    ///
    /// # Errors
    /// When the database is not available.
    pub async fn begin_batch(&self) -> Result<WriteTransaction, StoreError> {
        begin_within(&self.events, self.limits.write).await
    }

    /// The same database for one who writes events all the time: with connections that are made where they are
    /// used, and belong to the runtime there, so that no other one has to look after them.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub async fn with_own_events(&self) -> Result<Self, StoreError> {
        let mut own = self.clone();
        // What is closed stays closed.
        if !self.url.is_sqlite() && !self.events.get_postgres_connection_pool().is_closed() {
            own.events = postgres::for_events(&self.url, self.limits).await?;
            self.opened.lock().unwrap_or_else(PoisonError::into_inner).push(own.events.clone());
        }
        Ok(own)
    }

    /// Closes what [`with_own_events`](Self::with_own_events) opened, and leaves what is shared.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn close_own_events(self) -> Result<(), StoreError> {
        if self.url.is_sqlite() {
            return Ok(());
        }
        Ok(self.reader.until.wait(self.events.close()).await?)
    }

    /// Begins writing what takes long, such as the end of a site with all its events.
    ///
    /// # Errors
    /// When the database is not available.
    pub async fn begin_long(&self) -> Result<WriteTransaction, StoreError> {
        begin_within(&self.writer, self.limits.long).await
    }

    pub(crate) fn reader(&self) -> &impl ConnectionTrait {
        &self.reader
    }

    /// For questions about all rows of a site, which no visitor waits for.
    pub(crate) fn slow_reader(&self) -> &impl ConnectionTrait {
        &self.slow_reader
    }
}

async fn begin_within(writer: &DatabaseConnection, limit: Duration) -> Result<WriteTransaction, StoreError> {
    let immediate = (writer.get_database_backend() == DbBackend::Sqlite).then_some(SqliteTransactionMode::Immediate);
    let options = TransactionOptions { sqlite_transaction_mode: immediate, ..TransactionOptions::default() };
    let until = Until::All(Instant::now() + limit);
    let inner = until.wait(writer.begin_with_options(options)).await?;
    Ok(WriteTransaction { transaction: Bounded { inner, until } })
}

fn sqlite_options(url: &DatabaseUrl, connections: u32, limits: Limits) -> ConnectOptions {
    let mut options = ConnectOptions::new(url.as_str().to_owned());
    // The one connection that writes needs the most.
    let cache = if connections == 1 { WRITER_CACHE } else { READER_CACHE };
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(limits.acquire)
        .sqlx_logging(false)
        // A file does not go away.
        .test_before_acquire(false)
        .map_sqlx_sqlite_pool_opts(|options| {
            options.after_release(|connection, _| Box::pin(has_ended_its_transaction(connection)))
        })
        .map_sqlx_sqlite_opts(move |options| {
            options
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SYNCHRONOUS)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(5))
                // Pages that many batches change are copied into the file once, and found in memory meanwhile.
                .pragma("wal_autocheckpoint", WAL_PAGES)
                .pragma("cache_size", cache)
        });
    options
}

/// Whether a connection may be used again. A full disk makes SQLite roll back by itself; the driver's own rollback
/// then fails, and it takes the connection to be inside a transaction for ever. What it calls a commit from then on
/// is none, although it says it is.
async fn has_ended_its_transaction(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if !connection.is_in_transaction() {
        return Ok(true);
    }
    // A rollback of a transaction that was dropped waits in the connection's queue; the ping comes after it.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
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
    let connection = Database::connect(postgres::base(server, Limits::default())).await?;
    connection.execute_unprepared(&format!("CREATE DATABASE \"{name}\"")).await?;
    Ok(connection.close().await?)
}

#[cfg(test)]
mod tests;
