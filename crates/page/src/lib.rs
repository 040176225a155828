//! HTML text in, page model out: where a landing page says what, and in which style.
//!
//! Pure: nothing is fetched and nothing is executed. The analysis looks at the first screen under the
//! navigation, as a visitor would, with the style sheets that the caller brings along.

mod brand;
mod css;
mod document;
mod hero;
mod image;
mod language;
mod locator;
mod region;
mod sentences;
mod text;
mod tree;

use document::Document;
use domain::PageModel;
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

/// Reads a page. Never fails: what is not there stays absent.
#[must_use]
pub fn analyze(html: &str, _base: Option<&Url>, stylesheets: &[Stylesheet]) -> PageModel {
    let document = Document::parse(html, stylesheets);
    let hero = hero::find(&document);
    let brand = brand::find(&document, &hero);
    let headline = hero.headline.map(|found| locator::text_slot(&document, found));
    PageModel {
        title: document.title(),
        lang: language::detect(&document),
        description: document.meta("description"),
        subheadline: hero.subheadline.map(|found| locator::text_slot(&document, found)),
        cta: hero.cta.map(|found| locator::text_slot(&document, found)),
        secondary_cta: hero.secondary_cta.map(|found| locator::text_slot(&document, found)),
        hero_image: image::find(&document, &hero),
        brand,
        sentences: sentences::collect(&document),
        headline,
    }
}

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
