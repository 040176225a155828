//! What a `style` operation may say.
//!
//! Nothing that loads something, that lies over other elements or moves out of its place, that takes clicks or
//! that moves. A value has no quotes, no semicolon, no brace and no backslash, so it cannot leave its place.

/// Families of properties: each alone, and with words behind it (`margin`, `margin-top`).
pub const FAMILIES: &[&str] = &[
    "align",
    "background",
    "border",
    "box",
    "color",
    "column",
    "display",
    "flex",
    "font",
    "gap",
    "height",
    "justify",
    "letter",
    "line",
    "margin",
    "max",
    "min",
    "object",
    "opacity",
    "order",
    "padding",
    "row",
    "text",
    "width",
];

/// Most brackets inside of each other.
const MAX_BRACKETS: i32 = 3;

/// Whether a property can be set. It may be one that no browser knows; that is a miss in the browser.
#[must_use]
pub fn is_property(name: &str) -> bool {
    let mut words = name.split('-');
    words.next().is_some_and(|family| FAMILIES.contains(&family))
        && words.all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// Whether a value is plain CSS that loads nothing. It may be one that no browser knows, like a property.
pub(super) fn is_value(value: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || " .,%#()+*/_-".contains(c);
    !value.trim().is_empty()
        && value.chars().all(plain)
        && !value.contains("/*")
        && !value.to_ascii_lowercase().contains("url")
        && is_balanced(value)
}

fn is_balanced(value: &str) -> bool {
    let mut depth = 0;
    for c in value.chars() {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        if !(0..=MAX_BRACKETS).contains(&depth) {
            return false;
        }
    }
    depth == 0
}
