//! The tree of a page's text: places in the text, no copies.

use super::attributes::{Attribute, Attributes};
use super::tags::Tag;
use std::ops::Range;

/// No element, no text.
pub(super) const NONE: u32 = u32::MAX;

/// Whether two names are the same without case.
pub(super) fn same_name(name: &[u8], other: &[u8]) -> bool {
    name.eq_ignore_ascii_case(other)
}

/// Text lengths are bounded, so that places fit.
pub(super) fn small(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(NONE)
}

/// A number as an index.
pub(super) fn wide(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

/// What an element is beside its tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Kind {
    /// Part of a drawing, and no element of HTML.
    pub(super) is_foreign: bool,
    /// No start tag stands in the text.
    pub(super) is_start_implied: bool,
    /// No end tag stands in the text, though there could be one.
    pub(super) is_end_implied: bool,
    /// It has no content and no end tag.
    pub(super) is_empty: bool,
    /// Not closed yet.
    pub(super) is_open: bool,
}

/// An element.
#[derive(Debug, Clone)]
pub(super) struct Element {
    pub(super) tag: Tag,
    pub(super) kind: Kind,
    /// Length of the name in its start tag.
    pub(super) name_length: u32,
    /// Where its start tag begins.
    pub(super) start: u32,
    /// Where its start tag ends.
    pub(super) inside: u32,
    /// Where its content ends.
    pub(super) close: u32,
    /// Where its end tag ends.
    pub(super) end: u32,
    pub(super) parent: u32,
    /// The sibling element in front.
    pub(super) before: u32,
    /// The last child element.
    pub(super) last: u32,
    /// Its place among its siblings, from 1.
    pub(super) place: u32,
    /// How many child elements it has.
    pub(super) children: u32,
    /// The first element that is not inside any more.
    pub(super) beyond: u32,
    /// The texts inside.
    pub(super) first_text: u32,
    pub(super) beyond_text: u32,
    /// The values of its attributes `id` and `class`.
    pub(super) id: (u32, u32),
    pub(super) class: (u32, u32),
}

/// A piece of a text node; what is not markup between two pieces of one node is ignored by parsers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) parent: u32,
    /// The first piece of the node.
    pub(super) node: u32,
    /// Whether character references count.
    pub(super) has_references: bool,
}

/// A page's elements and texts, in the order of the document.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) elements: Vec<Element>,
    pub(super) texts: Vec<Text>,
    /// Ids and classes are compared without case.
    pub(super) is_quirky: bool,
    /// Where the head ends.
    pub(super) head_end: Option<usize>,
}

impl Tree {
    pub(super) fn element(&self, id: u32) -> Option<&Element> {
        self.elements.get(wide(id))
    }

    pub(super) fn parent(&self, id: u32) -> Option<u32> {
        self.element(id).map(|element| element.parent).filter(|parent| *parent != NONE)
    }

    /// The elements around, the nearest first.
    pub(super) fn ancestors(&self, id: u32) -> impl Iterator<Item = u32> {
        std::iter::successors(self.parent(id), |around| self.parent(*around))
    }

    /// The texts inside of an element.
    pub(super) fn texts_of(&self, id: u32) -> Range<usize> {
        self.element(id).map_or(0..0, |element| wide(element.first_text)..wide(element.beyond_text))
    }
}

impl Element {
    /// Its name as it is written; that of its tag when there is no start tag.
    pub(super) fn name<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        if self.kind.is_start_implied {
            return self.tag.name().as_bytes();
        }
        let start = wide(self.start) + 1;
        bytes.get(start..start + wide(self.name_length)).unwrap_or_default()
    }

    /// Its attributes; of those with the same name only the first counts.
    pub(super) fn attributes<'a>(&self, bytes: &'a [u8]) -> impl Iterator<Item = Attribute> + use<'a> {
        let at = wide(self.start) + 1 + wide(self.name_length);
        let is_written = !self.kind.is_start_implied;
        is_written.then(|| Attributes::new(bytes, at)).into_iter().flatten()
    }

    /// The attribute of this name, which is in lower case.
    pub(super) fn attribute(&self, bytes: &[u8], name: &str) -> Option<Attribute> {
        let is_meant =
            |found: &Attribute| bytes.get(found.name.clone()).is_some_and(|found| same_name(found, name.as_bytes()));
        self.attributes(bytes).find(is_meant)
    }
}
