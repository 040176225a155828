//! What comes back: its kind, its size, its text.

use super::FetchPolicy;
use crate::charset::{self, Declaration};
use reqwest::Response;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use service::ports::{Fetched, ReadError, ResourceKind};
use url::Url;

/// Most bytes of answer headers.
pub(super) const MAX_HEADER_BYTES: u32 = 64 * 1024;

/// Reads an answer that is no redirect.
pub(super) async fn read(
    response: Response,
    url: Url,
    kind: ResourceKind,
    policy: &FetchPolicy,
) -> Result<Fetched, ReadError> {
    let status = response.status();
    if !status.is_success() {
        return Err(ReadError::Status(status.as_u16()));
    }
    let (limit_mib, declaration, accepted): (u32, Declaration, &[&str]) = match kind {
        ResourceKind::Html => (policy.max_html_mib, Declaration::Meta, &["text/html", "application/xhtml+xml"]),
        ResourceKind::StyleSheet => (policy.max_css_mib, Declaration::AtCharset, &["text/css"]),
    };
    if !has_sound_headers(&response) {
        return Err(ReadError::ContentType("an answer with oversize headers".to_owned()));
    }
    let content_type = header(&response, CONTENT_TYPE.as_str());
    check_content_type(content_type.as_deref(), accepted)?;
    // The library removes this header when it inflates; what is left it could not read.
    if header(&response, CONTENT_ENCODING.as_str()).is_some_and(|name| name != "identity") {
        return Err(ReadError::ContentType("an unknown compression".to_owned()));
    }
    let limit = limit_mib as usize * 1024 * 1024;
    let bytes = beginning(response, limit + 1).await?;
    if bytes.len() > limit {
        return Err(ReadError::TooLarge(limit_mib));
    }
    let text = charset::decode(&bytes, content_type.as_deref(), declaration, country(&url));
    Ok(Fetched { url, text, rendered: false })
}

/// The first bytes of an answer after inflation; what comes behind them is not waited for, nor inflated.
pub(super) async fn beginning(mut response: Response, limit: usize) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    while bytes.len() < limit {
        let chunk = response.chunk().await.map_err(|error| {
            tracing::info!(url = %response.url(), %error, "answer broke off");
            ReadError::Unreachable
        })?;
        let Some(chunk) = chunk else { break };
        bytes.extend_from_slice(&chunk[..chunk.len().min(limit - bytes.len())]);
    }
    Ok(bytes)
}

/// The last label of the host's name, which says what encodings are usual there.
pub(super) fn country(url: &Url) -> Option<&str> {
    url.domain()?.trim_end_matches('.').rsplit('.').next()
}

fn header(response: &Response, name: &str) -> Option<String> {
    let value = response.headers().get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).trim().to_ascii_lowercase())
}

/// Whether the headers of an answer are no larger than those of any honest server.
pub(super) fn has_sound_headers(response: &Response) -> bool {
    header_bytes(response.headers()) <= MAX_HEADER_BYTES as usize
}

fn header_bytes(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}

/// The owner sees the type, so only what can stand in one is repeated.
fn check_content_type(content_type: Option<&str>, accepted: &[&str]) -> Result<(), ReadError> {
    let essence = content_type.and_then(|value| value.split(';').next()).unwrap_or("").trim();
    if accepted.contains(&essence) {
        return Ok(());
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "/+.-".contains(c);
    let shown: String = essence.chars().filter(|&c| plain(c)).take(60).collect();
    let shown = if shown.is_empty() { "a file without a type".to_owned() } else { shown };
    Err(ReadError::ContentType(shown))
}
