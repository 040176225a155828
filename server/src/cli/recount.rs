//! `evoloop recount SITE`

use super::CliError;
use super::stats::{Report, print_report, unknown_site};
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

/// Prints the same as `stats show`, with every counter from the raw rows.
pub(super) async fn run(flags: &Flags, args: &Args) -> Result<ExitCode, CliError> {
    let installation = super::open(flags).await?;
    let service = &installation.service;
    let recounted = service.recount(args.site).await.map_err(|error| unknown_site(error, args.site))?;
    let (_, allocation) = service.counters(args.site).await?;
    print_report(&Report::new(recounted, allocation.as_ref()), args.json)?;
    installation.store.close().await?;
    Ok(ExitCode::SUCCESS)
}
