//! `evoloop site add --user EMAIL URL`

use super::{CliError, print};
use crate::config::Flags;
use clap::Subcommand;
use serde_json::json;
use service::ServiceError;
use std::process::ExitCode;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Add a site; a running server reads its page
    Add {
        /// Address of the page
        url: String,
        /// E-mail address of the account that owns it
        #[arg(long, value_name = "EMAIL")]
        user: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(flags: &Flags, args: &Args) -> Result<ExitCode, CliError> {
    let Action::Add { url, user, json: as_json } = &args.action;
    let installation = super::open(flags).await?;
    let viewer = installation.service.viewer_for_operator(user).await.map_err(|error| match error {
        ServiceError::NotFound => CliError::Refused(format!("there is no account {user}")),
        other => other.into(),
    })?;
    let site = installation.service.create_site(&viewer, url).await?;
    if *as_json {
        print::line(&json!({ "site_id": site.id, "url": site.url, "status": site.status }).to_string());
    } else {
        print::line(&format!("Added {} as {}.", site.url, site.id));
    }
    installation.store.close().await?;
    Ok(ExitCode::SUCCESS)
}
