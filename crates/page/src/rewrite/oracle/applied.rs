//! Patches on a tree, as the browser applies them, beside what a full parser reads from the text that was changed.

use super::super::compiled::Compiled;
use super::super::decode::{Where, decoded, is_blank};
use super::super::matching::Page;
use super::super::resolve::Found;
use super::super::scan::Scanner;
use super::super::tree::{NONE, Tree, wide};
use super::super::{Outcome, apply};
use super::grammar::orderly;
use domain::Patch;
use domain::patch::{AllowedHosts, At, Beside, MARK, Node as New, Op};
use ego_tree::NodeRef;
use encoding_rs::UTF_8;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use scraper::{Html, Node};
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::BTreeMap;

/// An element, or a text.
#[derive(Default)]
struct Item {
    name: String,
    attributes: BTreeMap<String, String>,
    text: Option<String>,
    children: Vec<usize>,
    parent: usize,
}

/// A page as a browser holds it; the first item is `html`.
#[derive(Default)]
struct Model {
    items: Vec<Item>,
    /// How many there were before anything changed.
    untouched: usize,
}

impl Model {
    fn of_text(html: &str, tree: &Tree) -> Self {
        let bytes = html.as_bytes();
        let mut model = Self::default();
        let mut children: BTreeMap<u32, Vec<(u32, usize)>> = BTreeMap::new();
        for element in &tree.elements {
            children.entry(element.parent).or_default().push((element.start, model.items.len()));
            let mut item = Item {
                name: String::from_utf8_lossy(element.name(bytes)).to_ascii_lowercase(),
                parent: wide(element.parent),
                ..Item::default()
            };
            for attribute in element.attributes(bytes) {
                let name = String::from_utf8_lossy(&bytes[attribute.name]).to_ascii_lowercase();
                let value = decoded(&bytes[attribute.value], UTF_8, Where::Value);
                item.attributes.entry(name).or_insert(value.into_owned());
            }
            model.items.push(item);
        }
        let mut nodes: BTreeMap<u32, usize> = BTreeMap::new();
        for (place, text) in (0_u32..).zip(&tree.texts) {
            let kind = if text.has_references { Where::Text } else { Where::RawText };
            let piece = decoded(&bytes[wide(text.start)..wide(text.end)], UTF_8, kind);
            if text.node == place {
                nodes.insert(place, model.items.len());
                children.entry(text.parent).or_default().push((text.start, model.items.len()));
                let parent = wide(text.parent);
                model.items.push(Item { text: Some(String::new()), parent, ..Item::default() });
            }
            model.items[nodes[&text.node]].text.as_mut().into_iter().for_each(|all| all.push_str(&piece));
        }
        model.untouched = model.items.len();
        for (parent, mut inside) in children {
            inside.sort_unstable();
            if parent != NONE {
                model.items[wide(parent)].children = inside.into_iter().map(|(_, id)| id).collect();
            }
        }
        model
    }

    fn of_parser(html: &str) -> Self {
        let mut model = Self::default();
        let document = Html::parse_document(html);
        model.take_in(document.tree.root(), usize::MAX);
        model
    }

    fn take_in(&mut self, node: NodeRef<'_, Node>, parent: usize) {
        for child in node.children() {
            let mut item = Item { parent, ..Item::default() };
            match child.value() {
                Node::Text(text) => item.text = Some(text.text.to_string()),
                // The style sheet of the patch is looked at elsewhere.
                Node::Element(element) if element.name() == "style" && element.attr(MARK).is_some() => continue,
                Node::Element(element) => {
                    item.name = element.name().to_ascii_lowercase();
                    for (name, value) in &element.attrs {
                        let prefix = name.prefix.as_ref().filter(|prefix| !prefix.is_empty());
                        let prefix = prefix.map(|prefix| format!("{prefix}:")).unwrap_or_default();
                        let name = format!("{prefix}{}", name.local).to_ascii_lowercase();
                        item.attributes.insert(name, value.to_string());
                    }
                }
                _ => continue,
            }
            let id = self.items.len();
            let is_template = item.name == "template";
            self.items.push(item);
            if parent != usize::MAX {
                self.items[parent].children.push(id);
            }
            if !is_template {
                self.take_in(child, id);
            }
        }
    }

