//! Selectors that mean exactly one element, the steadiest first.

use crate::document::{Document, ancestors, select};
use crate::text::spoken;
use domain::{Locator, TextSlot};
use scraper::ElementRef;

/// Most fallbacks.
const MOST_FALLBACKS: usize = 2;

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
    let mut found: Vec<String> = Vec::new();
    for css in candidates(document, element) {
        if found.len() <= MOST_FALLBACKS && !found.contains(&css) && means(document, &css, element) {
            found.push(css);
        }
    }
    let mut found = found.into_iter();
    let css = found.next().unwrap_or_else(|| path(element, None));
    Locator { css, alt: found.collect(), tag: element.value().name().to_owned() }
}

fn means(document: &Document, css: &str, element: ElementRef<'_>) -> bool {
    let mut matches = select(&document.html, css);
    matches.next().is_some_and(|found| found.id() == element.id()) && matches.next().is_none()
}

/// Possible selectors, the steadiest first: id, test attributes, classes, then places.
fn candidates(document: &Document, element: ElementRef<'_>) -> Vec<String> {
    let own = simple(element);
    let mut candidates = own.clone();
    let tag = element.value().name().to_owned();
    for anchor in ancestors(element).take_while(|ancestor| ancestor.value().name() != "html") {
        let anchors = simple(anchor);
        let Some(anchor_css) = anchors.into_iter().find(|css| means(document, css, anchor)) else { continue };
        candidates.extend(own.iter().map(|css| format!("{anchor_css} {css}")));
        candidates.push(format!("{anchor_css} {tag}"));
        candidates.push(path(element, Some((anchor, &anchor_css))));
        if candidates.len() > 24 {
            break;
        }
    }
    candidates.push(tag);
    candidates.push(path(element, None));
    candidates
}

/// Selectors of the element alone.
fn simple(element: ElementRef<'_>) -> Vec<String> {
    let tag = element.value().name();
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

fn step(element: ElementRef<'_>) -> String {
    let tag = element.value().name();
    let siblings = element.prev_siblings().filter_map(ElementRef::wrap);
    let before = siblings.filter(|sibling| sibling.value().name() == tag).count();
    let after = element.next_siblings().filter_map(ElementRef::wrap).any(|sibling| sibling.value().name() == tag);
    if before == 0 && !after { tag.to_owned() } else { format!("{tag}:nth-of-type({})", before + 1) }
}
