//! What a page's owner chose by a selector.

use crate::css::{Weight, key};
use crate::document::{Document, ancestors};
use crate::effort::Effort;
use crate::{image, inventory, locator};
use domain::ImageSlot;
use domain::page_edits::{Selected, SelectedElement};
use domain::patch::MAX_SELECTOR_CHARS;
use scraper::{ElementRef, Selector};

/// Most selectors that are looked up.
const MOST: usize = 20;
/// Most selectors whose elements are counted.
const MOST_COUNTED: usize = 60;
/// Most elements that are compared with one.
const MOST_ELEMENTS: usize = 100_000;
/// Most steps for one selector; one that asks for more counts as not found.
const MOST_STEPS: u64 = 20_000_000;
/// What holds no copy, whatever selector leads there.
const NO_COPY: [&str; 13] = [
    "html", "head", "title", "meta", "link", "body", "script", "style", "template", "noscript", "iframe", "object",
    "svg",
];
/// Matches are counted up to here.
const MOST_MATCHES: u32 = 1_000;

/// Whether the text is a selector that can be looked up. `:has` is left out: it asks every element about every other.
#[must_use]
pub fn is_selector(css: &str) -> bool {
    read(css).is_some()
}

fn read(css: &str) -> Option<(Weight, Selector)> {
    let weight = Weight::of_any_length(css).filter(|_| css.chars().count() <= MAX_SELECTOR_CHARS)?;
    Some((weight, Selector::parse(css).ok()?))
}

pub(crate) fn look_up(document: &Document, selectors: &[String]) -> Vec<Selected> {
    let sound: Vec<_> = selectors.iter().filter_map(|css| Some((css, read(css)?))).take(MOST).collect();
    if sound.is_empty() {
        return Vec::new();
    }
    let asked = asked(document);
    let found = sound.into_iter().map(|(css, (weight, selector))| {
        let effort = Effort::new(MOST_STEPS);
        let (matches, first) = find(&asked, css, weight, &selector, &effort).unwrap_or_default();
        let element = first.filter(|_| matches == 1).and_then(|element| meant(document, css, element));
        Selected { css: css.to_owned(), matches, element }
    });
    found.collect()
}

/// How many elements of a page each selector means, up to a thousand; `None` for one that is none, or too dear to say.
#[must_use]
pub fn matches(html: &str, selectors: &[&str]) -> Vec<Option<u32>> {
    let document = Document::parse(html, &[]);
    let asked = asked(&document);
    let count = |css: &&str| {
        let (weight, selector) = read(css)?;
        Some(find(&asked, css, weight, &selector, &Effort::new(MOST_STEPS))?.0)
    };
    selectors.iter().take(MOST_COUNTED).map(count).chain(std::iter::repeat(None)).take(selectors.len()).collect()
}

/// An element, with what asking about it costs.
struct Asked<'a> {
    element: ElementRef<'a>,
    /// The rows that it and what is around it stand in.
    rows: usize,
    depth: usize,
    /// Names are looked for among all that an element bears.
    crowd: usize,
}

/// The elements of a page in their order.
fn asked(document: &Document) -> Vec<Asked<'_>> {
    let crowd = |element: ElementRef<'_>| 1 + element.value().classes().count() / 32;
    let mut asked = Vec::new();
    let mut open = vec![(document.html.tree.root(), 0, 0, 1)];
    while let Some((node, rows, depth, around)) = open.pop() {
        let mut most = around;
        if let Some(element) = ElementRef::wrap(node) {
            if asked.len() >= MOST_ELEMENTS {
                break;
            }
            most = around.max(crowd(element));
            asked.push(Asked { element, rows, depth, crowd: most });
        }
        let row: usize = node.children().filter_map(ElementRef::wrap).map(crowd).sum();
        let inner = node.children().rev().filter(|child| child.value().is_element());
        open.extend(inner.map(|child| (child, rows + row, depth + 1, most)));
    }
    asked
}

/// How many elements a selector means, with the first of them. Nothing when that is too dear to say.
fn find<'a>(
    asked: &[Asked<'a>],
    css: &str,
    weight: Weight,
    selector: &Selector,
    effort: &Effort,
) -> Option<(u32, Option<ElementRef<'a>>)> {
    let name = last_name(css);
    let (mut matches, mut first) = (0, None);
    for Asked { element, rows, depth, crowd } in asked {
        if !effort.take(*crowd) {
            return None;
        }
        if !bears(*element, &name) {
            continue;
        }
        if !effort.take(weight.most_steps(*rows, *depth).saturating_mul(*crowd)) {
            return None;
        }
        if selector.matches(element) {
            matches += 1;
            first = first.or(Some(*element));
        }
        if matches > MOST_MATCHES {
            break;
        }
    }
    Some((matches, first))
}