    /// The page as lines, texts beside each other as one.
    fn lines(&self, id: usize, depth: usize, lines: &mut Vec<String>) {
        let item = &self.items[id];
        lines.push(format!("{depth} {} {:?}", item.name, item.attributes));
        let mut text = String::new();
        let write = |text: &mut String, lines: &mut Vec<String>| {
            if !text.is_empty() {
                lines.push(format!("{depth} text {:?}", std::mem::take(text)));
            }
        };
        for child in &item.children {
            match &self.items[*child].text {
                Some(more) => text.push_str(more),
                None => {
                    write(&mut text, lines);
                    self.lines(*child, depth + 1, lines);
                }
            }
        }
        write(&mut text, lines);
    }

    fn texts(&self, id: usize, all: &mut Vec<usize>) {
        for child in &self.items[id].children {
            if self.items[*child].text.is_some() { all.push(*child) } else { self.texts(*child, all) }
        }
    }

    /// Puts an item in front of or behind another one.
    fn put(&mut self, item: usize, beside: usize, is_before: bool) {
        let parent = self.items[beside].parent;
        let children = &mut self.items[parent].children;
        let place = children.iter().position(|child| *child == beside).unwrap_or_default();
        children.insert(place + usize::from(!is_before), item);
        self.items[item].parent = parent;
    }

    fn make(&mut self, node: &New, parent: usize) -> usize {
        let id = self.items.len();
        let attributes = node.attrs.clone();
        self.items.push(Item { name: node.tag.clone(), attributes, parent, ..Item::default() });
        if let Some(text) = &node.text {
            self.items.push(Item { text: Some(text.clone()), parent: id, ..Item::default() });
            self.items[id].children.push(id + 1);
        }
        for child in &node.children {
            let child = self.make(child, id);
            self.items[id].children.push(child);
        }
        id
    }

    fn mark(&mut self, id: usize, index: usize) {
        let mark = self.items[id].attributes.entry(MARK.to_owned()).or_default();
        *mark = format!("{mark} {index}").trim().to_owned();
    }

    fn act(&mut self, index: usize, op: &Op, id: usize, beside: Option<usize>) {
        match op {
            Op::Text { value, .. } => {
                let mut all = Vec::new();
                self.texts(id, &mut all);
                let mut value = Some(value.clone());
                // What other operations made is not meant.
                all.retain(|text| *text < self.untouched);
                for text in all {
                    let text = &mut self.items[text].text;
                    if text.as_ref().is_some_and(|text| !text.chars().all(is_blank)) {
                        *text = Some(value.take().unwrap_or_default());
                    }
                }
            }
            Op::Attr { name, value, .. } => {
                self.items[id].attributes.insert(name.clone(), value.clone());
            }
            Op::Move { to, .. } => {
                let parent = self.items[id].parent;
                self.items[parent].children.retain(|child| *child != id);
                self.put(id, beside.unwrap_or_default(), matches!(to, Beside::Before(_)));
            }
            Op::Insert { at, node } => {
                let new = self.make(node, id);
                match at {
                    At::Before(_) => self.put(new, id, true),
                    At::After(_) => self.put(new, id, false),
                    At::First(_) => self.items[id].children.insert(0, new),
                    At::Last(_) => self.items[id].children.push(new),
                }
                self.mark(new, index);
                return;
            }
            _ => {}
        }
        self.mark(id, index);
    }
}

const SELECTORS: &[&str] = &[
    "p",
    "li",
    "td",
    "tr",
    "div",
    "span",
    "b",
    "h1",
    "h2",
    "option",
    "dt",
    "dd",
    "section",
    "ul",
    "ol",
    "table",
    "tbody",
    "thead",
    "img",
    "body",
    "select",
    "dl",
    "form",
    "center",
    "blockquote",
    "pre",
    "em",
    "a",
    "svg",
    "body > *",
    "ul > li",
];

