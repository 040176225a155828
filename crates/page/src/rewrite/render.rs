//! The text of the changed page: pieces of the old one, and what comes between.

mod marks;

use super::compiled::Compiled;
use super::decode::{encoded, written_text, written_value};
use super::matching::Page;
use super::plan::{Item, Plan};
use super::tags::Tag;
use super::tree::{NONE, wide};
use super::{Edit, Unsure};
use domain::patch::{MARK, Node, Op, VOID_TAGS};
use std::collections::BTreeSet;
use std::ops::Range;

/// What stands at one place together: ends of elements come first, then beginnings, then what is replaced.
const END: u8 = 1;
const BEGINNING: u8 = 2;
const REPLACED: u8 = 3;

/// A change of the text.
struct Splice {
    at: usize,
    removed: usize,
    /// Its order among those at the same place.
    order: (u8, u32, u8),
    /// The moved element inside of which it stands.
    container: u32,
    content: Vec<Content>,
}

enum Content {
    Bytes(Vec<u8>),
    Moved(u32),
}

/// The splices of a page.
pub(super) struct Splices<'a> {
    page: &'a Page<'a>,
    patch: &'a Compiled,
    plan: &'a Plan,
    all: Vec<Splice>,
    moved: BTreeSet<u32>,
}

impl<'a> Splices<'a> {
    /// `into_head` is put at the end of the head.
    pub(super) fn new(
        page: &'a Page<'a>,
        patch: &'a Compiled,
        plan: &'a Plan,
        into_head: Vec<u8>,
    ) -> Result<Self, Unsure> {
        let moved = plan.changes.iter().filter(|(_, change)| change.is_moved).map(|(id, _)| *id).collect();
        let mut splices = Self { page, patch, plan, all: Vec::new(), moved };
        if let Some(at) = page.tree.head_end.filter(|_| !into_head.is_empty()) {
            splices.push(at, 0, (0, 0, 0), NONE, into_head);
        }
        for (piece, value) in &plan.texts {
            if let Some(text) = page.tree.texts.get(wide(*piece)) {
                let written = encoded(&written_text(value), page.encoding);
                let container = splices.container(text.parent, true);
                splices.push(wide(text.start), wide(text.end - text.start), (REPLACED, 0, 0), container, written);
            }
        }
        splices.attributes();
        splices.places()?;
        splices.ends()?;
        splices.all.sort_by_key(|splice| (splice.at, splice.order));
        Ok(splices)
    }

    fn push(&mut self, at: usize, removed: usize, order: (u8, u32, u8), container: u32, content: Vec<u8>) {
        let content = vec![Content::Bytes(content)];
        self.all.push(Splice { at, removed, order, container, content });
    }

    /// The moved element around a place: the element itself counts when the place is inside of it.
    fn container(&self, id: u32, is_inside: bool) -> u32 {
        let itself = Some(id).filter(|_| is_inside);
        let mut all = itself.into_iter().chain(self.page.tree.ancestors(id));
        all.find(|around| self.moved.contains(around)).unwrap_or(NONE)
    }

    /// What is put beside and into elements, and what is taken away.
    fn places(&mut self) -> Result<(), Unsure> {
        let plan = self.plan;
        for (id, change) in &plan.changes {
            let id = *id;
            let Some(element) = self.page.tree.element(id) else { continue };
            let (start, inside, close, end) =
                (wide(element.start), wide(element.inside), wide(element.close), wide(element.end));
            // With nothing inside, all that comes there stands at one place.
            let is_bare = inside == close;
            let first = if is_bare && start < inside { (END, !id, 0) } else { (BEGINNING, id, 3) };
            let at_end = |kind| if is_bare && start == inside { (BEGINNING, id, 3 + kind) } else { (END, !id, kind) };
            self.put(start, (BEGINNING, id, 0), self.container(id, false), &change.before);
            self.put(inside, first, self.container(id, true), &change.first);
            self.put(close, at_end(1), self.container(id, true), &change.last);
            self.put(end, at_end(3), self.container(id, false), &change.after);
            if change.is_moved {
                self.keeps_newline(id)?;
                self.push(start, end - start, (REPLACED, 0, 0), self.container(id, false), Vec::new());
            }
        }
        Ok(())
    }

    fn put(&mut self, at: usize, order: (u8, u32, u8), container: u32, items: &[Item]) {
        if items.is_empty() {
            return;
        }
        let content = items.iter().map(|item| match item {
            Item::Moved(id) => Content::Moved(*id),
            Item::New(op) => Content::Bytes(self.made(*op)),
        });
        let content = content.collect();
        self.all.push(Splice { at, removed: 0, order, container, content });
    }

    fn made(&self, op: usize) -> Vec<u8> {
        let mut text = String::new();
        if let Some(Op::Insert { node, .. }) = self.patch.ops.get(op) {
            write_node(node, Some(op), &mut text);
        }
        encoded(&text, self.page.encoding)
    }

