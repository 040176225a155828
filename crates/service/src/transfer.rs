//! Moving an installation from the embedded database to Postgres.

use store::transfer::{Source, TableCheck, Target, TransferError, compare, copy};
use store::{DatabaseUrl, Store};
use time::OffsetDateTime;

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
    now: OffsetDateTime,
) -> Result<Vec<TableCheck>, TransferError> {
    Target::check(to)?;
    // The source first: a target of a mistyped source stays untouched, without even a schema.
    let source = Source::open(from).await?;
    if step == TransferStep::CopyAndCompare {
        let schema = Store::open(to).await?;
        schema.migrate_up().await?;
        // Before the events come, so that none has to be moved once more.
        schema.prepare_event_days(now).await?;
        schema.close().await?;
    }
    let target = Target::open(to).await?;
    let checks = match step {
        TransferStep::CopyAndCompare => copy(&source, &target).await,
        TransferStep::Compare => compare(&source, &target).await,
    };
    target.close().await?;
    source.close().await?;
    checks
}
