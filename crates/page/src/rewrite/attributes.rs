//! The attributes of a tag, read as a tokenizer does.

use std::ops::Range;

/// White space between tags and attributes.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | b'\r' | b'\x0c')
}

/// One attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attribute {
    /// Its name, in any case.
    pub(super) name: Range<usize>,
    /// Its value, without quotes.
    pub(super) value: Range<usize>,
    /// Where it ends, the quote included.
    pub(super) end: usize,
    /// Whether there is an equals sign with nothing behind it.
    pub(super) is_open: bool,
}

/// Reads the attributes of a tag from behind its name.
pub(super) struct Attributes<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Where the tag ends, and whether it closes itself; nothing while the text ends before the tag does.
    pub(super) end: Option<(usize, bool)>,
}

impl<'a> Attributes<'a> {
    /// `at` is where the name of the tag ends.
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, end: None }
    }

    fn skip_spaces(&self, mut at: usize) -> usize {
        while self.bytes.get(at).is_some_and(|byte| is_space(*byte)) {
            at += 1;
        }
        at
    }

    /// Moves on to the next name; nothing at the end of the tag.
    fn begin(&mut self) -> Option<usize> {
        loop {
            self.at = self.skip_spaces(self.at);
            match self.bytes.get(self.at)? {
                b'>' => {
                    self.end = Some((self.at + 1, false));
                    return None;
                }
                b'/' => {
                    if *self.bytes.get(self.at + 1)? == b'>' {
                        self.end = Some((self.at + 2, true));
                        return None;
                    }
                    self.at += 1;
                }
                _ => return Some(self.at),
            }
        }
    }
}

impl Iterator for Attributes<'_> {
    type Item = Attribute;

    #[inline]
    fn next(&mut self) -> Option<Attribute> {
        if self.end.is_some() {
            return None;
        }
        let start = self.begin()?;
        // An equals sign in front is part of the name.
        let mut at = start + 1;
        while !matches!(*self.bytes.get(at)?, b' ' | b'\n' | b'\t' | b'\r' | b'\x0c' | b'/' | b'>' | b'=') {
            at += 1;
        }
        let name = start..at;
        let equals = self.skip_spaces(at);
        if *self.bytes.get(equals)? != b'=' {
            self.at = at;
            return Some(Attribute { name, value: at..at, end: at, is_open: false });
        }
        let first = self.skip_spaces(equals + 1);
        let (value, end, is_open) = match *self.bytes.get(first)? {
            quote @ (b'"' | b'\'') => {
                let length = memchr::memchr(quote, self.bytes.get(first + 1..)?)?;
                (first + 1..first + 1 + length, first + length + 2, false)
            }
            b'>' => (first..first, first, true),
            _ => {
                let rest = self.bytes.get(first..)?;
                let length = rest.iter().position(|byte| is_space(*byte) || *byte == b'>')?;
                (first..first + length, first + length, false)
            }
        };
        self.at = end;
        Some(Attribute { name, value, end, is_open })
    }
}
