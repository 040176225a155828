//! What else a visitor reads on the page, element by element, and what of it must stay as it is.

mod kind;
mod lock;

use crate::document::{Document, ancestors};
use crate::hero::{Hero, is_button};
use crate::locator;
use crate::text::{self, own, visible};
use domain::page_model::{Element, ElementKind, Fingerprint, Inventory, LockReason};
use ego_tree::NodeId;
use scraper::ElementRef;
use std::collections::{HashMap, HashSet};

/// Longest text that is kept whole, in characters.
const LONGEST: usize = 400;
/// Elements that are judged; what comes later is counted as one of the free.
const MOST_JUDGED: usize = 3000;

/// One element before it is located.
struct Found<'a> {
    element: ElementRef<'a>,
    text: String,
    kind: ElementKind,
    locked: Option<LockReason>,
}

pub(crate) fn collect(document: &Document, hero: &Hero<'_>) -> Inventory {
    let taken: HashSet<NodeId> = [hero.headline, hero.subheadline, hero.cta, hero.secondary_cta]
        .into_iter()
        .flatten()
        .flat_map(|element| element.descendent_elements())
        .map(|element| element.id())
        .collect();
    let mut inventory = Inventory::default();
    let (mut free, mut locked) = (0, 0);
    for (judged, (element, text)) in
        texts(document).into_iter().filter(|(element, _)| !taken.contains(&element.id())).enumerate()
    {
        if judged >= MOST_JUDGED {
            inventory.left_out = inventory.left_out.saturating_add(1);
            continue;
        }
        let found = judge(document, element, text);
        let (count, most, left_out) = match found.locked {
            Some(_) => (&mut locked, Inventory::MOST_LOCKED, &mut inventory.locked_left_out),
            None => (&mut free, Inventory::MOST_FREE, &mut inventory.left_out),
        };
        if *count < most {
            *count += 1;
            inventory.elements.push(listed(document, found));
        } else {
            *left_out = left_out.saturating_add(1);
        }
    }
    inventory
}

/// One element that somebody asks for; none when it says nothing.
pub(crate) fn element(document: &Document, element: ElementRef<'_>) -> Option<Element> {
    let spoken = text::spoken(document, element);
    let text = if spoken.is_empty() { unwritten(document, element)? } else { spoken };
    Some(listed(document, judge(document, element, text)))
}

fn judge<'a>(document: &Document, element: ElementRef<'a>, text: String) -> Found<'a> {
    let kind = kind::of(element, &text);
    let locked = lock::of(document, element, kind, &text);
    let kind =
        if kind == ElementKind::Text && locked == Some(LockReason::Navigation) { ElementKind::Link } else { kind };
    Found { element, text, kind, locked }
}

fn listed(document: &Document, found: Found<'_>) -> Element {
    let has_words = !matches!(found.kind, ElementKind::Logo | ElementKind::FormField);
    let holder = if has_words { locator::holder(document, found.element, &found.text) } else { found.element };
    Element {
        kind: found.kind,
        fingerprint: Fingerprint::of(&found.text),
        locator: locator::locate(document, holder),
        plain_text: has_words && locator::is_plain(holder),
        locked: found.locked,
        text: if found.text.chars().count() > LONGEST {
            found.text.chars().take(LONGEST).collect()
        } else {
            found.text
        },
    }
}

/// Every element with a text of its own, in the order of the page.
fn texts(document: &Document) -> Vec<(ElementRef<'_>, String)> {
    let mut of_holders: HashMap<NodeId, Vec<String>> = HashMap::new();
    for run in text::runs(document) {
        of_holders.entry(run.element.id()).or_default().push(run.text);
    }
    let Some(body) = document.first("body") else { return Vec::new() };
    let mut found = Vec::new();
    // Parts of a row that was already taken apart or listed.
    let mut listed: HashSet<NodeId> = HashSet::new();
    for element in body.descendent_elements() {
        // Code is shown as it is, and no copy.
        if matches!(element.value().name(), "pre" | "code" | "samp" | "kbd") {
            continue;
        }
        if let Some(mut runs) = of_holders.remove(&element.id()) {
            let parts = parts(document, element);
            if parts.is_empty() {
                found.push((element, if runs.len() == 1 { runs.swap_remove(0) } else { runs.join(" ") }));
            }
            listed.extend(parts.iter().map(|(part, _)| part.id()));
            found.extend(parts);
        } else if !listed.contains(&element.id())
            && let Some(text) = unwritten(document, element)
        {
            found.push((element, text));
        }
    }
    found
}

/// The parts of an element that has no text of its own but several elements in the line that have: a row of links.
fn parts<'a>(document: &'a Document, element: ElementRef<'a>) -> Vec<(ElementRef<'a>, String)> {
    let stands_alone =
        matches!(element.value().name(), "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6") || is_button(element);
    if stands_alone || !own(element).is_empty() {
        return Vec::new();
    }
    let inner =
        element.child_elements().filter(|child| !text::is_block(child.value().name()) && !document.is_hidden(*child));
    let parts: Vec<_> =
        inner.map(|child| (child, visible(document, child))).filter(|(_, text)| !text.is_empty()).collect();
    if parts.len() > 1 { parts } else { Vec::new() }
}

/// What an element says that holds no text: a field's hint, a button's value, the mark of a customer.
fn unwritten(document: &Document, element: ElementRef<'_>) -> Option<String> {
    let filled = |name: &str| element.attr(name).map(text::normalised).filter(|text| !text.is_empty());
    let kind = element.attr("type").unwrap_or_default().to_lowercase();
    let said = match element.value().name() {
        "input" if matches!(kind.as_str(), "submit" | "button" | "reset") => filled("value"),
        "input" if matches!(kind.as_str(), "hidden" | "image") => None,
        "input" | "textarea" | "select" => {
            Some(filled("placeholder").or_else(|| filled("aria-label")).or_else(|| filled("name")).unwrap_or_default())
        }
        "img" if kind::is_mark(element) => filled("alt"),
        "div" | "span" | "i" if kind::is_stars(element) => filled("aria-label").or_else(|| filled("title")),
        _ => None,
    };
    said.filter(|_| !document.is_hidden(element))
        .filter(|_| !ancestors(element).take(2).any(|around| around.value().name() == "svg"))
}
