//! Reads pages from public addresses, and from nowhere else.
//!
//! The address comes from a user, and the redirects from a stranger's server, so both are
//! distrusted: every hop is checked by its form ([`gate`]), its name is looked up once and refused
//! if any of its addresses is not public ([`address`]), and the connection goes to those very
//! addresses. Refusals and dead hosts look the same from outside, in words and in time.

pub mod address;
mod body;
pub mod gate;
mod resolve;

pub use gate::AllowedPrivateHosts;
pub use resolve::{NameResolver, SystemResolver};

use crate::SetupError;
use async_trait::async_trait;
use gate::{Refused, Route};
use reqwest::header::{ACCEPT, HeaderValue, LOCATION};
use reqwest::{Client, Response, redirect};
use resolve::Pinned;
use service::ports::{Fetched, PageReader, ReadError, ResourceKind};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::Instant;
use url::{Host, Url};

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
            user_agent: concat!("Mozilla/5.0 (compatible; Evoloop/", env!("CARGO_PKG_VERSION"), ")").to_owned(),
            connect_timeout: Duration::from_secs(5),
            total_timeout: Duration::from_secs(15),
            unreachable_after: Duration::from_secs(5),
            max_redirects: 5,
            max_html_mib: 2,
            max_css_mib: 1,
        }
    }
}

/// The reader of pages.
#[derive(Clone)]
pub struct Fetcher {
    policy: Arc<FetchPolicy>,
    resolver: Arc<dyn NameResolver>,
    requests: Arc<AtomicU64>,
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
        let nothing = Pinned { name: String::new(), addresses: Vec::new() };
        client(&policy, nothing).map_err(SetupError::Client)?;
        Ok(Self { policy: Arc::new(policy), resolver, requests: Arc::default() })
    }

    /// How many requests were handed to the network since the start; a refused address adds none.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    async fn follow(&self, start: &Url, kind: ResourceKind) -> Result<Fetched, ReadError> {
        let mut url = start.clone();
        url.set_fragment(None);
        for _ in 0..=self.policy.max_redirects {
            let response = self.ask(&url, kind).await?;
            match redirect_target(&url, &response) {
                Some(target) => url = target?,
                None => return body::read(response, url, kind, &self.policy).await,
            }
        }
        Err(ReadError::Redirects(self.policy.max_redirects))
    }

    /// One hop: check, look up, check again, connect.
    async fn ask(&self, url: &Url, kind: ResourceKind) -> Result<Response, ReadError> {
        let refuse = |reason: Refused| {
            tracing::info!(host = url.host_str(), %reason, "page address refused");
            ReadError::Unreachable
        };
        let policy = &self.policy;
        let route = gate::check(url, &policy.allow_private, &policy.own_hosts).map_err(refuse)?;
        let addresses = self.addresses(url, route).await?;
        if route == Route::Public && !addresses.iter().copied().all(address::is_public) {
            return Err(refuse(Refused::Address));
        }
        tracing::debug!(%url, ?addresses, "page address passed");
        let name = url.host_str().unwrap_or_default().to_owned();
        let client = client(policy, Pinned { name, addresses }).map_err(|error| {
            tracing::error!(%error, "http client cannot be made");
            ReadError::Unreachable
        })?;
        self.requests.fetch_add(1, Ordering::Relaxed);
        client.get(url.clone()).header(ACCEPT, accept(kind)).send().await.map_err(|error| {
            tracing::info!(host = url.host_str(), %error, "page cannot be reached");
            ReadError::Unreachable
        })
    }

    /// The addresses behind a URL; never empty.
    async fn addresses(&self, url: &Url, route: Route) -> Result<Vec<IpAddr>, ReadError> {
        let name = match url.host() {
            Some(Host::Ipv4(address)) => return Ok(vec![address.into()]),
            Some(Host::Ipv6(address)) => return Ok(vec![address.into()]),
            Some(Host::Domain(name)) => name,
            None => return Err(ReadError::Unreachable),
        };
        let lookup = tokio::time::timeout(self.policy.connect_timeout, self.resolver.lookup(name));
        match lookup.await {
            Ok(Ok(addresses)) if !addresses.is_empty() => Ok(addresses),
            _ => {
                tracing::info!(name, ?route, "name cannot be looked up");
                Err(ReadError::Unreachable)
            }
        }
    }
}

#[async_trait]
impl PageReader for Fetcher {
    async fn read(&self, url: &Url, kind: ResourceKind) -> Result<Fetched, ReadError> {
        let started = Instant::now();
        let limit = self.policy.total_timeout;
        let result = match tokio::time::timeout(limit, self.follow(url, kind)).await {
            Ok(result) => result,
            Err(_) => Err(ReadError::Timeout(u32::try_from(limit.as_secs()).unwrap_or(u32::MAX))),
        };
        if result == Err(ReadError::Unreachable) {
            tokio::time::sleep_until(started + self.policy.unreachable_after).await;
        }
        result
    }
}

/// A client for one hop: it can reach the pinned addresses only, keeps nothing for the next hop
/// and follows nothing by itself.
fn client(policy: &FetchPolicy, pinned: Pinned) -> Result<Client, reqwest::Error> {
    Client::builder()
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

fn accept(kind: ResourceKind) -> HeaderValue {
    HeaderValue::from_static(match kind {
        ResourceKind::Html => "text/html,application/xhtml+xml;q=0.9",
        ResourceKind::StyleSheet => "text/css",
    })
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
