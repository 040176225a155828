//! A page that arrives in pieces and goes on to the browser while it does.

use super::compiled::Compiled;
use super::decode::is_readable;
use super::matching::Page;
use super::scan::Scanner;
use super::tags::Tag;
use super::tree::{small, wide};
use super::{Miss, Stop, Unsure, changed, style_element};
use domain::patch::Op;
use encoding_rs::Encoding;

/// How a page that arrived in pieces ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// The patch is in the text.
    Applied,
    /// Something is not there; nothing was changed.
    Missed(Vec<Miss>),
    /// The page is not understood well enough; nothing was changed.
    Unsure(Unsure),
    /// The page was too long to wait for its end; nothing was changed.
    TooLong,
}

/// What the end of a page gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// What is still to be sent.
    pub rest: Vec<u8>,
    /// What became of the patch.
    pub done: Done,
    /// Whether what was to be added to the head is there.
    pub is_in_head: bool,
}

/// Applies a patch to a page that arrives in pieces. What stands in front of everything that the patch may
/// change goes on at once.
///
/// The style sheet of a patch without `image` is written when the head ends, before it is known whether the patch
/// applies: a rule for elements with marks does nothing on a page without marks.
pub struct Stream {
    patch: Compiled,
    encoding: &'static Encoding,
    scanner: Scanner,
    /// The page so far.
    bytes: Vec<u8>,
    sent: usize,
    most: usize,
    into_head: Vec<u8>,
    /// The rules that can be written before the end of the page is seen.
    rules: Option<String>,
    is_head_written: bool,
    /// How many elements were looked at, and where the first one begins that the patch may mean.
    looked_at: usize,
    held_from: Option<usize>,
    given_up: Option<Done>,
}

impl Stream {
    /// Keeps at most `most` bytes of a page; one that is longer stays as it is.
    #[must_use]
    pub fn new(patch: Compiled, encoding: &'static Encoding, most: usize) -> Self {
        let unreadable = Unsure { at: 0, why: "an encoding in which tags cannot be seen" };
        Self {
            rules: patch.rules(),
            patch,
            encoding,
            scanner: Scanner::new(),
            bytes: Vec::new(),
            sent: 0,
            most,
            into_head: Vec::new(),
            is_head_written: false,
            looked_at: 0,
            held_from: None,
            given_up: (!is_readable(encoding)).then_some(Done::Unsure(unreadable)),
        }
    }

    /// Puts this at the end of the head, whatever becomes of the patch, as long as the page is understood that far.
    #[must_use]
    pub fn add_to_head(mut self, html: &[u8]) -> Self {
        self.into_head = html.to_vec();
        self
    }

    /// Takes a piece of the page; what can be sent on now.
    pub fn write(&mut self, chunk: &[u8]) -> Vec<u8> {
        if self.given_up.is_some() {
            return chunk.to_vec();
        }
        self.bytes.extend_from_slice(chunk);
        if self.bytes.len() > self.most {
            return self.pass_all(Done::TooLong);
        }
        if let Err(unsure) = self.scanner.run(&self.bytes, false) {
            return self.pass_all(Done::Unsure(unsure));
        }
        self.look();
        let mut out = Vec::new();
        if let Some(head_end) = self.scanner.tree().head_end
            && let Some(rules) = self.rules.clone()
            && self.held_from.is_none_or(|from| from >= head_end)
            && !self.is_head_written
        {
            self.pass_to(head_end, &mut out);
            out.extend_from_slice(&self.into_head);
            out.extend_from_slice(style_element(&rules).as_bytes());
            self.is_head_written = true;
        }
        let mut free = self.held_from.unwrap_or(usize::MAX).min(self.scanner.at());
        if !self.is_head_written {
            free = free.min(self.scanner.tree().head_end.unwrap_or(usize::MAX));
        }
        self.pass_to(free, &mut out);
        out
    }

    fn pass_to(&mut self, end: usize, out: &mut Vec<u8>) {
        if end > self.sent {
            out.extend_from_slice(self.bytes.get(self.sent..end).unwrap_or_default());
            self.sent = end;
        }
    }

    /// Looks for elements that the patch may mean among the new ones.
    fn look(&mut self) {
        if self.held_from.is_some() {
            return;
        }
        let tree = self.scanner.tree();
        let page = Page::new(&self.bytes, tree, self.encoding);
        let has_pictures = self.patch.ops.iter().any(|op| matches!(op, Op::Image { .. }));
        for place in self.looked_at..tree.elements.len() {
            let id = small(place);
            if self.patch.selectors.iter().any(|selector| page.may_match(id, selector)) {
                // A picture's sources stand in front of it.
                let around = page.tree.ancestors(id).filter(|around| page.is_html(*around, Tag::Picture));
                let first = around.last().filter(|_| has_pictures).unwrap_or(id);
                self.held_from = tree.element(first).map(|element| wide(element.start));
                break;
            }
        }
        self.looked_at = tree.elements.len();
    }

    fn pass_all(&mut self, done: Done) -> Vec<u8> {
        self.given_up = Some(done);
        self.held_back()
    }

    /// What was not sent yet, unchanged but for what belongs into the head.
    fn held_back(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        if let Some(head_end) = self.scanner.tree().head_end.filter(|end| *end >= self.sent && !self.is_head_written) {
            self.pass_to(head_end, &mut out);
            out.extend_from_slice(&self.into_head);
            self.is_head_written = true;
        }
        self.pass_to(self.bytes.len(), &mut out);
        out
    }

    /// The page ends here.
    #[must_use]
    pub fn finish(mut self) -> Finished {
        if let Some(done) = self.given_up.take() {
            return Finished { rest: Vec::new(), done, is_in_head: self.is_head_written };
        }
        match self.apply() {
            Ok(rest) => Finished { rest, done: Done::Applied, is_in_head: true },
            Err(stop) => {
                let rest = self.held_back();
                let done = match stop {
                    Stop::Missed(misses) => Done::Missed(misses),
                    Stop::Unsure(unsure) => Done::Unsure(unsure),
                };
                Finished { rest, done, is_in_head: self.is_head_written }
            }
        }
    }

    fn apply(&mut self) -> Result<Vec<u8>, Stop> {
        self.scanner.run(&self.bytes, true)?;
        let page = Page::new(&self.bytes, self.scanner.tree(), self.encoding);
        let into_head = (!self.is_head_written).then_some(self.into_head.as_slice());
        Ok(changed(&page, &self.patch, into_head, self.sent)?.0)
    }

    /// Stops waiting: what was held back, unchanged but for what belongs into the head.
    #[must_use]
    pub fn give_up(mut self) -> Vec<u8> {
        self.held_back()
    }
}
