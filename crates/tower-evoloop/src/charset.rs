//! In which encoding a page is written, as browsers find out.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252, X_USER_DEFINED};
use http::{HeaderMap, header};

/// How many bytes browsers look through for a `meta` element that names the encoding.
pub(crate) const PRESCAN: usize = 1024;
const BOM: &[u8] = b"\xef\xbb\xbf";

/// The encoding of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Charset {
    pub(crate) encoding: &'static Encoding,
    /// Length of the byte order mark.
    pub(crate) mark: usize,
    /// Where the `meta` element ends that names the encoding, when nothing else does.
    pub(crate) named_until: Option<usize>,
}

/// The encoding of the page with this beginning; `None` when nobody says so, or when its bytes cannot be read like ASCII.
pub(crate) fn find(headers: &HeaderMap, beginning: &[u8]) -> Option<Charset> {
    if beginning.starts_with(BOM) {
        return Some(Charset { encoding: UTF_8, mark: BOM.len(), named_until: None });
    }
    if Encoding::for_bom(beginning).is_some() {
        return None;
    }
    let (encoding, named_until) = match of_header(headers) {
        Some(label) => (Encoding::for_label(label.as_bytes())?, None),
        None => {
            let (encoding, until) = prescan(beginning.get(..PRESCAN).unwrap_or(beginning))?;
            (encoding, Some(until))
        }
    };
    // In the others a byte below 128 can be a part of another character.
    let is_readable = encoding.is_ascii_compatible() && encoding != encoding_rs::ISO_2022_JP;
    is_readable.then_some(Charset { encoding, mark: 0, named_until })
}

fn of_header(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    text.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']).trim();
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then(|| value.to_owned())
    })
}

/// The encoding that a `meta` element names, and where that element ends: the standard's prescan.
fn prescan(bytes: &[u8]) -> Option<(&'static Encoding, usize)> {
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'<', bytes.get(at..)?) {
        at += found;
        let rest = bytes.get(at..)?;
        if rest.starts_with(b"<!--") {
            at += 2 + memchr::memmem::find(rest.get(2..)?, b"-->")? + 3;
        } else if starts_tag(rest, b"<meta") {
            let (attributes, length) = attributes(rest.get(5..)?)?;
            at += 5 + length;
            if let Some(encoding) = of_meta(&attributes) {
                return Some((encoding, at));
            }
        } else if rest.get(1).is_some_and(u8::is_ascii_alphabetic)
            || (rest.starts_with(b"</") && rest.get(2).is_some_and(u8::is_ascii_alphabetic))
        {
            let name = rest.iter().position(|byte| byte.is_ascii_whitespace() || *byte == b'>')?;
            at += name + attributes(rest.get(name..)?)?.1;
        } else if matches!(rest.get(1), Some(b'!' | b'/' | b'?')) {
            at += memchr::memchr(b'>', rest)? + 1;
        } else {
            at += 1;
        }
    }
    None
}

fn starts_tag(text: &[u8], tag: &[u8]) -> bool {
    let begins = text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
    begins && text.get(tag.len()).is_some_and(|byte| byte.is_ascii_whitespace() || *byte == b'/')
}

type Attributes = Vec<(Vec<u8>, Vec<u8>)>;

/// The attributes of a tag behind its name, in lower case, and the length up to its end; `None` when it does not end.
pub(crate) fn attributes(text: &[u8]) -> Option<(Attributes, usize)> {
    let mut found = Attributes::new();
    let length = walk_attributes(text, |name, value| {
        let name = name.to_ascii_lowercase();
        if found.iter().all(|(known, _)| *known != name) {
            found.push((name, value.to_ascii_lowercase()));
        }
    })?;
    Some((found, length))
}

/// Gives every attribute of a tag behind its name, and the length up to its end; `None` when it does not end.
pub(crate) fn walk_attributes(text: &[u8], mut take: impl FnMut(&[u8], &[u8])) -> Option<usize> {
    let mut at = 0;
    loop {
        while text.get(at).is_some_and(|byte| byte.is_ascii_whitespace() || *byte == b'/') {
            at += 1;
        }
        if *text.get(at)? == b'>' {
            return Some(at + 1);
        }
        let begin = at;
        while !matches!(text.get(at)?, b'>' | b'/') && !text.get(at)?.is_ascii_whitespace() {
            if *text.get(at)? == b'=' && at > begin {
                break;
            }
            at += 1;
        }
        let name = text.get(begin..at)?;
        while text.get(at)?.is_ascii_whitespace() {
            at += 1;
        }
        let mut value = &[][..];
        if *text.get(at)? == b'=' {
            at += 1;
            while text.get(at)?.is_ascii_whitespace() {
                at += 1;
            }
            let quote = *text.get(at)?;
            if matches!(quote, b'"' | b'\'') {
                let length = memchr::memchr(quote, text.get(at + 1..)?)?;
                value = text.get(at + 1..at + 1 + length)?;
                at += length + 2;
            } else {
                let begin = at;
                while *text.get(at)? != b'>' && !text.get(at)?.is_ascii_whitespace() {
                    at += 1;
                }
                value = text.get(begin..at)?;
            }
        }
        take(name, value);
    }
}

fn of_meta(attributes: &Attributes) -> Option<&'static Encoding> {
    let value = |wanted: &[u8]| attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_slice());
    let label = match value(b"charset") {
        Some(label) => label,
        None => {
            let is_type = value(b"http-equiv") == Some(b"content-type");
            let content = value(b"content").filter(|_| is_type)?;
            let at = memchr::memmem::find(content, b"charset")? + b"charset".len();
            let rest = content.get(at..)?.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
            match rest.first() {
                Some(quote @ (b'"' | b'\'')) => rest.get(1..)?.split(|byte| byte == quote).next()?,
                _ => rest.split(|byte| *byte == b';' || byte.is_ascii_whitespace()).next()?,
            }
        }
    };
    let encoding = Encoding::for_label(label)?;
    // What can be read as ASCII up to here is no UTF-16.
    if matches!(encoding.name(), "UTF-16LE" | "UTF-16BE") {
        return Some(UTF_8);
    }
    Some(if encoding == X_USER_DEFINED { WINDOWS_1252 } else { encoding })
}

#[cfg(test)]
mod tests;
