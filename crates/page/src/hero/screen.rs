//! How far the first screen reaches.

use super::bar;
use super::buttons::is_button;
use crate::document::{Document, ancestors};
use crate::region::is_hero;
use crate::text::{is_longer, spoken, visible};
use scraper::ElementRef;

/// Most text of a first screen, in bytes.
pub(super) const MOST_TEXT: usize = 900;

/// The largest element around the headline that is still one screen: little text, no other main heading.
pub(super) fn container<'a>(document: &'a Document, headline: ElementRef<'a>) -> ElementRef<'a> {
    let mut container = headline;
    // A heading right after the headline may be the line that explains it.
    let next = headline.next_siblings().find_map(ElementRef::wrap).map(|next| next.id());
    for ancestor in ancestors(headline) {
        if matches!(ancestor.value().name(), "body" | "html" | "main") {
            break;
        }
        let inside = ancestor.descendent_elements().take_while(|_| document.reading.take(1));
        let mut others = inside.filter(|inner| {
            matches!(inner.value().name(), "h1" | "h2")
                && inner.id() != headline.id()
                && Some(inner.id()) != next
                && !document.is_hidden(*inner)
                && !bar::is_brand(document, *inner)
        });
        if others.nth(1).is_some() || is_longer(document, ancestor, MOST_TEXT) {
            break;
        }
        container = ancestor;
        let outermost = || !ancestors(ancestor).take(4).any(is_hero);
        if matches!(ancestor.value().name(), "header" | "section") && (is_hero(ancestor) || outermost()) {
            break;
        }
    }
    container
}

/// The elements of the first screen. Where the container holds the headline alone, what follows it belongs to it,
/// up to the next heading.
pub(super) fn elements<'a>(
    document: &'a Document,
    container: ElementRef<'a>,
    headline: ElementRef<'a>,
) -> Vec<ElementRef<'a>> {
    let mut elements: Vec<ElementRef<'a>> = container.descendent_elements().collect();
    let alone = visible(document, container).len() <= spoken(document, headline).len();
    if !alone || elements.iter().any(|element| is_button(*element)) {
        return elements;
    }
    let next = container.next_siblings().find_map(ElementRef::wrap).map(|next| next.id());
    let mut read = 0;
    for sibling in container.next_siblings().filter_map(ElementRef::wrap) {
        let mut inside = sibling.descendent_elements();
        let heads = inside.any(|inner| matches!(inner.value().name(), "h1" | "h2"));
        read += visible(document, sibling).len();
        if (heads && next != Some(sibling.id())) || read > MOST_TEXT {
            break;
        }
        elements.extend(sibling.descendent_elements());
    }
    elements
}
