//! `evoloop recount SITE`

use super::stats::{Report, print_report, unknown_site};
use super::{CliError, print};
use crate::config::Flags;
use domain::SiteId;
use std::process::ExitCode;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Identifier of the site
    site: SiteId,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints the same as `stats show`, with every counter from the raw rows, and fails when the stored ones differ.
pub(super) async fn run(flags: &Flags, args: &Args) -> Result<ExitCode, CliError> {
    let installation = super::open(flags).await?;
    let service = &installation.service;
    let (before, _) = service.counters(args.site).await.map_err(|error| unknown_site(error, args.site))?;
    let recounted = service.recount(args.site).await?;
    let (stored, allocation) = service.counters(args.site).await?;
    // While visitors come the two are of different moments, and a difference says nothing.
    let agrees = recounted.counts_like(&stored) || !before.counts_like(&stored);
    print_report(&Report::new(recounted, allocation.as_ref()), args.json)?;
    installation.store.close().await?;
    if agrees {
        return Ok(ExitCode::SUCCESS);
    }
    print::note("The stored counters or cells of the ledger differ from these.");
    Ok(ExitCode::FAILURE)
}
