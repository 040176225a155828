//! Which URLs may be asked at all, before any name is looked up.

use super::address::is_public;
use crate::SetupError;
use std::str::FromStr;
use url::{Host, Url};

/// Longest URL, in bytes.
const MAX_URL_BYTES: usize = 2_048;

/// Endings of names that belong to private networks or to no network.
const PRIVATE_SUFFIXES: [&str; 16] = [
    "alt",
    "corp",
    "example",
    "home",
    "home.arpa",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "onion",
    "private",
    "test",
    "workgroup",
];

/// A host of the operator's own network that may be read, on one port or on every port.
#[derive(Debug, Clone, PartialEq, Eq)]
struct PrivateHost {
    host: Host,
    port: Option<u16>,
}

/// The private hosts that may be read all the same: for tests, for the demo, and for those who
/// optimise an internal page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AllowedPrivateHosts(Vec<PrivateHost>);

impl AllowedPrivateHosts {
    /// Reads a list separated by commas; an entry is a host (every port) or `host:port` (that
    /// port only). An IPv6 address with a port stands in brackets. Empty means none.
    ///
    /// # Errors
    /// [`SetupError::PrivateHost`] with the first entry that is neither.
    pub fn parse(list: &str) -> Result<Self, SetupError> {
        list.split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
            .map(|entry| entry.parse().map_err(|()| SetupError::PrivateHost(entry.to_owned())))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    fn contains(&self, host: &Host<&str>, port: u16) -> bool {
        self.0.iter().any(|allowed| {
            allowed.port.is_none_or(|only| only == port)
                && match (&allowed.host, host) {
                    (Host::Domain(a), Host::Domain(b)) => a == b,
                    (Host::Ipv4(a), Host::Ipv4(b)) => a == b,
                    (Host::Ipv6(a), Host::Ipv6(b)) => a == b,
                    _ => false,
                }
        })
    }
}

impl FromStr for PrivateHost {
    type Err = ();

    fn from_str(entry: &str) -> Result<Self, ()> {
        if let Ok(address) = entry.parse() {
            return Ok(Self { host: Host::Ipv6(address), port: None });
        }
        let (host, port) = match entry.rsplit_once(':') {
            Some((host, port)) if !entry.ends_with(']') => (host, Some(port.parse().map_err(|_| ())?)),
            _ => (entry, None),
        };
        let host = Host::parse(host).map_err(|_| ())?;
        Ok(Self { host, port })
    }
}

/// How a URL that passed may be connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// Every address must be on the public internet.
    Public,
    /// The operator allows this host and port, wherever it leads.
    AllowedPrivate,
}

/// Why a URL is not asked. For the log alone: outside, all of these are one sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Longer than 2,048 bytes, or with control characters.
    #[error("the address is too long or has control characters")]
    Form,
    /// Neither http nor https.
    #[error("the scheme is neither http nor https")]
    Scheme,
    /// A name or password before the host.
    #[error("the address has a user name or password")]
    UserInfo,
    /// Another port than 80 and 443.
    #[error("the port is neither 80 nor 443")]
    Port,
    /// No host, a single word, or a name of a private network.
    #[error("the host name is not one of the public internet")]
    Name,
    /// An address that is not public, written out or found for the name.
    #[error("the host's address is not public")]
    Address,
    /// This installation itself, which would read itself in a loop.
    #[error("the host is this installation itself")]
    Own,
}

/// Checks everything that a URL shows by itself. Names are still to be looked up when this
/// passes; addresses in any notation are done.
///
/// # Errors
/// The first rule that the URL breaks.
pub fn check(url: &Url, allowed: &AllowedPrivateHosts, own_hosts: &[String]) -> Result<Route, Refused> {
    if url.as_str().len() > MAX_URL_BYTES || url.as_str().chars().any(char::is_control) {
        return Err(Refused::Form);
    }
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Refused::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refused::UserInfo);
    }
    let host = url.host().ok_or(Refused::Name)?;
    let port = url.port_or_known_default().ok_or(Refused::Port)?;
    if allowed.contains(&host, port) {
        return Ok(Route::AllowedPrivate);
    }
    if !matches!(port, 80 | 443) {
        return Err(Refused::Port);
    }
    match host {
        Host::Ipv4(address) if !is_public(address.into()) => return Err(Refused::Address),
        Host::Ipv6(address) if !is_public(address.into()) => return Err(Refused::Address),
        Host::Domain(name) if !is_public_name(name) => return Err(Refused::Name),
        _ => {}
    }
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_suffix('.').unwrap_or(host);
    let is_own = own_hosts.iter().any(|own| host.eq_ignore_ascii_case(own));
    if is_own { Err(Refused::Own) } else { Ok(Route::Public) }
}

fn is_public_name(name: &str) -> bool {
    // One dot at the end is the root of the name system and changes nothing.
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    let private = |suffix: &&str| name.strip_suffix(*suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    name.contains('.') && name.split('.').all(|label| !label.is_empty()) && !PRIVATE_SUFFIXES.iter().any(private)
}
