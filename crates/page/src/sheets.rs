//! The style sheets of a page: what a caller brings, and where it finds them.

use crate::css;
use crate::document::Document;
use url::Url;

/// A style sheet that belongs to the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stylesheet {
    /// Where it was found.
    pub url: Option<Url>,
    /// Its text.
    pub text: String,
}

/// Most style sheets worth fetching.
const MOST_STYLESHEETS: usize = 8;

/// The addresses of linked style sheets that belong to the page's look, in order, at most eight.
#[must_use]
pub fn stylesheet_addresses(html: &str, base: &Url) -> Vec<Url> {
    let document = Document::parse(html, &[]);
    let mut addresses = Vec::new();
    let stated = document.first("base").and_then(|element| element.attr("href"));
    let base = stated.and_then(|href| base.join(href.trim()).ok()).unwrap_or_else(|| base.clone());
    for href in document.stylesheet_links() {
        let Ok(address) = base.join(&href) else { continue };
        if matches!(address.scheme(), "http" | "https") && !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    addresses.truncate(MOST_STYLESHEETS);
    addresses
}

/// The same links as they are written in the page, for a caller that finds them on a disk.
#[must_use]
pub fn stylesheet_references(html: &str) -> Vec<String> {
    Document::parse(html, &[]).stylesheet_links()
}

/// The addresses, as written, of the style sheets that a style sheet takes in at its start, at most eight. They come
/// before it.
#[must_use]
pub fn stylesheet_imports(sheet: &str) -> Vec<String> {
    css::imports(sheet)
}
