//! The name in the bar at the top, which is often a heading and never the headline.

use crate::document::{Document, ancestors};
use crate::region::{is_frame, is_hero, is_named};
use crate::text::{spoken, visible, word_count};
use scraper::ElementRef;

/// Most words of a name.
const MOST_WORDS: usize = 4;
/// How far up a bar may be.
const NEAR: usize = 3;
/// Text beside name and navigation that makes a bar a screen, in bytes.
const MORE_THAN_A_BAR: usize = 15;
/// Addresses of the page itself or of its site's front.
const HOME: [&str; 10] =
    ["/", "#", "./", "../", "#top", "#page-top", "#home", "index.html", "/index.html", "./index.html"];

/// Whether the heading is the brand's name in a bar.
pub(super) fn is_brand(document: &Document, heading: ElementRef<'_>) -> bool {
    let text = spoken(document, heading);
    if word_count(&text) > MOST_WORDS {
        return false;
    }
    let near: Vec<ElementRef<'_>> = ancestors(heading)
        .take_while(|around| !matches!(around.value().name(), "body" | "html" | "main"))
        .take(NEAR)
        .collect();
    let named = is_named(heading, &["brand", "logo", "site-title"])
        || near.iter().any(|around| {
            is_named(*around, &["brand", "logo", "navbar", "topbar", "site-branding"]) && !is_hero(*around)
        });
    named && !followed_by_line(document, heading)
        || leads_home(heading, &near)
        || near.iter().any(|around| is_bar(document, *around, &text))
}

/// Whether an explaining line stands directly under the heading, as it does on a first screen.
fn followed_by_line(document: &Document, heading: ElementRef<'_>) -> bool {
    let next = heading.next_siblings().find_map(ElementRef::wrap);
    next.is_some_and(|next| {
        matches!(next.value().name(), "p" | "h2" | "h3") && word_count(&visible(document, next)) >= 5
    })
}

fn leads_home(heading: ElementRef<'_>, near: &[ElementRef<'_>]) -> bool {
    let inner = heading.descendent_elements().skip(1);
    let mut links = near.iter().copied().take(1).chain(inner).filter(|element| element.value().name() == "a");
    links.any(|link| link.attr("href").is_some_and(|href| HOME.contains(&href.trim())))
}

/// Whether the element holds the name, a navigation, and hardly anything else.
fn is_bar(document: &Document, around: ElementRef<'_>, name: &str) -> bool {
    let is_menu =
        |element: &ElementRef<'_>| is_frame(*element) || is_named(*element, &["nav", "navbar", "navigation", "menu"]);
    let menus: Vec<ElementRef<'_>> = around.descendent_elements().skip(1).filter(is_menu).collect();
    let outermost =
        menus.iter().filter(|menu| !ancestors(**menu).any(|up| menus.iter().any(|other| other.id() == up.id())));
    let navigation: usize = outermost.map(|menu| visible(document, *menu).len()).sum();
    let rest = visible(document, around).len().saturating_sub(navigation + name.len());
    !menus.is_empty() && rest < MORE_THAN_A_BAR
}
