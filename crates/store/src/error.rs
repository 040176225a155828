//! What can go wrong between the service and the database.

use sea_orm::{DbErr, SqlErr};

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
        match error {
            DbErr::Conn(_) | DbErr::ConnectionAcquire(_) => Self::Unavailable(error),
            error if is_connection_loss(&error.to_string()) => Self::Unavailable(error),
            error => Self::Database(error),
        }
    }
}

/// A connection that breaks inside a statement surfaces as an execution error, whose cause the
/// driver tells only in its text.
fn is_connection_loss(text: &str) -> bool {
    let text = text.to_lowercase();
    let signs = [
        "error communicating with database",
        "connection refused",
        "broken pipe",
        "connection reset",
        "unexpected eof",
        "terminating connection",
        "the database system is",
        "database is locked",
        "deadlock detected",
        "pool timed out",
        "no such file or directory",
        // No fault of the events: a part of them that still fits must not be stored without the rest, because a
        // conversion without its exposure never counts.
        "database or disk is full",
        "disk i/o error",
    ];
    signs.iter().any(|sign| text.contains(sign))
}
