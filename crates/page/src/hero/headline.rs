//! What reads as the main heading, whatever its tag.

use super::bar;
use super::buttons::is_button;
use super::screen::MOST_TEXT;
use crate::css::size;
use crate::document::{Document, ancestors};
use crate::region::{is_hero, is_named};
use crate::text::{is_block, is_longer, own, spoken, visible, word_count};
use scraper::ElementRef;

/// Names of headings that are no heading elements.
const HEADING: [&str; 7] = ["heading", "headline", "title", "hero-title", "hero-text", "display", "h1"];
/// Names of things that are lesser than a headline.
const LESSER: [&str; 11] = [
    "subheading",
    "subheadline",
    "subtitle",
    "sub",
    "caption",
    "lead",
    "tagline",
    "logo",
    "brand",
    "slogan",
    "eyebrow",
];
/// Candidates that are looked at: what comes later is not on the first screen.
const MOST_CANDIDATES: usize = 40;
/// Elements without a telling tag or name whose size is looked up.
const MOST_SIZED: usize = 150;
/// Text of this size, in CSS pixels, reads as a heading.
const LARGE: f64 = 30.0;
/// Text of this size is the headline, whatever it is called.
const VERY_LARGE: f64 = 48.0;

pub(crate) fn find(document: &Document) -> Option<ElementRef<'_>> {
    let mut sized = 0;
    let candidates = document.all("body *").filter(|element| is_candidate(document, *element, &mut sized));
    let mut best: Option<(i32, ElementRef<'_>)> = None;
    for (place, element) in (0_i32..).zip(candidates.take(MOST_CANDIDATES)) {
        let score = score(document, element) - 4 * place;
        if score > 0 && best.as_ref().is_none_or(|(highest, _)| score > *highest) {
            best = Some((score, element));
        }
    }
    let best = best.map(|(_, element)| element);
    unheaded(document, best).or(best)
}

fn is_heading(element: ElementRef<'_>) -> bool {
    matches!(element.value().name(), "h1" | "h2" | "h3")
}

fn is_candidate(document: &Document, element: ElementRef<'_>, sized: &mut usize) -> bool {
    let name = element.value().name();
    if is_heading(element) {
        return !document.is_hidden(element) && !document.in_frame(element) && !spoken(document, element).is_empty();
    }
    let may_be = matches!(name, "div" | "p" | "span" | "strong" | "b" | "td" | "font" | "center" | "big" | "h4" | "h5");
    if !may_be || own(element).is_empty() || document.in_frame(element) || document.is_hidden(element) {
        return false;
    }
    let inside: Vec<ElementRef<'_>> = std::iter::once(element).chain(ancestors(element).take(3)).collect();
    // A heading says more than its parts, and a button's text is no heading.
    if inside[1..].iter().copied().any(is_heading) || inside.iter().copied().any(is_button) {
        return false;
    }
    if is_named(element, &HEADING) && !is_named(element, &LESSER) && !matches!(name, "h4" | "h5") {
        return true;
    }
    *sized += 1;
    *sized <= MOST_SIZED && size::of_text(document, element) >= LARGE && word_count(&own(element)) <= 16
}

fn score(document: &Document, element: ElementRef<'_>) -> i32 {
    let text = spoken(document, element);
    let mut score = match element.value().name() {
        "h1" => 60,
        "h2" => 28,
        "h3" => 8,
        _ => 26,
    };
    if ancestors(element).take(6).any(is_hero) || is_hero(element) {
        score += 30;
    }
    let size = size::of_text(document, element);
    if is_named(element, &LESSER) && (is_heading(element) || size < VERY_LARGE) {
        score -= 30;
    }
    score += for_size(size);
    score += match word_count(&text) {
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
    if bar::is_brand(document, element) {
        score -= 45;
    }
    if is_explained(document, element) {
        score += 15;
    }
    score
}

/// What the size of the text adds: a heading that is set as running text is a label, and the largest text is read first.
fn for_size(size: f64) -> i32 {
    const STEPS: [(f64, i32); 5] = [(18.0, -24), (22.0, -8), (36.0, 0), (VERY_LARGE, 5), (f64::MAX, 10)];
    STEPS.iter().find(|(below, _)| size < *below).map_or(0, |(_, score)| *score)
}

/// Whether a text follows that could explain it.
fn is_explained(document: &Document, element: ElementRef<'_>) -> bool {
    let mut following = element.next_siblings().filter_map(ElementRef::wrap).take(3);
    following.any(|sibling| word_count(&visible(document, sibling)) >= 3)
}

/// A first screen that has no heading: a picture of the name stands for it, or the line that is written there.
fn unheaded<'a>(document: &'a Document, heading: Option<ElementRef<'a>>) -> Option<ElementRef<'a>> {
    let screen = document.all("body *").find(|element| {
        is_hero(*element)
            && !document.is_hidden(*element)
            && !document.in_frame(*element)
            && !visible(document, *element).is_empty()
    })?;
    let mut inside = screen.descendent_elements();
    if inside.any(|inner| is_heading(inner) && !document.is_hidden(inner)) || is_longer(document, screen, MOST_TEXT) {
        return None;
    }
    // A heading elsewhere that stands before this screen, or is none by its tag but inside of it, is right.
    if heading.is_some_and(|heading| heading.id() < screen.id() || ancestors(heading).any(|up| up.id() == screen.id()))
    {
        return None;
    }
    let is_line = |element: &ElementRef<'a>| {
        matches!(element.value().name(), "p" | "div" | "h4" | "h5" | "span")
            && !element.child_elements().any(|child| is_block(child.value().name()))
            && !document.is_hidden(*element)
            && !is_button(*element)
            && !document.in_frame(*element)
            && !ancestors(*element).any(|around| around.value().name() == "form")
            && word_count(&own(*element)) >= 3
    };
    let line = screen.descendent_elements().find(is_line)?;
    let is_name = |element: &ElementRef<'a>| {
        element.value().name() == "img"
            && element.attr("alt").is_some_and(|alt| alt.trim().len() > 1)
            && !document.is_hidden(*element)
    };
    let before = line.prev_siblings().filter_map(ElementRef::wrap);
    let picture = before.flat_map(|sibling| sibling.descendent_elements()).find(is_name);
    picture.or(Some(line))
}
