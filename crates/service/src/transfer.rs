//! Moving an installation from the embedded database to Postgres.

use store::transfer::{Source, TableCheck, TransferError, is_target};
use store::{DatabaseUrl, Store};

/// How much is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferStep {
    /// Copy everything into an empty database, then compare.
    CopyAndCompare,
    /// Compare what was copied earlier.
    Compare,
}

/// Moves an installation, or compares one with the one that it was moved to: what each table
/// holds on both sides. When any differs, a copy was taken back whole.
///
/// # Errors
/// Why nothing was copied or compared.
pub async fn transfer(
    from: &DatabaseUrl,
    to: &DatabaseUrl,
    step: TransferStep,
) -> Result<Vec<TableCheck>, TransferError> {
    is_target(to)?;
    // The source first: a target of a mistyped source stays untouched, without even a schema.
    let source = Source::open(from).await?;
    let target = Store::open(to).await?;
    let checks = match step {
        TransferStep::CopyAndCompare => {
            target.migrate_up().await?;
            target.receive(&source).await
        }
        TransferStep::Compare => target.compare(&source).await,
    };
    source.close().await?;
    target.close().await?;
    checks
}
