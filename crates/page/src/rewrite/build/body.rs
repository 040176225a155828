//! Start tags in the body.

use super::head::is_of_head;
use super::{Builder, MARKER, Mode, Step, Taken};
use crate::rewrite::Unsure;
use crate::rewrite::scan::Token;
use crate::rewrite::tags::Tag;
use crate::rewrite::tree::Kind;

/// What a search through the open elements stops at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Default,
    Button,
    List,
    Table,
}

impl Builder {
    /// The innermost open element of HTML with one of these tags that is in scope.
    pub(super) fn in_scope(&self, scope: Scope, is_meant: impl Fn(Tag) -> bool) -> Option<u32> {
        for (id, _) in self.open.iter().rev() {
            let element = self.element(*id)?;
            if element.kind.is_foreign {
                if scope != Scope::Table && super::is_integration_point(element) {
                    return None;
                }
                continue;
            }
            if is_meant(element.tag) {
                return Some(*id);
            }
            let stops = match element.tag {
                Tag::Html | Tag::Table | Tag::Template => true,
                Tag::Applet | Tag::Caption | Tag::Td | Tag::Th | Tag::Marquee | Tag::Object | Tag::Select => {
                    scope != Scope::Table
                }
                Tag::Button => scope == Scope::Button,
                Tag::Ol | Tag::Ul => scope == Scope::List,
                _ => false,
            };
            if stops {
                return None;
            }
        }
        None
    }

    /// Ends of elements that need no end tag.
    pub(super) fn generate_ends(&mut self, except: Tag) {
        loop {
            let tag = self.current_tag();
            if !tag.is_ended_on_its_own() || tag == except {
                return;
            }
            self.pop(None);
        }
    }

    /// Ends an open paragraph.
    pub(super) fn close_paragraph(&mut self) {
        if self.open_paragraphs > 0
            && let Some(paragraph) = self.in_scope(Scope::Button, |tag| tag == Tag::P)
        {
            self.pop_through(paragraph, None);
        }
    }

    pub(super) fn start_in_body(&mut self, token: &Token) -> Taken {
        match token.tag {
            Tag::Html | Tag::Body => self.unsure("a second start tag of html or body"),
            Tag::Frameset | Tag::Frame => self.unsure("frames"),
            Tag::Plaintext | Tag::Image | Tag::Math => self.unsure("an element that is not known well enough"),
            Tag::Head => Ok(Step::Done),
            tag if tag.is_table_part() => Ok(Step::Done),
            tag if is_of_head(tag) => self.start_in_head(token),
            tag if tag.is_plain_block() => {
                self.close_paragraph();
                self.insert(token)
            }
            tag if tag.is_heading() => {
                self.close_paragraph();
                if self.current_tag().is_heading() {
                    self.pop(None);
                }
                self.insert(token)
            }
            Tag::P | Tag::Pre | Tag::Listing => {
                self.close_paragraph();
                self.insert(token)
            }
            Tag::Form => {
                if self.form != super::NONE {
                    return Ok(Step::Done);
                }
                self.close_paragraph();
                self.form = self.push(Tag::Form, Kind::default(), Some(token))?;
                Ok(Step::Opened)
            }
            Tag::Li => self.start_item(token, |tag| tag == Tag::Li),
            Tag::Dd | Tag::Dt => self.start_item(token, |tag| matches!(tag, Tag::Dd | Tag::Dt)),
            Tag::A => {
                let since_marker = self.formatting.iter().rev().take_while(|id| **id != MARKER);
                if since_marker.into_iter().any(|id| self.html_tag(*id) == Tag::A) {
                    return self.unsure("a link in a link");
                }
                self.start_formatting(token)
            }
            Tag::Nobr => {
                if self.in_scope(Scope::Default, |tag| tag == Tag::Nobr).is_some() {
                    return self.unsure("nobr in nobr");
                }
                self.start_formatting(token)
            }
            tag if tag.is_formatting() => self.start_formatting(token),
            Tag::Button => {
                if self.in_scope(Scope::Default, |tag| tag == Tag::Button).is_some() {
                    return self.unsure("a button in a button");
                }
                self.reconstruct()?;
                self.insert(token)
            }
            Tag::Applet | Tag::Marquee | Tag::Object => {
                self.reconstruct()?;
                self.insert(token)?;
                self.formatting.push(MARKER);
                Ok(Step::Opened)
            }
            Tag::Table => {
                if !self.tree.is_quirky {
                    self.close_paragraph();
                }
                self.insert(token)?;
                self.mode = Mode::InTable;
                Ok(Step::Opened)
            }
            Tag::Hr => {
                self.close_paragraph();
                self.insert_void(token)
            }
            Tag::Param | Tag::Source | Tag::Track => self.insert_void(token),
            tag if tag.is_void() => {
                self.reconstruct()?;
                self.insert_void(token)
            }
            Tag::Xmp => {
                self.close_paragraph();
                self.reconstruct()?;
                self.insert(token)
            }
            // Their content is text.
            Tag::Textarea | Tag::Iframe | Tag::Noembed | Tag::Noscript => self.insert(token),
            Tag::Select => {
                self.reconstruct()?;
                self.insert(token)?;
                self.mode = Mode::InSelect;
                Ok(Step::Opened)
            }
            Tag::Optgroup | Tag::Option => {
                if self.current_tag() == Tag::Option {
                    self.pop(None);
                }
                self.reconstruct()?;
                self.insert(token)
            }
            Tag::Rb | Tag::Rtc | Tag::Rp | Tag::Rt => {
                if self.in_scope(Scope::Default, |tag| tag == Tag::Ruby).is_some() {
                    let stays = if matches!(token.tag, Tag::Rp | Tag::Rt) { Tag::Rtc } else { Tag::Other };
                    self.generate_ends(stays);
                }
                self.insert(token)
            }
            Tag::Svg => {
                self.reconstruct()?;
                self.insert_foreign(token)
            }
            _ => {
                self.reconstruct()?;
                self.insert(token)
            }
        }
    }

