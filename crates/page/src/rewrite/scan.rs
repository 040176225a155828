//! Reads HTML text, tag by tag, as the tokenizer of a browser does.

mod raw;

use super::Unsure;
use super::attributes::Attributes;
use super::build::Builder;
use super::tags::Tag;
use super::tree::{Tree, small};
use memchr::{memchr, memmem};
use raw::Raw;

/// Longest text, in bytes; places have 32 bits.
const LONGEST: usize = 1 << 30;

/// A start or end tag.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) tag: Tag,
    pub(super) start: usize,
    /// Where its name ends; the name begins behind `<` or `</`.
    pub(super) name_end: usize,
    pub(super) end: usize,
    pub(super) closes_itself: bool,
    pub(super) id: (u32, u32),
    pub(super) class: (u32, u32),
}

/// Reads a text that may arrive in pieces. Places are always those in the whole text.
pub(super) struct Scanner {
    at: usize,
    raw: Option<Raw>,
    /// Whether a line break right here is no text.
    skips_newline: bool,
    template: Option<Template>,
    pub(super) builder: Builder,
}

/// What is skipped over: the content of a template.
struct Template {
    depth: usize,
    drawings: usize,
    /// Whether something opened in which text elements may be ignored.
    has_select: bool,
}

impl Scanner {
    pub(super) fn new() -> Self {
        Self { at: 0, raw: None, skips_newline: false, template: None, builder: Builder::new() }
    }

