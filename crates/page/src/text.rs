//! What an element says.

use crate::document::Document;
use crate::hero::is_button;
use ego_tree::iter::Edge;
use scraper::{ElementRef, Node};

/// Elements whose text is not read by a visitor.
const SILENT: [&str; 8] = ["script", "style", "svg", "template", "noscript", "iframe", "object", "select"];

/// White space as a browser shows it, without icon glyphs of private-use fonts.
pub(crate) fn normalised(text: &str) -> String {
    let shown = |c: char| !matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{200b}' | '\u{feff}');
    text.chars().filter(|c| shown(*c)).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text that a visitor reads in an element.
pub(crate) fn visible(document: &Document, element: ElementRef<'_>) -> String {
    normalised(&gather(document, element, usize::MAX))
}

/// Whether a visitor reads more than so many bytes in an element.
pub(crate) fn is_longer(document: &Document, element: ElementRef<'_>, limit: usize) -> bool {
    normalised(&gather(document, element, limit.saturating_mul(4))).len() > limit
}

/// What a visitor comes by, reading a part of the page.
enum Met<'a> {
    Text(&'a str),
    Opens(ElementRef<'a>),
    Closes(ElementRef<'a>),
}

/// The one walk over what is read: what is hidden or silent is left out with all that it holds.
fn walk<'a>(document: &'a Document, element: ElementRef<'a>) -> impl Iterator<Item = Met<'a>> {
    let mut skipped = None;
    element.traverse().take_while(|_| document.reading.take(1)).filter_map(move |edge| {
        let (node, opens) = match edge {
            Edge::Open(node) => (node, true),
            Edge::Close(node) => (node, false),
        };
        if skipped.is_some() {
            // Nothing inside counts until the element that is skipped closes.
            if !opens && skipped == Some(node.id()) {
                skipped = None;
            }
            return None;
        }
        if let Node::Text(piece) = node.value() {
            return opens.then_some(Met::Text(piece));
        }
        let inner = ElementRef::wrap(node).filter(|inner| inner.id() != element.id())?;
        if !opens {
            return Some(Met::Closes(inner));
        }
        if SILENT.contains(&inner.value().name()) || document.is_hidden(inner) || is_sign(inner) {
            skipped = Some(node.id());
            return None;
        }
        Some(Met::Opens(inner))
    })
}

/// Whether the letters are shown as a sign: a picture by its name in an icon font, or the mark beside a heading of
/// documentation that links to it.
fn is_sign(element: ElementRef<'_>) -> bool {
    let is_icon = |class: &str| class.starts_with("material-icons") || class.starts_with("material-symbols");
    if matches!(element.value().name(), "i" | "span") {
        return element.value().classes().take(8).any(is_icon);
    }
    element.value().name() == "a"
        && element.attr("href").is_some_and(|href| href.starts_with('#'))
        && matches!(own(element).as_str(), "#" | "\u{b6}" | "\u{a7}" | "\u{1f517}")
}

/// The text as it stands, until about so many bytes; blocks and breaks stand apart.
fn gather(document: &Document, element: ElementRef<'_>, most: usize) -> String {
    let mut text = String::new();
    for met in walk(document, element) {
        match met {
            Met::Text(piece) => text.push_str(piece),
            Met::Opens(inner) | Met::Closes(inner) => {
                let name = inner.value().name();
                if name == "br" || is_block(name) {
                    text.push(' ');
                }
            }
        }
        if text.len() > most {
            break;
        }
    }
    text
}

/// The text, or the alternative of the pictures that stand for it.
pub(crate) fn spoken(document: &Document, element: ElementRef<'_>) -> String {
    let text = visible(document, element);
    if !text.is_empty() {
        return text;
    }
    if element.value().name() == "input" {
        return normalised(element.attr("value").unwrap_or_default());
    }
    let pictures = element.descendent_elements().filter(|inner| inner.value().name() == "img");
    let alternatives: Vec<&str> = pictures.filter_map(|picture| picture.attr("alt")).collect();
    normalised(&alternatives.join(" "))
}

/// One run of text as a visitor reads it, with the element that holds it.
#[derive(Debug, Clone)]
pub(crate) struct Run<'a> {
    /// The nearest block, button, label or cell around the text.
    pub(crate) element: ElementRef<'a>,
    /// The text, white space normalised; never empty.
    pub(crate) text: String,
}

/// All visible text of the page in reading order, a run for each paragraph, heading, item, cell, label or button.
/// One walk through the page: what is hidden is left out, what stands in the frame is not.
pub(crate) fn runs(document: &Document) -> Vec<Run<'_>> {
    let Some(body) = document.first("body") else { return Vec::new() };
    let mut runs = Vec::new();
    let mut holders = vec![body];
    let mut text = String::new();
    for met in walk(document, body) {
        let (inner, opens) = match met {
            Met::Text(piece) => {
                text.push_str(piece);
                continue;
            }
            Met::Opens(inner) => (inner, true),
            Met::Closes(inner) => (inner, false),
        };
        let name = inner.value().name();
        if name == "br" {
            text.push(' ');
        } else if is_block(name) || is_apart(inner) {
            let holder = holders.last().copied().unwrap_or(body);
            close(&mut runs, holder, &mut text);
            if opens {
                holders.push(inner);
            } else {
                holders.pop();
            }
        }
    }
    close(&mut runs, body, &mut text);
    runs
}

fn close<'a>(runs: &mut Vec<Run<'a>>, element: ElementRef<'a>, text: &mut String) {
    let read = normalised(text);
    text.clear();
    if !read.is_empty() {
        runs.push(Run { element, text: read });
    }
}

/// Elements in the line whose text stands for itself.
fn is_apart(element: ElementRef<'_>) -> bool {
    matches!(element.value().name(), "label" | "summary" | "caption" | "legend" | "details") || is_button(element)
}

/// Text that stands directly in the element.
pub(crate) fn own(element: ElementRef<'_>) -> String {
    let pieces = element.children().filter_map(|child| child.value().as_text().map(|text| text.to_string()));
    normalised(&pieces.collect::<Vec<_>>().join(" "))
}

pub(crate) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "center"
            | "dd"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hr"
            | "li"
            | "main"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "table"
            | "tbody"
            | "td"
            | "th"
            | "tr"
            | "ul"
    )
}

/// Words, or for scripts without spaces roughly so.
pub(crate) fn word_count(text: &str) -> usize {
    let dense = text
        .chars()
        .filter(|c| matches!(*c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'))
        .count();
    if dense > 0 { dense.div_ceil(2) + text.split_whitespace().count() } else { text.split_whitespace().count() }
}
