//! The main picture of the first screen: an image, a film, or a background.

use crate::document::{Document, ancestors};
use crate::hero::{Hero, is_button, is_in_sentence};
use crate::locator;
use crate::region::{is_hero, is_named};
use domain::ImageSlot;
use ego_tree::NodeId;
use scraper::ElementRef;

/// Banners above the headline that are looked into.
const MOST_BANNERS: usize = 12;

const SMALL: [&str; 8] = ["logo", "icon", "badge", "emoji", "flag", "sprite", "avatars", "customers"];
/// Names of places that are made for the main picture, even when that is the mark.
const PLACE: [&str; 8] = ["image", "picture", "visual", "illustration", "artwork", "media", "mockup", "figure"];

pub(crate) fn find(document: &Document, hero: &Hero<'_>) -> Option<ImageSlot> {
    let container = hero.container?;
    let headline = hero.headline?;
    let inside = picture_in(document, &hero.screen, hero);
    // A picture without a text alternative on a ground that the page itself names is decoration.
    let decorates = inside.as_ref().is_some_and(|(element, _)| element.attr("alt").unwrap_or_default().is_empty());
    let ground = if decorates { written_background(document, container) } else { None };
    ground
        .or(inside)
        .or_else(|| background_of(document, container))
        .or_else(|| neighbour(document, hero, headline))
        .map(|(element, src)| slot(document, element, src))
}

type Picture<'a> = (ElementRef<'a>, String);

fn picture_in<'a>(document: &'a Document, scope: &[ElementRef<'a>], hero: &Hero<'a>) -> Option<Picture<'a>> {
    let taken: Vec<NodeId> =
        [hero.headline, hero.cta, hero.secondary_cta].into_iter().flatten().map(|element| element.id()).collect();
    let seen = |element: &ElementRef<'a>| {
        // A picture that is pressed or read is a call to action or the headline.
        let apart = std::iter::once(*element).chain(ancestors(*element)).any(|around| {
            let is_around = around.id() != element.id();
            taken.contains(&around.id())
                || (is_around && (is_button(around) || is_named(around, &SMALL)))
                || (around.value().name() == "a" && is_in_sentence(around))
        });
        !document.is_hidden(*element) && !document.in_frame(*element) && !apart && !is_small(*element)
    };
    let images = scope.iter().copied().filter(|element| element.value().name() == "img").filter(seen);
    let images: Vec<Picture<'a>> = images.filter_map(|element| Some((element, source(element)?))).collect();
    // Shapes that lie behind everything say nothing and stand out of the row.
    let is_laid_behind = |element: ElementRef<'_>| {
        element.attr("alt").unwrap_or_default().is_empty()
            && document.cascade.value(element, "position").is_some_and(|position| position == "absolute")
    };
    // Nor is a row of marks or faces one picture.
    let is_in_row = |element: ElementRef<'_>| {
        let row = element.parent().and_then(ElementRef::wrap);
        row.is_some_and(|row| row.child_elements().filter(|other| other.value().name() == "img").nth(2).is_some())
    };
    let foremost = images.iter().find(|(element, _)| !is_laid_behind(*element) && !is_in_row(*element));
    let image = foremost.or_else(|| images.first()).cloned();
    let films = scope.iter().copied().filter(|element| element.value().name() == "video").filter(seen);
    let mut films = films.filter_map(|element| Some((element, film(element)?)));
    image.or_else(|| films.next())
}

fn is_small(element: ElementRef<'_>) -> bool {
    let narrow = |name: &str| {
        let text = element.attr(name).unwrap_or_default();
        text.parse::<u32>().is_ok_and(|size| size < 64)
    };
    let is_placed = || ancestors(element).take(2).any(|around| is_named(around, &PLACE));
    narrow("width") || narrow("height") || is_named(element, &SMALL) || (is_mark(element) && !is_placed())
}

/// Whether the file's own name or folder says that it shows a mark.
fn is_mark(element: ElementRef<'_>) -> bool {
    let address = element.attr("src").unwrap_or_default().to_lowercase();
    let mut steps = address.split(['?', '#']).next().unwrap_or_default().rsplit('/');
    let file = steps.next().unwrap_or_default();
    let words = |name: &str| name.split(|c: char| !c.is_alphanumeric()).any(|word| matches!(word, "logo" | "logotype"));
    !address.starts_with("data:")
        && (words(file) || steps.next().is_some_and(|folder| matches!(folder, "logo" | "logos" | "brand" | "brands")))
}