    /// How far the text was read.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn tree(&self) -> &Tree {
        &self.builder.tree
    }

    /// Reads on. `bytes` is everything so far, and the end when `is_whole`.
    pub(super) fn run(&mut self, bytes: &[u8], is_whole: bool) -> Result<(), Unsure> {
        if bytes.len() > LONGEST {
            return Err(Unsure { at: self.at, why: "the text is too long" });
        }
        if let Some(nul) = memchr(0, bytes.get(self.at..).unwrap_or_default()) {
            return Err(Unsure { at: self.at + nul, why: "a character NUL" });
        }
        if self.at == 0 {
            if bytes.len() < 3 && !is_whole {
                return Ok(());
            }
            if bytes.starts_with(b"\xef\xbb\xbf") {
                self.at = 3;
            }
        }
        while self.at < bytes.len() {
            if !self.step(bytes, is_whole)? {
                break;
            }
        }
        if is_whole {
            if self.template.is_some() {
                return Err(Unsure { at: bytes.len(), why: "a template without an end" });
            }
            if self.raw.is_some() || self.at < bytes.len() {
                return Err(Unsure { at: self.at, why: "the text ends inside of a tag" });
            }
            self.builder.finish(bytes.len())?;
        }
        Ok(())
    }

    /// Reads one tag, comment or run of text; false when more of the text is needed.
    fn step(&mut self, bytes: &[u8], is_whole: bool) -> Result<bool, Unsure> {
        if self.raw.is_some() {
            return self.raw_text(bytes, is_whole);
        }
        let rest = bytes.get(self.at..).unwrap_or_default();
        if std::mem::take(&mut self.skips_newline) {
            match rest {
                [b'\r'] if !is_whole => {
                    self.skips_newline = true;
                    return Ok(false);
                }
                [b'\r', b'\n', ..] => self.at += 2,
                [b'\r' | b'\n', ..] => self.at += 1,
                [b'&', b'#' | b'N', ..] => return self.unsure("a line break as a character reference"),
                [b'&'] if !is_whole => {
                    self.skips_newline = true;
                    return Ok(false);
                }
                _ => {}
            }
            return Ok(true);
        }
        match rest {
            [b'<', b'a'..=b'z' | b'A'..=b'Z', ..] => self.start_tag(bytes),
            [b'<', b'/', b'a'..=b'z' | b'A'..=b'Z', ..] => self.end_tag(bytes),
            [b'<', b'/', b'>', ..] => {
                self.at += 3;
                Ok(true)
            }
            [b'<', b'!', ..] => self.declaration(bytes, is_whole),
            [b'<', b'?', ..] | [b'<', b'/', _, ..] => self.bogus_comment(bytes, is_whole),
            [b'<'] | [b'<', b'/'] if !is_whole => Ok(false),
            _ => {
                let length = memchr(b'<', rest.get(1..).unwrap_or_default());
                if length.is_none() && !is_whole {
                    return Ok(false);
                }
                let end = length.map_or(bytes.len(), |length| self.at + 1 + length);
                if self.template.is_none() {
                    self.builder.text(bytes, self.at, end)?;
                }
                self.at = end;
                Ok(true)
            }
        }
    }

    fn unsure<T>(&self, why: &'static str) -> Result<T, Unsure> {
        Err(Unsure { at: self.at, why })
    }

    /// Reads a tag whose name begins at `name`; nothing when the text ends first.
    #[inline]
    fn tag(&self, bytes: &[u8], name: usize) -> Option<Token> {
        let rest = bytes.get(name..)?;
        let length =
            rest.iter().position(|byte| matches!(byte, b' ' | b'\n' | b'\t' | b'\r' | b'\x0c' | b'/' | b'>'))?;
        let name_end = name + length;
        let mut token = Token {
            tag: Tag::of(rest.get(..length)?),
            start: self.at,
            name_end,
            end: name_end + 1,
            closes_itself: false,
            id: (0, 0),
            class: (0, 0),
        };
        if rest.get(length) == Some(&b'>') {
            return Some(token);
        }
        let mut attributes = Attributes::new(bytes, name_end);
        for attribute in attributes.by_ref() {
            let value = (small(attribute.value.start), small(attribute.value.end));
            match bytes.get(attribute.name) {
                Some([b'i' | b'I', b'd' | b'D']) if token.id.1 == 0 => token.id = value,
                Some(name) if name.len() == 5 && name.eq_ignore_ascii_case(b"class") && token.class.1 == 0 => {
                    token.class = value;
                }
                _ => {}
            }
        }
        (token.end, token.closes_itself) = attributes.end?;
        Some(token)
    }

    fn start_tag(&mut self, bytes: &[u8]) -> Result<bool, Unsure> {
        let Some(token) = self.tag(bytes, self.at + 1) else { return Ok(false) };
        if self.template.is_some() {
            return self.start_in_template(&token);
        }
        let opened = self.builder.start(bytes, &token)?;
        self.at = token.end;
        if opened {
            match token.tag {
                Tag::Template => {
                    if self.has_shadow_root(bytes, &token) {
                        return self.unsure("a shadow root");
                    }
                    self.template = Some(Template { depth: 1, drawings: 0, has_select: false });
                }
                tag if tag.is_raw() => {
                    self.skips_newline = tag == Tag::Textarea;
                    self.raw = Some(Raw::new(tag, self.at));
                }
                tag => self.skips_newline = matches!(tag, Tag::Pre | Tag::Listing),
            }
        }
        Ok(true)
    }

    fn has_shadow_root(&self, bytes: &[u8], token: &Token) -> bool {
        let tag = bytes.get(token.start..token.end).unwrap_or_default();
        tag.windows(10).any(|window| window.eq_ignore_ascii_case(b"shadowroot"))
    }

    fn start_in_template(&mut self, token: &Token) -> Result<bool, Unsure> {
        let Some(template) = &mut self.template else { return Ok(false) };
        let is_raw = token.tag.is_raw();
        if template.drawings > 0 {
            if token.tag.breaks_out() || is_raw && !matches!(token.tag, Tag::Title | Tag::Style) {
                return self.unsure("a drawing in a template");
            }
            template.drawings += usize::from(token.tag == Tag::Svg && !token.closes_itself);
        } else {
            match token.tag {
                Tag::Template => template.depth += 1,
                Tag::Svg => template.drawings += usize::from(!token.closes_itself),
                Tag::Math | Tag::Plaintext | Tag::Frameset => return self.unsure("a template with math or frames"),
                // Its marker would outlive it, and with it formatting that the template has left open.
                Tag::Applet | Tag::Marquee | Tag::Object => return self.unsure("a template with an object"),
                Tag::Select | Tag::Col | Tag::Colgroup => template.has_select = true,
                tag if is_raw && template.has_select && tag != Tag::Script => {
                    return self.unsure("a select in a template");
                }
                tag if is_raw => self.raw = Some(Raw::new(tag, token.end)),
                _ => {}
            }
        }
        self.at = token.end;
        Ok(true)
    }

    fn end_tag(&mut self, bytes: &[u8]) -> Result<bool, Unsure> {
        let Some(token) = self.tag(bytes, self.at + 2) else { return Ok(false) };
        self.at = token.end;
        if let Some(template) = &mut self.template {
            if token.tag == Tag::Svg {
                template.drawings = template.drawings.saturating_sub(1);
            }
            if token.tag == Tag::Template {
                template.depth -= 1;
                if template.drawings > 0 {
                    return self.unsure("a template that ends in a drawing");
                }
                if template.depth == 0 {
                    self.template = None;
                    self.builder.close_last(&token);
                }
            }
            return Ok(true);
        }
        self.builder.end(bytes, &token)?;
        Ok(true)
    }

    /// `<!...`: a comment, a doctype, a piece of plain text in a drawing, or nonsense.
    fn declaration(&mut self, bytes: &[u8], is_whole: bool) -> Result<bool, Unsure> {
        let rest = bytes.get(self.at..).unwrap_or_default();
        if rest.starts_with(b"<!--") {
            return self.comment(bytes, is_whole);
        }
        if rest.len() < 9 && !is_whole {
            return Ok(false);
        }
        if rest.get(2..9).is_some_and(|word| word.eq_ignore_ascii_case(b"doctype")) {
            let Some(length) = memchr(b'>', rest) else { return self.cut(is_whole) };
            if self.template.is_none() {
                self.builder.doctype(rest.get(..=length).unwrap_or_default());
            }
            self.at += length + 1;
            return Ok(true);
        }
        let draws = self.template.as_ref().map_or_else(|| self.builder.is_foreign_here(), |inside| inside.drawings > 0);
        if draws && rest.starts_with(b"<![CDATA[") {
            let start = self.at + 9;
            let Some(length) = memmem::find(bytes.get(start..).unwrap_or_default(), b"]]>") else {
                return self.cut(is_whole);
            };
            if self.template.is_none() {
                self.builder.plain_text(start, start + length)?;
            }
            self.at = start + length + 3;
            return Ok(true);
        }
        self.bogus_comment(bytes, is_whole)
    }

    fn comment(&mut self, bytes: &[u8], is_whole: bool) -> Result<bool, Unsure> {
        // `<!-->` and `<!--->` are comments too.
        let begin = self.at + 2;
        let plain = memmem::find(bytes.get(begin..).unwrap_or_default(), b"-->").map(|offset| begin + offset);
        let odd_begin = self.at + 4;
        let odd = bytes.get(odd_begin..plain.unwrap_or(bytes.len())).and_then(|rest| memmem::find(rest, b"--!>"));
        let end = match (odd, plain) {
            (Some(offset), _) => odd_begin + offset + 4,
            (None, Some(plain)) => plain + 3,
            (None, None) => return self.cut(is_whole),
        };
        self.builder.comment(self.template.is_some());
        self.at = end;
        Ok(true)
    }

    fn bogus_comment(&mut self, bytes: &[u8], is_whole: bool) -> Result<bool, Unsure> {
        let rest = bytes.get(self.at..).unwrap_or_default();
        let Some(length) = memchr(b'>', rest) else { return self.cut(is_whole) };
        self.builder.comment(self.template.is_some());
        self.at += length + 1;
        Ok(true)
    }

    /// What ends behind the text: it comes, or the text is cut off.
    fn cut(&self, is_whole: bool) -> Result<bool, Unsure> {
        if is_whole { self.unsure("the text ends inside of a comment") } else { Ok(false) }
    }

    fn raw_text(&mut self, bytes: &[u8], is_whole: bool) -> Result<bool, Unsure> {
        let Some(mut raw) = self.raw.take() else { return Ok(false) };
        if self.skips_newline {
            // As for any other element, before its text begins.
            let stepped = self.step(bytes, is_whole);
            raw.begin_at(self.at);
            self.raw = Some(raw);
            return stepped;
        }
        let Some(end) = raw.end(bytes) else {
            self.raw = Some(raw);
            return Ok(false);
        };
        self.at = end;
        let Some(token) = self.tag(bytes, end + 2) else {
            self.at = raw.start();
            self.raw = Some(raw);
            return Ok(false);
        };
        if self.template.is_none() {
            self.builder.raw_text(&token, raw.start(), end, raw.has_references())?;
        }
        self.at = token.end;
        Ok(true)
    }
}
