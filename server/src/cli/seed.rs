//! `evoloop seed --sites N --variants K`

use super::{CliError, print};
use crate::config::Flags;
use serde_json::json;
use std::process::ExitCode;

#[derive(clap::Args)]
pub(super) struct Args {
    /// How many running sites to make
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    sites: u32,
    /// How many active variants each has beside its control
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(0..=20))]
    variants: u32,
    /// Share of visitors who always see the untouched page
    #[arg(long, default_value_t = 0.0, value_parser = super::share)]
    holdout: f64,
    /// Print JSON; the only form there is
    #[arg(long)]
    json: bool,
}

/// Prints one JSON line a site.
pub(super) async fn run(flags: &Flags, args: &Args) -> Result<ExitCode, CliError> {
    let installation = super::open(flags).await?;
    for site in installation.service.seed(args.sites, args.variants, args.holdout).await? {
        let variants: Vec<_> = site
            .variants
            .iter()
            .map(|(variant_id, is_control)| json!({ "variant_id": variant_id, "is_control": is_control }))
            .collect();
        print::line(&json!({ "site_id": site.site_id, "variants": variants }).to_string());
    }
    installation.store.close().await?;
    Ok(ExitCode::SUCCESS)
}
