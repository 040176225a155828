//! Tags and texts in, tree out: the tree construction of HTML, for documents that need no mending.
//!
//! After <https://html.spec.whatwg.org/multipage/parsing.html#tree-construction>. Where a browser would move, copy
//! or make up elements, the page is not understood.

mod body;
mod body_end;
mod foreign;
mod head;
mod nodes;
mod table;

use super::Unsure;
use super::attributes::is_space;
use super::scan::Token;
use super::tags::Tag;
use super::tree::{Element, NONE, Tree, small, wide};

/// Deepest nesting; browsers flatten what is deeper than 512.
const DEEPEST: usize = 500;
/// Most elements of a page.
const MOST_ELEMENTS: usize = 1_000_000;
/// Stands in the list of formatting elements where a cell or an object began.
const MARKER: u32 = NONE;

/// Where in a document the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Initial,
    BeforeHtml,
    BeforeHead,
    InHead,
    AfterHead,
    InBody,
    InTable,
    InCaption,
    InColumnGroup,
    InTableBody,
    InRow,
    InCell,
    InSelect,
    AfterBody,
    AfterAfterBody,
}

/// What became of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// An element of HTML is open now.
    Opened,
    /// Nothing more to do.
    Done,
    /// Another mode has to look at it.
    Again,
}

type Taken = Result<Step, Unsure>;

