//! What a `style` operation may say.
//!
//! Nothing that loads something, that lies over other elements or moves out of its place, that takes clicks or
//! that moves. A value has no quotes, no semicolon, no brace and no backslash, so it cannot leave its place.

use super::MAX_STYLE_CHARS;

/// Families of properties: each alone, and with words behind it (`margin`, `margin-top`).
pub const FAMILIES: &[&str] = &[
    "align", "border", "column", "flex", "font", "justify", "letter", "line", "margin", "max", "min", "object",
    "padding", "row", "text",
];

/// Properties beside the families.
pub const PROPERTIES: &[&str] =
    &["background", "background-color", "box-shadow", "color", "display", "gap", "height", "opacity", "order", "width"];

/// Functions that a value may call.
pub const FUNCTIONS: &[&str] = &[
    "calc",
    "clamp",
    "color-mix",
    "hsl",
    "hsla",
    "linear-gradient",
    "max",
    "min",
    "oklch",
    "radial-gradient",
    "rgb",
    "rgba",
    "var",
];

/// Whether a property can be set. Of a family it may be one that no browser knows; that is a miss in the browser.
#[must_use]
pub fn is_property(name: &str) -> bool {
    let mut words = name.split('-');
    let is_family = words.next().is_some_and(|family| FAMILIES.contains(&family));
    let are_words = words.all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()));
    PROPERTIES.contains(&name) || (is_family && are_words)
}

/// Whether a value is one word of plain CSS.
pub(super) fn is_value(value: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || " .,%#()+*/_-".contains(c);
    (1..=MAX_STYLE_CHARS).contains(&value.len())
        && !value.trim().is_empty()
        && value.chars().all(plain)
        && !value.contains("/*")
        && functions(value).all(|name| FUNCTIONS.contains(&name.to_ascii_lowercase().as_str()))
        && is_balanced(value)
}

/// What stands in front of each opening bracket; nothing where a bracket only groups, which `calc` alone needs.
fn functions(value: &str) -> impl Iterator<Item = &str> {
    let named = |(at, _): (usize, &str)| {
        let before = value.get(..at).unwrap_or_default();
        let name = before.rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).next();
        name.filter(|name| !name.is_empty())
    };
    value.match_indices('(').filter_map(named)
}

fn is_balanced(value: &str) -> bool {
    let mut depth = 0_i32;
    for c in value.chars() {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}
