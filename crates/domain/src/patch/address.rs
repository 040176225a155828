//! Addresses that a patch may point to.

use super::check::is_space;
use url::Url;

/// Hosts that addresses in a patch may point to: the site's own and those named by its owner.
#[derive(Debug, Clone, Default)]
pub struct AllowedHosts(Vec<String>);

impl AllowedHosts {
    /// Allows these hosts, given without a port.
    #[must_use]
    pub fn new(hosts: impl IntoIterator<Item = String>) -> Self {
        Self(hosts.into_iter().map(|host| host.to_lowercase()).collect())
    }

    /// A relative address stays on the page's own host; an absolute one must be http(s) and listed.
    pub(super) fn allow(&self, address: &str) -> bool {
        let address = address.trim_matches(is_space);
        // The browser strips these before it looks for a scheme, so they could hide one.
        if address.chars().any(char::is_control) || address.contains('\\') {
            return false;
        }
        match Url::parse(address) {
            Ok(url) => {
                matches!(url.scheme(), "http" | "https")
                    && url.host_str().is_some_and(|host| self.0.iter().any(|allowed| allowed == host))
            }
            Err(url::ParseError::RelativeUrlWithoutBase) => !address.starts_with("//"),
            Err(_) => false,
        }
    }
}