pub(crate) fn source(element: ElementRef<'_>) -> Option<String> {
    let written = |names: &[&str]| {
        let mut found = names.iter().filter_map(|name| element.attr(name));
        found.find(|src| !src.trim().is_empty())
    };
    let own = written(&["src"]);
    // A picture that is loaded later shows a stand-in until then.
    let late = written(&["data-src", "data-lazy-src"]);
    // Some pages state sizes alone: the first of them.
    let sized = || written(&["srcset", "data-srcset"]).and_then(|set| set.split_whitespace().next());
    let found = if own.is_none_or(|src| src.starts_with("data:")) { late.or(own).or_else(sized)? } else { own? };
    Some(found.trim().to_owned())
}

fn film(element: ElementRef<'_>) -> Option<String> {
    let source_element = element.child_elements().find(|child| child.value().name() == "source");
    let src = element.attr("src").or_else(|| source_element.and_then(|source| source.attr("src")));
    src.or_else(|| element.attr("poster")).map(|src| src.trim().to_owned())
}

/// A background picture that is written on the container or around it, not in a style sheet.
fn written_background<'a>(document: &'a Document, container: ElementRef<'a>) -> Option<Picture<'a>> {
    let around = std::iter::once(container).chain(ancestors(container).take(2));
    let mut written = around.filter(|element| element.attr("style").is_some_and(|style| style.contains("url(")));
    written.find_map(|element| Some((element, background(document, element)?)))
}

/// A background picture of the container, of a layer in it, or of what it fills.
fn background_of<'a>(document: &'a Document, container: ElementRef<'a>) -> Option<Picture<'a>> {
    let around = std::iter::once(container).chain(
        ancestors(container).take_while(|ancestor| !matches!(ancestor.value().name(), "body" | "html" | "main")),
    );
    let layers = container.descendent_elements().filter(|element| {
        element.child_elements().next().is_none()
            || is_hero(*element)
            || element.attr("style").is_some()
            || LATER.iter().any(|name| element.attr(name).is_some())
    });
    around.chain(layers).find_map(|element| Some((element, background(document, element)?)))
}

fn background(document: &Document, element: ElementRef<'_>) -> Option<String> {
    if document.in_frame(element) || document.is_hidden(element) {
        return None;
    }
    // A picture of words stands for the words, and a button's ground is the button's.
    if matches!(element.value().name(), "h1" | "h2" | "h3" | "a" | "img") || is_button(element) {
        return None;
    }
    let later = LATER.iter().find_map(|name| element.attr(name)).map(address_in);
    // A colour or the name of a theme may stand there as well.
    if let Some(later) = later.filter(|address| address.contains(['.', '/']) && !address.contains(['{', '('])) {
        return Some(later.to_owned());
    }
    let image = document.cascade.value(element, "background-image").filter(|value| value.contains("url("));
    let value =
        image.or_else(|| document.cascade.value(element, "background").filter(|value| value.contains("url(")))?;
    let address = address_in(&value).to_owned();
    let drawn = address.starts_with("data:image/svg") || address.is_empty();
    (!drawn).then_some(address)
}

/// Attributes from which a script sets the ground later.
const LATER: [&str; 6] =
    ["data-background-image", "data-bg", "data-background", "data-bg-image", "data-image-src", "data-setbg"];

/// The address in `url("address")`, or the value where there is none.
fn address_in(value: &str) -> &str {
    let inner = value.split_once("url(").map_or(value, |(_, rest)| rest.split(')').next().unwrap_or_default());
    inner.trim().trim_matches(['"', '\''])
}

/// A banner, slide show or film that stands above the headline, outside of its container.
fn neighbour<'a>(document: &'a Document, hero: &Hero<'a>, headline: ElementRef<'a>) -> Option<Picture<'a>> {
    let banners = document.all("[class*=carousel], [class*=slider], [class*=hero], [class*=banner]");
    let above = |element: &ElementRef<'a>| {
        element.id() < headline.id() && !document.in_frame(*element) && !document.is_hidden(*element)
    };
    let mut near = banners.filter(|element| is_hero(*element)).filter(above).take(MOST_BANNERS);
    near.find_map(|banner| picture_in(document, &banner.descendent_elements().collect::<Vec<_>>(), hero)).or_else(
        || {
            let mut films = document.all("video[autoplay]").filter(above);
            films.find_map(|element| Some((element, film(element)?)))
        },
    )
}

fn slot(document: &Document, element: ElementRef<'_>, src: String) -> ImageSlot {
    let alt = element.attr("alt").unwrap_or_default().trim().to_owned();
    ImageSlot { src, alt, locator: locator::locate(document, element) }
}
