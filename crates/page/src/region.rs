//! Parts of a page by their usual names: what belongs to the frame, what to the first screen.

use crate::document::ancestors;
use ego_tree::NodeId;
use scraper::ElementRef;
use std::cell::RefCell;
use std::collections::HashMap;

/// Class and id names of frames around the content.
const FRAME: [&str; 33] = [
    "nav",
    "navbar",
    "navigation",
    "menu",
    "menubar",
    "topbar",
    "top-bar",
    "toolbar",
    "sidebar",
    "sidenav",
    "drawer",
    "offcanvas",
    "modal",
    "popup",
    "dialog",
    "lightbox",
    "cookie",
    "cookies",
    "consent",
    "gdpr",
    "breadcrumb",
    "breadcrumbs",
    "dropdown",
    "footer",
    "toast",
    "pagination",
    "tooltip",
    "portlet",
    "search",
    "skip-link",
    "announcement",
    "subnav",
    "alert",
];

/// Names of first screens.
const HERO: [&str; 13] = [
    "hero",
    "masthead",
    "jumbotron",
    "banner",
    "intro",
    "cover",
    "splash",
    "carousel",
    "slider",
    "slide",
    "page-header",
    "showcase",
    "lead-in",
];

/// Names of rows of slides.
const SLIDES: [&str; 10] = [
    "carousel-inner",
    "slides",
    "swiper-wrapper",
    "splide__list",
    "glide__slides",
    "slick-track",
    "slider-wrapper",
    "orbit-container",
    "owl-carousel",
    "keen-slider",
];

/// Names of slides.
const SLIDE: [&str; 7] =
    ["carousel-item", "item", "slide", "swiper-slide", "splide__slide", "glide__slide", "orbit-slide"];

/// The slide of each row that is shown, because every slide asks.
pub(crate) type Shown = RefCell<HashMap<NodeId, Option<NodeId>>>;

/// Names of the slide that is shown.
const PRESENT: [&str; 6] = ["active", "is-active", "current", "selected", "swiper-slide-active", "slick-current"];

/// Names of copies of slides that make a row endless.
const COPIES: [&str; 4] = ["swiper-slide-duplicate", "slick-cloned", "splide__slide--clone", "cloned"];

/// Names of text that is spoken and not shown.
const FOR_READERS: [&str; 4] = ["sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text"];

/// Names that take an element out of sight.
const HIDDEN: [&str; 8] =
    ["d-none", "hidden", "hide", "is-hidden", "invalid-feedback", "collapse", "offcanvas", "modal"];

/// Most classes of one element that are read.
const MOST_CLASSES: usize = 100;

/// The names in class and id, in lower case.
pub(crate) fn names(element: ElementRef<'_>) -> Vec<String> {
    let classes = element.value().classes().take(MOST_CLASSES).map(str::to_lowercase);
    classes.chain(element.value().id().map(str::to_lowercase)).collect()
}

/// Whether one of the names is, begins or ends with one of the words.
pub(crate) fn is_named(element: ElementRef<'_>, words: &[&str]) -> bool {
    names(element).iter().any(|name| {
        // `has-sidebar` names what is beside the element.
        let beside = ["has-", "with-", "no-", "without-"].iter().any(|start| name.starts_with(start));
        words.iter().any(|word| {
            name == word
                || name.strip_prefix(word).is_some_and(|rest| rest.starts_with(['-', '_']))
                || (!beside && name.strip_suffix(word).is_some_and(|rest| rest.ends_with(['-', '_'])))
        })
    })
}

/// The words that names are made of.
pub(crate) fn name_words(element: ElementRef<'_>) -> Vec<String> {
    let names = names(element);
    names.iter().flat_map(|name| name.split(['-', '_'])).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether the element is a frame around the content by what it is.
pub(crate) fn is_frame(element: ElementRef<'_>) -> bool {
    let role = element.attr("role").unwrap_or_default();
    matches!(element.value().name(), "nav" | "footer" | "aside" | "dialog" | "menu")
        || matches!(role, "navigation" | "dialog" | "contentinfo" | "menu" | "menubar" | "search" | "complementary")
}

/// Whether the element is named like a frame. A whole page that is named after its layout is none; that is for
/// the caller to see.
pub(crate) fn is_frame_by_name(element: ElementRef<'_>) -> bool {
    !matches!(element.value().name(), "body" | "html" | "main" | "h1")
        && !is_button_name(element)
        && is_named(element, &FRAME)
        && !is_named(element, &HERO)
}

/// A button may open a menu or a dialog and be named for it.
fn is_button_name(element: ElementRef<'_>) -> bool {
    matches!(element.value().name(), "a" | "button" | "input") && is_named(element, &["btn", "button"])
}

pub(crate) fn is_hero(element: ElementRef<'_>) -> bool {
    !matches!(element.value().name(), "body" | "html") && is_named(element, &HERO)
}

/// Whether the element is for screen readers alone.
pub(crate) fn is_for_readers_alone(element: ElementRef<'_>) -> bool {
    has_class(element, &FOR_READERS)
}

/// Whether the element's classes take it out of sight on a desktop's screen and none brings it back.
pub(crate) fn is_named_hidden(element: ElementRef<'_>) -> bool {
    if has_class(element, &["show", "in", "d-block"]) {
        return false;
    }
    // The widest of the widths for which a class speaks counts: `hidden md:block` is seen, `lg:hidden` is not.
    let widths = element.value().classes().take(MOST_CLASSES).filter_map(shown_from);
    widths.max_by_key(|(width, _)| *width).map_or_else(|| has_class(element, &HIDDEN), |(_, is_shown)| !is_shown)
}

/// From which width on a class shows or hides an element, as frameworks of utility classes write it.
fn shown_from(class: &str) -> Option<(usize, bool)> {
    let ways = ["block", "flex", "grid", "inline", "inline-block", "inline-flex", "table", "contents"];
    let (width, way) = match class.split_once(':') {
        Some(parts) => parts,
        None => class.strip_prefix("d-")?.split_once('-')?,
    };
    let width = ["sm", "md", "lg", "xl"].iter().position(|known| *known == width)?;
    let hides = matches!(way, "hidden" | "none");
    (hides || ways.contains(&way)).then_some((width, !hides))
}

fn has_class(element: ElementRef<'_>, wanted: &[&str]) -> bool {
    element.value().classes().any(|class| wanted.iter().any(|wanted| class.eq_ignore_ascii_case(wanted)))
}

/// Whether the element is a slide that is not the present one.
pub(crate) fn is_later_slide(element: ElementRef<'_>, shown: &Shown) -> bool {
    let Some(row) = element.parent().and_then(ElementRef::wrap) else { return false };
    let slides = is_named(row, &SLIDES) || ancestors(row).take(2).any(|around| is_named(around, &["carousel"]));
    let is_slide = |element: ElementRef<'_>| is_named(element, &SLIDE) || element.value().name() == "section";
    if !slides || !(is_slide(element) || (is_named(row, &SLIDES) && element.value().name() == "li")) {
        return false;
    }
    if has_class(element, &COPIES) {
        return true;
    }
    let is_present = |element: &ElementRef<'_>| is_named(*element, &PRESENT);
    // Without a mark, the first of a row is the one to be seen.
    let mut shown = shown.borrow_mut();
    let marked = shown.entry(row.id()).or_insert_with(|| {
        let mut originals = row.child_elements().filter(|slide| !has_class(*slide, &COPIES));
        row.child_elements().find(is_present).or_else(|| originals.next()).map(|marked| marked.id())
    });
    marked.is_some_and(|marked| marked != element.id())
}
