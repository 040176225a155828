//! What the service needs from the outside world, as traits with a fake beside each in `testkit`.

use async_trait::async_trait;
use time::OffsetDateTime;
use url::Url;

mod writing;

pub use writing::{Brief, CopyWriter, Draft, PastResult, WriteError, WritingLog};

/// What a reader is asked for; each kind has its own limits and accepted content types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceKind {
    /// A page.
    Html,
    /// A style sheet of a page.
    StyleSheet,
}

/// A text that was fetched, decoded to Unicode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Where it was found after redirects.
    pub url: Url,
    /// The text.
    pub text: String,
}

/// Why an address could not be read, in sentences for the owner of the site.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No answer, or an address that is not public: one text for both, so that the
    /// reader cannot be used to look around in a private network.
    #[error(
        "The page could not be reached. Check the address: only pages on the public internet are read, on the ports 80 and 443."
    )]
    Unreachable,
    /// An answer with another status than success.
    #[error("The page answered with status {0}. Open it in a browser to see whether it works.")]
    Status(u16),
    /// Something else than the kind that was asked for.
    #[error("The address leads to {0}, not to a web page.")]
    ContentType(String),
    /// More than the limit, after inflation.
    #[error("The page is larger than {0} MiB.")]
    TooLarge(u32),
    /// It took too long.
    #[error("The page took longer than {0} seconds to answer.")]
    Timeout(u32),
    /// Too many redirects.
    #[error("The page redirects more than {0} times.")]
    Redirects(u32),
}

impl ReadError {
    /// Whether another try may help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable | Self::Timeout(_) => true,
            Self::Status(status) => matches!(status, 408 | 425 | 429 | 500..),
            Self::ContentType(_) | Self::TooLarge(_) | Self::Redirects(_) => false,
        }
    }
}

/// Reads pages from the internet, and nothing else than pages on public addresses.
#[async_trait]
pub trait PageReader: Send + Sync {
    /// Fetches one resource.
    async fn read(&self, url: &Url, kind: ResourceKind) -> Result<Fetched, ReadError>;
}

/// The time. A demo site runs on a faster one.
pub trait Clock: Send + Sync {
    /// Now, in UTC.
    fn now(&self) -> OffsetDateTime;
}

/// Randomness fit for secrets.
pub trait Entropy: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}
