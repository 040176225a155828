//! Calls to action: what invites to act on the first screen, the stronger one first.

use crate::css::colour;
use crate::document::{Document, ancestors};
use crate::region::{is_frame, is_named, name_words, names};
use crate::text::{own, spoken, visible, word_count};
use scraper::ElementRef;

const BUTTON: [&str; 6] = ["btn", "button", "cta", "call-to-action", "action", "download"];
/// Names of what works the page's own furniture.
const CONTROL: [&str; 14] = [
    "close",
    "toggle",
    "toggler",
    "prev",
    "previous",
    "next",
    "arrow",
    "indicator",
    "indicators",
    "control",
    "dots",
    "pagination",
    "social",
    "search",
];
/// Most words of an invitation.
const MOST_WORDS: usize = 8;
/// A row of more buttons than this is a tool bar or a list.
const MOST_IN_A_ROW: usize = 5;
/// How far up the element is that holds both calls.
const NEAR: usize = 3;

/// The primary and the secondary call to action.
pub(super) fn find<'a>(
    document: &'a Document,
    screen: &[ElementRef<'a>],
    headline: ElementRef<'a>,
) -> (Option<ElementRef<'a>>, Option<ElementRef<'a>>) {
    let inside: Vec<ElementRef<'a>> =
        screen.iter().copied().filter(|element| element.id() != headline.id() && is_call(document, *element)).collect();
    let outermost: Vec<ElementRef<'a>> = inside
        .iter()
        .copied()
        .filter(|element| !ancestors(*element).any(|ancestor| inside.iter().any(|other| other.id() == ancestor.id())))
        .collect();
    let calls = if outermost.is_empty() { pictures(document, screen) } else { outermost };
    let mut ranked: Vec<(i32, usize)> =
        calls.iter().enumerate().map(|(place, call)| (strength(document, *call), place)).collect();
    ranked.sort_by_key(|(strength, place)| (-strength, *place));
    let Some((_, first)) = ranked.first().copied() else { return (None, None) };
    let around = ancestors(calls[first]).take(NEAR).last();
    let is_near = |call: ElementRef<'a>| around.is_some_and(|around| ancestors(call).any(|up| up.id() == around.id()));
    let is_beside = |place: &usize| is_near(calls[*place]) && !is_heading_between(screen, calls[first], calls[*place]);
    let others = ranked.iter().skip(1).map(|(_, place)| *place).filter(is_beside);
    let secondary = others.min_by_key(|place| (*place < first, place.abs_diff(first)));
    let secondary = secondary.filter(|_| calls.len() <= MOST_IN_A_ROW).map(|place| calls[place]);
    (Some(calls[first]), secondary.or_else(|| link_beside(document, calls[first])))
}

