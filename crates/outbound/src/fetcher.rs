//! Reads pages from public addresses, and from nowhere else.
//!
//! The address comes from a user, and the redirects from a stranger's server, so both are
//! distrusted: every hop is checked by its form ([`gate`]), its name is looked up once and refused
//! if any of its addresses is not public ([`address`]), and the connection goes to those very
//! addresses. Refusals and dead hosts look the same from outside, in words and in time.
//!
//! It is a polite guest: it says who it is, does what the site's robots.txt says ([`robots`]), and
//! asks a host one thing at a time.

pub mod address;
mod body;
mod door;
pub mod gate;
mod permission;
mod resolve;
pub mod robots;
mod turns;
mod wanted;

pub(crate) use door::Door;
pub use gate::AllowedPrivateHosts;
pub use resolve::{NameResolver, SystemResolver};

use crate::SetupError;
use crate::browser::{Browser, View};
use async_trait::async_trait;
use domain::guard::layout::Measured;
use permission::Permissions;
use reqwest::header::{ACCEPT, HeaderValue, LOCATION};
use reqwest::{Client, Response, redirect};
use resolve::Pinned;
use service::ports::{Change, Fetched, PageReader, ReadError, ResourceKind, Screenshot, VisitKind, Visited};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tower::util::MapRequestLayer;
use turns::{Turn, Turns};
use url::Url;
use wanted::Wanted;

/// How often the time for one answer is waited for a turn at most.
const TURNS_WAITED: u32 = 8;

/// What the fetcher may do, and its limits.
#[derive(Debug, Clone)]
pub struct FetchPolicy {
    /// Private hosts that may be read all the same.
    pub allow_private: AllowedPrivateHosts,
    /// Host names of this installation, which are never read.
    pub own_hosts: Vec<String>,
    /// How the fetcher names itself.
    pub user_agent: String,
    /// Time for a name lookup, and for a connection.
    pub connect_timeout: Duration,
    /// Time for everything, redirects and body included.
    pub total_timeout: Duration,
    /// How long an address that cannot be reached takes to be reported at least, so that the
    /// time does not tell a refused address from a dead one.
    pub unreachable_after: Duration,
    /// Redirects that are followed.
    pub max_redirects: u32,
    /// Largest page, in MiB after inflation.
    pub max_html_mib: u32,
    /// Largest style sheet, in MiB after inflation.
    pub max_css_mib: u32,
}

impl Default for FetchPolicy {
    fn default() -> Self {
        Self {
            allow_private: AllowedPrivateHosts::default(),
            own_hosts: Vec::new(),
            user_agent: user_agent(None),
            connect_timeout: Duration::from_secs(5),
            total_timeout: Duration::from_secs(15),
            unreachable_after: Duration::from_secs(5),
            max_redirects: 5,
            max_html_mib: 2,
            max_css_mib: 1,
        }
    }
}

/// How the fetcher names itself: with its product token, and where whoever is asked finds who asks.
#[must_use]
pub fn user_agent(operator: Option<&Url>) -> String {
    let link = operator.map(|url| format!("; +{url}")).unwrap_or_default();
    format!("Mozilla/5.0 (compatible; {}/{}{link})", robots::PRODUCT_TOKEN, env!("CARGO_PKG_VERSION"))
}

/// The reader of pages.
#[derive(Clone)]
pub struct Fetcher {
    door: Door,
    turns: Arc<Turns>,
    permissions: Arc<Permissions>,
    browser: Option<Browser>,
}

impl Fetcher {
    /// A fetcher that looks names up with the operating system's resolver.
    ///
    /// # Errors
    /// When the policy makes no HTTP client, for example by its user agent.
    pub fn new(policy: FetchPolicy) -> Result<Self, SetupError> {
        Self::with_resolver(policy, Arc::new(SystemResolver))
    }

