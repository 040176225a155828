//! `evoloop migrate [up|down|status]`

use super::{CliError, print};
use crate::config::{Flags, Settings};
use clap::Subcommand;
use serde_json::json;
use service::Store;
use std::process::ExitCode;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    step: Option<Step>,
}

#[derive(Subcommand)]
enum Step {
    /// Apply every change that is missing
    Up,
    /// Take every change back; all data is lost
    Down {
        /// Yes, delete all data
        #[arg(long)]
        yes: bool,
    },
    /// Say which changes are missing
    Status {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(flags: &Flags, args: &Args) -> Result<ExitCode, CliError> {
    let settings = Settings::load(flags)?;
    let store = Store::open(&settings.database).await?;
    match args.step {
        None | Some(Step::Up) => {
            store.migrate_up().await?;
            print::note("The schema is up to date.");
        }
        Some(Step::Down { yes: false }) => {
            return Err(CliError::Refused("this deletes all data; add --yes when you mean it".to_owned()));
        }
        Some(Step::Down { yes: true }) => {
            store.migrate_down().await?;
            print::note("All tables are gone.");
        }
        Some(Step::Status { json: as_json }) => {
            let missing = store.pending_migrations().await?;
            if as_json {
                print::line(&json!({ "missing": missing }).to_string());
            } else if missing.is_empty() {
                print::line("The schema is up to date.");
            } else {
                missing.iter().for_each(|name| print::line(name));
            }
        }
    }
    store.close().await?;
    Ok(ExitCode::SUCCESS)
}
