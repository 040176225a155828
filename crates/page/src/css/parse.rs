//! Style sheet text into rules. Forgiving as a browser: what cannot be read is skipped.

use std::rc::Rc;

/// Width at which media queries are answered, in CSS pixels.
const VIEWPORT: f64 = 1280.0;
/// Deepest nesting of at-rules that is followed.
const DEEPEST: usize = 4;
/// Most rules of a page; whole frameworks of utility classes stay below.
const MOST_RULES: usize = 250_000;
/// Most declarations of one block.
const MOST_DECLARATIONS: usize = 2000;
/// Longest value, in bytes: a picture that is written out may be large.
const LONGEST_VALUE: usize = 64 * 1024;

/// One selector with its declarations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) selector: String,
    /// Shared by all selectors of a list.
    pub(crate) declarations: Rc<[Declaration]>,
}

/// A property with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Declaration {
    pub(crate) property: String,
    pub(crate) value: String,
    pub(crate) important: bool,
}

/// The rules of a style sheet in order, one for each selector of a list.
pub(crate) fn rules(sheet: &str) -> Vec<Rule> {
    let mut rules = Vec::new();
    read_block(&without_comments(sheet), &mut rules, 0);
    rules
}

fn without_comments(sheet: &str) -> String {
    let mut text = String::with_capacity(sheet.len());
    let mut rest = sheet;
    while let Some(start) = rest.find("/*") {
        text.push_str(&rest[..start]);
        rest = rest[start + 2..].find("*/").map_or("", |end| &rest[start + 2 + end + 2..]);
    }
    text.push_str(rest);
    text
}

fn read_block(block: &str, rules: &mut Vec<Rule>, depth: usize) {
    let mut rest = block;
    while let Some(open) = rest.find('{').filter(|_| rules.len() < MOST_RULES) {
        // Statements such as @import end before the block that follows them.
        let prelude = rest[..open].rsplit(';').next().unwrap_or_default().trim();
        let Some(length) = body_length(&rest[open + 1..]) else { return };
        let body = &rest[open + 1..open + 1 + length];
        rest = rest.get(open + length + 2..).unwrap_or_default();
        if let Some(at_rule) = prelude.strip_prefix('@') {
            if depth < DEEPEST && applies(at_rule) {
                read_block(body, rules, depth + 1);
            }
        } else {
            let declarations: Rc<[Declaration]> = declarations(body).into();
            let selectors = split_outside(prelude, ',');
            let all = selectors.into_iter().map(str::trim).filter(|selector| !selector.is_empty());
            rules.extend(
                all.map(|selector| Rule { selector: selector.to_owned(), declarations: Rc::clone(&declarations) }),
            );
        }
    }
}

/// Bytes up to the brace that closes a block; `None` when none does.
fn body_length(text: &str) -> Option<usize> {
    let (mut depth, mut quote) = (0_usize, None);
    for (index, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'{') => depth += 1,
            (None, b'}') if depth == 0 => return Some(index),
            (None, b'}') => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Whether an at-rule's block is for a screen of our width.
fn applies(at_rule: &str) -> bool {
    let lower: String = at_rule.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some(condition) = lower.strip_prefix("supports") {
        return !condition.trim_start_matches([' ', '(']).starts_with("not");
    }
    if lower.starts_with("layer") {
        return true;
    }
    let Some(query) = lower.strip_prefix("media") else { return false };
    query.split(',').any(|query| {
        let query = query.replace(": ", ":");
        // What a visitor with an ordinary screen has not asked for.
        let out = [
            "print",
            "speech",
            "not all",
            "not screen",
            "prefers-color-scheme:dark",
            "prefers-reduced-motion",
            "prefers-contrast",
            "forced-colors",
            "orientation:portrait",
            "hover:none",
            "pointer:coarse",
        ];
        !out.iter().any(|word| query.contains(word))
            && within(&query, "min-width:", |limit| VIEWPORT >= limit)
            && within(&query, "max-width:", |limit| VIEWPORT <= limit)
            && within(&query, "width>=", |limit| VIEWPORT >= limit)
            && within(&query, "width >= ", |limit| VIEWPORT >= limit)
            && within(&query, "width<=", |limit| VIEWPORT <= limit)
            && within(&query, "width <= ", |limit| VIEWPORT <= limit)
            && within(&query, "width<", |limit| VIEWPORT < limit)
            && within(&query, "width < ", |limit| VIEWPORT < limit)
            && within(&query, "width>", |limit| VIEWPORT > limit)
            && within(&query, "width > ", |limit| VIEWPORT > limit)
    })
}

/// Whether the width fits the number behind the name; it does where none stands there.
fn within(query: &str, name: &str, fits: impl Fn(f64) -> bool) -> bool {
    let Some(start) = query.find(name) else { return true };
    let value = query[start + name.len()..].trim_start();
    let number: String = value.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let unit = value[number.len()..].trim_start();
    let factor = if unit.starts_with("em") || unit.starts_with("rem") { 16.0 } else { 1.0 };
    number.parse::<f64>().map_or(true, |limit| fits(limit * factor))
}

/// The declarations of a block or of a style attribute.
pub(crate) fn declarations(body: &str) -> Vec<Declaration> {
    let read = |text: &str| {
        let (property, value) = text.split_once(':')?;
        let property = property.trim();
        let (value, important) = match value.trim().strip_suffix("!important") {
            Some(value) => (value.trim(), true),
            None => (value.trim(), false),
        };
        let named = !property.is_empty() && !property.contains(['{', '}', '\n']);
        let property = if property.starts_with("--") { property.to_owned() } else { property.to_lowercase() };
        (named && !value.is_empty() && value.len() <= LONGEST_VALUE).then(|| Declaration {
            property,
            value: value.to_owned(),
            important,
        })
    };
    split_outside(body, ';').into_iter().filter_map(read).take(MOST_DECLARATIONS).collect()
}

/// Splits where the separator stands outside of brackets and quotes.
pub(crate) fn split_outside(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut start, mut depth, mut quote) = (Vec::new(), 0, 0_i32, None);
    for (index, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth -= 1,
            (None, _) if c == separator && depth <= 0 => {
                parts.push(&text[start..index]);
                start = index + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}
