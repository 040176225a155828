//! `evoloop stats eval FILE`

use super::{CliError, print};
use serde_json::Value;
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;
use std::process::ExitCode;

/// Exit status when the file cannot be read as a file of vectors.
const UNREADABLE: u8 = 2;

#[derive(clap::Args)]
pub(super) struct Args {
    /// File of test vectors
    file: PathBuf,
    /// Accepted as everywhere; there is no other form of the answer
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> ExitCode {
    let Args { file: _, json: _ } = args;
    match evaluate(args) {
        Ok(results) => {
            print::line(&results.to_string());
            if results["failed"] == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            print::error(&format!("evoloop: {}: {error}", args.file.display()));
            ExitCode::from(UNREADABLE)
        }
    }
}

fn evaluate(args: &Args) -> Result<Value, CliError> {
    let file = serde_json::from_reader(BufReader::new(File::open(&args.file)?))
        .map_err(|error| CliError::Refused(error.to_string()))?;
    bandit::vectors::evaluate(file).map_err(|error| CliError::Refused(error.to_string()))
}
