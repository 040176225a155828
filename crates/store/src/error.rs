//! What can go wrong between the service and the database.

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

/// A failed call of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached or is too busy; another try may succeed.
    #[error("the database is not available")]
    Unavailable(#[source] DbErr),
    /// Another process wrote about the same visitors meanwhile; another try will see what it wrote.
    #[error("another process was faster")]
    Overtaken,
    /// A value that must be unique is there already.
    #[error("the value exists already")]
    Conflict(#[source] DbErr),
    /// A row refers to one that is gone.
    #[error("a row refers to one that does not exist")]
    Dangling(#[source] DbErr),
    /// A row whose text or JSON is not what this version writes.
    #[error("corrupt row in {table}: {detail}")]
    Corrupt {
        /// Table.
        table: &'static str,
        /// What does not fit.
        detail: String,
    },
    /// Anything else that the database reports.
    #[error("database error")]
    Database(#[source] DbErr),
}

impl StoreError {
    pub(crate) fn corrupt(table: &'static str, detail: impl ToString) -> Self {
        Self::Corrupt { table, detail: detail.to_string() }
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => return Self::Conflict(error),
            Some(SqlErr::ForeignKeyConstraintViolation(_)) => return Self::Dangling(error),
            Some(_) | None => {}
        }
        if has_met_another(&error) {
            return Self::Overtaken;
        }
        if is_away(&error) { Self::Unavailable(error) } else { Self::Database(error) }
    }
}

/// Whether Postgres ended the transaction so that another one could go on: they waited for each other.
fn has_met_another(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = error else {
        return false;
    };
    let sqlx::Error::Database(refusal) = cause.as_ref() else { return false };
    matches!(refusal.code().unwrap_or_default().as_ref(), "40001" | "40P01")
}

/// Whether another try may succeed, because the fault is the connection's or the server's and not the statement's.
fn is_away(error: &DbErr) -> bool {
    match error {
        DbErr::Conn(_) | DbErr::ConnectionAcquire(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => {
            match cause.as_ref() {
            sqlx::Error::Database(refusal) => is_of_the_server(refusal.as_ref()),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            // What comes after an answer that broke off makes no sense.
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed => true,
            _ => false,
        }
        }
        _ => false,
    }
}

fn is_of_the_server(refusal: &dyn sqlx::error::DatabaseError) -> bool {
    let code = refusal.code().unwrap_or_default();
    if refusal.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_none() {
        // SQLite gives extended codes, the low byte being the plain one: busy, locked, input or output, full.
        return code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 10 | 13));
    }
    // SQLSTATE: connection lost, transaction to be repeated, no memory, disk or connection left, stopped by
    // an operator, fault of the system; a lock that cannot be had; a server that is a copy of another one.
    let classes = ["08", "40", "53", "57", "58"];
    classes.iter().any(|class| code.starts_with(class)) || matches!(code.as_ref(), "55P03" | "25006" | "25P03")
}
