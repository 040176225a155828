//! Calls to action: what invites to act on the first screen, the stronger one first.

use crate::css::colour;
use crate::document::{Document, ancestors};
use crate::region::{in_frame, is_named, names};
use crate::text::spoken;
use scraper::ElementRef;

const BUTTON: [&str; 6] = ["btn", "button", "cta", "call-to-action", "action", "download"];
const CONTROL: [&str; 18] = [
    "close", "toggle", "toggler", "prev", "previous", "next", "arrow", "indicator", "indicators", "control", "dots",
    "pagination", "carousel-control", "icon", "social", "play", "dropdown-toggle", "search",
];

/// The primary and the secondary call to action.
pub(crate) fn find<'a>(
    document: &'a Document,
    container: ElementRef<'a>,
    headline: ElementRef<'a>,
) -> (Option<ElementRef<'a>>, Option<ElementRef<'a>>) {
    let inside: Vec<ElementRef<'a>> = container
        .descendent_elements()
        .filter(|element| element.id() != headline.id() && is_call(document, *element))
        .collect();
    let outermost: Vec<ElementRef<'a>> = inside
        .iter()
        .copied()
        .filter(|element| !ancestors(*element).any(|ancestor| inside.iter().any(|other| other.id() == ancestor.id())))
        .collect();
    let calls = if outermost.is_empty() { pictures(document, container) } else { outermost };
    let mut ranked: Vec<(i32, usize)> =
        calls.iter().enumerate().map(|(place, call)| (strength(document, *call), place)).collect();
    ranked.sort_by_key(|(strength, place)| (-strength, *place));
    // A whole row of equal buttons is a tool bar or a list, not two invitations.
    let primary = ranked.first().map(|(_, place)| calls[*place]);
    let secondary = ranked.iter().skip(1).map(|(_, place)| *place).min_by_key(|place| {
        let first = ranked[0].1;
        (*place < first, place.abs_diff(first))
    });
    let secondary = secondary.filter(|_| calls.len() <= 5).map(|place| calls[place]);
    (primary, secondary)
}

/// Whether the element is made or named to be pressed.
pub(crate) fn is_button(element: ElementRef<'_>) -> bool {
    match element.value().name() {
        "button" => true,
        "input" => matches!(element.attr("type").unwrap_or_default(), "submit" | "button" | "image"),
        "a" => is_named(element, &BUTTON) || element.attr("role") == Some("button"),
        "div" | "span" => {
            let named = names(element).iter().any(|name| name == "btn" || name == "button" || name.starts_with("btn-"));
            let group = names(element).iter().any(|name| name.contains("group") || name.contains("wrap"));
            (named && !group) || element.attr("role") == Some("button")
        }
        _ => false,
    }
}

fn is_call(document: &Document, element: ElementRef<'_>) -> bool {
    if !is_button(element) || document.is_hidden(element) || in_frame(element) || is_control(element) {
        return false;
    }
    !spoken(document, element).is_empty()
}

/// Whether the element moves the page's own furniture instead of the visitor.
fn is_control(element: ElementRef<'_>) -> bool {
    let attributes = ["data-slide", "data-bs-slide", "data-slide-to", "data-bs-slide-to", "data-dismiss", "data-bs-dismiss"];
    let near: Vec<ElementRef<'_>> = std::iter::once(element).chain(ancestors(element).take(2)).collect();
    attributes.iter().any(|name| element.attr(name).is_some())
        || is_named(element, &CONTROL)
        || near.iter().any(|near| is_named(*near, &["social", "share", "carousel-control", "indicators"]))
}

/// Links that show a picture alone, such as the badges of app stores.
fn pictures<'a>(document: &'a Document, container: ElementRef<'a>) -> Vec<ElementRef<'a>> {
    let links = container.descendent_elements().filter(|element| {
        element.value().name() == "a"
            && !document.is_hidden(*element)
            && !in_frame(*element)
            && !is_control(*element)
            && !ancestors(*element).take(3).any(|near| matches!(near.value().name(), "h1" | "h2"))
            && element.child_elements().any(|child| child.value().name() == "img")
    });
    let found: Vec<ElementRef<'a>> = links.collect();
    if found.len() <= 3 { found } else { Vec::new() }
}

/// How strongly a button invites: by its names, and by whether it is filled.
fn strength(document: &Document, element: ElementRef<'_>) -> i32 {
    let has = |words: &[&str]| names(element).iter().any(|name| words.iter().any(|word| name.contains(word)));
    let mut strength = 0;
    if has(&["primary", "cta", "main", "download"]) {
        strength += 3;
    }
    if has(&["secondary", "outline", "ghost", "link", "alt", "light", "default"]) {
        strength -= 3;
    }
    if has(&["lg", "large", "big", "huge", "xl"]) {
        strength += 1;
    }
    let background = document.cascade.value(element, "background-color");
    let background = background.or_else(|| document.cascade.value(element, "background"));
    let colour = background.as_deref().and_then(colour::first);
    if colour.is_some_and(colour::is_chromatic) {
        strength += 2;
    }
    strength
}