/// An element with others inside, in any order: most cannot be said in text.
fn node() -> impl Strategy<Value = Value> {
    let tag = || {
        let tags = ["p", "span", "h2", "li", "a", "div", "ul", "ol", "b", "small", "figure", "br", "hr", "img"];
        select(tags.to_vec())
    };
    let leaf = tag().prop_map(|tag| match tag {
        "br" | "hr" | "img" => json!({"tag": tag}),
        tag => json!({"tag": tag, "text": "N & <n>"}),
    });
    leaf.prop_recursive(3, 6, 2, move |inner| {
        (tag(), prop::collection::vec(inner, 0..3)).prop_map(|(tag, children)| match tag {
            "br" | "hr" | "img" => json!({"tag": tag, "attrs": {"alt": "A"}}),
            tag => json!({"tag": tag, "children": children}),
        })
    })
}

fn op() -> impl Strategy<Value = Value> {
    let target = || (select(SELECTORS), 0..3_u8).prop_map(|(css, n)| json!({"css": css, "n": n}));
    let node = node();
    let place = select(&["before", "after", "first", "last"][..]);
    // Siblings, or hardly any move would fit.
    let siblings = (
        select(&["p", "li", "td", "tr", "option", "div", "dl > *", "body > *", "tbody", "table > *"][..]),
        0..4_u8,
        0..4_u8,
    );
    (target(), siblings, node, 0..7_u8, place).prop_map(|(target, (css, n, m), node, kind, place)| match kind {
        0 => json!({"op": "text", "target": target, "value": "new < &"}),
        1 => json!({"op": "attr", "target": target, "name": "title", "value": "\"q\""}),
        2 => json!({"op": "hide", "target": target}),
        3 | 4 => json!({"op": "move", "target": {"css": css, "n": n},
            "to": {if place == "first" || place == "before" { "before" } else { "after" }: {"css": css, "n": m}}}),
        _ => json!({"op": "insert", "at": {place: target}, "node": node}),
    })
}

#[test]
fn the_changed_text_is_the_changed_page() {
    let config = Config { cases: 20_000, failure_persistence: None, max_shrink_iters: 20_000, ..Config::default() };
    let applied = Cell::new(0);
    // White space behind the end of the body is left where it is in the text, so there is none.
    let pages = orderly().prop_map(|page| match page.rsplit_once("</body>") {
        Some((front, tail)) => format!("{front}</body>{}", tail.replace('\n', "")),
        None => page.replace("</html>", ""),
    });
    TestRunner::new(config)
        .run(&(pages, prop::collection::vec(op(), 1..4)), |(page, ops)| {
            let patch = json!({"v": 1, "ops": ops}).to_string();
            let patch = Patch::parse(&patch, &AllowedHosts::default())
                .map_err(|error| TestCaseError::fail(error.to_string()))?;
            let Some(compiled) = Compiled::new(&patch) else { return Ok(()) };
            let Outcome::Applied { html, .. } = apply(page.as_bytes(), UTF_8, &compiled) else { return Ok(()) };
            let mut scanner = Scanner::new();
            if scanner.run(page.as_bytes(), true).is_err() {
                return Ok(());
            }
            let found = Found::on(&Page::new(page.as_bytes(), scanner.tree(), UTF_8), &compiled);
            let Ok(found) = found else { return Ok(()) };
            applied.set(applied.get() + 1);
            let mut model = Model::of_text(&page, scanner.tree());
            for (index, (op, (id, beside))) in patch.ops.iter().zip(&found.elements).enumerate() {
                model.act(index, op, wide(*id), beside.map(wide));
            }
            let html = String::from_utf8_lossy(&html).into_owned();
            let (mut wanted, mut read) = (Vec::new(), Vec::new());
            model.lines(0, 0, &mut wanted);
            Model::of_parser(&html).lines(0, 0, &mut read);
            prop_assert_eq!(wanted.join("\n"), read.join("\n"), "{}\n{}", patch_text(&patch), html);
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    eprintln!("applied {} patches", applied.get());
    assert!(applied.get() > 800, "too few patches fit: {}", applied.get());
}

fn patch_text(patch: &Patch) -> String {
    serde_json::to_string(patch).unwrap_or_default()
}
