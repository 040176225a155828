//! `evoloop`: see `evoloop --help`.

use clap::Parser;
use server::cli::{Cli, report};
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    // One provider for the whole process; a second call would be a fault of ours and changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = Cli::parse();
    match cli.run().await {
        Ok(code) => code,
        Err(error) => report(&error),
    }
}
