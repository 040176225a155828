//! Chromium, for pages that show nothing before their scripts ran, and for pictures of pages.
//!
//! A page's scripts are a stranger's program. They run in a browser that lives for one visit, with a
//! profile and an environment of its own ([`process`]), whose every connection goes through the
//! same check as the fetcher's ([`filter`]), and that is killed when it takes too much.

mod filter;
mod flags;
mod memory;
mod pipe;
mod preview;
mod process;
mod tab;

use crate::fetcher::Door;
use filter::Filter;
use pipe::Broken;
use process::Process;
use service::ports::{ReadError, Screenshot};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tab::Tab;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::error::Elapsed;
use url::Url;

/// A window in which a page is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// In CSS pixels.
    pub width: u32,
    /// In CSS pixels.
    pub height: u32,
    /// Whether the browser behaves as on a phone.
    pub is_phone: bool,
}

impl View {
    /// A window on a desk.
    pub const DESKTOP: Self = Self { width: 1280, height: 800, is_phone: false };
    /// A phone held upright.
    pub const PHONE: Self = Self { width: 390, height: 844, is_phone: true };
}

/// Which browser, and its limits.
#[derive(Debug, Clone)]
pub struct BrowserSettings {
    /// Chromium's program.
    pub program: PathBuf,
    /// Where a folder is made for each visit, and removed after it.
    pub folder: PathBuf,
    /// Whether Chromium shuts its processes in. It cannot when it is started by root or in most containers.
    pub sandbox: bool,
    /// Time for one visit, from start to end.
    pub total_timeout: Duration,
    /// Time that a page gets to load and settle; then it is taken as it is.
    pub settle_timeout: Duration,
    /// Most memory of all its processes, in MiB, without what they share.
    pub max_memory_mib: u64,
    /// Most bytes over all its connections, in MiB.
    pub max_traffic_mib: u64,
    /// Largest page after its scripts ran, in MiB.
    pub max_html_mib: u32,
    /// Tallest picture, in CSS pixels.
    pub max_picture_height: u32,
}

impl BrowserSettings {
    /// A browser with the usual limits.
    #[must_use]
    pub fn new(program: PathBuf, folder: PathBuf) -> Self {
        Self {
            program,
            folder,
            sandbox: true,
            total_timeout: Duration::from_secs(45),
            settle_timeout: Duration::from_secs(12),
            max_memory_mib: 1_024,
            max_traffic_mib: 48,
            max_html_mib: 4,
            max_picture_height: 4_000,
        }
    }
}

/// Visits pages, one after the other: two browsers at once would take the memory of a small server.
#[derive(Clone)]
pub struct Browser {
    settings: Arc<BrowserSettings>,
    slots: Arc<Semaphore>,
}

impl Browser {
    /// A browser; none is started before a page is visited.
    #[must_use]
    pub fn new(settings: BrowserSettings) -> Self {
        Self { settings: Arc::new(settings), slots: Arc::new(Semaphore::new(1)) }
    }

    /// The page as it stands after its scripts ran, and where it stands then.
    pub(crate) async fn html(&self, door: &Door, url: &Url) -> Result<(String, Url), ReadError> {
        let mut visit = self.begin(door, url).await?;
        let work = async {
            let mut tab = visit.tab(&self.settings).await?;
            tab.open(url, View::DESKTOP).await?;
            tab.html().await
        };
        let result = tokio::time::timeout(self.settings.total_timeout, work).await;
        visit.end(&self.settings, result).await
    }

    /// A picture of the page in each view.
    pub(crate) async fn screenshots(
        &self,
        door: &Door,
        url: &Url,
        views: &[View],
    ) -> Result<Vec<Screenshot>, ReadError> {
        let mut visit = self.begin(door, url).await?;
        let work = async {
            let mut tab = visit.tab(&self.settings).await?;
            let mut pictures = Vec::new();
            for view in views {
                tab.open(url, *view).await?;
                pictures.push(tab.picture(*view).await?);
            }
            Ok(pictures)
        };
        let result = tokio::time::timeout(self.settings.total_timeout, work).await;
        visit.end(&self.settings, result).await
    }

    async fn begin(&self, door: &Door, url: &Url) -> Result<Visit, ReadError> {
        // What the gate refuses by itself needs no browser to be refused.
        door.check(url, false)?;
        let settings = &self.settings;
        let slot = self.slots.clone().acquire_owned().await.map_err(|_| failed("it is shutting down"))?;
        let filter = Filter::start(door.clone(), settings.max_traffic_mib).await.map_err(|error| {
            tracing::error!(%error, "the browser's filter cannot listen");
            failed("no port is free for it")
        })?;
        let process = Process::start(settings, &door.policy().user_agent, filter.address()).map_err(|error| {
            tracing::error!(%error, program = %settings.program.display(), "browser cannot be started");
            failed("its program cannot be started; check EVOLOOP_CHROMIUM")
        })?;
        Ok(Visit { process, _filter: filter, _slot: slot })
    }
}

/// A browser that was started for one page, with its way out.
struct Visit {
    process: Process,
    _filter: Filter,
    _slot: OwnedSemaphorePermit,
}

impl Visit {
    async fn tab<'a>(&'a mut self, settings: &'a BrowserSettings) -> Result<Tab<'a>, Broken> {
        Tab::new(self.process.pipe()?, settings).await
    }

    /// Ends the browser, and says in a sentence what went wrong.
    async fn end<T>(
        self,
        settings: &BrowserSettings,
        result: Result<Result<T, Broken>, Elapsed>,
    ) -> Result<T, ReadError> {
        let end = self.process.close().await;
        match result {
            Ok(Ok(found)) => Ok(found),
            Err(_) => Err(ReadError::Timeout(u32::try_from(settings.total_timeout.as_secs()).unwrap_or(u32::MAX))),
            Ok(Err(_)) if end.used_too_much_memory => Err(failed("the page uses too much memory")),
            Ok(Err(Broken::Unreachable)) => Err(ReadError::Unreachable),
            Ok(Err(Broken::TooLarge(limit))) => Err(ReadError::TooLarge(limit)),
            Ok(Err(Broken::Gone)) if !end.has_answered => {
                tracing::error!(said = end.said, "browser did not start");
                Err(failed(
                    "it does not start. Run Evoloop as another user than root, or set EVOLOOP_CHROMIUM_SANDBOX to off where the container around it is the fence",
                ))
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, said = end.said, "browser failed");
                Err(failed("it broke off while the page was shown"))
            }
        }
    }
}

fn failed(why: &str) -> ReadError {
    ReadError::Browser(why.to_owned())
}
