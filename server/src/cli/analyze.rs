//! `evoloop analyze FILE|URL`

mod local;
mod pictures;
mod report;

use super::{CliError, print};
use crate::config::{Flags, Reading};
use crate::wiring;
use domain::PageModel;
use local::LocalPage;
use outbound::fetcher::{FetchPolicy, Fetcher};
use report::Report;
use service::ports::{PageReader, ReadError, Screenshot};
use service::reading;
use std::path::PathBuf;
use std::process::ExitCode;
use url::Url;

#[derive(clap::Args)]
pub(super) struct Args {
    /// File or address of the page
    source: String,
    #[command(flatten)]
    page: Page,
    /// Folder for pictures of the page as on a desk and on a phone; without Chromium a drawing of what was found
    #[arg(long, value_name = "DIR")]
    screenshots: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Where the assets of a page on the disk are.
#[derive(clap::Args)]
pub(super) struct Page {
    /// Address that a file belongs to; style sheets that are not on the disk are then fetched from there
    #[arg(long, value_name = "URL")]
    base_url: Option<Url>,
    /// Folder in which addresses that begin with `/` are found, for a file
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

pub(super) async fn run(flags: &Flags, args: &Args) -> Result<ExitCode, CliError> {
    let (model, pictures) = match page_address(&args.source) {
        Some(url) => {
            let fetcher = fetcher(flags)?;
            let model = from_network(&fetcher, &url).await?;
            let pictures = if args.screenshots.is_some() { taken(&fetcher, &url).await? } else { Vec::new() };
            (model, pictures)
        }
        None => (from_disk(flags, &args.source, &args.page).await?, Vec::new()),
    };
    if let Some(folder) = &args.screenshots {
        pictures::store(folder, &pictures, &model)
            .map_err(|error| CliError::Refused(format!("{}: {error}", folder.display())))?;
    }
    let report = Report::from(&model);
    if args.json {
        let text = serde_json::to_string(&report).map_err(|error| CliError::Refused(error.to_string()))?;
        print::line(&text);
    } else {
        report.lines().iter().for_each(|line| print::line(line));
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads the page at an address or in a file.
pub(super) async fn page_model(flags: &Flags, source: &str, page: &Page) -> Result<PageModel, CliError> {
    match page_address(source) {
        Some(url) => from_network(&fetcher(flags)?, &url).await,
        None => from_disk(flags, source, page).await,
    }
}

/// A source with a scheme of the web is an address, everything else a file.
fn page_address(source: &str) -> Option<Url> {
    Url::parse(source).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

fn fetcher(flags: &Flags) -> Result<Fetcher, CliError> {
    let reading = Reading::load(flags)?;
    let allow_private = reading.allow_private_hosts.clone();
    Ok(wiring::fetcher(FetchPolicy { allow_private, ..FetchPolicy::default() }, &reading)?)
}

async fn from_network(reader: &dyn PageReader, url: &Url) -> Result<PageModel, CliError> {
    let refused = |error: ReadError| CliError::Refused(format!("{url}: {error}"));
    let fetched = reading::page(reader, url).await.map_err(refused)?;
    let addresses = page::stylesheet_addresses(&fetched.text, &fetched.url);
    let stylesheets = reading::stylesheets(reader, addresses).await;
    Ok(reading::page_model(fetched.text, Some(fetched.url), stylesheets).await?)
}

/// Pictures of the page; none where no browser is set up.
async fn taken(reader: &dyn PageReader, url: &Url) -> Result<Vec<Screenshot>, CliError> {
    match reader.screenshots(url).await {
        Err(ReadError::NoBrowser) => Ok(Vec::new()),
        taken => taken.map_err(|error| CliError::Refused(format!("{url}: {error}"))),
    }
}

/// Nothing is fetched without a base address.
async fn from_disk(flags: &Flags, source: &str, args: &Page) -> Result<PageModel, CliError> {
    let file = PathBuf::from(source);
    let local = LocalPage::open(&file, args.root.as_deref())
        .map_err(|error| CliError::Refused(format!("{}: {error}", file.display())))?;
    let mut stylesheets = Vec::new();
    let mut elsewhere = Vec::new();
    for reference in page::stylesheet_references(&local.html) {
        match local.stylesheet(&reference) {
            Some(sheet) => stylesheets.push(sheet),
            None => elsewhere.extend(args.base_url.as_ref().and_then(|base| base.join(&reference).ok())),
        }
    }
    if !elsewhere.is_empty() {
        stylesheets.extend(reading::stylesheets(&fetcher(flags)?, elsewhere).await);
    }
    Ok(reading::page_model(local.html, args.base_url.clone(), stylesheets).await?)
}