/// Builds the tree.
pub(super) struct Builder {
    pub(super) tree: Tree,
    mode: Mode,
    /// The open elements, each with the text node that its content ends with.
    open: Vec<(u32, u32)>,
    formatting: Vec<u32>,
    head: u32,
    form: u32,
    open_paragraphs: usize,
    has_doctype: bool,
    /// Where the end tag of `body` stands.
    body_end: Option<(usize, usize)>,
    /// Where the token begins that is looked at.
    at: usize,
}

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            tree: Tree { is_quirky: true, ..Tree::default() },
            mode: Mode::Initial,
            open: Vec::new(),
            formatting: Vec::new(),
            head: NONE,
            form: NONE,
            open_paragraphs: 0,
            has_doctype: false,
            body_end: None,
            at: 0,
        }
    }

    fn unsure<T>(&self, why: &'static str) -> Result<T, Unsure> {
        Err(Unsure { at: self.at, why })
    }

    /// The innermost open element.
    fn current(&self) -> u32 {
        self.open.last().map_or(NONE, |(id, _)| *id)
    }

    fn element(&self, id: u32) -> Option<&Element> {
        self.tree.element(id)
    }

    /// The tag of an open element of HTML; `Other` for all else.
    fn html_tag(&self, id: u32) -> Tag {
        self.element(id).filter(|element| !element.kind.is_foreign).map_or(Tag::Other, |element| element.tag)
    }

    fn current_tag(&self) -> Tag {
        self.html_tag(self.current())
    }

    /// Whether drawings have the say here.
    pub(super) fn is_foreign_here(&self) -> bool {
        self.element(self.current()).is_some_and(|element| element.kind.is_foreign && !is_integration_point(element))
    }

    /// A start tag; whether an element of HTML is open now.
    pub(super) fn start(&mut self, bytes: &[u8], token: &Token) -> Result<bool, Unsure> {
        self.at = token.start;
        if self.is_foreign_here() {
            self.start_foreign(token)?;
            return Ok(false);
        }
        loop {
            let step = match self.mode {
                Mode::Initial | Mode::BeforeHtml | Mode::BeforeHead | Mode::InHead | Mode::AfterHead => {
                    self.start_around_head(token)?
                }
                Mode::InBody => self.start_in_body(token)?,
                Mode::InSelect => self.start_in_select(token)?,
                Mode::AfterBody | Mode::AfterAfterBody => {
                    self.goes_on_behind_body();
                    Step::Again
                }
                _ => self.start_in_table(bytes, token)?,
            };
            if step != Step::Again {
                return Ok(step == Step::Opened);
            }
        }
    }

    /// An end tag.
    pub(super) fn end(&mut self, bytes: &[u8], token: &Token) -> Result<(), Unsure> {
        self.at = token.start;
        if self.element(self.current()).is_some_and(|element| element.kind.is_foreign)
            && !self.end_foreign(bytes, token)?
        {
            return Ok(());
        }
        loop {
            let step = match self.mode {
                Mode::Initial | Mode::BeforeHtml | Mode::BeforeHead | Mode::InHead | Mode::AfterHead => {
                    self.end_around_head(token)?
                }
                Mode::InBody => self.end_in_body(bytes, token)?,
                Mode::InSelect => self.end_in_select(token)?,
                Mode::AfterBody if token.tag == Tag::Html => {
                    self.mode = Mode::AfterAfterBody;
                    Step::Done
                }
                Mode::AfterBody | Mode::AfterAfterBody => {
                    self.goes_on_behind_body();
                    Step::Again
                }
                _ => self.end_in_table(bytes, token)?,
            };
            if step != Step::Again {
                return Ok(());
            }
        }
    }

    /// A run of text between tags.
    pub(super) fn text(&mut self, bytes: &[u8], mut start: usize, end: usize) -> Result<(), Unsure> {
        self.at = start;
        loop {
            let text = bytes.get(start..end).unwrap_or_default();
            let spaces = start + text.iter().position(|byte| !is_space(*byte)).unwrap_or(text.len());
            // A reference to white space would be white space too.
            let is_odd = || matches!(bytes.get(spaces..end), Some([b'&', b'#' | b'T' | b'N', ..]));
            match self.mode {
                Mode::InBody | Mode::InCaption | Mode::InCell => {
                    self.reconstruct()?;
                    self.add_text(start, end, text.contains(&b'&'));
                    return Ok(());
                }
                Mode::InSelect => {
                    self.add_text(start, end, text.contains(&b'&'));
                    return Ok(());
                }
                Mode::InTable | Mode::InTableBody | Mode::InRow => {
                    if spaces < end {
                        return self.unsure("text between the parts of a table");
                    }
                    self.add_text(start, end, false);
                    return Ok(());
                }
                Mode::AfterBody | Mode::AfterAfterBody => {
                    if spaces == end {
                        self.reconstruct()?;
                        self.add_text(start, end, false);
                        return Ok(());
                    }
                    if is_odd() {
                        return self.unsure("a character reference behind the body");
                    }
                    self.goes_on_behind_body();
                }
                Mode::Initial | Mode::BeforeHtml | Mode::BeforeHead => {
                    if is_odd() {
                        return self.unsure("a character reference in front of the head");
                    }
                    if spaces == end {
                        return Ok(());
                    }
                    start = spaces;
                    self.at = start;
                    self.imply_next(start)?;
                }
                Mode::InHead | Mode::AfterHead | Mode::InColumnGroup => {
                    if is_odd() {
                        return self.unsure("a character reference where white space is expected");
                    }
                    if start < spaces {
                        self.add_text(start, spaces, false);
                        start = spaces;
                        self.at = start;
                    }
                    if spaces == end {
                        return Ok(());
                    }
                    if self.mode == Mode::InColumnGroup {
                        return self.unsure("text between the columns of a table");
                    }
                    self.imply_next(start)?;
                }
            }
        }
    }

    /// Text in a drawing that is no markup.
    pub(super) fn plain_text(&mut self, start: usize, end: usize) -> Result<(), Unsure> {
        self.at = start;
        if start < end { self.unsure("a CDATA section") } else { Ok(()) }
    }

    /// The content and the end of an element with raw text.
    pub(super) fn raw_text(
        &mut self,
        token: &Token,
        start: usize,
        end: usize,
        has_references: bool,
    ) -> Result<(), Unsure> {
        if start < end {
            self.add_text(start, end, has_references);
        }
        self.close_last(token);
        Ok(())
    }

    /// A comment: the text nodes around it are two.
    pub(super) fn comment(&mut self, in_template: bool) {
        let stands_elsewhere = matches!(
            self.mode,
            Mode::Initial | Mode::BeforeHtml | Mode::BeforeHead | Mode::AfterBody | Mode::AfterAfterBody
        );
        // In a drawing that is still open a comment stands where it is written, whatever has ended around it.
        let is_foreign = self.element(self.current()).is_some_and(|element| element.kind.is_foreign);
        if !in_template && (is_foreign || !stands_elsewhere) {
            self.end_text();
        }
    }

    /// The end tag of the innermost element.
    pub(super) fn close_last(&mut self, token: &Token) {
        self.pop(Some(token));
    }

    /// The end of the text.
    pub(super) fn finish(&mut self, length: usize) -> Result<(), Unsure> {
        self.at = length;
        while matches!(self.mode, Mode::Initial | Mode::BeforeHtml | Mode::BeforeHead | Mode::InHead | Mode::AfterHead)
        {
            self.imply_next(length)?;
        }
        // Only white space comes behind the end of the body, so what is open there ends there.
        self.at = self.body_end.map_or(length, |(start, _)| start);
        while let Some((id, _)) = self.open.last().copied() {
            if self.open.len() == 1 {
                self.at = length;
            }
            self.pop(None);
            if self.html_tag(id) == Tag::Body
                && let (Some((start, end)), Some(body)) = (self.body_end, self.tree.elements.get_mut(wide(id)))
            {
                (body.end, body.kind.is_end_implied) = (small(end), start == end);
            }
        }
        Ok(())
    }

    /// More content than white space comes behind the end of the body.
    fn goes_on_behind_body(&mut self) {
        self.body_end = None;
        self.mode = Mode::InBody;
    }
}

/// Elements of drawings in which HTML goes on.
fn is_integration_point(element: &Element) -> bool {
    element.kind.is_foreign && matches!(element.tag, Tag::ForeignObject | Tag::Desc | Tag::Title)
}
