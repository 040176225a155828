//! Drawings.

use super::{Builder, Step, Taken};
use crate::rewrite::Unsure;
use crate::rewrite::scan::Token;
use crate::rewrite::tags::Tag;
use crate::rewrite::tree::{Kind, same_name, wide};

impl Builder {
    /// A start tag inside of a drawing.
    pub(super) fn start_foreign(&mut self, token: &Token) -> Result<(), Unsure> {
        if token.tag.breaks_out() {
            return self.unsure("a tag that ends a drawing");
        }
        self.insert_foreign(token)?;
        Ok(())
    }

    pub(super) fn insert_foreign(&mut self, token: &Token) -> Taken {
        let kind = Kind { is_foreign: true, is_empty: token.closes_itself, ..Kind::default() };
        self.push(token.tag, kind, Some(token))?;
        if token.closes_itself {
            self.pop(None);
        }
        Ok(Step::Done)
    }

    /// An end tag while a drawing is the innermost element; whether HTML still has to look at it.
    pub(super) fn end_foreign(&mut self, bytes: &[u8], token: &Token) -> Result<bool, Unsure> {
        if matches!(token.tag, Tag::P | Tag::Br) {
            return self.unsure("a tag that ends a drawing");
        }
        let name = bytes.get(token.start + 2..token.name_end).unwrap_or_default();
        for place in (1..self.open.len()).rev() {
            let Some((id, _)) = self.open.get(place).copied() else { break };
            let Some(element) = self.tree.elements.get(wide(id)) else { break };
            if !element.kind.is_foreign {
                return Ok(true);
            }
            if same_name(element.name(bytes), name) {
                self.pop_through(id, Some(token));
                return Ok(false);
            }
        }
        Ok(false)
    }
}
