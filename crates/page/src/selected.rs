//! What a page's owner chose by a selector.

use crate::document::{Document, ancestors};
use crate::{image, inventory, locator};
use domain::ImageSlot;
use domain::page_edits::{Selected, SelectedElement};
use scraper::{ElementRef, Selector};

/// Most selectors that are looked up.
const MOST: usize = 20;
/// Most elements that are compared with one.
const MOST_ELEMENTS: usize = 100_000;
/// What holds no copy, whatever selector leads there.
const NO_COPY: [&str; 13] = [
    "html", "head", "title", "meta", "link", "body", "script", "style", "template", "noscript", "iframe", "object",
    "svg",
];
/// Matches are counted up to here.
const MOST_MATCHES: usize = 1_000;

/// Whether the text is a selector that can be looked up. `:has` is left out: it asks every element about every other.
#[must_use]
pub fn is_selector(css: &str) -> bool {
    !css.to_lowercase().contains(":has") && Selector::parse(css).is_ok()
}

pub(crate) fn look_up(document: &Document, selectors: &[String]) -> Vec<Selected> {
    let sound = selectors.iter().filter(|css| is_selector(css)).take(MOST);
    sound.filter_map(|css| Some(selected(document, css, &Selector::parse(css).ok()?))).collect()
}

fn selected(document: &Document, css: &str, selector: &Selector) -> Selected {
    let elements = document.html.tree.nodes().filter_map(ElementRef::wrap).take(MOST_ELEMENTS);
    let mut matching = elements.filter(|element| selector.matches(element));
    let first = matching.next();
    let more = matching.take(MOST_MATCHES).count();
    let matches = u32::try_from(more + usize::from(first.is_some())).unwrap_or(u32::MAX);
    let element = first.filter(|_| more == 0).and_then(|element| meant(document, css, element));
    Selected { css: css.to_owned(), matches, element }
}

fn meant(document: &Document, css: &str, element: ElementRef<'_>) -> Option<SelectedElement> {
    let is_apart = |element: ElementRef<'_>| NO_COPY.contains(&element.value().name());
    if is_apart(element)
        || ancestors(element).any(|around| !matches!(around.value().name(), "html" | "body") && is_apart(around))
    {
        return None;
    }
    if let Some(picture) = picture(element) {
        let mut found = locator::locate(document, picture);
        if picture.id() == element.id() {
            found = named_first(css, found);
        }
        let alt = picture.attr("alt").unwrap_or_default().to_owned();
        return Some(SelectedElement::Image(ImageSlot { src: image::source(picture)?, alt, locator: found }));
    }
    let mut found = inventory::element(document, element)?;
    if found.locator == locator::locate(document, element) {
        found.locator = named_first(css, found.locator);
    }
    Some(SelectedElement::Text(found))
}

/// The picture itself, or the only one in an element without text.
fn picture(element: ElementRef<'_>) -> Option<ElementRef<'_>> {
    let mut pictures = element.descendent_elements().take(200).filter(|inner| inner.value().name() == "img");
    let first = pictures.next()?;
    let is_alone = pictures.next().is_none() && element.text().all(|text| text.trim().is_empty());
    (first.id() == element.id() || is_alone).then_some(first)
}

/// The owner's selector first; those that were found beside it are its fallbacks.
fn named_first(css: &str, found: domain::Locator) -> domain::Locator {
    let others = std::iter::once(found.css).chain(found.alt).filter(|other| other != css);
    domain::Locator { css: css.to_owned(), alt: others.take(3).collect(), tag: found.tag }
}
