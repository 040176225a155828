//! `evoloop proxy`

use super::{CliError, print};
use crate::config::{Flags, Settings};
use crate::listen::{Limits, StopSignal};
use crate::proxy::{Front, PATIENCE};
use crate::running::{Running, bind};
use clap::ValueEnum;
use domain::SiteId;
use std::process::ExitCode;
use std::time::Duration;
use tower_evoloop::Hydrated;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The site whose visitors are assigned
    #[arg(long, value_name = "ID")]
    site: SiteId,
    /// Scheme, host and port of the site's own server
    #[arg(long, value_name = "URL")]
    origin: String,
    /// Name by which the origin is asked [default: the one that the visitor asked for]
    #[arg(long, value_name = "HOST")]
    origin_host: Option<String>,
    /// Milliseconds that a page may be held back for the change; then it goes on as it is
    #[arg(long, value_name = "NUMBER", default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=60_000))]
    hold_ms: u64,
    /// Pages that a framework takes over in the browser
    #[arg(long, value_enum, default_value_t = WhenHydrated::Leave)]
    hydrated: WhenHydrated,
    /// Nothing is kept before the visitor agreed
    #[arg(long)]
    consent_required: bool,
    /// Nothing is kept at all: no cookie is set, and the snippet shows the variants
    #[arg(long)]
    stateless: bool,
    /// Wishes of browsers that are honoured
    #[arg(long, value_enum, value_delimiter = ',')]
    respect: Vec<Wish>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum WhenHydrated {
    /// Left to the snippet
    Leave,
    /// Changed like all others
    Apply,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Wish {
    /// Global Privacy Control
    Gpc,
    /// Do Not Track
    Dnt,
}

pub(super) async fn run(flags: &Flags, args: Args) -> Result<ExitCode, CliError> {
    let stop = StopSignal::listen()?;
    let settings = Settings::load(flags)?;
    let mut pages = tower_evoloop::Settings::new(args.site.to_string());
    pages.hold = Duration::from_millis(args.hold_ms);
    pages.hydrated = match args.hydrated {
        WhenHydrated::Leave => Hydrated::Leave,
        WhenHydrated::Apply => Hydrated::Apply,
    };
    pages.consent_required = args.consent_required;
    pages.stateless = args.stateless;
    pages.respect_gpc = args.respect.contains(&Wish::Gpc);
    pages.respect_dnt = args.respect.contains(&Wish::Dnt);
    let front = Front {
        site_id: args.site,
        origin: args.origin,
        origin_host: args.origin_host,
        patience: PATIENCE,
        is_https: settings.public_url.as_ref().is_some_and(|url| url.scheme() == "https"),
        trusted_proxies: settings.trusted_proxies.clone(),
        tunnels: Limits::in_front().1,
        pages,
    };
    let (listener, address) = bind(settings.addr).await?;
    let running = Running::start_proxy(&settings, listener, address, &front).await?;
    print::line(&format!("Evoloop listens on http://{address} in front of {}", front.origin));
    stop.received().await;
    print::note("Stopping.");
    running.stop().await;
    Ok(ExitCode::SUCCESS)
}
