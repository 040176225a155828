//! Moves an installation from SQLite to Postgres, and compares the two.
//!
//! Tables and columns are read from the databases, never listed here, so a table that a later
//! schema change adds is copied without a change to this code. Rows are read in pages by primary
//! key, so memory does not grow with a table. Everything is written in one transaction, which
//! ends well only when a second reading of both sides gives the same digests.

mod cell;
mod json;
mod schema;
mod source;
mod table;
mod target;

pub use source::Source;
pub use target::Target;

use crate::StoreError;
use schema::{Plan, Table};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use table::Digest;

/// Why data cannot be moved or compared.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The address of the source is of another database.
    #[error("data is moved out of SQLite; the source's address must start with sqlite:")]
    NotSqlite,
    /// The address of the target is of another database.
    #[error("data is moved into Postgres; the target's address must start with postgres://")]
    NotPostgres,
    /// The file is missing, or holds something else.
    #[error("the source holds no installation: {0}")]
    NoInstallation(String),
    /// A server or another command has the file open.
    #[error(
        "another process has the source open; stop the server first, so that no event is stored there after it was copied"
    )]
    InUse,
    /// The schemas are of different versions, or one of them was changed by hand.
    #[error("the schemas do not fit together: {0}")]
    Schema(String),
    /// The target is in use already.
    #[error("the target holds data already, in the table {0}; give an empty database")]
    NotEmpty(String),
    /// A value that this table may not hold.
    #[error("{table}.{column} holds a value that cannot be read: {detail}")]
    Value {
        /// Table.
        table: String,
        /// Column.
        column: String,
        /// What is wrong with it.
        detail: String,
    },
    /// A database refuses a statement about a table.
    #[error("the table {table} cannot be moved")]
    Table {
        /// Table.
        table: String,
        /// What the database says.
        #[source]
        error: StoreError,
    },
    /// A database fails.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A table as both sides hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableCheck {
    /// Its name.
    pub table: String,
    /// What the source holds.
    pub source: Content,
    /// What the target holds.
    pub target: Content,
}

/// What a table holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// How many rows.
    pub rows: u64,
    /// SHA-256 of each row in a form that both databases share, added up, as hexadecimal digits.
    pub digest: String,
}

impl TableCheck {
    /// Whether both sides hold the same.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.source == self.target
    }
}

/// Copies everything from the source into the target, which must be empty, and reads both again.
/// Nothing is stored when a table differs or anything fails.
///
/// # Errors
/// Why nothing was copied.
pub async fn copy(source: &Source, target: &Target) -> Result<Vec<TableCheck>, TransferError> {
    let source = source.transaction();
    let target = target.begin().await?;
    let plan = Plan::read(source, &target).await?;
    lock(&target, &plan).await?;
    for table in plan.tables() {
        if table.holds_rows(&target).await? {
            return Err(TransferError::NotEmpty(table.name().to_owned()));
        }
    }
    for table in plan.tables() {
        let rows = table.copy(source, &target).await?;
        // Without statistics of its own, a table that was just filled would be read without its key.
        execute(&target, &format!("ANALYZE {}", table.quoted())).await?;
        tracing::info!(table = table.name(), rows, "copied");
    }
    let checks = checks(source, &target, &plan).await?;
    let end = if checks.iter().all(TableCheck::agrees) { target.commit().await } else { target.rollback().await };
    end.map_err(StoreError::from)?;
    Ok(checks)
}

/// Compares the source with the target, each as it is at one moment.
///
/// # Errors
/// Why they cannot be compared.
pub async fn compare(source: &Source, target: &Target) -> Result<Vec<TableCheck>, TransferError> {
    let target = target.begin_reading().await?;
    let plan = Plan::read(source.transaction(), &target).await?;
    checks(source.transaction(), &target, &plan).await
}

/// Keeps every other writer out until the end, a second copy included; readers go on.
async fn lock(target: &DatabaseTransaction, plan: &Plan) -> Result<(), TransferError> {
    let names: Vec<String> = plan.tables().iter().map(Table::quoted).collect();
    execute(target, &format!("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE", names.join(", "))).await
}

async fn checks(
    source: &DatabaseTransaction,
    target: &DatabaseTransaction,
    plan: &Plan,
) -> Result<Vec<TableCheck>, TransferError> {
    let mut checks = Vec::new();
    for table in plan.tables() {
        let source = table.digest(source).await?;
        let target = table.digest(target).await?;
        checks.push(TableCheck {
            table: table.name().to_owned(),
            source: Digest::content(&source),
            target: Digest::content(&target),
        });
    }
    Ok(checks)
}

async fn execute(transaction: &DatabaseTransaction, statement: &str) -> Result<(), TransferError> {
    transaction.execute_unprepared(statement).await.map_err(StoreError::from)?;
    Ok(())
}
