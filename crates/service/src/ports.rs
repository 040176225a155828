//! What the service needs from the outside world, as traits with a fake beside each in `testkit`.

use async_trait::async_trait;
use domain::guard::layout::Measured;
use time::OffsetDateTime;
use url::Url;

mod looking;
mod making;
mod visiting;
mod writing;

pub use looking::{Change, OwnPicture, Screenshot};
pub use making::{ImageMaker, MadeImage};
pub use visiting::{VisitKind, Visited};
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
    /// Whether a browser ran the page's scripts first.
    pub rendered: bool,
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
    /// The site's robots.txt forbids it.
    #[error("{address} does not allow Evoloop to read this page. To allow it, {remedy}; then analyse the page again.")]
    Robots {
        /// Where the robots.txt stands.
        address: String,
        /// What to change there, as the rest of a sentence.
        remedy: String,
    },
    /// The site could not say what its robots.txt allows.
    #[error(
        "The site's robots.txt answered with status {0}, so it is not known whether the page may be read. It should answer with the file, or with status 404 if there is none."
    )]
    RobotsUnavailable(u16),
    /// The page is empty before its scripts ran, and there is no browser to run them.
    #[error(
        "This page shows its text only after its scripts ran, and no browser is set up that could run them. Install Chromium on the server, set EVOLOOP_CHROMIUM to its path and analyse the page again."
    )]
    NeedsJavaScript,
    /// A picture was asked for, and there is no browser to take it.
    #[error("Pictures of pages need a browser. Install Chromium on the server and set EVOLOOP_CHROMIUM to its path.")]
    NoBrowser,
    /// The browser failed, as the rest of a sentence.
    #[error("The browser on the server could not show the page: {0}.")]
    Browser(String),
}

impl ReadError {
    /// Whether another try may help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable | Self::Timeout(_) | Self::RobotsUnavailable(_) => true,
            Self::Status(status) => matches!(status, 408 | 425 | 429 | 500..),
            Self::ContentType(_) | Self::TooLarge(_) | Self::Redirects(_) => false,
            Self::Robots { .. } | Self::NeedsJavaScript | Self::NoBrowser | Self::Browser(_) => false,
        }
    }
}

/// Reads pages from the internet, and nothing else than pages on public addresses.
#[async_trait]
pub trait PageReader: Send + Sync {
    /// Fetches one resource.
    async fn read(&self, url: &Url, kind: ResourceKind) -> Result<Fetched, ReadError>;

    /// Visits an address and tells what came, whatever its status and type. A reader that only knows pages tells of
    /// those.
    async fn visit(&self, url: &Url, kind: VisitKind) -> Result<Visited, ReadError> {
        let _ = kind;
        let Fetched { url, text, .. } = self.read(url, ResourceKind::Html).await?;
        Ok(Visited { url, status: 200, headers: Vec::new(), text })
    }

    /// Fetches a page and lets a browser run its scripts. A reader without a browser cannot.
    async fn render(&self, url: &Url) -> Result<Fetched, ReadError> {
        let _ = url;
        Err(ReadError::NeedsJavaScript)
    }

    /// Takes pictures of a page, first as on a desk and then as on a phone. A reader without a browser cannot.
    async fn screenshots(&self, url: &Url) -> Result<Vec<Screenshot>, ReadError> {
        let _ = url;
        Err(ReadError::NoBrowser)
    }

    /// Whether there is a browser, so that pictures can be taken.
    fn has_browser(&self) -> bool {
        false
    }

    /// Takes pictures of a page as a change makes it; `None` when the change does not fit the page. A reader without a
    /// browser cannot.
    async fn screenshots_of(&self, url: &Url, change: &Change) -> Result<Option<Vec<Screenshot>>, ReadError> {
        let _ = (url, change);
        Err(ReadError::NoBrowser)
    }

    /// Measures how a page is set without each change and with it; `None` for a change that does not fit the page. A
    /// reader without a browser cannot.
    async fn measure(&self, url: &Url, changes: &[Change]) -> Result<Vec<Option<Measured>>, ReadError> {
        let _ = (url, changes);
        Err(ReadError::NoBrowser)
    }
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
