//! How connections to Postgres are made, kept and given up.

use super::{DatabaseUrl, Limits};
use sea_orm::sqlx::postgres::{PgConnection, PgPoolOptions};
use sea_orm::sqlx::{Connection, Executor};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, TransactionTrait};
use std::time::Duration;

/// Connections of one process.
const CONNECTIONS: u32 = 16;
/// Those of them that batches of events use; one works, the others repair what two processes did at once.
const BATCHES: u32 = 2;
/// A connection that was idle for longer is tried before it is used.
const TRUSTED_FOR: Duration = Duration::from_secs(1);
/// Name of the lock under which the schema is changed; any number that nothing else on the server uses.
const SCHEMA_LOCK: i64 = 0x0065_766f_6c6f_6f70;

/// When the first connection of a pool is made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begin {
    AtOnce,
    WhenUsed,
}

/// The pool that everything but batches of events and changes of the schema uses.
pub(super) async fn connect(url: &DatabaseUrl, limits: Limits) -> Result<DatabaseConnection, DbErr> {
    pool(url, limits, CONNECTIONS, session_settings(Some(limits)), Begin::AtOnce).await
}

/// The pool for batches of events. Each of its statements asks for some hundred rows by their keys. A plan that
/// was made while a table was small would go through all of it, and is kept however large the table becomes; so
/// these connections go by the keys always, and join tables in the order in which they are written down. They are
/// made when they are first used.
pub(super) async fn for_events(url: &DatabaseUrl, limits: Limits) -> Result<DatabaseConnection, DbErr> {
    let by_key = ["seqscan", "bitmapscan", "hashjoin", "mergejoin"].map(|way| format!("; SET enable_{way} = off"));
    let settings = session_settings(Some(limits)) + &by_key.concat() + "; SET join_collapse_limit = 1";
    pool(url, limits, BATCHES, settings, Begin::WhenUsed).await
}

async fn pool(
    url: &DatabaseUrl,
    limits: Limits,
    connections: u32,
    settings: String,
    begin: Begin,
) -> Result<DatabaseConnection, DbErr> {
    let mut options = base(url, limits);
    options.connect_lazy(begin == Begin::WhenUsed);
    options.max_connections(connections).test_before_acquire_if_idle_for(TRUSTED_FOR);
    let patience = limits.acquire;
    options.map_sqlx_postgres_pool_opts(move |pool| kept_sound(pool, settings.clone(), patience));
    Database::connect(options).await
}

/// Changes the schema while no other process does. Several replicas start at the same time; the first
/// one works, the others wait for it and then find nothing to do.
pub(super) async fn alone<F, T>(url: &DatabaseUrl, limits: Limits, change: F) -> Result<T, DbErr>
where
    F: AsyncFnOnce(&DatabaseConnection) -> Result<T, DbErr>,
{
    let mut options = base(url, limits);
    // One holds the lock, the other works. A large table takes its time, so nothing cuts that off.
    options.max_connections(2);
    let (settings, patience) = (session_settings(None), limits.acquire);
    options.map_sqlx_postgres_pool_opts(move |pool| kept_sound(pool, settings.clone(), patience));
    let connection = Database::connect(options).await?;
    let lock = connection.begin().await?;
    lock.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({SCHEMA_LOCK})")).await?;
    let changed = change(&connection).await;
    // It wrote nothing; its end gives the lock back, whichever way it ends.
    lock.rollback().await?;
    connection.close().await?;
    changed
}

/// A connection or two for a moment.
pub(super) fn base(url: &DatabaseUrl, limits: Limits) -> ConnectOptions {
    let mut options = ConnectOptions::new(url.as_str().to_owned());
    options.acquire_timeout(limits.acquire).sqlx_logging(false);
    options
}

fn kept_sound(pool: PgPoolOptions, settings: String, patience: Duration) -> PgPoolOptions {
    pool.after_connect(move |connection, _| {
        let settings = settings.clone();
        Box::pin(async move {
            // A server that refuses one of them is used without.
            if let Err(error) = connection.execute(sea_orm::sqlx::AssertSqlSafe(settings)).await {
                tracing::warn!(%error, "the database takes no limits of time");
            }
            Ok(())
        })
    })
    .after_release(move |connection, _| Box::pin(answers(connection, patience)))
}

/// Whether a connection that is given back still answers. Without a limit one that lost its peer would
/// keep its place in the pool for as long as the system hopes.
async fn answers(connection: &mut PgConnection, patience: Duration) -> Result<bool, sea_orm::sqlx::Error> {
    let lost = || sea_orm::sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
    tokio::time::timeout(patience, connection.ping()).await.map_err(|_| lost())?.map(|()| true)
}

/// What the server does by itself, so that a process that vanished holds no locks: it notices a peer that
/// is gone, ends what that asked for, and ends a transaction that nobody goes on with. Servers that do not
/// know one of these are not told of it.
fn session_settings(limits: Option<Limits>) -> String {
    let milliseconds = |limit: Duration| limit.as_millis().to_string();
    let mut wanted = vec![
        ("tcp_keepalives_idle", "15".to_owned()),
        ("tcp_keepalives_interval", "5".to_owned()),
        ("tcp_keepalives_count", "3".to_owned()),
        ("tcp_user_timeout", "30000".to_owned()),
        ("client_connection_check_interval", "2000".to_owned()),
    ];
    if let Some(limits) = limits {
        wanted.push(("statement_timeout", milliseconds(limits.long)));
        wanted.push(("idle_in_transaction_session_timeout", milliseconds(2 * limits.long.min(4 * limits.write))));
    }
    let rows: Vec<String> = wanted.iter().map(|(name, value)| format!("('{name}', '{value}')")).collect();
    format!(
        "SELECT set_config(name, wanted.value, false) FROM (VALUES {}) AS wanted (name, value) \
         JOIN pg_settings USING (name)",
        rows.join(", ")
    )
}
