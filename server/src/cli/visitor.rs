//! `evoloop visitor erase --site ID --visitor ID`

use super::stats::unknown_site;
use super::{CliError, print};
use crate::config::Flags;
use clap::Subcommand;
use domain::SiteId;
use serde_json::{Value, json};
use service::Erased;
use std::process::ExitCode;
use std::time::Duration;

/// How long the end is waited for: there may be no other process that goes on with it.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Put a random name in place of a visitor's id everywhere; what was counted stays
    Erase {
        /// Identifier of the site
        #[arg(long)]
        site: SiteId,
        /// Identifier of the visitor, as the snippet keeps it
        #[arg(long)]
        visitor: String,
        /// Look through every row of every table afterwards, and fail if any holds the id, also within a longer text
        #[arg(long)]
        verify: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(flags: &Flags, args: &Args) -> Result<ExitCode, CliError> {
    let Action::Erase { site, visitor, verify, json: as_json } = &args.action;
    let installation = super::open(flags).await?;
    let erased = installation.service.erase_visitor_for_operator(*site, visitor, PATIENCE).await;
    let erased = erased.map_err(|error| unknown_site(error, *site))?;
    print::line(&if *as_json { told(erased).to_string() } else { sentence(erased) });
    let left = if *verify { installation.service.columns_with_visitor(visitor).await? } else { Vec::new() };
    installation.store.close().await?;
    if left.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    print::note(&format!("The id still stands in: {}.", left.join(", ")));
    Ok(ExitCode::FAILURE)
}

fn told(erased: Option<Erased>) -> Value {
    match erased {
        None => json!({"status": "accepted"}),
        Some(Erased { exposures, conversions, events }) => {
            json!({"status": "erased", "exposures": exposures, "conversions": conversions, "events": events})
        }
    }
}

fn sentence(erased: Option<Erased>) -> String {
    match erased {
        None => {
            "Noted. The id goes out of the rows as soon as a server, or this command once more, gets to it.".to_owned()
        }
        Some(erased) if erased.is_nothing() => "Nothing was stored under this id.".to_owned(),
        Some(Erased { exposures, conversions, events }) => format!(
            "Erased. Rows that have a random name now: exposures {exposures}, conversions {conversions}, events {events}."
        ),
    }
}
