//! The page's facts: every figure, promise and name that a visitor can read on it.

use crate::document::Document;
use crate::text::{is_block, is_longer, own, visible};
use domain::facts::{Ledger, words};
use domain::{Fact, FactKind};
use scraper::ElementRef;
use std::collections::HashSet;

/// Most facts of a page.
const MOST: usize = 400;
/// Most elements that are looked at, so that a page of any size ends in time.
const MOST_ELEMENTS: usize = 5_000;
/// Longest text of one element that is read, in bytes.
const LONGEST: usize = 2_000;
/// Longest text of a group that is read as one, in bytes.
const SMALL: usize = 80;

/// Figures and promises first, then names, for which a page may leave no room.
pub(crate) fn collect(document: &Document) -> Vec<Fact> {
    let texts = texts(document);
    let mut facts = Ledger::of_texts(texts.iter().map(String::as_str)).into_facts();
    let pictures = document.all("img[alt]").take(200).filter_map(|picture| picture.attr("alt").map(str::to_owned));
    let mut seen = HashSet::new();
    for text in texts.into_iter().chain(pictures) {
        for word in words::split(&text) {
            let is_name = word.text.chars().count() >= 2 && word.text.chars().next().is_some_and(char::is_uppercase);
            if facts.len() < MOST && is_name && seen.insert(word.lower.clone()) {
                let text = word.text.to_owned();
                facts.push(Fact { kind: FactKind::Name, key: word.lower, text, unit: Vec::new(), about: Vec::new() });
            }
        }
    }
    facts.truncate(MOST);
    facts
}

/// The texts of elements that hold no further blocks, each once, in reading order.
fn texts(document: &Document) -> Vec<String> {
    let mut seen = HashSet::new();
    let elements = document.all("body *").take(MOST_ELEMENTS);
    elements
        .filter(|element| is_read(document, *element))
        .map(|element| {
            // A figure and its label are often two elements in a small third one.
            let is_whole = is_leaf(element) || !is_longer(document, element, SMALL);
            if is_whole { visible(document, element) } else { own(element) }
        })
        .filter(|text| !text.is_empty() && text.len() <= LONGEST && seen.insert(text.clone()))
        .collect()
}

fn is_read(document: &Document, element: ElementRef<'_>) -> bool {
    let name = element.value().name();
    let is_inline_part =
        matches!(name, "br" | "img" | "svg" | "path" | "script" | "style" | "template" | "noscript" | "option");
    let is_silent = |name: &str| matches!(name, "script" | "style" | "svg" | "template" | "noscript" | "select");
    let within_silent =
        element.ancestors().take(12).filter_map(ElementRef::wrap).any(|outer| is_silent(outer.value().name()));
    !is_inline_part && !within_silent && !document.is_hidden(element)
}

/// Whether the element is one run of text: few parts, and no block among them.
fn is_leaf(element: ElementRef<'_>) -> bool {
    let inner: Vec<_> = element.descendent_elements().skip(1).take(21).collect();
    inner.len() <= 20 && inner.iter().all(|inner| !is_block(inner.value().name()))
}
