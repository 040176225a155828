//! What can be asked for: resources of a kind, and answers whatever they are.

use super::{FetchPolicy, body};
use crate::charset::{self, Declaration};
use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use service::ports::{Fetched, ReadError, ResourceKind, VisitKind, Visited};
use url::Url;

/// Most bytes of an answer that is neither a page nor a style sheet.
const MOST_SCRIPT: usize = 256 * 1024;

/// How something is asked for, and what is made of the answer.
pub(super) trait Wanted: Copy + Send + Sync {
    /// What comes of it.
    type Found: Send;

    /// The types that are asked for.
    fn accept(self) -> HeaderValue;

    /// Whether it may stand on this installation itself.
    fn may_be_own(self) -> bool;

    /// Reads an answer that is no redirect.
    fn read(
        self,
        response: Response,
        url: Url,
        policy: &FetchPolicy,
    ) -> impl Future<Output = Result<Self::Found, ReadError>> + Send;
}

impl Wanted for ResourceKind {
    type Found = Fetched;

    fn accept(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Html => "text/html,application/xhtml+xml;q=0.9",
            Self::StyleSheet => "text/css",
        })
    }

    fn may_be_own(self) -> bool {
        false
    }

    async fn read(self, response: Response, url: Url, policy: &FetchPolicy) -> Result<Fetched, ReadError> {
        body::read(response, url, self, policy).await
    }
}

impl Wanted for VisitKind {
    type Found = Visited;

    fn accept(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Page => "text/html,application/xhtml+xml;q=0.9",
            Self::Script => "*/*",
            Self::Interface => "application/json",
        })
    }

    /// Looking at the script reads no page, so it cannot go round in circles.
    fn may_be_own(self) -> bool {
        self != Self::Page
    }

    async fn read(self, response: Response, url: Url, policy: &FetchPolicy) -> Result<Visited, ReadError> {
        let status = response.status().as_u16();
        let header = |(name, value): (&reqwest::header::HeaderName, &HeaderValue)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).trim().to_owned())
        };
        let headers: Vec<_> = if body::has_sound_headers(&response) {
            response.headers().iter().map(header).collect()
        } else {
            return Err(ReadError::ContentType("an answer with oversize headers".to_owned()));
        };
        let content_type =
            response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let limit = if self == Self::Page { policy.max_html_mib as usize * 1024 * 1024 } else { MOST_SCRIPT };
        let bytes = body::beginning(response, limit).await?;
        let text = charset::decode(&bytes, content_type.as_deref(), Declaration::Meta, body::country(&url));
        Ok(Visited { url, status, headers, text })
    }
}