    /// An item ends the one in front of it.
    fn start_item(&mut self, token: &Token, is_item: impl Fn(Tag) -> bool) -> Taken {
        let mut ended = None;
        for (id, _) in self.open.iter().rev() {
            let Some(element) = self.element(*id) else { break };
            if element.kind.is_foreign {
                if super::is_integration_point(element) {
                    break;
                }
                continue;
            }
            if is_item(element.tag) {
                ended = Some(*id);
                break;
            }
            if element.tag.is_special() && !matches!(element.tag, Tag::Address | Tag::Div | Tag::P) {
                break;
            }
        }
        if let Some(item) = ended {
            self.pop_through(item, None);
        }
        self.close_paragraph();
        self.insert(token)
    }

    fn start_formatting(&mut self, token: &Token) -> Taken {
        self.reconstruct()?;
        let since_marker = self.formatting.iter().rev().take_while(|id| **id != MARKER);
        if since_marker.filter(|id| self.html_tag(**id) == token.tag).count() >= 3 {
            return self.unsure("four equal formatting elements in each other");
        }
        let id = self.push(token.tag, Kind::default(), Some(token))?;
        self.formatting.push(id);
        Ok(Step::Opened)
    }

    pub(super) fn start_in_select(&mut self, token: &Token) -> Taken {
        match token.tag {
            Tag::Option => {
                if self.current_tag() == Tag::Option {
                    self.pop(None);
                }
                self.insert(token)
            }
            Tag::Optgroup | Tag::Hr => {
                if self.current_tag() == Tag::Option {
                    self.pop(None);
                }
                if self.current_tag() == Tag::Optgroup {
                    self.pop(None);
                }
                if token.tag == Tag::Hr { self.insert_void(token) } else { self.insert(token) }
            }
            Tag::Script | Tag::Template => self.insert(token),
            // Browsers of today and of yesterday differ.
            _ => self.unsure("more than options in a select"),
        }
    }

    pub(super) fn end_in_select(&mut self, token: &Token) -> Taken {
        let current = self.current_tag();
        match token.tag {
            Tag::Select => {
                if let Some(select) = self.innermost(Tag::Select) {
                    self.pop_through(select, Some(token));
                }
                self.reset_mode();
                Ok(Step::Done)
            }
            Tag::Option | Tag::Optgroup if current == token.tag => {
                self.pop(Some(token));
                Ok(Step::Done)
            }
            Tag::Optgroup if current == Tag::Option => {
                self.pop(None);
                if self.current_tag() != Tag::Optgroup {
                    return self.unsure("the end of a group that is not open");
                }
                self.pop(Some(token));
                Ok(Step::Done)
            }
            _ => self.unsure("more than options in a select"),
        }
    }

    pub(super) fn innermost(&self, tag: Tag) -> Option<u32> {
        self.open.iter().rev().map(|(id, _)| *id).find(|id| self.html_tag(*id) == tag)
    }

    /// The mode that fits to the open elements.
    pub(super) fn reset_mode(&mut self) {
        let fitting = self.open.iter().rev().find_map(|(id, _)| match self.html_tag(*id) {
            Tag::Select => Some(Mode::InSelect),
            Tag::Td | Tag::Th => Some(Mode::InCell),
            Tag::Tr => Some(Mode::InRow),
            Tag::Tbody | Tag::Thead | Tag::Tfoot => Some(Mode::InTableBody),
            Tag::Caption => Some(Mode::InCaption),
            Tag::Colgroup => Some(Mode::InColumnGroup),
            Tag::Table => Some(Mode::InTable),
            Tag::Body => Some(Mode::InBody),
            _ => None,
        });
        self.mode = fitting.unwrap_or(Mode::InBody);
    }

    /// Takes an element out of the list of formatting elements.
    pub(super) fn forget_formatting(&mut self, id: u32) {
        if let Some(place) = self.formatting.iter().rposition(|known| *known == id) {
            self.formatting.remove(place);
        }
    }

    pub(super) fn unsure_unless(&self, holds: bool, why: &'static str) -> Result<(), Unsure> {
        if holds { Ok(()) } else { self.unsure(why) }
    }
}
