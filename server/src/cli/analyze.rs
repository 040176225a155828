//! `evoloop analyze`
use super::CliError;
use crate::config::Flags;
use std::process::ExitCode;
#[derive(clap::Args)]
pub(super) struct Args {
    /// File or URL
    source: String,
}
pub(super) async fn run(_flags: &Flags, args: &Args) -> Result<ExitCode, CliError> {
    Err(CliError::Refused(args.source.clone()))
}
