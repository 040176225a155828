//! Parts of a page by their usual names: what belongs to the frame, what to the first screen.

use crate::document::ancestors;
use scraper::ElementRef;

/// Class and id names of frames around the content.
const FRAME: [&str; 34] = [
    "nav", "navbar", "navigation", "menu", "menubar", "topbar", "top-bar", "toolbar", "sidebar", "sidenav", "drawer",
    "offcanvas", "modal", "popup", "dialog", "lightbox", "cookie", "cookies", "consent", "gdpr", "breadcrumb",
    "breadcrumbs", "dropdown", "footer", "toast", "pagination", "tooltip", "portlet", "login", "search", "skip-link",
    "announcement", "subnav", "alert",
];

/// Names of first screens.
const HERO: [&str; 14] = [
    "hero", "masthead", "jumbotron", "banner", "intro", "cover", "splash", "landing", "carousel", "slider", "slide",
    "page-header", "showcase", "lead-in",
];

/// Names that take an element out of sight without a style rule that says so.
const OUT_OF_SIGHT: [&str; 12] = [
    "sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "d-none", "hidden", "hide", "is-hidden",
    "invalid-feedback", "collapse", "offcanvas", "modal",
];

/// The names in class and id, in lower case.
pub(crate) fn names(element: ElementRef<'_>) -> Vec<String> {
    let classes = element.value().classes().map(str::to_lowercase);
    classes.chain(element.value().id().map(str::to_lowercase)).collect()
}

/// Whether one of the names is, begins or ends with one of the words.
pub(crate) fn is_named(element: ElementRef<'_>, words: &[&str]) -> bool {
    names(element).iter().any(|name| {
        words.iter().any(|word| {
            name == word
                || name.strip_prefix(word).is_some_and(|rest| rest.starts_with(['-', '_']))
                || name.strip_suffix(word).is_some_and(|rest| rest.ends_with(['-', '_']))
        })
    })
}

/// Whether the element itself is a frame around the content.
pub(crate) fn is_frame(element: ElementRef<'_>) -> bool {
    let tag = element.value().name();
    let role = element.attr("role").unwrap_or_default();
    matches!(tag, "nav" | "footer" | "aside" | "dialog" | "menu")
        || matches!(role, "navigation" | "dialog" | "contentinfo" | "menu" | "menubar" | "search" | "complementary")
        // A whole page that is named after its layout is no frame.
        || (!matches!(tag, "body" | "html" | "main") && is_named(element, &FRAME) && !is_named(element, &HERO))
}

/// Whether the element stands in a frame around the content.
pub(crate) fn in_frame(element: ElementRef<'_>) -> bool {
    is_frame(element) || ancestors(element).any(is_frame)
}

pub(crate) fn is_hero(element: ElementRef<'_>) -> bool {
    !matches!(element.value().name(), "body" | "html") && is_named(element, &HERO)
}

pub(crate) fn is_out_of_sight(element: ElementRef<'_>) -> bool {
    let classes: Vec<String> = element.value().classes().map(str::to_lowercase).collect();
    let has = |name: &str| classes.iter().any(|class| class == name);
    if OUT_OF_SIGHT.iter().any(|name| has(name)) && !has("show") && !has("in") && !has("d-block") {
        return true;
    }
    // A slide that is not the present one.
    let slide = has("carousel-item") || (has("item") && in_carousel(element));
    slide && !has("active")
}

fn in_carousel(element: ElementRef<'_>) -> bool {
    let mut near = ancestors(element).take(2);
    let has_active = || {
        let parent = element.parent().and_then(ElementRef::wrap);
        parent.is_some_and(|parent| {
            parent.child_elements().any(|sibling| sibling.value().classes().any(|class| class == "active"))
        })
    };
    near.any(|ancestor| is_named(ancestor, &["carousel", "slider", "slides"])) && has_active()
}