    /// A fetcher that looks names up elsewhere.
    ///
    /// # Errors
    /// When the policy makes no HTTP client, for example by its user agent.
    pub fn with_resolver(policy: FetchPolicy, resolver: Arc<dyn NameResolver>) -> Result<Self, SetupError> {
        let door = Door::new(Arc::new(policy), resolver);
        let nothing = Pinned { name: String::new(), addresses: Vec::new() };
        client(&door, nothing).map_err(SetupError::Client)?;
        Ok(Self { door, turns: Arc::default(), permissions: Arc::default(), browser: None })
    }

    /// The same fetcher with a browser, for pages that need their scripts.
    #[must_use]
    pub fn with_browser(self, browser: Browser) -> Self {
        Self { browser: Some(browser), ..self }
    }

    /// How many connections were begun since the start; a refused address adds none.
    #[must_use]
    pub fn connects(&self) -> u64 {
        self.door.connects()
    }

    /// Follows redirects to what was asked for. Waiting for a turn costs nothing of the time that a
    /// site gets for its answer.
    async fn follow<W: Wanted>(&self, start: &Url, wanted: W) -> Result<W::Found, ReadError> {
        let mut url = start.clone();
        url.set_fragment(None);
        let mut left = self.door.policy().total_timeout;
        for _ in 0..=self.door.policy().max_redirects {
            self.door.check(&url, wanted.may_be_own())?;
            let _turn = self.turn(&url).await?;
            let started = Instant::now();
            let hop = tokio::time::timeout(left, self.hop(&url, wanted)).await;
            match hop.map_err(|_| timed_out(self.door.policy().total_timeout))?? {
                Hop::Elsewhere(target) => url = target,
                Hop::Here(found) => return Ok(found),
            }
            left = left.saturating_sub(started.elapsed());
        }
        Err(ReadError::Redirects(self.door.policy().max_redirects))
    }

    /// Waits for the right to visit a page with the browser, which is bound by the same manners.
    async fn invited(&self, url: &Url) -> Result<Turn, ReadError> {
        self.door.check(url, false)?;
        let turn = self.turn(url).await?;
        let limit = self.door.policy().total_timeout;
        tokio::time::timeout(limit, self.permitted(url)).await.map_err(|_| timed_out(limit))??;
        Ok(turn)
    }

    /// Lets an address that cannot be reached take as long as any other such address.
    async fn told_apart_by_nobody<T>(&self, started: Instant, result: Result<T, ReadError>) -> Result<T, ReadError> {
        if matches!(result, Err(ReadError::Unreachable)) {
            tokio::time::sleep_until(started + self.door.policy().unreachable_after).await;
        }
        result
    }

    /// Waits until nobody else of us asks the host.
    async fn turn(&self, url: &Url) -> Result<Turn, ReadError> {
        let patience = self.door.policy().total_timeout * TURNS_WAITED;
        let turn = self.turns.take(url.host_str().unwrap_or_default());
        tokio::time::timeout(patience, turn).await.map_err(|_| timed_out(patience))
    }

    async fn hop<W: Wanted>(&self, url: &Url, wanted: W) -> Result<Hop<W::Found>, ReadError> {
        // This installation allows itself to look at itself.
        if !(wanted.may_be_own() && self.door.is_own(url)) {
            self.permitted(url).await?;
        }
        let response = self.ask(url, wanted.accept(), wanted.may_be_own()).await?;
        match redirect_target(url, &response) {
            Some(target) => target.map(Hop::Elsewhere),
            None => wanted.read(response, url.clone(), self.door.policy()).await.map(Hop::Here),
        }
    }

    /// One request: check, look up, check again, connect.
    async fn ask(&self, url: &Url, accept: HeaderValue, may_be_own: bool) -> Result<Response, ReadError> {
        let addresses = self.door.pass(url, may_be_own).await?;
        let name = url.host_str().unwrap_or_default().to_owned();
        let client = client(&self.door, Pinned { name, addresses }).map_err(|error| {
            tracing::error!(%error, "http client cannot be made");
            ReadError::Unreachable
        })?;
        client.get(url.clone()).header(ACCEPT, accept).send().await.map_err(|error| {
            tracing::info!(host = url.host_str(), %error, "page cannot be reached");
            ReadError::Unreachable
        })
    }
}

