//! The content of elements that holds no tags.

use crate::rewrite::tags::Tag;
use memchr::memchr2;

/// Where a script stands: old pages hide theirs in a comment, and then it can hold the text of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hiding {
    No,
    InComment,
    InScriptInComment,
}

/// Looks for the end of an element with raw text; goes on where it stopped when more of the text is there.
#[derive(Debug)]
pub(super) struct Raw {
    tag: Tag,
    start: usize,
    at: usize,
    hiding: Hiding,
}

impl Raw {
    pub(super) fn new(tag: Tag, start: usize) -> Self {
        Self { tag, start, at: start, hiding: Hiding::No }
    }

    /// The text begins further on.
    pub(super) fn begin_at(&mut self, start: usize) {
        (self.start, self.at) = (start, start);
    }

    pub(super) fn start(&self) -> usize {
        self.start
    }

    /// Whether character references count.
    pub(super) fn has_references(&self) -> bool {
        matches!(self.tag, Tag::Textarea | Tag::Title)
    }

    /// Where the end tag begins; nothing when it is not there yet.
    pub(super) fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        loop {
            let rest = bytes.get(self.at..)?;
            let found = match self.hiding {
                Hiding::No => memchr::memchr(b'<', rest),
                // Hyphens matter where a comment can end.
                _ => memchr2(b'<', b'-', rest),
            };
            let Some(offset) = found else {
                // A hyphen before the end of what is there was seen already.
                self.at = bytes.len();
                return None;
            };
            self.at += offset;
            let rest = bytes.get(self.at..)?;
            // The longest thing to look at is `</noscript>`.
            let is_short = rest.len() < 12;
            if is_word(rest, "</", self.tag) {
                if self.hiding != Hiding::InScriptInComment {
                    return Some(self.at);
                }
                self.hiding = Hiding::InComment;
            } else if is_short && could_matter(rest) {
                return None;
            } else if self.tag == Tag::Script {
                self.hide(rest);
            }
            self.at += 1;
        }
    }

    fn hide(&mut self, rest: &[u8]) {
        match self.hiding {
            Hiding::No if rest.starts_with(b"<!--") => {
                self.hiding = Hiding::InComment;
                // `<!-->` is whole: its hyphens open and close.
                self.at += 1;
            }
            Hiding::InComment if is_word(rest, "<", Tag::Script) => self.hiding = Hiding::InScriptInComment,
            Hiding::InComment | Hiding::InScriptInComment if rest.starts_with(b"-->") => self.hiding = Hiding::No,
            _ => {}
        }
    }
}

/// Whether a beginning may become an end tag or a comment when more of the text is there.
fn could_matter(rest: &[u8]) -> bool {
    let begins = |word: &[u8]| rest.iter().zip(word).all(|(byte, wanted)| byte.eq_ignore_ascii_case(wanted));
    !rest.contains(&b'>')
        && (rest.starts_with(b"<") && rest.get(1).is_none_or(|next| b"/!sS".contains(next)) || begins(b"-->"))
}

/// Whether a name follows here and ends as the name of a tag does.
fn is_word(rest: &[u8], before: &str, tag: Tag) -> bool {
    let name = tag.name().as_bytes();
    let (start, end) = (before.len(), before.len() + name.len());
    rest.starts_with(before.as_bytes())
        && rest.get(start..end).is_some_and(|found| found.eq_ignore_ascii_case(name))
        && matches!(rest.get(end), Some(b' ' | b'\n' | b'\t' | b'\r' | b'\x0c' | b'/' | b'>'))
}
