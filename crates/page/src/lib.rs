//! HTML text in, page model out: where a landing page says what, and in which style.
//!
//! Pure: nothing is fetched and nothing is executed. The analysis looks at the first screen under the
//! navigation, as a visitor would, with the style sheets that the caller brings along.

mod brand;
mod consent;
mod css;
mod document;
mod effort;
mod facts;
mod hero;
mod image;
mod index;
mod inventory;
mod language;
mod locator;
mod model;
mod region;
pub mod rewrite;
mod schematic;
mod scripted;
mod selected;
mod sentences;
mod sheets;
mod text;
mod tone;
mod tree;

pub use schematic::{Drawing, drawing, drawing_size, schematic};
pub use scripted::needs_javascript;
pub use selected::is_selector;
pub use sheets::{Stylesheet, stylesheet_addresses, stylesheet_imports, stylesheet_references};

use document::Document;
use domain::PageModel;
use url::Url;

/// Reads a page. Never fails: what is not there stays absent.
#[must_use]
pub fn analyze(html: &str, _base: Option<&Url>, stylesheets: &[Stylesheet]) -> PageModel {
    analyze_for(html, stylesheets, &[])
}

/// As [`analyze`], and looks up what the page's owner chose by these selectors.
#[must_use]
pub fn analyze_for(html: &str, stylesheets: &[Stylesheet], selectors: &[String]) -> PageModel {
    let document = Document::parse(html, stylesheets);
    let selected = selected::look_up(&document, selectors);
    PageModel { selected, ..model::read(&document) }
}