    /// A line break right behind the tag of `pre` is no text, so none may come to stand there.
    fn keeps_newline(&self, id: u32) -> Result<(), Unsure> {
        let tree = self.page.tree;
        let Some(element) = tree.element(id) else { return Ok(()) };
        let is_first = tree
            .element(element.parent)
            .is_some_and(|parent| parent.inside == element.start && matches!(parent.tag, Tag::Pre | Tag::Listing));
        if is_first && matches!(self.page.bytes.get(wide(element.end)), Some(b'\n' | b'\r')) {
            return Err(Unsure { at: wide(element.start), why: "a line break that would be lost" });
        }
        Ok(())
    }

    /// Start and end tags that are not written and have to be now.
    fn ends(&mut self) -> Result<(), Unsure> {
        let (tree, plan) = (self.page.tree, self.plan);
        let (mut ended, mut begun) = (BTreeSet::new(), BTreeSet::new());
        for (id, change) in &plan.changes {
            let Some(element) = tree.element(*id) else { continue };
            if change.is_moved || !change.before.is_empty() {
                // What stands in front must not take in what comes now.
                let in_front = tree.element(element.before).filter(|before| before.end == element.start);
                ended.extend(in_front.map(|_| element.before));
            }
            if !change.last.is_empty() {
                let last = tree.element(element.last).filter(|last| last.end == element.close);
                ended.extend(last.map(|_| element.last));
            }
            if change.is_moved || !change.after.is_empty() {
                ended.insert(*id);
            }
            if change.is_moved {
                // It may have been what its parent began with.
                let parent = tree.element(element.parent).filter(|parent| parent.start == element.start);
                begun.extend(parent.map(|_| element.parent));
            }
            if change.is_moved || !change.attributes.is_empty() {
                begun.insert(*id);
            }
        }
        for id in begun {
            let Some(element) = tree.element(id).filter(|element| element.kind.is_start_implied) else { continue };
            let mut tag = format!("<{}", element.tag.name());
            for (name, value) in plan.changes.get(&id).into_iter().flat_map(|change| &change.attributes) {
                if let Some(value) = value {
                    tag.push_str(&marks::written(name, value));
                }
            }
            tag.push('>');
            let (at, container) = (wide(element.start), self.container(id, true));
            self.push(at, 0, (BEGINNING, id, 2), container, encoded(&tag, self.page.encoding));
        }
        for id in ended {
            let Some(element) = tree.element(id) else { continue };
            if !element.kind.is_end_implied || element.kind.is_empty {
                continue;
            }
            // A parser may have forgotten which form is open, and then no end tag ends it.
            if element.tag == Tag::Form {
                return Err(Unsure { at: wide(element.start), why: "a form whose end tag is not where it ends" });
            }
            let tag = [b"</", element.name(self.page.bytes), b">"].concat();
            let is_bare = element.close == element.start;
            let order = if is_bare { (BEGINNING, id, 5) } else { (END, !id, 2) };
            let (at, container) = (wide(element.end), self.container(id, true));
            self.push(at, 0, order, container, tag);
        }
        Ok(())
    }

    /// The text from a place on, and what leads back.
    pub(super) fn render(&self, from: usize) -> Result<(Vec<u8>, Vec<Edit>), Unsure> {
        if let Some(missed) = self.all.iter().find(|splice| splice.at < from) {
            return Err(Unsure { at: missed.at, why: "a change of what was sent already" });
        }
        let length = self.page.bytes.len();
        let mut html = Vec::with_capacity(length.saturating_sub(from) + 1024);
        let mut edits = Vec::new();
        self.piece(NONE, from..length, &mut html, Some(&mut edits));
        Ok((html, edits))
    }

    /// A part of the page with its changes, and without those of elements that are moved out of it.
    fn piece(&self, container: u32, range: Range<usize>, html: &mut Vec<u8>, mut edits: Option<&mut Vec<Edit>>) {
        let mut done = range.start;
        for splice in self.all.iter().filter(|splice| splice.container == container) {
            html.extend_from_slice(self.page.bytes.get(done..splice.at).unwrap_or_default());
            let at = html.len();
            for content in &splice.content {
                match content {
                    Content::Bytes(bytes) => html.extend_from_slice(bytes),
                    Content::Moved(id) => {
                        if let Some(element) = self.page.tree.element(*id) {
                            self.piece(*id, wide(element.start)..wide(element.end), html, None);
                        }
                    }
                }
            }
            done = splice.at + splice.removed;
            if let Some(edits) = edits.as_mut() {
                edits.push(Edit { at, length: html.len() - at, was: splice.at..done });
            }
        }
        html.extend_from_slice(self.page.bytes.get(done..range.end).unwrap_or_default());
    }
}

fn write_node(node: &Node, op: Option<usize>, text: &mut String) {
    text.push('<');
    text.push_str(&node.tag);
    for (name, value) in &node.attrs {
        text.push_str(&marks::written(name, value));
    }
    if let Some(op) = op {
        text.push_str(&marks::written(MARK, &op.to_string()));
    }
    text.push('>');
    if VOID_TAGS.contains(&node.tag.as_str()) {
        return;
    }
    text.push_str(&written_text(node.text.as_deref().unwrap_or_default()));
    for child in &node.children {
        write_node(child, None, text);
    }
    text.push_str("</");
    text.push_str(&node.tag);
    text.push('>');
}

/// The value of an attribute, as it is written behind its name.
fn quoted(value: &str) -> String {
    format!("=\"{}\"", written_value(value))
}
