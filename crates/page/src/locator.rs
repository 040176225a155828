//! Selectors that mean exactly one element, the steadiest first.

pub(crate) mod names;

use crate::document::{Document, ancestors};
use crate::index;
use crate::text::spoken;
use domain::{Locator, TextSlot};
use scraper::ElementRef;

/// Most fallbacks.
const MOST_FALLBACKS: usize = 2;
/// Most elements around one that serve as a start.
const MOST_ANCHORS: usize = 3;

/// A text with the place where it can be changed: the innermost element that holds all of it.
pub(crate) fn text_slot(document: &Document, element: ElementRef<'_>) -> TextSlot {
    let text = spoken(document, element);
    let holder = holder(document, element, &text);
    TextSlot { plain_text: is_plain(holder), locator: locate(document, holder), text }
}

/// The innermost element that holds all of the text, where its text can be changed; the element itself otherwise.
pub(crate) fn holder<'a>(document: &'a Document, element: ElementRef<'a>, text: &str) -> ElementRef<'a> {
    let mut inner = element;
    while let Some(child) = only_child(inner).filter(|child| spoken(document, *child) == text) {
        inner = child;
    }
    if is_plain(inner) { inner } else { element }
}

/// Whether the element holds text and nothing else.
pub(crate) fn is_plain(element: ElementRef<'_>) -> bool {
    let is_written = !crate::text::own(element).is_empty();
    is_written && element.children().all(|child| child.value().is_text() || child.value().is_comment())
}

/// The only element inside, when no text stands beside it.
fn only_child(element: ElementRef<'_>) -> Option<ElementRef<'_>> {
    let mut children = element.child_elements();
    let child = children.next()?;
    (children.next().is_none() && crate::text::own(element).is_empty()).then_some(child)
}

/// The best selector of an element with its fallbacks, each verified on this page.
pub(crate) fn locate(document: &Document, element: ElementRef<'_>) -> Locator {
    let tag = element.value().name().to_owned();
    if document.is_cut {
        // What was left out might have the same names; numbers from the top down cannot be taken.
        return Locator { css: numbered(element), alt: Vec::new(), tag };
    }
    let index = document.index();
    let mut found: Vec<String> = Vec::new();
    let mut grounds: Vec<String> = Vec::new();
    for candidate in candidates(document, element) {
        // A fallback that stands on the same name falls with it.
        if found.len() > MOST_FALLBACKS || grounds.contains(&candidate.ground) || found.contains(&candidate.css) {
            continue;
        }
        let is_right = match &candidate.key {
            Some(key) => index.means(document, &candidate.css, key, element),
            // One child of one parent after the other: right as it was built.
            None => true,
        };
        if is_right {
            found.push(candidate.css);
            grounds.push(candidate.ground);
        }
    }
    let mut found = found.into_iter();
    let css = found.next().unwrap_or_else(|| path(element));
    Locator { css, alt: found.collect(), tag }
}

/// A selector that may be the one.
struct Candidate {
    css: String,
    /// What the last part bears, where others may fit as well; a way step by step from the only one has none.
    key: Option<String>,
    /// What it stands on.
    ground: String,
}

/// Possible selectors, the steadiest first: id, test attributes, classes, then places.
fn candidates(document: &Document, element: ElementRef<'_>) -> Vec<Candidate> {
    let named =
        |css: String, key: &str, ground: &str| Candidate { css, key: Some(key.to_owned()), ground: ground.to_owned() };
    let own = index::simple(element);
    // A class that any button may bear is steadier below a name of its part of the page.
    let (weak, strong): (Vec<_>, Vec<_>) = own.iter().partition(|(_, key)| names::is_common(key));
    let alone = |own: Vec<&(String, String)>| own.into_iter().map(|(css, key)| named(css.clone(), key, key)).collect();
    let mut candidates: Vec<Candidate> = alone(strong);
    let tag = index::plain_tag(element);
    let mut anchored = 0;
    let mut steps = vec![step(element)];
    for anchor in ancestors(element).take_while(|ancestor| ancestor.value().name() != "html") {
        if let Some(css) = document.index().anchor(document, anchor) {
            candidates.extend(own.iter().map(|(own, key)| named(format!("{css} {own}"), key, key)));
            let way = std::iter::once(css.as_str()).chain(steps.iter().rev().map(String::as_str));
            let way = Candidate { css: way.collect::<Vec<_>>().join(" > "), key: None, ground: css.clone() };
            let only = tag.map(|tag| named(format!("{css} {tag}"), tag, &css));
            // Scripts add links and boxes; the only heading of a part stays the only one.
            let is_passing = matches!(tag, Some("a" | "span" | "div" | "p" | "li" | "i" | "b" | "button" | "input"));
            if is_passing {
                candidates.push(way);
                candidates.extend(only);
            } else {
                candidates.extend(only);
                candidates.push(way);
            }
            anchored += 1;
            if anchored == MOST_ANCHORS {
                break;
            }
        }
        steps.push(step(anchor));
    }
    candidates.extend::<Vec<Candidate>>(alone(weak));
    candidates.extend(tag.map(|tag| named(tag.to_owned(), tag, tag)));
    candidates.push(Candidate { css: path(element), key: None, ground: String::new() });
    candidates
}

/// The way down from the body, by kind and number.
fn path(element: ElementRef<'_>) -> String {
    let mut steps = vec![step(element)];
    let mut start = "html";
    for ancestor in ancestors(element) {
        match ancestor.value().name() {
            "html" => break,
            "body" => {
                start = "body";
                break;
            }
            _ => steps.push(step(ancestor)),
        }
    }
    steps.push(start.to_owned());
    steps.reverse();
    steps.join(" > ")
}

/// The way down by numbers alone, which stays right whatever follows.
fn numbered(element: ElementRef<'_>) -> String {
    let around = ancestors(element).take_while(|around| !matches!(around.value().name(), "body" | "html"));
    let mut steps: Vec<String> = std::iter::once(element).chain(around).map(place).collect();
    steps.push("body".to_owned());
    steps.reverse();
    steps.join(" > ")
}

/// The element among its siblings by number.
fn place(element: ElementRef<'_>) -> String {
    let before = element.prev_siblings().filter_map(ElementRef::wrap);
    match index::plain_tag(element) {
        Some(tag) => {
            format!("{tag}:nth-of-type({})", before.filter(|sibling| sibling.value().name() == tag).count() + 1)
        }
        None => format!("*:nth-child({})", before.count() + 1),
    }
}

/// The element among its siblings, by tag alone where that is enough.
fn step(element: ElementRef<'_>) -> String {
    let mut siblings = element.prev_siblings().chain(element.next_siblings()).filter_map(ElementRef::wrap);
    let alone = !siblings.any(|sibling| sibling.value().name() == element.value().name());
    index::plain_tag(element).filter(|_| alone).map_or_else(|| place(element), str::to_owned)
}
