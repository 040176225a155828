//! How large text is set.

use super::font_parts;
use crate::document::{Document, ancestors};
use scraper::ElementRef;

/// Size of text that no rule speaks of, in CSS pixels.
const NORMAL: f64 = 16.0;
/// Longest size that is read, in bytes.
const LONGEST: usize = 200;
/// Sizes by keyword.
const KEYWORDS: [(&str, f64); 8] = [
    ("xx-small", 9.0),
    ("x-small", 10.0),
    ("small", 13.0),
    ("medium", 16.0),
    ("large", 18.0),
    ("x-large", 24.0),
    ("xx-large", 32.0),
    ("xxx-large", 48.0),
];

/// The size of an element's text in CSS pixels.
pub(crate) fn of_text(document: &Document, element: ElementRef<'_>) -> f64 {
    let mut factor = 1.0;
    for around in std::iter::once(element).chain(ancestors(element)) {
        let declared = document.cascade.value(around, "font-size");
        let size = declared.as_deref().map(|value| match font_parts(value) {
            Some((size, _)) if !value.contains('(') => size,
            _ => value,
        });
        match size.and_then(read).or_else(|| by_tag(around)) {
            Some(Size::Pixels(pixels)) => return pixels * factor,
            Some(Size::Times(times)) => factor *= times,
            None => {}
        }
    }
    NORMAL * factor
}

/// Whether a place lies so far away that nothing of the element is seen: at least a thousand pixels.
pub(crate) fn is_far(place: &str) -> bool {
    match read(place.trim_start_matches('-')) {
        Some(Size::Pixels(pixels)) => pixels >= 999.0,
        Some(Size::Times(times)) => times >= 60.0,
        None => false,
    }
}

enum Size {
    Pixels(f64),
    Times(f64),
}

fn read(value: &str) -> Option<Size> {
    let value = value.trim();
    match value {
        "inherit" | "unset" => return Some(Size::Times(1.0)),
        "larger" => return Some(Size::Times(1.2)),
        "smaller" => return Some(Size::Times(0.83)),
        _ => {}
    }
    if let Some((_, size)) = KEYWORDS.iter().find(|(keyword, _)| *keyword == value) {
        return Some(Size::Pixels(*size));
    }
    // Of `clamp(least, fluid, most)` and its like, the largest fixed part is what a wide screen shows. What nests without
    // end is no size.
    if value.len() > LONGEST {
        return None;
    }
    if let Some((_, arguments)) = value.split_once('(') {
        let parts = arguments.trim_end_matches(')').split([',', '+']);
        let fixed = parts.filter_map(|part| match read(part) {
            Some(Size::Pixels(pixels)) => Some(pixels),
            _ => None,
        });
        return fixed.max_by(f64::total_cmp).map(Size::Pixels);
    }
    let digits = value.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(value.len());
    let (number, unit) = value.split_at(digits);
    let number: f64 = number.parse().ok()?;
    match unit {
        "px" => Some(Size::Pixels(number)),
        "pt" => Some(Size::Pixels(number * 4.0 / 3.0)),
        "rem" => Some(Size::Pixels(number * NORMAL)),
        "vw" => Some(Size::Pixels(number * 12.8)),
        "vh" => Some(Size::Pixels(number * 10.0)),
        "em" => Some(Size::Times(number)),
        "%" => Some(Size::Times(number / 100.0)),
        _ => None,
    }
}

/// What browsers do without a rule.
fn by_tag(element: ElementRef<'_>) -> Option<Size> {
    let legacy = |size: &str| match size.trim() {
        "5" | "+2" => Some(24.0),
        "6" | "+3" => Some(32.0),
        "7" | "+4" | "+5" => Some(48.0),
        _ => None,
    };
    match element.value().name() {
        "h1" => Some(Size::Times(2.0)),
        "h2" => Some(Size::Times(1.5)),
        "h3" => Some(Size::Times(1.17)),
        "small" => Some(Size::Times(0.83)),
        "big" => Some(Size::Times(1.2)),
        "font" => element.attr("size").and_then(legacy).map(Size::Pixels),
        _ => None,
    }
}
