//! Style sheet text into rules. Forgiving as a browser: what cannot be read is skipped.

use super::split::{body_length, split_outside};
use crate::effort::Effort;
use std::collections::HashMap;
use std::rc::Rc;

/// Width at which media queries are answered, in CSS pixels.
const VIEWPORT: f64 = 1280.0;
/// Deepest nesting of at-rules and rules that is followed.
const DEEPEST: usize = 8;
/// Most selectors of a nested rule.
const MOST_NESTED: usize = 64;
/// Most selectors of one rule.
const MOST_LISTED: usize = 4096;
/// Most selectors of a style sheet that are put together from a rule's own and a nested one.
const MOST_JOINS: u64 = 100_000;
/// Most layers of a page.
const MOST_LAYERS: usize = 10_000;
/// Longest selector, and longest name of a layer, in bytes; longer ones are not asked for anyway.
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
    /// Shared by all pieces of a rule.
    pub(crate) selector: Rc<str>,
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
        if self.places.len() >= MOST_LAYERS {
            return self.places.get(name).copied().unwrap_or(next);
        }
        *self.places.entry(name.to_owned()).or_insert(next)
    }
}

/// The rules of a style sheet in order, one for each selector of a list.
pub(crate) fn rules(sheet: &str, layers: &mut Layers) -> Vec<Rule> {
    read(sheet, layers).rules
}

fn read<'a>(sheet: &str, layers: &'a mut Layers) -> Reader<'a> {
    let mut reader = Reader { rules: Vec::new(), layers, joins: Effort::new(MOST_JOINS) };
    reader.read_block(&without_comments(sheet), &Place { depth: 0, layer: Layers::NONE, name: "", parents: &[] });
    reader
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
    parents: &'a [Rc<str>],
}

struct Reader<'a> {
    rules: Vec<Rule>,
    layers: &'a mut Layers,
    /// Selectors that were put together, those that came out too long as well.
    joins: Effort,
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
        let Some(mut name) = inside(place, written.trim()) else { return };
        if written.trim().is_empty() {
            self.layers.nameless += 1;
            name = format!("{name} {}", self.layers.nameless);
        }
        let layer = self.layers.place(&name);
        self.read_block(body, &Place { depth, layer, name: &name, parents: place.parents });
    }

    fn read_rule(&mut self, prelude: &str, body: &str, place: &Place<'_>) {
        let written = split_outside(prelude, ',').into_iter().map(str::trim);
        // Before anything is made of them: what is too long alone is not shorter inside of another rule.
        let written = written.filter(|selector| (1..=LONGEST_SELECTOR).contains(&selector.len())).take(MOST_LISTED);
        let selectors: Vec<Rc<str>> = if place.parents.is_empty() {
            written.map(Rc::from).collect()
        } else {
            self.nested(written, place.parents)
        };
        // Without selectors there is no rule, and what stands inside of none does not become one of the page.
        if selectors.is_empty() {
            return;
        }
        if body.contains('{') {
            let depth = place.depth + 1;
            return self.read_block(body, &Place { depth, layer: place.layer, name: place.name, parents: &selectors });
        }
        self.add(&selectors, body, place.layer);
    }

    /// Each nested selector inside of each of the rule around it. Lists in lists in lists multiply.
    fn nested<'b>(&self, written: impl Iterator<Item = &'b str>, parents: &[Rc<str>]) -> Vec<Rc<str>> {
        let pairs = written.flat_map(|nested| parents.iter().map(move |parent| (parent, nested)));
        let affordable = pairs.take_while(|_| self.joins.take(1));
        affordable.filter_map(|(parent, nested)| joined(parent, nested)).take(MOST_NESTED).collect()
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
                if let Some(name) = inside(place, name.trim()) {
                    self.layers.place(&name);
                }
            }
        }
    }

    fn add(&mut self, selectors: &[Rc<str>], body: &str, layer: u32) {
        let declarations: Rc<[Declaration]> = declarations(body).into();
        let room = MOST_RULES.saturating_sub(self.rules.len());
        let rule =
            |selector: &Rc<str>| Rule { selector: Rc::clone(selector), declarations: Rc::clone(&declarations), layer };
        self.rules.extend(selectors.iter().take(room).map(rule));
    }
}

/// The whole name of a layer, unless it is too long: every layer inside repeats it.
fn inside(place: &Place<'_>, name: &str) -> Option<String> {
    let is_short = place.name.len() + 1 + name.len() <= LONGEST_SELECTOR;
    let whole = || if place.name.is_empty() { name.to_owned() } else { format!("{}.{name}", place.name) };
    is_short.then(whole)
}

/// A selector inside of a rule: `&` means the rule's own, and stands before it where none is written. Nothing is built
/// that would be too long.
fn joined(parent: &str, nested: &str) -> Option<Rc<str>> {
    let marks = nested.matches('&').count();
    let length = if marks == 0 { parent.len() + 1 + nested.len() } else { nested.len() - marks + marks * parent.len() };
    let build = || if marks == 0 { format!("{parent} {nested}") } else { nested.replace('&', parent) };
    (length <= LONGEST_SELECTOR).then(build).map(Rc::from)
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

#[cfg(test)]
mod tests;
