//! Whose pages may report for a site.

use serde::{Deserialize, Serialize};
use url::{Origin, Url};

/// Most origins that a site may name.
pub const MAX_ORIGINS: usize = 50;

/// The origins (RFC 6454) of the pages that may report for a site. None at all means any.
///
/// An entry is scheme, host and port, like `https://www.example.com`; `https://*.example.com` means every
/// host below that one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AllowedOrigins(Vec<String>);

/// An entry that is no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOrigins {
    /// One that cannot be read.
    #[error("`{0}` is not an origin, like https://www.example.com or https://*.example.com")]
    Malformed(String),
    /// Too many.
    #[error("name at most {MAX_ORIGINS} origins")]
    TooMany,
}

impl AllowedOrigins {
    /// Reads entries that are separated by commas, spaces or line breaks.
    ///
    /// # Errors
    /// Names the first entry that is no origin.
    pub fn parse(text: &str) -> Result<Self, InvalidOrigins> {
        let entries = text.split(|separator: char| separator == ',' || separator.is_whitespace());
        let mut origins = Vec::new();
        for entry in entries.filter(|entry| !entry.is_empty()) {
            let origin = entry_of(entry).ok_or_else(|| InvalidOrigins::Malformed(entry.to_owned()))?;
            if !origins.contains(&origin) {
                origins.push(origin);
            }
        }
        if origins.len() > MAX_ORIGINS { Err(InvalidOrigins::TooMany) } else { Ok(Self(origins)) }
    }

    /// The entries, in the order in which they were given.
    #[must_use]
    pub fn entries(&self) -> &[String] {
        &self.0
    }

    /// Whether a page of this origin, as a browser tells it in the header `Origin`, may report. A request
    /// without one does not come from a page of a browser, and may.
    #[must_use]
    pub fn allow(&self, origin: Option<&str>) -> bool {
        let Some(origin) = origin.filter(|_| !self.0.is_empty()) else { return true };
        let origin = origin.to_ascii_lowercase();
        self.0.iter().any(|entry| match entry.split_once("*.") {
            None => *entry == origin,
            Some((scheme, domain)) => origin
                .strip_prefix(scheme)
                .and_then(|host| host.strip_suffix(domain))
                .is_some_and(|below| below.len() > 1 && below.ends_with('.')),
        })
    }
}

/// An entry as it is compared.
fn entry_of(text: &str) -> Option<String> {
    const PLACEHOLDER: &str = "any-host-below";
    let concrete = text.replacen("://*.", &format!("://{PLACEHOLDER}."), 1);
    let url = Url::parse(&concrete).ok()?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    let is_web = matches!(url.scheme(), "http" | "https") && !concrete.contains('*') && url.password().is_none();
    let origin = match url.origin() {
        origin @ Origin::Tuple(..) if bare && is_web => origin.ascii_serialization(),
        _ => return None,
    };
    Some(origin.replacen(PLACEHOLDER, "*", 1))
}
