//! HTML text into a tree, within bounds that no honest page reaches.

use html5ever::driver::{self, ParseOpts};
use html5ever::tendril::{StrTendril, TendrilSink};
use scraper::{Html, HtmlTreeSink};
use std::borrow::Cow;

/// Bytes that are read between two looks at the bounds.
const CHUNK: usize = 4096;
/// Deepest nesting, as in browsers; walks to the root stay short.
const DEEPEST: usize = 512;
/// Nodes between two whose depth is looked at: what nests deeper than the bound by more than that is seen.
const LOOK_EVERY: usize = 8;
/// Most nodes: a few kilobytes of misnested tags can ask for millions.
const MOST_NODES: usize = 250_000;

/// Most attributes of one tag: a parser compares each with all that came before.
const MOST_ATTRIBUTES: usize = 256;
/// Elements whose content is no markup.
const RAW: [&str; 5] = ["script", "style", "textarea", "title", "xmp"];

/// The text without what a tag has beyond the bound. Nearly always the text itself.
fn with_fewer_attributes(html: &str) -> Cow<'_, str> {
    let bytes = html.as_bytes();
    let mut kept: Option<String> = None;
    let (mut copied, mut place) = (0, 0);
    while let Some(start) = find(bytes, place, b"<") {
        let raw = RAW.iter().find(|name| starts_with(bytes, start + 1, name));
        if bytes[start + 1..].starts_with(b"!--") {
            place = find(bytes, start + 4, b"-->").unwrap_or(bytes.len());
            continue;
        }
        if !bytes.get(start + 1).is_some_and(u8::is_ascii_alphabetic) {
            place = start + 1;
            continue;
        }
        let (bound, end) = tag(bytes, start + 1);
        if let Some(bound) = bound {
            let kept = kept.get_or_insert_with(|| String::with_capacity(html.len()));
            kept.push_str(&html[copied..bound]);
            copied = end;
        }
        place = end;
        if let Some(name) = raw {
            // To the end tag, which is read as any other.
            while let Some(close) = find(bytes, place, b"</") {
                place = close + 2;
                if starts_with(bytes, place, name) {
                    break;
                }
            }
        }
    }
    match kept {
        Some(mut kept) => {
            kept.push_str(&html[copied..]);
            Cow::Owned(kept)
        }
        None => Cow::Borrowed(html),
    }
}

/// Where a tag has too many attributes, if it has, and where it closes. Both stand at ASCII characters.
fn tag(bytes: &[u8], start: usize) -> (Option<usize>, usize) {
    let (mut quote, mut count, mut bound, mut before) = (None, 0, None, b'<');
    for (offset, byte) in bytes[start..].iter().copied().enumerate() {
        match quote {
            Some(open) if byte == open => quote = None,
            Some(_) => {}
            // A quote begins a value only after the equals sign.
            None if matches!(byte, b'"' | b'\'') && before == b'=' => quote = Some(byte),
            None if byte == b'>' => return (bound, start + offset),
            None if (byte.is_ascii_whitespace() || byte == b'/')
                && !(before.is_ascii_whitespace() || before == b'/') =>
            {
                count += 1;
                if count > MOST_ATTRIBUTES && bound.is_none() {
                    bound = Some(start + offset);
                }
            }
            None => {}
        }
        if !(before == b'=' && byte.is_ascii_whitespace()) {
            before = byte;
        }
    }
    (bound, bytes.len())
}

fn find(bytes: &[u8], from: usize, wanted: &[u8]) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.windows(wanted.len()).position(|window| window == wanted).map(|offset| from + offset)
}

fn starts_with(bytes: &[u8], at: usize, name: &str) -> bool {
    bytes.get(at..at + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
}

/// Reads a page as a browser does. What comes after a bound is passed is left out; then the answer is marked.
pub(crate) fn parse(html: &str) -> (Html, bool) {
    let mut parser = driver::parse_document(HtmlTreeSink::new(Html::new_document()), ParseOpts::default());
    let html = with_fewer_attributes(html);
    let mut rest: &str = &html;
    let (mut seen, mut is_cut) = (0, false);
    while !rest.is_empty() {
        let (chunk, tail) = rest.split_at(rest.floor_char_boundary(CHUNK.min(rest.len())));
        parser.process(StrTendril::from_slice(chunk));
        rest = tail;
        let html = parser.tokenizer.sink.sink.0.borrow();
        let count = html.tree.values().len();
        let too_deep = html
            .tree
            .nodes()
            .rev()
            .take(count - seen)
            .step_by(LOOK_EVERY)
            .any(|node| node.ancestors().nth(DEEPEST).is_some());
        if count > MOST_NODES || too_deep {
            is_cut = true;
            break;
        }
        seen = count;
    }
    (parser.finish(), is_cut)
}