/// What all elements must bear that a selector means; empty when only the selector itself can say.
fn last_name(css: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " #.-_>~+:()".contains(c);
    if css.chars().all(is_plain) { key(css.trim()) } else { String::new() }
}

fn bears(element: ElementRef<'_>, name: &str) -> bool {
    match (name.strip_prefix('#'), name.strip_prefix('.')) {
        (Some(id), _) => element.value().id() == Some(id),
        (_, Some(class)) => element.value().classes().any(|own| own == class),
        _ => name.is_empty() || element.value().name().eq_ignore_ascii_case(name),
    }
}

fn meant(document: &Document, css: &str, element: ElementRef<'_>) -> Option<SelectedElement> {
    let is_apart = |element: ElementRef<'_>| NO_COPY.contains(&element.value().name());
    if is_apart(element)
        || ancestors(element).any(|around| !matches!(around.value().name(), "html" | "body") && is_apart(around))
    {
        return None;
    }
    if let Some(picture) = picture(element) {
        let mut found = locator::locate(document, picture);
        if picture.id() == element.id() {
            found = named_first(css, found);
        }
        let alt = picture.attr("alt").unwrap_or_default().to_owned();
        return Some(SelectedElement::Image(ImageSlot { src: image::source(picture)?, alt, locator: found }));
    }
    let mut found = inventory::element(document, element)?;
    if found.locator == locator::locate(document, element) {
        found.locator = named_first(css, found.locator);
    }
    Some(SelectedElement::Text(found))
}

/// The picture itself, or the only one in an element without text.
fn picture(element: ElementRef<'_>) -> Option<ElementRef<'_>> {
    let mut pictures = element.descendent_elements().take(200).filter(|inner| inner.value().name() == "img");
    let first = pictures.next()?;
    let is_alone = pictures.next().is_none() && element.text().all(|text| text.trim().is_empty());
    (first.id() == element.id() || is_alone).then_some(first)
}

/// The owner's selector first; those that were found beside it are its fallbacks.
fn named_first(css: &str, found: domain::Locator) -> domain::Locator {
    let others = std::iter::once(found.css).chain(found.alt).filter(|other| other != css);
    domain::Locator { css: css.to_owned(), alt: others.take(3).collect(), tag: found.tag }
}

#[cfg(test)]
mod tests {
    use super::{MOST_STEPS, asked, find, read};
    use crate::document::Document;
    use crate::effort::Effort;

    /// How many elements a selector means, if that can be said, and the steps.
    fn work(page: &str, css: &str) -> Option<(Option<u32>, u64)> {
        let document = Document::parse(page, &[]);
        let (weight, selector) = read(css)?;
        let effort = Effort::new(MOST_STEPS);
        let found = find(&asked(&document), css, weight, &selector, &effort);
        Some((found.map(|(matches, _)| matches), effort.done()))
    }

    #[test]
    fn an_ordinary_selector_stays_far_below() {
        let row =
            "<div class='row item'><h2>Part</h2><p class=lead>Some words</p><a class=btn href=x>a button</a></div>";
        let page = format!("<main><h1 id=top>Boats</h1>{}</main>", row.repeat(500));
        let path = "html > body > main > div:nth-child(7) > p:nth-child(2)";
        for (css, wanted) in [("#top", 1), ("main :is(h1, h2)", 501), ("h1 ~ div > .btn", 500), (path, 1), ("*", 1001)]
        {
            let Some((matches, steps)) = work(&page, css) else { unreachable!("{css}") };
            assert_eq!(matches, Some(wanted), "{css}");
            assert!(steps < MOST_STEPS / 4, "{css}: {steps}");
        }
    }

    #[test]
    fn what_is_too_dear_is_not_found() {
        let rows = "<p>word</p>".repeat(20_000);
        let list = (0..60).map(|n| format!(".a{n}~p,")).collect::<String>() + "p~p";
        let above = "<div><p>word</p></div>".repeat(10_000);
        let cases = [
            ("a list of neighbours", &rows, list.as_str()),
            ("rows of what is around", &above, "div ~ div p, i ~ div p"),
            ("walks inside of walks", &rows, "p:not(.a ~ p) ~ p"),
        ];
        for (name, page, css) in cases {
            let Some((matches, steps)) = work(page, css) else { unreachable!("{name}") };
            assert_eq!(matches, None, "{name}");
            assert!(steps <= MOST_STEPS, "{name}: {steps}");
        }
    }
}