/// Where one request led.
enum Hop<T> {
    Elsewhere(Url),
    Here(T),
}

fn timed_out(limit: Duration) -> ReadError {
    ReadError::Timeout(u32::try_from(limit.as_secs()).unwrap_or(u32::MAX))
}

#[async_trait]
impl PageReader for Fetcher {
    async fn read(&self, url: &Url, kind: ResourceKind) -> Result<Fetched, ReadError> {
        let started = Instant::now();
        let result = self.follow(url, kind).await;
        self.told_apart_by_nobody(started, result).await
    }

    async fn visit(&self, url: &Url, kind: VisitKind) -> Result<Visited, ReadError> {
        let started = Instant::now();
        let result = self.follow(url, kind).await;
        self.told_apart_by_nobody(started, result).await
    }

    async fn render(&self, url: &Url) -> Result<Fetched, ReadError> {
        let started = Instant::now();
        let browser = self.browser.as_ref().ok_or(ReadError::NeedsJavaScript)?;
        let rendered = async {
            let _turn = self.invited(url).await?;
            browser.html(&self.door, url).await
        };
        let result = rendered.await.map(|(text, url)| Fetched { url, text, rendered: true });
        self.told_apart_by_nobody(started, result).await
    }

    async fn screenshots(&self, url: &Url) -> Result<Vec<Screenshot>, ReadError> {
        let started = Instant::now();
        let browser = self.browser.as_ref().ok_or(ReadError::NoBrowser)?;
        let taken = async {
            let _turn = self.invited(url).await?;
            browser.screenshots(&self.door, url, &[View::DESKTOP, View::PHONE]).await
        };
        let result = taken.await;
        self.told_apart_by_nobody(started, result).await
    }

    fn has_browser(&self) -> bool {
        self.browser.is_some()
    }

    async fn screenshots_of(&self, url: &Url, change: &Change) -> Result<Option<Vec<Screenshot>>, ReadError> {
        let started = Instant::now();
        let browser = self.browser.as_ref().ok_or(ReadError::NoBrowser)?;
        let taken = async {
            let _turn = self.invited(url).await?;
            browser.screenshots_of(&self.door, url, &[View::DESKTOP, View::PHONE], change).await
        };
        let result = taken.await;
        self.told_apart_by_nobody(started, result).await
    }

    async fn measure(&self, url: &Url, changes: &[Change]) -> Result<Vec<Option<Measured>>, ReadError> {
        let started = Instant::now();
        let browser = self.browser.as_ref().ok_or(ReadError::NoBrowser)?;
        let measured = async {
            let _turn = self.invited(url).await?;
            browser.measure(&self.door, url, changes).await
        };
        let result = measured.await;
        self.told_apart_by_nobody(started, result).await
    }
}

/// A client for one hop: it can reach the pinned addresses only, keeps nothing for the next hop
/// and follows nothing by itself.
fn client(door: &Door, pinned: Pinned) -> Result<Client, reqwest::Error> {
    let policy = door.policy();
    let counted = door.clone();
    Client::builder()
        .connector_layer(MapRequestLayer::new(move |destination| {
            counted.count_connect();
            destination
        }))
        .user_agent(&policy.user_agent)
        .dns_resolver(Arc::new(pinned))
        .connect_timeout(policy.connect_timeout)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .pool_max_idle_per_host(0)
        .http2_max_header_list_size(body::MAX_HEADER_BYTES)
        .build()
}

/// Where an answer redirects to; `None` when it is no redirect.
fn redirect_target(url: &Url, response: &Response) -> Option<Result<Url, ReadError>> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.headers().get(LOCATION)?;
    let target = std::str::from_utf8(location.as_bytes())
        .ok()
        .filter(|location| !location.chars().any(char::is_control))
        .and_then(|location| url.join(location).ok());
    Some(match target {
        Some(mut target) => {
            target.set_fragment(None);
            Ok(target)
        }
        None => Err(ReadError::Unreachable),
    })
}
