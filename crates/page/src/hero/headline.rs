//! What reads as the main heading, whatever its tag.

use crate::document::{Document, ancestors};
use crate::region::{in_frame, is_hero, is_named};
use crate::text::{own, spoken, visible, word_count};
use scraper::ElementRef;

/// Names of headings that are no heading elements.
const HEADING: [&str; 7] = ["heading", "headline", "title", "hero-title", "hero-text", "display", "h1"];
/// Names of things that are lesser than a headline.
const LESSER: [&str; 10] =
    ["subheading", "subheadline", "subtitle", "sub", "caption", "lead", "tagline", "logo", "brand", "slogan"];
/// Most text of a first screen, in bytes.
const MOST_TEXT: usize = 900;

pub(crate) fn find(document: &Document) -> Option<ElementRef<'_>> {
    let candidates = document.all("h1, h2, h3, [class*=head], [class*=title], [class*=hero], [class*=display]");
    let mut best: Option<(i32, ElementRef<'_>)> = None;
    for (place, element) in (0_i32..).zip(candidates.filter(|element| is_candidate(document, *element)).take(40)) {
        let score = score(document, element) - 4 * place;
        if score > 0 && best.as_ref().is_none_or(|(highest, _)| score > *highest) {
            best = Some((score, element));
        }
    }
    best.map(|(_, element)| element)
}

fn is_heading(element: ElementRef<'_>) -> bool {
    matches!(element.value().name(), "h1" | "h2" | "h3")
}

fn is_candidate(document: &Document, element: ElementRef<'_>) -> bool {
    if document.is_hidden(element) || in_frame(element) {
        return false;
    }
    if is_heading(element) {
        return !spoken(document, element).is_empty();
    }
    matches!(element.value().name(), "div" | "p" | "span" | "strong" | "td")
        && is_named(element, &HEADING)
        && !is_named(element, &LESSER)
        && !own(element).is_empty()
}

fn score(document: &Document, element: ElementRef<'_>) -> i32 {
    let text = spoken(document, element);
    let words = word_count(&text);
    let mut score = match element.value().name() {
        "h1" => 60,
        "h2" => 28,
        "h3" => 8,
        _ => 26,
    };
    if ancestors(element).take(6).any(is_hero) || is_hero(element) {
        score += 30;
    }
    if is_named(element, &LESSER) {
        score -= 30;
    }
    score += match words {
        2..=16 => 10,
        1 => 0,
        _ => -20,
    };
    if text.chars().filter(|c| c.is_alphabetic()).count() < 2 {
        score -= 80;
    }
    if visible(document, element).is_empty() {
        score -= 12;
    }
    if is_brand_in_bar(document, element) {
        score -= 45;
    }
    if has_company(document, element) {
        score += 15;
    }
    score
}

/// Whether the heading is the name in a bar: it stands beside navigation, not above a text.
fn is_brand_in_bar(document: &Document, element: ElementRef<'_>) -> bool {
    if word_count(&spoken(document, element)) > 3 {
        return false;
    }
    let near: Vec<ElementRef<'_>> = ancestors(element).take(3).collect();
    let linked = near.iter().take(1).any(|ancestor| ancestor.value().name() == "a");
    let navigation = near.iter().any(|ancestor| {
        let mut inner = ancestor.descendent_elements();
        !matches!(ancestor.value().name(), "body" | "html" | "main")
            && inner.any(|inner| inner.value().name() == "nav" || is_named(inner, &["nav", "navbar", "menu"]))
            && visible(document, *ancestor).len() < 300
    });
    let named = near.iter().any(|ancestor| is_named(*ancestor, &["brand", "logo", "navbar", "topbar"]));
    linked || navigation || named || is_named(element, &["brand", "logo"])
}

/// Whether a text follows that could explain it.
fn has_company(document: &Document, element: ElementRef<'_>) -> bool {
    let following = element.next_siblings().filter_map(ElementRef::wrap).take(3);
    following.into_iter().any(|sibling| word_count(&visible(document, sibling)) >= 3)
}

/// The largest element around the headline that is still one screen: little text, no other main heading.
pub(crate) fn container<'a>(document: &'a Document, headline: ElementRef<'a>) -> ElementRef<'a> {
    let mut container = headline;
    for ancestor in ancestors(headline) {
        if matches!(ancestor.value().name(), "body" | "html" | "main") {
            break;
        }
        let others = ancestor.descendent_elements().filter(|inner| {
            matches!(inner.value().name(), "h1" | "h2") && inner.id() != headline.id() && !document.is_hidden(*inner)
        });
        // A heading right after the headline may be the line that explains it.
        if others.count() > 1 || visible(document, ancestor).len() > MOST_TEXT {
            break;
        }
        container = ancestor;
        if is_hero(ancestor) && matches!(ancestor.value().name(), "header" | "section") {
            break;
        }
    }
    container
}
