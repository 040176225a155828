//! What a navigation may ask the origin, and what caches may do with the answer.

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

/// Headers that ask for less than the whole page. The page that a visitor has is not the origin's.
const CONDITIONS: [HeaderName; 6] = [
    header::IF_NONE_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_MATCH,
    header::IF_UNMODIFIED_SINCE,
    header::IF_RANGE,
    header::RANGE,
];
/// Headers that tell of the origin's bytes what does not hold for the visitor's, or let a shared cache keep them.
const OF_ORIGIN: [&str; 17] = [
    "etag",
    "last-modified",
    "accept-ranges",
    "content-md5",
    "digest",
    "repr-digest",
    "content-digest",
    "expires",
    "age",
    "pragma",
    "surrogate-control",
    "surrogate-key",
    "cdn-cache-control",
    "cloudflare-cdn-cache-control",
    "vercel-cdn-cache-control",
    "netlify-cdn-cache-control",
    "x-accel-expires",
];
const FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");
const PURPOSE: HeaderName = HeaderName::from_static("sec-purpose");
/// Content codings that can be undone.
const CODINGS: [&str; 6] = ["gzip", "x-gzip", "deflate", "br", "zstd", "identity"];

/// Whether a request opens a page: then the answer is for a person, and for a whole document.
///
/// A browser that says what the answer is for is believed: a script that fetches HTML gets pieces of pages, which
/// must not be changed. What is loaded ahead may become the page without a further question, so it is one already.
pub(crate) fn is_navigation(method: &Method, headers: &HeaderMap) -> bool {
    if !matches!(*method, Method::GET | Method::HEAD) || headers.contains_key(header::RANGE) {
        return false;
    }
    let accepts = |types: &[&str]| {
        headers.get_all(header::ACCEPT).iter().any(|value| {
            let text = value.to_str().unwrap_or_default().to_ascii_lowercase();
            types.iter().any(|it| text.contains(it))
        })
    };
    let is_ahead = headers.get(PURPOSE).is_some_and(|value| value.as_bytes().starts_with(b"prefetch"));
    match headers.get(FETCH_DEST).map(HeaderValue::as_bytes) {
        Some(b"document") => true,
        Some(b"empty") => is_ahead && accepts(&["text/html", "*/*"]),
        Some(_) => false,
        None => accepts(&["text/html"]),
    }
}

/// Makes the origin answer with a whole page in a coding that can be undone.
pub(crate) fn ask_for_whole(headers: &mut HeaderMap) {
    for name in &CONDITIONS {
        headers.remove(name);
    }
    let accepted = headers.get_all(header::ACCEPT_ENCODING);
    let accepted: Vec<&str> = accepted.iter().filter_map(|value| value.to_str().ok()).collect();
    if accepted.is_empty() {
        return;
    }
    let known = accepted.iter().flat_map(|text| text.split(',')).map(str::trim).filter(|entry| {
        let name = entry.split(';').next().unwrap_or_default().trim();
        CODINGS.iter().any(|coding| coding.eq_ignore_ascii_case(name))
    });
    let known = known.collect::<Vec<_>>().join(", ");
    // Without a word about codings every one would be welcome.
    let known = if known.is_empty() { "identity" } else { &known };
    if let Ok(value) = HeaderValue::from_str(known) {
        headers.insert(header::ACCEPT_ENCODING, value);
    }
}

/// Whether a client takes this content coding.
pub(crate) fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    let texts = headers.get_all(header::ACCEPT_ENCODING);
    let mut entries = texts.iter().filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(','));
    entries.any(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| {
            name.eq_ignore_ascii_case(coding) || name.eq_ignore_ascii_case(&format!("x-{coding}")) || name == "*"
        });
        let refused = parts.any(|part| {
            let quality = part.strip_prefix("q=").or_else(|| part.strip_prefix("Q="));
            quality.is_some_and(|quality| quality.trim().parse::<f32>().is_ok_and(|quality| quality <= 0.0))
        });
        named && !refused
    })
}

/// Whether an answer is a page that may be changed.
pub(crate) fn is_page(status: StatusCode, headers: &HeaderMap) -> bool {
    let has = |name: HeaderName, wanted: &str| {
        headers.get_all(name).iter().any(|value| {
            let text = value.to_str().unwrap_or_default().to_ascii_lowercase();
            text.split([',', ';']).any(|part| part.trim() == wanted)
        })
    };
    status == StatusCode::OK
        && media_type(headers).eq_ignore_ascii_case("text/html")
        && !headers.contains_key(header::CONTENT_RANGE)
        && !has(header::CONTENT_DISPOSITION, "attachment")
        && !has(header::CACHE_CONTROL, "no-transform")
}

fn media_type(headers: &HeaderMap) -> &str {
    let text = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.split(';').next().unwrap_or_default().trim()
}

/// The answer depends on the visitor: no shared cache may keep it, and the visitor's own asks each time.
pub(crate) fn make_private(headers: &mut HeaderMap) {
    let said = headers.get_all(header::CACHE_CONTROL);
    let no_store = said.iter().any(|value| {
        let text = value.to_str().unwrap_or_default().to_ascii_lowercase();
        text.split(',').any(|part| part.trim() == "no-store")
    });
    for name in OF_ORIGIN {
        headers.remove(name);
    }
    let value = if no_store { "private, no-cache, no-store" } else { "private, no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(value));
    let varies = headers.get_all(header::VARY).iter().any(|value| {
        let text = value.to_str().unwrap_or_default();
        text.split(',').any(|part| part.trim().eq_ignore_ascii_case("cookie") || part.trim() == "*")
    });
    if !varies {
        headers.append(header::VARY, HeaderValue::from_static("Cookie"));
    }
}

/// The body is another one than the origin's.
pub(crate) fn forget_length(headers: &mut HeaderMap) {
    headers.remove(header::CONTENT_LENGTH);
    headers.remove(header::TRAILER);
}

#[cfg(test)]
mod tests;
