//! The one way out: whoever connects to an address of a user or a page asks here first.

use super::address::is_public;
use super::gate::{self, Refused, Route};
use super::{FetchPolicy, NameResolver};
use service::ports::ReadError;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use url::{Host, Url};

/// Checks URLs and the addresses behind them, and counts what is connected to.
#[derive(Clone)]
pub(crate) struct Door {
    policy: Arc<FetchPolicy>,
    resolver: Arc<dyn NameResolver>,
    connects: Arc<AtomicU64>,
}

impl Door {
    pub(crate) fn new(policy: Arc<FetchPolicy>, resolver: Arc<dyn NameResolver>) -> Self {
        Self { policy, resolver, connects: Arc::default() }
    }

    pub(crate) fn policy(&self) -> &FetchPolicy {
        &self.policy
    }

    /// Called by whatever opens a connection, as the last thing before it does.
    pub(crate) fn count_connect(&self) {
        self.connects.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn connects(&self) -> u64 {
        self.connects.load(Ordering::Relaxed)
    }

    /// What a URL shows by itself, before its name is looked up. Whoever reads no page may ask this installation too,
    /// where it is public.
    pub(crate) fn check(&self, url: &Url, may_be_own: bool) -> Result<Route, ReadError> {
        let own_hosts: &[String] = if may_be_own { &[] } else { &self.policy.own_hosts };
        gate::check(url, &self.policy.allow_private, own_hosts).map_err(|reason| refused(url, reason))
    }

    /// Whether a URL leads to this installation.
    pub(crate) fn is_own(&self, url: &Url) -> bool {
        url.host_str().is_some_and(|host| self.policy.own_hosts.iter().any(|own| own.eq_ignore_ascii_case(host)))
    }

    /// The addresses that may be connected to for a URL, and no others; never empty.
    pub(crate) async fn pass(&self, url: &Url, may_be_own: bool) -> Result<Vec<IpAddr>, ReadError> {
        let route = self.check(url, may_be_own)?;
        let addresses = self.addresses(url, route).await?;
        if route == Route::Public && !addresses.iter().copied().all(is_public) {
            return Err(refused(url, Refused::Address));
        }
        tracing::debug!(%url, ?addresses, "page address passed");
        Ok(addresses)
    }

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

fn refused(url: &Url, reason: Refused) -> ReadError {
    tracing::info!(host = url.host_str(), %reason, "page address refused");
    ReadError::Unreachable
}
