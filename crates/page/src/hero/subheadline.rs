//! The text that explains the headline.

use crate::document::Document;
use crate::hero::buttons::is_button;
use crate::region::is_named;
use crate::text::{is_block, visible, word_count};
use scraper::ElementRef;

const SUB: [&str; 8] =
    ["subheading", "subheadline", "subtitle", "sub-title", "lead", "tagline", "slogan", "description"];

/// Signs and names of what customers say, which proves and does not explain.
const STARS: [char; 3] = ['\u{2605}', '\u{2b50}', '\u{2606}'];
const RATED: [&str; 5] = ["rating", "ratings", "reviews", "stars", "trustpilot"];

pub(super) fn find<'a>(
    document: &'a Document,
    order: &[ElementRef<'a>],
    headline: ElementRef<'a>,
) -> Option<ElementRef<'a>> {
    let place = order.iter().position(|element| element.id() == headline.id())?;
    let inside_headline = headline.descendent_elements().count();
    let above = order[..place].iter().rev().copied();
    let named_above = above.filter(|element| is_named(*element, &SUB)).find(|element| is_line(document, *element, 2));
    let below = &order[(place + inside_headline).min(order.len())..];
    let next = below
        .iter()
        .copied()
        // What stands under a form or a button is a note to it.
        .take_while(|element| !matches!(element.value().name(), "h1" | "form") && !is_button(*element))
        .find(|element| is_line(document, *element, 2));
    let named_below =
        below.iter().copied().take(12).find(|element| is_named(*element, &SUB) && is_line(document, *element, 2));
    // The line directly under the headline explains it, unless one above is named for it and none below is.
    named_below.or(named_above).or(next)
}

/// Whether the element is one line of running text of at least so many words.
fn is_line(document: &Document, element: ElementRef<'_>, least_words: usize) -> bool {
    let name = element.value().name();
    let leaf = matches!(name, "p" | "h2" | "h3" | "h4" | "h5" | "h6")
        || (matches!(name, "div" | "span" | "i" | "em" | "small" | "strong" | "td" | "center")
            && !element.child_elements().any(|child| is_block(child.value().name())));
    if !leaf || document.is_hidden(element) || document.in_frame(element) || is_button(element) {
        return false;
    }
    let excluded = element.ancestors().filter_map(ElementRef::wrap);
    let mut excluded = excluded.filter(|ancestor| {
        matches!(ancestor.value().name(), "form" | "button" | "figure" | "label") || is_button(*ancestor)
    });
    let text = visible(document, element);
    if text.starts_with(STARS) || is_named(element, &RATED) {
        return false;
    }
    excluded.next().is_none() && word_count(&text) >= least_words && text.len() >= 8 && !links_only(document, element)
}

/// Whether the words are links alone, which is a menu or a row of buttons.
fn links_only(document: &Document, element: ElementRef<'_>) -> bool {
    let linked: usize = element
        .descendent_elements()
        .filter(|inner| matches!(inner.value().name(), "a" | "button"))
        .map(|inner| visible(document, inner).len())
        .sum();
    let whole = visible(document, element).len();
    whole > 0 && linked * 10 >= whole * 8
}
