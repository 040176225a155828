//! `evoloop`: see `evoloop --help`.

use clap::Parser;
use mimalloc::MiMalloc;
use server::cli::{Cli, report};
use std::process::ExitCode;

/// A request makes some twenty small pieces of memory; the system's allocator takes a fifth of its time for them.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

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
