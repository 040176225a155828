//! End tags in the body.

use super::body::Scope;
use super::{Builder, MARKER, Mode, NONE, Step, Taken};
use crate::rewrite::scan::Token;
use crate::rewrite::tags::Tag;
use crate::rewrite::tree::wide;

impl Builder {
    pub(super) fn end_in_body(&mut self, bytes: &[u8], token: &Token) -> Taken {
        match token.tag {
            Tag::Body | Tag::Html => {
                if self.in_scope(Scope::Default, |tag| tag == Tag::Body).is_none() {
                    return Ok(Step::Done);
                }
                self.mode = Mode::AfterBody;
                if token.tag == Tag::Html {
                    self.body_end = Some((token.start, token.start));
                    return Ok(Step::Again);
                }
                self.body_end = Some((token.start, token.end));
                Ok(Step::Done)
            }
            Tag::Br => self.unsure("an end tag of br"),
            Tag::P => match self.in_scope(Scope::Button, |tag| tag == Tag::P) {
                None => self.unsure("the end of a paragraph that is not open"),
                Some(paragraph) => {
                    self.pop_through(paragraph, Some(token));
                    Ok(Step::Done)
                }
            },
            Tag::Form => self.end_form(token),
            tag if tag.is_plain_block() || matches!(tag, Tag::Button | Tag::Pre | Tag::Listing) => {
                self.end_in_scope(token, Scope::Default, |found| found == token.tag)
            }
            Tag::Li => self.end_in_scope(token, Scope::List, |tag| tag == Tag::Li),
            Tag::Dd | Tag::Dt => self.end_in_scope(token, Scope::Default, |found| found == token.tag),
            tag if tag.is_heading() => self.end_in_scope(token, Scope::Default, Tag::is_heading),
            Tag::Applet | Tag::Marquee | Tag::Object => {
                if self.in_scope(Scope::Default, |found| found == token.tag).is_some() {
                    self.end_in_scope(token, Scope::Default, |found| found == token.tag)?;
                    self.clear_to_marker();
                }
                Ok(Step::Done)
            }
            tag if tag.is_formatting() => self.end_formatting(bytes, token),
            Tag::Template => Ok(Step::Done),
            _ => self.end_other(bytes, token),
        }
    }

    /// Ends an element when it is open, with everything inside; nothing else.
    fn end_in_scope(&mut self, token: &Token, scope: Scope, is_meant: impl Fn(Tag) -> bool) -> Taken {
        if let Some(found) = self.in_scope(scope, is_meant) {
            self.pop_through(found, Some(token));
        }
        Ok(Step::Done)
    }

    pub(super) fn end_form(&mut self, token: &Token) -> Taken {
        let form = std::mem::replace(&mut self.form, NONE);
        let is_open = self.element(form).is_some_and(|element| element.kind.is_open);
        if !is_open || self.in_scope(Scope::Default, |tag| tag == Tag::Form).is_none() {
            return Ok(Step::Done);
        }
        self.generate_ends(Tag::Other);
        // Otherwise its content would go on inside of what is still open.
        self.unsure_unless(self.current() == form, "a form that ends in front of what is in it")?;
        self.pop(Some(token));
        Ok(Step::Done)
    }

    /// The simple outcomes of the adoption agency.
    fn end_formatting(&mut self, bytes: &[u8], token: &Token) -> Taken {
        let current = self.current();
        if self.html_tag(current) == token.tag && !self.formatting.contains(&current) {
            self.pop(Some(token));
            return Ok(Step::Done);
        }
        let listed = self.formatting.iter().rev().take_while(|id| **id != MARKER).copied();
        let Some(found) = listed.into_iter().find(|id| self.html_tag(*id) == token.tag) else {
            return self.end_other(bytes, token);
        };
        if !self.element(found).is_some_and(|element| element.kind.is_open) {
            self.forget_formatting(found);
            return Ok(Step::Done);
        }
        let in_scope = self.in_scope(Scope::Default, |tag| tag == token.tag);
        if in_scope.is_none() {
            return Ok(Step::Done);
        }
        self.unsure_unless(in_scope == Some(found), "formatting elements in a mess")?;
        let inner = self.open.iter().rev().take_while(|(id, _)| *id != found);
        let blocks = inner.into_iter().any(|(id, _)| self.is_special(*id));
        self.unsure_unless(!blocks, "formatting that ends inside of a block in it")?;
        self.pop_through(found, Some(token));
        self.forget_formatting(found);
        Ok(Step::Done)
    }

    fn is_special(&self, id: u32) -> bool {
        self.element(id).is_some_and(|element| {
            if element.kind.is_foreign { super::is_integration_point(element) } else { element.tag.is_special() }
        })
    }

    /// The end of any other element: up to one of that name, unless something special stands between.
    pub(super) fn end_other(&mut self, bytes: &[u8], token: &Token) -> Taken {
        let name = bytes.get(token.start + 2..token.name_end).unwrap_or_default();
        for place in (0..self.open.len()).rev() {
            let Some((id, _)) = self.open.get(place).copied() else { break };
            let Some(element) = self.tree.elements.get(wide(id)) else { break };
            if !element.kind.is_foreign && element.tag.is_same(element.name(bytes), token.tag, name) {
                self.pop_through(id, Some(token));
                break;
            }
            if self.is_special(id) {
                break;
            }
        }
        Ok(Step::Done)
    }
}
