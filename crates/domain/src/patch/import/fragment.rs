//! Reads a piece of markup that is as plain as an inserted element: every tag closed, every value quoted.
//!
//! Nothing is guessed: a tag that is not closed is refused, and elements stand in each other as they are written.

use crate::patch::{Node, TAGS, VOID_TAGS};
use std::collections::BTreeMap;

/// A text without any markup.
pub(super) fn text(html: &str) -> Option<String> {
    if html.contains('<') { None } else { decode(html) }
}

/// One element with what is in it; a text alone becomes a `span`.
pub(super) fn node(html: &str) -> Option<Node> {
    let html = html.trim();
    if !html.contains('<') {
        let text = Some(decode(html)?);
        return Some(Node { tag: "span".to_owned(), text, attrs: BTreeMap::new(), children: Vec::new() });
    }
    let (node, rest) = element(html, 0)?;
    rest.is_empty().then_some(node)
}

fn element(html: &str, depth: usize) -> Option<(Node, &str)> {
    let rest = html.strip_prefix('<').filter(|_| depth < 10)?;
    let (tag, mut rest) = rest.split_at(rest.find(|c: char| !c.is_ascii_alphanumeric())?);
    let tag = tag.to_ascii_lowercase();
    if !TAGS.contains(&tag.as_str()) {
        return None;
    }
    let mut attrs = BTreeMap::new();
    loop {
        rest = rest.trim_start();
        if let Some(after) =
            rest.strip_prefix('>').or_else(|| rest.strip_prefix("/>").filter(|_| VOID_TAGS.contains(&tag.as_str())))
        {
            rest = after;
            break;
        }
        let (name, after) = rest.split_once('=')?;
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = after.get(1..)?.split_once(quote)?;
        let plain = name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-');
        if !plain || attrs.insert(name.to_ascii_lowercase(), decode(value)?).is_some() {
            return None;
        }
        rest = after;
    }
    let mut node = Node { tag, text: None, attrs, children: Vec::new() };
    if VOID_TAGS.contains(&node.tag.as_str()) {
        return Some((node, rest));
    }
    loop {
        let (text, after) = rest.split_at(rest.find('<')?);
        if !text.trim().is_empty() {
            // A text behind an element has no place in the language.
            if !node.children.is_empty() {
                return None;
            }
            node.text = Some(decode(text)?);
        }
        if let Some(after) = after.strip_prefix("</") {
            let (name, after) = after.split_once('>')?;
            return (name.trim_end().eq_ignore_ascii_case(&node.tag)).then_some((node, after));
        }
        let (child, after) = element(after, depth + 1)?;
        node.children.push(child);
        rest = after;
    }
}

/// Resolves the character references that people write; one that is not known refuses the whole.
fn decode(text: &str) -> Option<String> {
    let mut parts = text.split('&');
    let mut decoded = parts.next()?.to_owned();
    for part in parts {
        let Some((name, rest)) = part.split_once(';').filter(|(name, _)| name.len() <= 8) else {
            // A lone `&` is text.
            if part.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '#') {
                return None;
            }
            decoded.push('&');
            decoded.push_str(part);
            continue;
        };
        decoded.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "nbsp" => '\u{a0}',
            "mdash" => '—',
            "ndash" => '–',
            "hellip" => '…',
            "rsquo" => '’',
            "euro" => '€',
            _ => number(name)?,
        });
        decoded.push_str(rest);
    }
    Some(decoded)
}

fn number(name: &str) -> Option<char> {
    let digits = name.strip_prefix('#')?;
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
        None => digits.parse().ok()?,
    };
    char::from_u32(code).filter(|c| !c.is_control())
}
