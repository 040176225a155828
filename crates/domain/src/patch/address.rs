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
        // A browser strips control characters before it looks for a scheme, so they could hide one, and it reads a
        // backslash as a slash.
        if address.chars().any(|c| c.is_control() || matches!(c, '"' | '\\')) {
            return false;
        }
        let address = address.trim_matches(is_space);
        if !has_scheme(address) {
            return !address.starts_with("//");
        }
        (address.starts_with("http://") || address.starts_with("https://"))
            && Url::parse(address)
                .is_ok_and(|url| url.host_str().is_some_and(|host| self.0.iter().any(|it| it == host)))
    }
}

/// Whether an address begins with something that looks like a scheme, `10:30` too.
fn has_scheme(address: &str) -> bool {
    let scheme = address.split_once(':').map_or("", |(scheme, _)| scheme);
    let belongs = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '.' | '-');
    !scheme.is_empty() && scheme.chars().all(belongs)
}
