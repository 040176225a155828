//! `evoloop stats eval FILE`
use super::CliError;
use std::process::ExitCode;
#[derive(clap::Args)]
pub(super) struct Args {
    /// File
    file: std::path::PathBuf,
}
pub(super) fn run(args: &Args) -> Result<ExitCode, CliError> {
    Err(CliError::Refused(format!("{}", args.file.display())))
}
