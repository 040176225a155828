//! Elements and texts as they come into the tree.

use super::{Builder, DEEPEST, MARKER, MOST_ELEMENTS, Step, Taken};
use crate::rewrite::Unsure;
use crate::rewrite::scan::Token;
use crate::rewrite::tags::Tag;
use crate::rewrite::tree::{Element, Kind, NONE, Text, small, wide};

impl Builder {
    pub(super) fn end_text(&mut self) {
        if let Some((_, text)) = self.open.last_mut() {
            *text = NONE;
        }
    }

    pub(super) fn add_text(&mut self, start: usize, end: usize, has_references: bool) {
        let Some((parent, last)) = self.open.last_mut() else { return };
        let id = small(self.tree.texts.len());
        let node = if *last == NONE { id } else { *last };
        *last = node;
        let text = Text { start: small(start), end: small(end), parent: *parent, node, has_references };
        self.tree.texts.push(text);
    }

    /// Makes an element and leaves it open.
    pub(super) fn push(&mut self, tag: Tag, kind: Kind, token: Option<&Token>) -> Result<u32, Unsure> {
        if self.open.len() >= DEEPEST || self.tree.elements.len() >= MOST_ELEMENTS {
            return self.unsure("too many elements in each other, or on the page");
        }
        let parent = self.current();
        self.end_text();
        let id = small(self.tree.elements.len());
        let (mut before, mut place) = (NONE, 1);
        if let Some(parent) = self.tree.elements.get_mut(wide(parent)) {
            (before, place) = (parent.last, parent.children + 1);
            parent.last = id;
            parent.children += 1;
        }
        let at = small(self.at);
        let texts = small(self.tree.texts.len());
        let (name_length, inside) =
            token.map_or((0, at), |token| (small(token.name_end - token.start - 1), small(token.end)));
        self.tree.elements.push(Element {
            tag,
            kind: Kind { is_start_implied: token.is_none(), is_open: true, ..kind },
            name_length,
            start: at,
            inside,
            close: inside,
            end: inside,
            parent,
            before,
            last: NONE,
            place,
            children: 0,
            beyond: id + 1,
            first_text: texts,
            beyond_text: texts,
            id: token.map_or((0, 0), |token| token.id),
            class: token.map_or((0, 0), |token| token.class),
        });
        self.open.push((id, NONE));
        self.open_paragraphs += usize::from(tag == Tag::P && !kind.is_foreign);
        Ok(id)
    }

    /// An element of HTML.
    pub(super) fn insert(&mut self, token: &Token) -> Taken {
        self.push(token.tag, Kind::default(), Some(token))?;
        Ok(Step::Opened)
    }

    /// An element without content.
    pub(super) fn insert_void(&mut self, token: &Token) -> Taken {
        let kind = Kind { is_empty: true, ..Kind::default() };
        self.push(token.tag, kind, Some(token))?;
        self.pop(None);
        Ok(Step::Done)
    }

    /// An element whose start tag is not written.
    pub(super) fn imply(&mut self, tag: Tag) -> Result<u32, Unsure> {
        self.push(tag, Kind::default(), None)
    }

    /// Closes the innermost element: by its end tag, or by what stands here.
    pub(super) fn pop(&mut self, token: Option<&Token>) {
        let Some((id, _)) = self.open.pop() else { return };
        let (at, beyond, texts) = (self.at, small(self.tree.elements.len()), small(self.tree.texts.len()));
        let Some(element) = self.tree.elements.get_mut(wide(id)) else { return };
        element.beyond = beyond;
        element.beyond_text = texts;
        element.kind.is_open = false;
        if !element.kind.is_empty {
            element.kind.is_end_implied = token.is_none();
            (element.close, element.end) =
                token.map_or((small(at), small(at)), |token| (small(token.start), small(token.end)));
        }
        self.open_paragraphs -= usize::from(element.tag == Tag::P && !element.kind.is_foreign);
    }

    /// Closes everything inside of an open element, then the element itself.
    pub(super) fn pop_through(&mut self, id: u32, token: Option<&Token>) {
        while self.current() != id && !self.open.is_empty() {
            self.pop(None);
        }
        self.pop(token);
    }

    /// Closes elements until one of these is the innermost.
    pub(super) fn pop_down_to(&mut self, tags: &[Tag]) {
        while self.open.len() > 1 && !tags.contains(&self.current_tag()) {
            self.pop(None);
        }
    }

    /// Elements that a browser would open again here.
    pub(super) fn reconstruct(&self) -> Result<(), Unsure> {
        match self.formatting.last() {
            Some(id) if *id != MARKER && self.element(*id).is_some_and(|element| !element.kind.is_open) => {
                self.unsure("formatting that another end tag closed")
            }
            _ => Ok(()),
        }
    }

    pub(super) fn clear_to_marker(&mut self) {
        while self.formatting.pop().is_some_and(|id| id != MARKER) {}
    }
}
