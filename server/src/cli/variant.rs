//! `evoloop variant preview VARIANT`

use super::{CliError, print};
use crate::config::Flags;
use clap::Subcommand;
use domain::VariantId;
use serde_json::json;
use service::{PreviewLink, ServiceError};
use std::process::ExitCode;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Print a link that shows a variant on its page for 7 days, whatever its state, and is never counted
    Preview {
        /// Identifier of the variant
        variant: VariantId,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(flags: &Flags, args: &Args) -> Result<ExitCode, CliError> {
    let Action::Preview { variant, json: as_json } = &args.action;
    let installation = super::open(flags).await?;
    let made = installation.service.preview_link_for_operator(*variant).await.map_err(|error| match error {
        ServiceError::NotFound => CliError::Refused(format!("there is no variant {variant}")),
        other => other.into(),
    })?;
    let PreviewLink { site_id, variant_id, link, token, expires_s } = made;
    if *as_json {
        let fields = json!({
            "site_id": site_id, "variant_id": variant_id, "link": link, "token": token, "expires_s": expires_s
        });
        print::line(&fields.to_string());
    } else {
        print::line(&link);
    }
    installation.store.close().await?;
    Ok(ExitCode::SUCCESS)
}
