//! What becomes of each element: the operations of a patch, put together.

use super::compiled::{Compiled, picture_rule, rule};
use super::decode::{Where, decoded};
use super::matching::Page;
use super::resolve::{Found, is_before, one_parent};
use super::tags::Tag;
use super::tree::{Element, wide};
use super::{Stop, Unsure};
use domain::patch::{At, MARK, Op};
use std::collections::BTreeMap;

/// What is put beside or into an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Item {
    /// Another element of the page.
    Moved(u32),
    /// The element that an operation makes.
    New(usize),
}

/// What becomes of an element.
#[derive(Debug, Default)]
pub(super) struct Change {
    /// Attributes in the order in which they were first touched; nothing when one is taken away.
    pub(super) attributes: Vec<(String, Option<String>)>,
    /// In the order in which it will stand there, as the others.
    pub(super) before: Vec<Item>,
    pub(super) first: Vec<Item>,
    pub(super) last: Vec<Item>,
    pub(super) after: Vec<Item>,
    pub(super) is_moved: bool,
}

impl Change {
    fn set(&mut self, name: &str, value: Option<String>) {
        match self.attributes.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value,
            None => self.attributes.push((name.to_owned(), value)),
        }
    }

    fn mark(&mut self, op: usize) {
        let known = self.attributes.iter().find(|(name, _)| name == MARK).and_then(|(_, value)| value.as_deref());
        let marks = known.map_or_else(|| op.to_string(), |known| format!("{known} {op}"));
        self.set(MARK, Some(marks));
    }
}

/// A patch on a page.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) changes: BTreeMap<u32, Change>,
    /// What pieces of text become.
    pub(super) texts: BTreeMap<u32, String>,
    /// The rules of the style sheet, joined.
    pub(super) rules: String,
}

impl Plan {
    pub(super) fn new(page: &Page<'_>, patch: &Compiled, found: &Found) -> Result<Self, Stop> {
        let mut plan = Self::default();
        for (index, (op, (id, beside))) in patch.ops.iter().zip(&found.elements).enumerate() {
            plan.add(page, index, op, *id, *beside)?;
        }
        Ok(plan)
    }

    fn change(&mut self, id: u32) -> &mut Change {
        self.changes.entry(id).or_default()
    }

    fn add(&mut self, page: &Page<'_>, index: usize, op: &Op, id: u32, beside: Option<u32>) -> Result<(), Stop> {
        match op {
            Op::Text { value, .. } => self.text(page, id, value)?,
            Op::Attr { name, value, .. } => self.change(id).set(name, Some(value.clone())),
            Op::Image { src, alt, .. } => self.picture(page, index, id, src, alt.as_ref()),
            Op::Style { .. } | Op::Hide { .. } => self.rules.push_str(&rule(index, op)),
            Op::Class { add, remove, .. } => self.class(page, id, add, remove),
            Op::Move { to, .. } => {
                self.change(id).is_moved = true;
                let item = Item::Moved(id);
                let sibling = self.change(beside.unwrap_or(id));
                if is_before(to) { sibling.before.push(item) } else { sibling.after.insert(0, item) }
            }
            Op::Insert { at, .. } => {
                let item = Item::New(index);
                match at {
                    At::Before(_) => self.change(id).before.push(item),
                    At::After(_) => self.change(id).after.insert(0, item),
                    At::First(_) => {
                        has_content(page, id)?;
                        self.change(id).first.insert(0, item);
                    }
                    At::Last(_) => {
                        has_content(page, id)?;
                        self.change(id).last.push(item);
                    }
                }
                // The new element has its mark from the beginning.
                return Ok(());
            }
        }
        self.change(id).mark(index);
        Ok(())
    }

    fn text(&mut self, page: &Page<'_>, id: u32, value: &str) -> Result<(), Stop> {
        let nodes = one_parent(page, id)?.unwrap_or_default();
        let mut value = Some(value);
        for piece in nodes.into_iter().flatten() {
            let parent = page.tree.texts.get(wide(piece)).and_then(|text| page.tree.element(text.parent));
            if parent.is_some_and(|parent| {
                !parent.kind.is_foreign && matches!(parent.tag, Tag::Xmp | Tag::Noembed | Tag::Noframes)
            }) {
                return Err(unsure(parent, "text that cannot be written"));
            }
            self.texts.insert(piece, value.take().unwrap_or_default().to_owned());
        }
        Ok(())
    }

    fn picture(&mut self, page: &Page<'_>, index: usize, id: u32, src: &str, alt: Option<&String>) {
        let size = |name| {
            let value = value(page, id, name)?;
            let is_whole = value.bytes().all(|byte| byte.is_ascii_digit());
            value.parse::<u32>().ok().filter(|size| is_whole && *size > 0)
        };
        if let (Some(width), Some(height)) = (size("width"), size("height")) {
            self.rules.push_str(&picture_rule(index, width, height));
        }
        let around = page.tree.ancestors(id).find(|around| page.is_html(*around, Tag::Picture));
        if let Some(beyond) = around.and_then(|around| page.tree.element(around)).map(|around| around.beyond) {
            let inside = around.unwrap_or(beyond)..beyond;
            for source in inside.filter(|id| page.is_html(*id, Tag::Source)) {
                self.remove(page, source, "srcset");
                self.remove(page, source, "sizes");
            }
        }
        self.remove(page, id, "srcset");
        self.remove(page, id, "sizes");
        let change = self.change(id);
        if let Some(alt) = alt {
            change.set("alt", Some(alt.clone()));
        }
        change.set("src", Some(src.to_owned()));
    }

    fn remove(&mut self, page: &Page<'_>, id: u32, name: &str) {
        if page.tree.element(id).is_some_and(|element| element.attribute(page.bytes, name).is_some()) {
            self.change(id).set(name, None);
        }
    }

    fn class(&mut self, page: &Page<'_>, id: u32, add: &[String], remove: &[String]) {
        let change = self.change(id);
        let changed = change.attributes.iter().find(|(name, _)| name == "class");
        let current = changed.map_or_else(|| value(page, id, "class"), |(_, value)| value.clone());
        if current.is_none() && add.is_empty() {
            return;
        }
        let mut names: Vec<&str> = Vec::new();
        let current = current.unwrap_or_default();
        let kept = current.split_ascii_whitespace().filter(|name| !remove.iter().any(|removed| removed == name));
        for name in kept.chain(add.iter().map(String::as_str)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let names = names.join(" ");
        change.set("class", Some(names));
    }
}

/// The value of an attribute as it is on the page.
fn value(page: &Page<'_>, id: u32, name: &str) -> Option<String> {
    let attribute = page.tree.element(id)?.attribute(page.bytes, name)?;
    Some(decoded(page.bytes.get(attribute.value)?, page.encoding, Where::Value).into_owned())
}

/// What can be inserted into is an element with tags in it.
fn has_content(page: &Page<'_>, id: u32) -> Result<(), Stop> {
    let element = page.tree.element(id);
    if element.is_some_and(|element| element.kind.is_empty || element.tag.is_raw()) {
        return Err(unsure(element, "an element that cannot have content in text"));
    }
    Ok(())
}

fn unsure(element: Option<&Element>, why: &'static str) -> Stop {
    Stop::Unsure(Unsure { at: element.map_or(0, |element| wide(element.start)), why })
}
