//! `evoloop migrate-data --to postgres://...`

use super::{CliError, print};
use crate::config::{Flags, Settings};
use crate::ports::SystemClock;
use serde::Serialize;
use service::ports::Clock;
use service::{TransferStep, transfer};
use std::process::ExitCode;
use store::DatabaseUrl;
use store::transfer::TableCheck;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The SQLite database to move [default: the one of the settings]
    #[arg(long, value_name = "sqlite:PATH")]
    from: Option<DatabaseUrl>,
    /// The Postgres database to move to; it must be empty [default: the one of the settings]
    #[arg(long, value_name = "postgres://...")]
    to: Option<DatabaseUrl>,
    /// Copy nothing; compare what was moved earlier
    #[arg(long)]
    verify_only: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What both sides hold, as printed; field names are part of the interface.
#[derive(Serialize)]
struct Report<'a> {
    ok: bool,
    tables: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    table: &'a str,
    ok: bool,
    source_rows: u64,
    target_rows: u64,
    source_digest: &'a str,
    target_digest: &'a str,
}

/// Fails with the names of the tables that differ.
pub(super) async fn run(flags: &Flags, args: &Args) -> Result<ExitCode, CliError> {
    let (from, to) = sides(flags, args)?;
    let step = if args.verify_only { TransferStep::Compare } else { TransferStep::CopyAndCompare };
    let checks = transfer(&from, &to, step, SystemClock.now()).await?;
    if args.json {
        print_json(&checks)?;
    } else {
        print_table(&checks);
    }
    let differing: Vec<&str> =
        checks.iter().filter(|check| !check.agrees()).map(|check| check.table.as_str()).collect();
    if differing.is_empty() {
        if !args.verify_only {
            print::note("Everything was moved. Start the server with this database and with the key of before.");
        }
        return Ok(ExitCode::SUCCESS);
    }
    let names = differing.join(", ");
    let rest = if args.verify_only { "" } else { "; nothing was stored in the target" };
    Err(CliError::Refused(format!("these tables differ: {names}{rest}")))
}

/// Where from and where to; the settings stand for the one that is not given.
fn sides(flags: &Flags, args: &Args) -> Result<(DatabaseUrl, DatabaseUrl), CliError> {
    let of_settings = || Settings::load(flags).map(|settings| settings.database);
    match (args.from.clone(), args.to.clone()) {
        (Some(from), Some(to)) => Ok((from, to)),
        (None, Some(to)) => Ok((of_settings()?, to)),
        (Some(from), None) => Ok((from, of_settings()?)),
        (None, None) => Err(CliError::Refused("say where the data is to go: --to postgres://...".to_owned())),
    }
}

fn print_json(checks: &[TableCheck]) -> Result<(), CliError> {
    let report = Report { ok: checks.iter().all(TableCheck::agrees), tables: checks.iter().map(Line::of).collect() };
    let text = serde_json::to_string(&report).map_err(|error| CliError::Refused(error.to_string()))?;
    print::line(&text);
    Ok(())
}

fn print_table(checks: &[TableCheck]) {
    print::line(&format!("{:20} {:>10} {:64} result", "table", "rows", "digest"));
    for check in checks {
        let line = |side: &str, content: &store::transfer::Content, word: &str| {
            print::line(&format!("{:20} {:>10} {} {word}", side, content.rows, content.digest));
        };
        if check.agrees() {
            line(&check.table, &check.target, "ok");
        } else {
            line(&check.table, &check.source, "source");
            line(&check.table, &check.target, "target DIFFERS");
        }
    }
}

impl<'a> Line<'a> {
    fn of(check: &'a TableCheck) -> Self {
        Self {
            table: &check.table,
            ok: check.agrees(),
            source_rows: check.source.rows,
            target_rows: check.target.rows,
            source_digest: &check.source.digest,
            target_digest: &check.target.digest,
        }
    }
}