/// Whether another part of the page begins between the two.
fn is_heading_between(screen: &[ElementRef<'_>], one: ElementRef<'_>, other: ElementRef<'_>) -> bool {
    let (from, to) = if one.id() < other.id() { (one, other) } else { (other, one) };
    let between = screen.iter().filter(|element| element.id() > from.id() && element.id() < to.id());
    between.into_iter().any(|element| matches!(element.value().name(), "h1" | "h2" | "h3"))
}

/// A bare link in the row of a call to action, which invites to less.
fn link_beside<'a>(document: &'a Document, call: ElementRef<'a>) -> Option<ElementRef<'a>> {
    let row = call.parent().and_then(ElementRef::wrap).filter(|row| own(*row).is_empty())?;
    let mut links = row.child_elements().take(MOST_IN_A_ROW).filter(|link| {
        link.id() != call.id()
            && link.value().name() == "a"
            && link.attr("href").is_some()
            && !document.is_hidden(*link)
            && !is_control(*link)
            && (1..=MOST_WORDS).contains(&word_count(&visible(document, *link)))
    });
    links.next().filter(|_| links.next().is_none())
}

/// Whether the element is made or named to be pressed.
pub(crate) fn is_button(element: ElementRef<'_>) -> bool {
    match element.value().name() {
        "button" => true,
        "input" => {
            let kind = element.attr("type").unwrap_or_default().to_lowercase();
            matches!(kind.as_str(), "submit" | "button" | "image")
        }
        "a" => {
            // Components are named in one word: `PrimaryButton`.
            let ends = |name: &String| {
                let works_the_page = ["menu", "close", "nav", "toggle", "search", "share"];
                (name.ends_with("button") || name.ends_with("btn"))
                    && !works_the_page.iter().any(|word| name.contains(word))
            };
            is_named(element, &BUTTON) || element.attr("role") == Some("button") || names(element).iter().any(ends)
        }
        "div" | "span" => {
            let named = names(element).iter().any(|name| name == "btn" || name == "button" || name.starts_with("btn-"));
            let group = name_words(element).iter().any(|word| {
                matches!(
                    word.as_str(),
                    "group" | "wrap" | "wrapper" | "container" | "toolbar" | "bar" | "inner" | "row"
                )
            });
            (named && !group) || element.attr("role") == Some("button")
        }
        _ => false,
    }
}

fn is_call(document: &Document, element: ElementRef<'_>) -> bool {
    if !is_button(element) && !is_drawn_as_button(document, element) {
        return false;
    }
    if document.is_hidden(element) || is_control(element) || asks_for_search(element) {
        return false;
    }
    let text = spoken(document, element);
    let framed = document.in_frame(element) && !in_row_of_calls(document, element);
    let says_something = text.chars().filter(|c| c.is_alphabetic()).count() > 1;
    says_something && word_count(&text) <= MOST_WORDS && !framed
}

/// Whether a link has a ground and an edge of its own.
fn is_drawn_as_button(document: &Document, element: ElementRef<'_>) -> bool {
    if element.value().name() != "a" || element.attr("href").is_none() {
        return false;
    }
    let value = |property: &str| document.cascade.value(element, property);
    let filled = ["background-color", "background", "background-image"].iter().any(|property| {
        value(property).is_some_and(|value| colour::first(&value).is_some() && !value.contains("url("))
    });
    let edged = ["border", "border-width"]
        .iter()
        .any(|property| value(property).is_some_and(|value| value.starts_with(['1', '2', '3', '4', 't', 'm'])));
    let roomy = ["padding", "padding-left", "padding-inline"].iter().any(|property| {
        value(property).is_some_and(|value| value.split_whitespace().any(|part| !part.starts_with('0')))
    });
    ((filled || edged) && roomy) || is_named_as_drawn(element)
}

/// Whether a list of buttons merely stands in a navigation element: all its links are calls, under the headline.
fn in_row_of_calls(document: &Document, element: ElementRef<'_>) -> bool {
    let Some(frame) = ancestors(element).find(|around| is_frame(*around)) else { return false };
    if frame.parent().and_then(ElementRef::wrap).is_none_or(|around| document.in_frame(around)) {
        return false;
    }
    let links = frame.descendent_elements().filter(|inner| matches!(inner.value().name(), "a" | "button"));
    let links: Vec<ElementRef<'_>> = links.collect();
    let after_text = frame.prev_siblings().filter_map(ElementRef::wrap).any(|before| {
        matches!(before.value().name(), "h1" | "h2" | "h3" | "p") && !visible(document, before).is_empty()
    });
    after_text && links.len() <= 3 && links.iter().all(|link| is_button(*link)) && frame.value().name() == "nav"
}

/// Whether the element moves the page's own furniture instead of the visitor.
fn is_control(element: ElementRef<'_>) -> bool {
    let attributes =
        ["data-slide", "data-bs-slide", "data-slide-to", "data-bs-slide-to", "data-dismiss", "data-bs-dismiss"];
    let opens = ["data-toggle", "data-bs-toggle"].iter().any(|name| {
        matches!(element.attr(name), Some("collapse" | "dropdown" | "offcanvas" | "tab" | "pill" | "tooltip"))
    });
    let near: Vec<ElementRef<'_>> = std::iter::once(element).chain(ancestors(element).take(2)).collect();
    attributes.iter().any(|name| element.attr(name).is_some())
        || opens
        || is_named(element, &CONTROL)
        || near.iter().any(|near| is_named(*near, &["social", "share", "carousel-control", "indicators"]))
}

/// Whether classes that say how things look say that the link has a ground or an edge, and room inside.
fn is_named_as_drawn(element: ElementRef<'_>) -> bool {
    let names = names(element);
    let starts = |starts: &[&str]| names.iter().any(|name| starts.iter().any(|start| name.starts_with(start)));
    (starts(&["bg-", "from-"]) || names.iter().any(|name| name == "border" || name == "ring-1"))
        && starts(&["px-", "p-"])
        && starts(&["py-", "p-", "h-"])
}

/// Whether a class says that the ground is a strong colour: `bg-indigo-600`.
fn is_named_as_filled(element: ElementRef<'_>) -> bool {
    names(element).iter().any(|name| {
        let shade = name.strip_prefix("bg-").and_then(|rest| rest.rsplit_once('-')).map(|(_, shade)| shade);
        shade.and_then(|shade| shade.parse::<u32>().ok()).is_some_and(|shade| (400..=950).contains(&shade))
            || matches!(name.as_str(), "bg-black" | "bg-primary" | "bg-accent" | "bg-brand")
    })
}

/// Whether the button belongs to a search field.
fn asks_for_search(element: ElementRef<'_>) -> bool {
    let form = ancestors(element).find(|around| around.value().name() == "form");
    form.is_some_and(|form| {
        is_named(form, &["search"])
            || form.descendent_elements().any(|field| {
                field.value().name() == "input"
                    && (field.attr("type") == Some("search")
                        || matches!(field.attr("name"), Some("q" | "s" | "search" | "query")))
            })
    })
}

/// Links that show a picture alone, such as the badges of app stores.
fn pictures<'a>(document: &'a Document, screen: &[ElementRef<'a>]) -> Vec<ElementRef<'a>> {
    let is_badge = |element: &ElementRef<'a>| {
        element.value().name() == "a"
            && visible(document, *element).is_empty()
            && !is_in_sentence(*element)
            && !document.is_hidden(*element)
            && !document.in_frame(*element)
            && !is_control(*element)
            && !is_named(*element, &["logo", "brand"])
            && !ancestors(*element).take(3).any(|near| matches!(near.value().name(), "h1" | "h2"))
            && element.child_elements().any(|child| child.value().name() == "img")
    };
    let found: Vec<ElementRef<'a>> = screen.iter().copied().filter(is_badge).collect();
    if found.len() <= 3 { found } else { Vec::new() }
}

/// Whether a link stands among words, as those of credits do.
pub(crate) fn is_in_sentence(link: ElementRef<'_>) -> bool {
    link.parent().and_then(ElementRef::wrap).is_some_and(|parent| !own(parent).is_empty())
}

/// How strongly a button invites: by its names, and by whether it is filled.
fn strength(document: &Document, element: ElementRef<'_>) -> i32 {
    let words = name_words(element);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    let mut strength = 0;
    if has(&["primary", "cta", "main", "download"]) {
        strength += 3;
    }
    if has(&["secondary", "outline", "outlined", "ghost", "link", "alt", "light", "default", "plain", "tertiary"]) {
        strength -= 3;
    }
    if has(&["lg", "large", "big", "huge", "xl"]) {
        strength += 1;
    }
    let background = document.cascade.value(element, "background-color");
    let background = background.or_else(|| document.cascade.value(element, "background"));
    match background.as_deref().and_then(colour::first) {
        Some(rgb) if colour::is_chromatic(rgb) => strength + 2,
        Some(_) => strength + 1,
        None if is_named_as_filled(element) => strength + 2,
        None => strength,
    }
}
