//! Looking up names, and keeping a connection to the very addresses that were checked.

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::io;
use std::net::{IpAddr, SocketAddr};

/// Turns a name into addresses.
#[async_trait]
pub trait NameResolver: Send + Sync {
    /// Every address of a name.
    ///
    /// # Errors
    /// When the name is not known or the name server does not answer.
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// The operating system's resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

#[async_trait]
impl NameResolver for SystemResolver {
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let found = tokio::net::lookup_host((name, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

/// What the HTTP library gets for a resolver: the addresses that passed, for the name that
/// passed, so that a second lookup with another answer cannot happen.
pub(super) struct Pinned {
    pub(super) name: String,
    pub(super) addresses: Vec<IpAddr>,
}

impl Resolve for Pinned {
    fn resolve(&self, name: Name) -> Resolving {
        let answer = if name.as_str().eq_ignore_ascii_case(&self.name) {
            let addresses = self.addresses.clone().into_iter();
            // Port 0 stands for the port in the URL.
            Ok(Box::new(addresses.map(|address| SocketAddr::new(address, 0))) as Addrs)
        } else {
            Err(io::Error::other("this name was not checked").into())
        };
        Box::pin(std::future::ready(answer))
    }
}
