//! HTML text in, page model out: where a landing page says what, and in which style.
//!
//! Pure: nothing is fetched and nothing is executed. The analysis looks at the first screen under the
//! navigation, as a visitor would, with the style sheets that the caller brings along.

mod brand;
mod css;
mod document;
mod facts;
mod hero;
mod image;
mod language;
mod locator;
mod region;
mod sentences;
mod sheets;
mod text;
mod tree;

pub use sheets::{Stylesheet, stylesheet_addresses, stylesheet_references};

use document::Document;
use domain::PageModel;
use url::Url;

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
        facts: facts::collect(&document),
        headline,
    }
}
