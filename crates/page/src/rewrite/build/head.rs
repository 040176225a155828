//! What comes in front of the body.

use super::{Builder, Mode, Step, Taken};
use crate::rewrite::Unsure;
use crate::rewrite::scan::Token;
use crate::rewrite::tags::Tag;
use crate::rewrite::tree::{Kind, small, wide};
use scraper::Html;

impl Builder {
    /// A doctype; only the one in front of everything counts.
    pub(in crate::rewrite) fn doctype(&mut self, text: &[u8]) {
        if self.mode != Mode::Initial {
            return;
        }
        let text = String::from_utf8_lossy(text);
        let is_plain = text.get(9..).is_some_and(|rest| rest.trim_end_matches('>').trim().eq_ignore_ascii_case("html"));
        self.tree.is_quirky = !is_plain && {
            let mode = Html::parse_document(&text).quirks_mode;
            mode == html5ever::tree_builder::QuirksMode::Quirks
        };
        self.has_doctype = true;
        self.mode = Mode::BeforeHtml;
    }

    /// What the standard does with anything that does not fit: the next part begins by itself.
    pub(super) fn imply_next(&mut self, at: usize) -> Result<(), Unsure> {
        self.at = at;
        match self.mode {
            Mode::Initial => self.mode = Mode::BeforeHtml,
            Mode::BeforeHtml => {
                self.imply(Tag::Html)?;
                self.mode = Mode::BeforeHead;
            }
            Mode::BeforeHead => {
                self.head = self.imply(Tag::Head)?;
                self.mode = Mode::InHead;
            }
            Mode::InHead => {
                self.tree.head_end = Some(at);
                self.pop(None);
                self.mode = Mode::AfterHead;
            }
            Mode::AfterHead => {
                self.imply(Tag::Body)?;
                self.mode = Mode::InBody;
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn start_around_head(&mut self, token: &Token) -> Taken {
        match (self.mode, token.tag) {
            (Mode::BeforeHtml, Tag::Html) => {
                self.insert(token)?;
                self.mode = Mode::BeforeHead;
                Ok(Step::Done)
            }
            (Mode::BeforeHead | Mode::InHead | Mode::AfterHead, Tag::Html) => self.unsure("a second start tag of html"),
            (Mode::BeforeHead, Tag::Head) => {
                self.head = self.push(Tag::Head, Kind::default(), Some(token))?;
                self.mode = Mode::InHead;
                Ok(Step::Done)
            }
            (Mode::InHead | Mode::AfterHead, Tag::Head) => Ok(Step::Done),
            (Mode::InHead, tag) if is_of_head(tag) || tag == Tag::Noscript => self.start_in_head(token),
            (Mode::AfterHead, Tag::Body) => {
                self.insert(token)?;
                self.mode = Mode::InBody;
                Ok(Step::Done)
            }
            (Mode::AfterHead, Tag::Frameset) => self.unsure("a frameset"),
            (Mode::AfterHead, tag) if is_of_head(tag) => self.start_in_late_head(token),
            _ => {
                self.imply_next(token.start)?;
                Ok(Step::Again)
            }
        }
    }

    /// Elements of the head, here or elsewhere.
    pub(super) fn start_in_head(&mut self, token: &Token) -> Taken {
        if token.tag.is_void() { self.insert_void(token) } else { self.insert(token) }
    }

    /// Behind the end of the head, these still go into it.
    fn start_in_late_head(&mut self, token: &Token) -> Taken {
        let head = self.head;
        if token.tag.is_void() {
            self.open.push((head, super::NONE));
            self.insert_void(token)?;
            self.open.pop();
            self.end_late_head();
            return Ok(Step::Done);
        }
        // Its content and end come next; then the head is left as it was. The text of `html` goes on behind it.
        self.open.push((head, super::NONE));
        self.insert(token)?;
        let element = self.open.pop();
        self.open.pop();
        self.open.extend(element);
        self.end_late_head();
        Ok(Step::Opened)
    }

    /// The head has grown.
    fn end_late_head(&mut self) {
        let beyond = small(self.tree.elements.len());
        if let Some(head) = self.tree.elements.get_mut(wide(self.head)) {
            head.beyond = beyond;
        }
    }

    pub(super) fn end_around_head(&mut self, token: &Token) -> Taken {
        let acts = matches!(token.tag, Tag::Body | Tag::Html | Tag::Br);
        match (self.mode, token.tag) {
            (Mode::InHead, Tag::Head) => {
                self.tree.head_end = Some(token.start);
                self.pop(Some(token));
                self.mode = Mode::AfterHead;
                Ok(Step::Done)
            }
            (Mode::Initial, _) | (Mode::BeforeHtml | Mode::BeforeHead, Tag::Head) => {
                self.imply_next(token.start)?;
                Ok(Step::Again)
            }
            _ if acts => {
                self.imply_next(token.start)?;
                Ok(Step::Again)
            }
            _ => Ok(Step::Done),
        }
    }
}

/// What belongs into the head wherever it stands.
pub(super) fn is_of_head(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Base
            | Tag::Basefont
            | Tag::Bgsound
            | Tag::Link
            | Tag::Meta
            | Tag::Noframes
            | Tag::Script
            | Tag::Style
            | Tag::Template
            | Tag::Title
    )
}
