//! Sites: a landing page, its state and how much Evoloop may do there by itself.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use url::{Host, Url};

/// Where a site stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteStatus {
    /// The page is being read.
    Analyzing,
    /// The page was read; nothing is tested yet.
    Ready,
    /// Visitors are being assigned.
    Running,
    /// The owner stopped the test; everybody sees the control.
    Paused,
    /// The page could not be read.
    Failed,
}

crate::text_enum!(SiteStatus {
    Analyzing = "analyzing",
    Ready = "ready",
    Running = "running",
    Paused = "paused",
    Failed = "failed",
});

/// How much Evoloop may do without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum AutonomyMode {
    /// Every variant and promotion waits for approval.
    #[default]
    Supervised,
    /// The first approvals are asked for, then it acts with a veto window.
    TrainingWheels,
    /// It acts, and reports.
    FullAuto,
}

crate::text_enum!(AutonomyMode {
    Supervised = "supervised",
    TrainingWheels = "training_wheels",
    FullAuto = "full_auto",
});

/// An absolute http(s) address of a page, without a fragment or credentials.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct SiteUrl(Url);

/// Why an address cannot be a site.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSiteUrl {
    /// Not an address at all.
    #[error("enter the full address of your page, like https://example.com/")]
    Malformed,
    /// Another scheme than http or https.
    #[error("the address must start with https:// or http://")]
    Scheme,
    /// A user name or password stands in the address.
    #[error("leave user name and password out of the address")]
    Credentials,
    /// More than 2,048 bytes.
    #[error("the address is longer than 2,048 characters")]
    TooLong,
}

impl SiteUrl {
    /// The parsed address.
    #[must_use]
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The host for display, without port or path.
    #[must_use]
    pub fn host(&self) -> String {
        self.0.host().map(|host: Host<&str>| host.to_string()).unwrap_or_default()
    }
}

impl FromStr for SiteUrl {
    type Err = InvalidSiteUrl;
    fn from_str(text: &str) -> Result<Self, InvalidSiteUrl> {
        let text = text.trim();
        if text.len() > 2048 {
            return Err(InvalidSiteUrl::TooLong);
        }
        // People type `example.com`; the secure scheme is what they mean. On their own machine nobody has a
        // certificate.
        let guessed = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let mut url = Url::parse(&guessed).map_err(|_| InvalidSiteUrl::Malformed)?;
        if guessed != text && is_own_machine(&url) {
            url = Url::parse(&format!("http://{text}")).map_err(|_| InvalidSiteUrl::Malformed)?;
        }
        if !matches!(url.scheme(), "http" | "https") {
            return Err(InvalidSiteUrl::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidSiteUrl::Credentials);
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(InvalidSiteUrl::Malformed);
        }
        url.set_fragment(None);
        Ok(Self(url))
    }
}

fn is_own_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl fmt::Display for SiteUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
