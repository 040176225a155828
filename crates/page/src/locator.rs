//! Selectors that mean exactly one element, the steadiest first.

use crate::document::{Document, ancestors};
use crate::text::spoken;
use domain::{Locator, TextSlot};
use scraper::{ElementRef, Selector};

/// Most fallbacks.
const MOST_FALLBACKS: usize = 2;
/// Most elements around one that serve as a start.
const MOST_ANCHORS: usize = 3;

/// A text with the place where it can be changed: the innermost element that holds all of it.
pub(crate) fn text_slot(document: &Document, element: ElementRef<'_>) -> TextSlot {
    let text = spoken(document, element);
    let mut inner = element;
    while let Some(child) = only_child(inner).filter(|child| spoken(document, *child) == text) {
        inner = child;
    }
    let plain = |element: ElementRef<'_>| {
        let is_written = !crate::text::own(element).is_empty();
        is_written && element.children().all(|child| child.value().is_text() || child.value().is_comment())
    };
    let holder = if plain(inner) { inner } else { element };
    TextSlot { plain_text: plain(holder), locator: locate(document, holder), text }
}

/// The only element inside, when no text stands beside it.
fn only_child(element: ElementRef<'_>) -> Option<ElementRef<'_>> {
    let mut children = element.child_elements();
    let child = children.next()?;
    (children.next().is_none() && crate::text::own(element).is_empty()).then_some(child)
}

/// The best selector of an element with its fallbacks, each verified on this page.
pub(crate) fn locate(document: &Document, element: ElementRef<'_>) -> Locator {
    if document.is_cut {
        // What was left out might have the same names; numbers from the top down cannot be taken.
        return Locator { css: numbered(element), alt: Vec::new(), tag: element.value().name().to_owned() };
    }
    let mut found: Vec<String> = Vec::new();
    for candidate in candidates(document, element) {
        let (css, is_sure) = match candidate {
            Candidate::Name(css) => (css, false),
            // One child of one parent after the other: right as it was built, and slow to prove in a long row.
            Candidate::Way(css) => (css, true),
        };
        if found.len() <= MOST_FALLBACKS && !found.contains(&css) && (is_sure || means(document, &css, element)) {
            found.push(css);
        }
    }
    let mut found = found.into_iter();
    let css = found.next().unwrap_or_else(|| path(element, None));
    Locator { css, alt: found.collect(), tag: element.value().name().to_owned() }
}

/// A selector that may be the one.
enum Candidate {
    /// By names, which others may have.
    Name(String),
    /// Step by step from a place that is the only one.
    Way(String),
}

fn means(document: &Document, css: &str, element: ElementRef<'_>) -> bool {
    let Ok(selector) = Selector::parse(css) else { return false };
    let mut matches = document.html.select(&selector);
    matches.next().is_some_and(|found| found.id() == element.id()) && matches.next().is_none()
}

/// Possible selectors, the steadiest first: id, test attributes, classes, then places.
fn candidates(document: &Document, element: ElementRef<'_>) -> Vec<Candidate> {
    let own = simple(element);
    let mut candidates: Vec<Candidate> = own.iter().cloned().map(Candidate::Name).collect();
    let tag = plain_tag(element);
    let mut anchored = 0;
    for anchor in ancestors(element).take_while(|ancestor| ancestor.value().name() != "html") {
        let anchors = simple(anchor);
        let Some(anchor_css) = anchors.into_iter().find(|css| means(document, css, anchor)) else { continue };
        candidates.extend(own.iter().map(|css| Candidate::Name(format!("{anchor_css} {css}"))));
        candidates.extend(tag.map(|tag| Candidate::Name(format!("{anchor_css} {tag}"))));
        candidates.push(Candidate::Way(path(element, Some((anchor, &anchor_css)))));
        anchored += 1;
        if anchored == MOST_ANCHORS {
            break;
        }
    }
    candidates.extend(tag.map(|tag| Candidate::Name(tag.to_owned())));
    candidates.push(Candidate::Way(path(element, None)));
    candidates
}

/// The tag, if it can stand in a selector as it is: authors invent others, and drawings have capitals.
fn plain_tag(element: ElementRef<'_>) -> Option<&str> {
    let tag = element.value().name();
    let plain = tag.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    (plain && tag.starts_with(|c: char| c.is_ascii_lowercase())).then_some(tag)
}

/// Selectors of the element alone.
fn simple(element: ElementRef<'_>) -> Vec<String> {
    let Some(tag) = plain_tag(element) else { return Vec::new() };
    let mut found = Vec::new();
    if let Some(id) = element.value().id().filter(|id| is_steady(id)) {
        found.push(format!("#{id}"));
    }
    for (name, value) in element.value().attrs() {
        let telling =
            matches!(name, "data-testid" | "data-test" | "data-evoloop" | "data-slot" | "data-cy" | "itemprop");
        if telling && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
            found.push(format!("{tag}[{name}=\"{value}\"]"));
        }
    }
    let classes: Vec<&str> = element.value().classes().filter(|class| is_steady(class)).collect();
    found.extend(classes.iter().map(|class| format!("{tag}.{class}")));
    if classes.len() > 1 {
        found.push(format!("{tag}.{}", classes.join(".")));
    }
    found
}

/// Whether a name was given by a person: plain, and not a hash of a build.
fn is_steady(name: &str) -> bool {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    let hashed = (digits >= 3 && name.len() > 6) || name.starts_with("css-") || name.starts_with("sc-");
    let passing = matches!(name, "active" | "show" | "open" | "visible" | "loaded" | "in" | "selected" | "current");
    plain && starts && !hashed && !passing && !is_utility(name) && name.len() <= 60
}

/// Whether a class says how an element looks, which says nothing of what it is: `mb-5`, `col-lg-6`, `text-center`.
fn is_utility(name: &str) -> bool {
    let (stem, rest) = name.split_once('-').unwrap_or((name, ""));
    let spacing = matches!(stem, "m" | "p" | "g" | "w" | "h" | "vh" | "vw" | "gx" | "gy" | "gap" | "z")
        || (stem.len() == 2
            && stem.starts_with(['m', 'p'])
            && stem.ends_with(['t', 'b', 's', 'e', 'l', 'r', 'x', 'y']));
    let looks = [
        "col", "row", "text", "font", "fw", "fs", "fst", "bg", "border", "rounded", "shadow", "float", "align",
        "justify", "items", "flex", "grid", "order", "offset", "d", "position", "top", "leading", "tracking", "max",
        "min", "space", "overflow", "opacity", "inline", "lead", "img", "ml", "mr", "sm", "md", "lg", "xl", "animate",
        "animated",
    ];
    (spacing && (rest.is_empty() || rest.len() <= 8)) || looks.contains(&stem)
}

/// The way down from the body or from an anchor, by kind and number.
fn path(element: ElementRef<'_>, anchor: Option<(ElementRef<'_>, &str)>) -> String {
    let mut steps = vec![step(element)];
    let mut start = "html".to_owned();
    for ancestor in ancestors(element) {
        if let Some((anchor, css)) = anchor
            && ancestor.id() == anchor.id()
        {
            start = css.to_owned();
            break;
        }
        match ancestor.value().name() {
            "html" => break,
            "body" => {
                start = "body".to_owned();
                break;
            }
            _ => steps.push(step(ancestor)),
        }
    }
    steps.push(start);
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
    match plain_tag(element) {
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
    plain_tag(element).filter(|_| alone).map_or_else(|| place(element), str::to_owned)
}
