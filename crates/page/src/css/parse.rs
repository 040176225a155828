//! Style sheet text into rules. Forgiving as a browser: what cannot be read is skipped.

use std::collections::HashMap;
use std::rc::Rc;

/// Width at which media queries are answered, in CSS pixels.
const VIEWPORT: f64 = 1280.0;
/// Deepest nesting of at-rules and rules that is followed.
const DEEPEST: usize = 8;
/// Most selectors of a nested rule.
const MOST_NESTED: usize = 64;
/// Longest selector of a nested rule, in bytes; longer ones are not asked for anyway.
const LONGEST_SELECTOR: usize = 400;
/// Most rules of a page; whole frameworks of utility classes stay below.
const MOST_RULES: usize = 250_000;
/// Most declarations of one block.
const MOST_DECLARATIONS: usize = 2000;
/// Longest shorthand that is taken apart, in bytes.
const LONGEST_SHORT: usize = 4096;
/// How far into a style sheet others are taken in, in bytes.
const LONGEST_START: usize = 16 * 1024;
/// Most style sheets that one takes in.
const MOST_IMPORTS: usize = 8;
/// Longest value, in bytes: a picture that is written out may be large.
const LONGEST_VALUE: usize = 64 * 1024;

/// One selector with its declarations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) selector: String,
    /// Shared by all selectors of a list.
    pub(crate) declarations: Rc<[Declaration]>,
    /// The place of its layer: a higher one wins.
    pub(crate) layer: u32,
}

/// A property with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Declaration {
    pub(crate) property: String,
    pub(crate) value: String,
    pub(crate) important: bool,
}

/// The layers of a page by name, in the order in which they are first named: later ones win.
#[derive(Debug, Default)]
pub(crate) struct Layers {
    places: HashMap<String, u32>,
    nameless: u32,
}

impl Layers {
    /// What stands in no layer wins over all of them.
    const NONE: u32 = u32::MAX;

    fn place(&mut self, name: &str) -> u32 {
        let next = u32::try_from(self.places.len()).unwrap_or(Self::NONE);
        *self.places.entry(name.to_owned()).or_insert(next)
    }
}

/// The rules of a style sheet in order, one for each selector of a list.
pub(crate) fn rules(sheet: &str, layers: &mut Layers) -> Vec<Rule> {
    let mut reader = Reader { rules: Vec::new(), layers };
    reader.read_block(&without_comments(sheet), &Place { depth: 0, layer: Layers::NONE, name: "", parents: &[] });
    reader.rules
}

/// The addresses, as written, of the style sheets that one takes in at its start, for a screen like ours.
pub(crate) fn imports(sheet: &str) -> Vec<String> {
    let start = &sheet[..sheet.floor_char_boundary(LONGEST_START.min(sheet.len()))];
    let text = without_comments(start);
    let mut found = Vec::new();
    // Only the order of layers and the encoding may stand before or between.
    for statement in split_outside(&text, ';').into_iter().map(str::trim) {
        let Some(rest) = statement.strip_prefix("@import") else {
            if statement.starts_with("@charset") || (statement.starts_with("@layer") && !statement.contains('{')) {
                continue;
            }
            break;
        };
        let rest = rest.trim_start();
        let (address, tail) = match rest.strip_prefix("url(") {
            Some(inner) => inner.split_once(')').unwrap_or((inner, "")),
            None => {
                let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
                quote.and_then(|quote| rest[1..].split_once(quote)).unwrap_or(("", ""))
            }
        };
        let address = address.trim().trim_matches(['"', '\'']);
        let tail = tail.trim();
        let is_plain = tail.is_empty() || ["layer", "supports"].iter().any(|word| tail.starts_with(word));
        if !address.is_empty() && (is_plain || applies(&format!("media {tail}"))) {
            found.push(address.to_owned());
        }
    }
    found.truncate(MOST_IMPORTS);
    found
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

/// Where a block stands.
struct Place<'a> {
    depth: usize,
    layer: u32,
    /// The layer's whole name.
    name: &'a str,
    /// The selectors of the rule around it; none outside of rules.
    parents: &'a [String],
}

struct Reader<'a> {
    rules: Vec<Rule>,
    layers: &'a mut Layers,
}

