//! The tree of the scanner beside that of html5ever, a full parser: when the scanner is sure, both are the same.

#![expect(clippy::panic, reason = "a test fails by panicking")]
#![expect(clippy::print_stderr, reason = "how many pages are compared is for people to see")]

mod applied;
mod grammar;

use super::Unsure;
use super::decode::{Where, decoded};
use super::scan::Scanner;
use super::tags::Tag;
use super::tree::{NONE, Tree, same_name, wide};
use ego_tree::NodeRef;
use encoding_rs::UTF_8;
use scraper::{Html, Node};
use std::collections::{BTreeMap, BTreeSet};

/// A tree as lines: depth, then what is there.
type Lines = Vec<String>;

/// The tree that html5ever builds.
fn expected(html: &str) -> Lines {
    let mut lines = Lines::new();
    let document = Html::parse_document(html);
    let mode = document.quirks_mode;
    lines.push(format!("quirks {}", mode == html5ever::tree_builder::QuirksMode::Quirks));
    expected_children(document.tree.root(), 0, &mut lines);
    lines
}

fn expected_children(node: NodeRef<'_, Node>, depth: usize, lines: &mut Lines) {
    for child in node.children() {
        match child.value() {
            Node::Text(text) => lines.push(format!("{depth} text {:?}", &*text.text)),
            Node::Element(element) => {
                let is_html = element.name.ns == html5ever::ns!(html);
                let attributes: BTreeMap<String, String> = element
                    .attrs
                    .iter()
                    .map(|(name, value)| {
                        let prefix = name.prefix.as_ref().filter(|prefix| !prefix.is_empty());
                        let prefix = prefix.map(|prefix| format!("{prefix}:")).unwrap_or_default();
                        (format!("{prefix}{}", name.local).to_ascii_lowercase(), value.to_string())
                    })
                    .collect();
                let name = element.name().to_ascii_lowercase();
                lines.push(format!("{depth} {name} html {is_html} {attributes:?}"));
                if !(is_html && name == "template") {
                    expected_children(child, depth + 1, lines);
                }
            }
            _ => {}
        }
    }
}

/// The tree of the scanner.
fn found(html: &str, tree: &Tree) -> Lines {
    let bytes = html.as_bytes();
    let mut children: BTreeMap<u32, Vec<(u32, bool, u32)>> = BTreeMap::new();
    for (id, element) in (0_u32..).zip(&tree.elements) {
        children.entry(element.parent).or_default().push((element.start, true, id));
    }
    let mut nodes: BTreeMap<u32, String> = BTreeMap::new();
    for (place, text) in (0_u32..).zip(&tree.texts) {
        if text.node == place {
            children.entry(text.parent).or_default().push((text.start, false, place));
        }
        let kind = if text.has_references { Where::Text } else { Where::RawText };
        let piece = decoded(&bytes[wide(text.start)..wide(text.end)], UTF_8, kind);
        nodes.entry(text.node).or_default().push_str(&piece);
    }
    let mut lines = vec![format!("quirks {}", tree.is_quirky)];
    let mut open = vec![(NONE, 0, 0)];
    while let Some((parent, at, depth)) = open.pop() {
        let of_parent = children.entry(parent).or_default();
        if at == 0 {
            of_parent.sort_by_key(|(start, _, _)| *start);
        }
        let Some((_, is_element, id)) = of_parent.get(at).copied() else { continue };
        open.push((parent, at + 1, depth));
        if !is_element {
            lines.push(format!("{depth} text {:?}", nodes[&id]));
            continue;
        }
        let element = &tree.elements[wide(id)];
        let mut attributes = BTreeMap::new();
        for attribute in element.attributes(bytes) {
            let name = String::from_utf8_lossy(&bytes[attribute.name.clone()]).to_ascii_lowercase();
            let value = decoded(&bytes[attribute.value], UTF_8, Where::Value);
            attributes.entry(name).or_insert(value.into_owned());
        }
        let name = String::from_utf8_lossy(element.name(bytes)).to_ascii_lowercase();
        lines.push(format!("{depth} {name} html {} {attributes:?}", !element.kind.is_foreign));
        open.push((id, 0, depth + 1));
    }
    lines
}

/// What must hold for every tree whatever the page.
fn check_places(html: &str, tree: &Tree) {
    let bytes = html.as_bytes();
    let mut seen = BTreeSet::new();
    for (id, element) in (0_u32..).zip(&tree.elements) {
        let (start, inside, close, end) =
            (wide(element.start), wide(element.inside), wide(element.close), wide(element.end));
        assert!(start <= inside && inside <= close && close <= end && end <= html.len(), "{element:?} in {html:?}");
        assert!(!element.kind.is_open && element.beyond > id, "{element:?} in {html:?}");
        if !element.kind.is_start_implied {
            assert_eq!(bytes[start], b'<', "{element:?} in {html:?}");
            assert_eq!(bytes[inside - 1], b'>', "{element:?} in {html:?}");
            assert!(seen.insert(start), "two elements at {start} in {html:?}");
        }
        if !element.kind.is_end_implied && !element.kind.is_empty {
            assert_eq!(&bytes[close..close + 2], b"</", "{element:?} in {html:?}");
        }
        if let Some(parent) = tree.element(element.parent) {
            assert!(element.parent < id && element.beyond <= parent.beyond, "{element:?} in {html:?}");
            let is_late = parent.tag == Tag::Head || parent.tag == Tag::Body || parent.tag == Tag::Html;
            assert!(is_late || element.end <= parent.close, "{element:?} of {parent:?} in {html:?}");
        }
        assert_eq!(element.id.1 > 0, element.attribute(bytes, "id").is_some_and(|found| found.value.end > 0));
        assert!(element.attribute(bytes, "class").is_none_or(|found| wide(element.class.0) == found.value.start));
        assert!(same_name(element.tag.name().as_bytes(), element.name(bytes)) || element.tag == Tag::Other);
    }
}

/// Compares both trees; whether the scanner was sure.
fn compare(html: &str) -> Result<usize, Unsure> {
    let mut scanner = Scanner::new();
    scanner.run(html.as_bytes(), true)?;
    let tree = scanner.tree();
    let (found, expected) = (found(html, tree), expected(html));
    if let Some(place) = (0..found.len().max(expected.len())).find(|place| found.get(*place) != expected.get(*place)) {
        let around =
            |lines: &Lines| lines[place.saturating_sub(6).min(lines.len())..(place + 3).min(lines.len())].join("\n");
        panic!(
            "the trees differ\n--- scanner\n{}\n--- html5ever\n{}\n--- in\n{:.3000}",
            around(&found),
            around(&expected),
            html
        );
    }
    check_places(html, tree);
    Ok(tree.elements.len())
}
