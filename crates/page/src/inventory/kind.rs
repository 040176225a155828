//! What an element of the page is for.

use crate::document::ancestors;
use crate::hero::is_button;
use crate::region::is_named;
use domain::page_model::ElementKind;
use scraper::ElementRef;

/// How far up names are looked at.
const NEAR: usize = 5;
/// Names of what others say.
const PRAISE: [&str; 9] =
    ["testimonial", "testimonials", "review", "reviews", "quote", "quotes", "blockquote", "feedback", "recommendation"];
/// Names of rows of customers' marks.
const MARKS: [&str; 13] = [
    "logo",
    "logos",
    "clients",
    "client",
    "customers",
    "customer",
    "partners",
    "partner",
    "brands",
    "trusted",
    "trusted-by",
    "sponsors",
    "press",
];
const STARS: [&str; 6] = ["rating", "ratings", "stars", "star-rating", "score", "trustpilot"];
/// Longest text of a rating, in characters.
const LONGEST_RATING: usize = 90;

pub(super) fn of(element: ElementRef<'_>, text: &str) -> ElementKind {
    let name = element.value().name();
    let near = || std::iter::once(element).chain(ancestors(element).take(NEAR)).filter(|around| !is_outline(*around));
    if is_button(element) {
        return ElementKind::Button;
    }
    match name {
        "input" | "textarea" | "select" => return ElementKind::FormField,
        "img" => return ElementKind::Logo,
        "label" | "legend" => return ElementKind::FormLabel,
        _ => {}
    }
    if is_rating(text) || near().take(2).any(|around| is_named(around, &STARS)) {
        return ElementKind::Rating;
    }
    let quoted = near().any(|around| {
        matches!(around.value().name(), "blockquote" | "q" | "cite")
            || around.attr("itemprop").is_some_and(|name| name == "review")
    });
    let is_heading = matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
    if quoted || (!is_heading && near().any(|around| is_named(around, &PRAISE))) || is_quotation(text) {
        return ElementKind::Testimonial;
    }
    if is_heading { ElementKind::Heading } else { ElementKind::Text }
}

/// Whole parts of the page, whose names speak of more than one thing.
fn is_outline(element: ElementRef<'_>) -> bool {
    matches!(element.value().name(), "body" | "html" | "main")
}

/// Whether the picture is the mark of a customer or partner.
pub(super) fn is_mark(element: ElementRef<'_>) -> bool {
    let mut near = std::iter::once(element).chain(ancestors(element).take(4)).filter(|around| !is_outline(*around));
    let in_bar = ancestors(element).take(6).any(|around| matches!(around.value().name(), "nav" | "header" | "footer"));
    !in_bar && near.any(|around| is_named(around, &MARKS))
}

pub(super) fn is_stars(element: ElementRef<'_>) -> bool {
    is_named(element, &STARS) || element.attr("role") == Some("img")
}

/// Stars, or points out of five or ten: `4.8/5`, `4,8 von 5`, `★★★★★`.
fn is_rating(text: &str) -> bool {
    if text.chars().count() > LONGEST_RATING {
        return false;
    }
    if text.chars().filter(|c| matches!(c, '★' | '⭐' | '☆')).count() >= 3 {
        return true;
    }
    let points = |mark: &str| {
        text.match_indices(mark).any(|(index, _)| {
            let before = text[..index].trim_end();
            let after = text[index + mark.len()..].trim_start();
            let number: String =
                before.chars().rev().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ',')).collect();
            let whole: String = after.chars().take_while(char::is_ascii_digit).collect();
            number.contains(|c: char| c.is_ascii_digit()) && matches!(whole.as_str(), "5" | "10")
        })
    };
    ["/", " out of ", " of ", " von ", " sur ", " de ", " su ", " из "].iter().any(|mark| points(mark))
        && text.chars().filter(char::is_ascii_digit).count() >= 2
}

/// Whether the whole text stands in marks of quotation.
fn is_quotation(text: &str) -> bool {
    let pairs = [('“', '”'), ('„', '“'), ('«', '»'), ('"', '"'), ('「', '」'), ('„', '”'), ('»', '«')];
    text.chars().count() > 20 && pairs.iter().any(|(open, close)| text.starts_with(*open) && text.ends_with(*close))
}