impl Reader<'_> {
    /// Reads rules, at-rules and, inside of a rule, declarations between them.
    fn read_block(&mut self, block: &str, place: &Place<'_>) {
        let mut rest = block;
        while let Some(open) = rest.find('{').filter(|_| self.rules.len() < MOST_RULES) {
            // Statements such as @import end before the block that follows them, as declarations do.
            let (before, prelude) = rest[..open].rsplit_once(';').unwrap_or(("", &rest[..open]));
            self.read_statements(before, place);
            let prelude = prelude.trim();
            let Some(length) = body_length(&rest[open + 1..]) else { return };
            let body = &rest[open + 1..open + 1 + length];
            rest = rest.get(open + length + 2..).unwrap_or_default();
            if place.depth >= DEEPEST {
                continue;
            }
            match prelude.strip_prefix('@') {
                Some(at_rule) => self.read_at_rule(at_rule, body, place),
                None => self.read_rule(prelude, body, place),
            }
        }
        self.read_statements(rest, place);
    }

    fn read_at_rule(&mut self, at_rule: &str, body: &str, place: &Place<'_>) {
        if !applies(at_rule) {
            return;
        }
        let depth = place.depth + 1;
        let Some(written) = at_rule.strip_prefix("layer") else {
            return self.read_block(body, &Place { depth, ..*place });
        };
        let mut name = self.inside(place, written.trim());
        if written.trim().is_empty() {
            self.layers.nameless += 1;
            name = format!("{name} {}", self.layers.nameless);
        }
        let layer = self.layers.place(&name);
        self.read_block(body, &Place { depth, layer, name: &name, parents: place.parents });
    }

    fn inside(&self, place: &Place<'_>, name: &str) -> String {
        if place.name.is_empty() { name.to_owned() } else { format!("{}.{name}", place.name) }
    }

    fn read_rule(&mut self, prelude: &str, body: &str, place: &Place<'_>) {
        let written = split_outside(prelude, ',');
        let written = written.into_iter().map(str::trim).filter(|selector| !selector.is_empty());
        let selectors: Vec<String> = if place.parents.is_empty() {
            written.map(str::to_owned).collect()
        } else {
            let all = written.flat_map(|nested| place.parents.iter().map(move |parent| joined(parent, nested)));
            // Lists in lists in lists multiply.
            all.filter(|selector| selector.len() <= LONGEST_SELECTOR).take(MOST_NESTED).collect()
        };
        if body.contains('{') {
            let depth = place.depth + 1;
            return self.read_block(body, &Place { depth, layer: place.layer, name: place.name, parents: &selectors });
        }
        self.add(&selectors, body, place.layer);
    }

    /// What stands between blocks: declarations of the rule around them, or the order of layers.
    fn read_statements(&mut self, text: &str, place: &Place<'_>) {
        if text.trim().is_empty() {
            return;
        }
        if !place.parents.is_empty() {
            return self.add(place.parents, text, place.layer);
        }
        for statement in text.split(';').filter_map(|statement| statement.trim().strip_prefix("@layer ")) {
            for name in statement.split(',').take(MOST_NESTED) {
                let name = self.inside(place, name.trim());
                self.layers.place(&name);
            }
        }
    }

    fn add(&mut self, selectors: &[String], body: &str, layer: u32) {
        let declarations: Rc<[Declaration]> = declarations(body).into();
        let room = MOST_RULES.saturating_sub(self.rules.len());
        let rule =
            |selector: &String| Rule { selector: selector.clone(), declarations: Rc::clone(&declarations), layer };
        self.rules.extend(selectors.iter().take(room).map(rule));
    }
}

/// A selector inside of a rule: `&` means the rule's own, and stands before it where none is written.
fn joined(parent: &str, nested: &str) -> String {
    if nested.contains('&') { nested.replace('&', parent) } else { format!("{parent} {nested}") }
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
    let written = split_outside(body, ';').into_iter().filter_map(read).take(MOST_DECLARATIONS);
    written.flat_map(with_parts).collect()
}

/// A declaration with those that it stands for, so that a shorthand and its parts compete.
fn with_parts(declaration: Declaration) -> impl Iterator<Item = Declaration> {
    let part = |property: &str, value: &str| Declaration {
        property: property.to_owned(),
        value: value.to_owned(),
        important: declaration.important,
    };
    let value = declaration.value.as_str();
    let parts = match declaration.property.as_str() {
        "background" if value.len() <= LONGEST_SHORT => {
            vec![part("background-color", value), part("background-image", value)]
        }
        // With variables it can be taken apart only for an element.
        "font" if matches!(value, "inherit" | "unset") || value.contains("var(") => {
            vec![part("font-size", value), part("font-family", value)]
        }
        "font" => font_parts(value)
            .map_or_else(Vec::new, |(size, family)| vec![part("font-size", size), part("font-family", family)]),
        _ => Vec::new(),
    };
    std::iter::once(declaration).chain(parts)
}

/// `italic 700 16px/1.5 "Name", serif`: the family follows the size.
pub(crate) fn font_parts(font: &str) -> Option<(&str, &str)> {
    let mut rest = font.trim();
    loop {
        let (word, tail) = rest.split_once(char::is_whitespace)?;
        let tail = tail.trim();
        let size = word.split('/').next().unwrap_or(word);
        let (number, unit) = size.split_at(size.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(size.len()));
        let is_size =
            !number.is_empty() && matches!(unit, "px" | "rem" | "em" | "%" | "pt" | "vw" | "vh" | "ch" | "ex");
        let keyword = matches!(word, "medium" | "small" | "large" | "x-large" | "smaller" | "larger" | "x-small");
        if is_size || keyword {
            return (!tail.is_empty()).then_some((size, tail));
        }
        rest = tail;
    }
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
