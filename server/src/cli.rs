//! The commands.

mod analyze;
mod demo;
mod generate;
mod migrate;
mod migrate_data;
mod patch;
pub mod print;
mod proxy;
mod recount;
mod seed;
mod serve;
mod simulate;
mod site;
mod stats;
mod stats_eval;
mod user;
mod variant;
mod visitor;

use crate::config::{self, ConfigError, Flags, Settings};
use crate::running::StartError;
use crate::v1::problem::causes;
use crate::wiring::{self, Changes, Installation, WiringError};
use clap::{Parser, Subcommand};
use service::ServiceError;
use std::io::IsTerminal;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Evoloop: landing pages that improve themselves.
#[derive(Parser)]
#[command(name = "evoloop", version, about)]
pub struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server: dashboard, public API and background jobs
    Serve,
    /// Stand in front of a site and give its pages with each visitor's variant in them
    Proxy(proxy::Args),
    /// Run the server with a made-up site and simulated visitors, on data that is thrown away
    Demo(demo::Args),
    /// Bring the database's schema up to date, take it back, or say what is missing
    Migrate(migrate::Args),
    /// Move an installation from SQLite to Postgres, and compare both sides
    MigrateData(migrate_data::Args),
    /// Manage accounts
    User(user::Args),
    /// Manage sites
    Site(site::Args),
    /// Look at variants
    Variant(variant::Args),
    /// Erase a visitor of a site
    Visitor(visitor::Args),
    /// Make running sites for benches and tests
    Seed(seed::Args),
    /// Show statistics, or check the formulas
    Stats(stats::Args),
    /// Simulate a site with known conversion rates through the code that runs live
    Simulate(Box<simulate::Args>),
    /// Recompute a site's counters from the raw rows
    Recount(recount::Args),
    /// Read a page and print what was found on it
    Analyze(analyze::Args),
    /// Write variants of a page and print them
    Generate(generate::Args),
    /// Check patches, apply them to a file, take them back
    Patch(patch::Args),
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// A setting cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The parts do not come together.
    #[error(transparent)]
    Wiring(#[from] WiringError),
    /// The server does not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// A use case was refused or failed.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The database failed.
    #[error("the database failed")]
    Store(#[from] store::StoreError),
    /// Data cannot be moved.
    #[error(transparent)]
    Transfer(#[from] store::transfer::TransferError),
    /// A file or stream cannot be used.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A client cannot be made.
    #[error(transparent)]
    Outbound(#[from] outbound::SetupError),
    /// Anything that has a sentence of its own.
    #[error("{0}")]
    Refused(String),
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// What went wrong, to be shown with [`report`].
    pub async fn run(self) -> Result<ExitCode, CliError> {
        let Self { flags, command } = self;
        log_to_stderr(matches!(command, Command::Serve | Command::Proxy(_) | Command::Demo(_)));
        match command {
            Command::Serve => serve::run(&flags).await,
            Command::Proxy(args) => proxy::run(&flags, args).await,
            Command::Demo(args) => demo::run(&flags, args).await,
            Command::Migrate(args) => migrate::run(&flags, &args).await,
            Command::MigrateData(args) => migrate_data::run(&flags, &args).await,
            Command::User(args) => user::run(&flags, &args).await,
            Command::Site(args) => site::run(&flags, &args).await,
            Command::Variant(args) => variant::run(&flags, &args).await,
            Command::Visitor(args) => visitor::run(&flags, &args).await,
            Command::Seed(args) => seed::run(&flags, &args).await,
            Command::Stats(args) => stats::run(&flags, &args).await,
            Command::Simulate(args) => simulate::run(*args).await,
            Command::Recount(args) => recount::run(&flags, &args).await,
            Command::Analyze(args) => analyze::run(&flags, &args).await,
            Command::Generate(args) => generate::run(&flags, &args).await,
            Command::Patch(args) => patch::run(&args),
        }
    }
}

/// Shows an error with its causes; the exit code of a failed command.
#[must_use]
pub fn report(error: &CliError) -> ExitCode {
    print::error(&format!("evoloop: {}", causes(error)));
    ExitCode::FAILURE
}

/// Opens the installation for a command that ends by itself; a server may run on the same database.
async fn open(flags: &Flags) -> Result<Installation, CliError> {
    let settings = Settings::load(flags)?;
    let public_url = settings.public_url(settings.addr);
    Ok(wiring::open(&settings, &public_url, Changes::default()).await?)
}

/// A share of the whole, as an argument.
fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.trim().parse().map_err(|_| format!("{text} is not a number"))?;
    if (0.0..=1.0).contains(&share) { Ok(share) } else { Err("a share lies between 0 and 1".to_owned()) }
}

/// Log lines go to standard error, so that standard output is for data alone.
fn log_to_stderr(is_server: bool) {
    let default = if is_server { "info" } else { "warn" };
    let filter = config::log_filter().unwrap_or_else(|| default.to_owned());
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new(default));
    // A second call, as in tests, keeps the first one's choice.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .try_init();
}
