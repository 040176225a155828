//! A parsed page with its style, and what is visible of it.

use crate::Stylesheet;
use crate::css::Cascade;
use crate::region;
use crate::text;
use scraper::{ElementRef, Html, Selector};
use std::cell::RefCell;
use std::collections::HashMap;

/// A page and its style rules.
pub(crate) struct Document {
    pub(crate) html: Html,
    pub(crate) cascade: Cascade,
    hidden: RefCell<HashMap<ego_tree::NodeId, bool>>,
}

impl Document {
    pub(crate) fn parse(html: &str, stylesheets: &[Stylesheet]) -> Self {
        let html = Html::parse_document(html);
        let own: Vec<String> =
            select(&html, "style").map(|element| element.text().collect::<String>()).collect();
        let texts = stylesheets.iter().map(|sheet| sheet.text.as_str()).chain(own.iter().map(String::as_str));
        let cascade = Cascade::new(texts);
        Self { html, cascade, hidden: RefCell::default() }
    }

    /// All elements that a CSS selector of ours means, in document order.
    pub(crate) fn all<'a>(&'a self, selector: &str) -> impl Iterator<Item = ElementRef<'a>> + use<'a> {
        select(&self.html, selector)
    }

    pub(crate) fn first(&self, selector: &str) -> Option<ElementRef<'_>> {
        self.all(selector).next()
    }

    pub(crate) fn title(&self) -> Option<String> {
        let title = self.first("head > title").or_else(|| self.all("title").find(|title| !inside_svg(*title)))?;
        filled(text::normalised(&title.text().collect::<String>()))
    }

    pub(crate) fn meta(&self, name: &str) -> Option<String> {
        let named = |element: &ElementRef<'_>| element.attr("name").is_some_and(|found| found.eq_ignore_ascii_case(name));
        let content = self.all("meta").find(named)?.attr("content")?.to_owned();
        filled(text::normalised(&content))
    }

    pub(crate) fn stylesheet_links(&self) -> Vec<String> {
        let wanted = |element: &ElementRef<'_>| {
            let rel = element.attr("rel").unwrap_or_default().to_lowercase();
            let media = element.attr("media").unwrap_or("all").to_lowercase();
            let mut rels = rel.split_whitespace();
            rels.any(|rel| rel == "stylesheet") && !rel.contains("alternate") && !media.contains("print")
        };
        self.all("link").filter(wanted).filter_map(|link| link.attr("href")).map(|href| href.trim().to_owned()).collect()
    }

    /// Whether a visitor cannot see the element on the first visit.
    pub(crate) fn is_hidden(&self, element: ElementRef<'_>) -> bool {
        if let Some(known) = self.hidden.borrow().get(&element.id()) {
            return *known;
        }
        let parent = element.parent().and_then(ElementRef::wrap);
        let hidden = self.hides_itself(element) || parent.is_some_and(|parent| self.is_hidden(parent));
        self.hidden.borrow_mut().insert(element.id(), hidden);
        hidden
    }

    fn hides_itself(&self, element: ElementRef<'_>) -> bool {
        if matches!(element.value().name(), "head" | "script" | "style" | "template" | "noscript" | "dialog") {
            return element.attr("open").is_none();
        }
        let hidden_input = element.attr("type").is_some_and(|kind| kind.eq_ignore_ascii_case("hidden"));
        if element.attr("hidden").is_some() || hidden_input || region::is_out_of_sight(element) {
            return true;
        }
        let is = |property: &str, value: &str| {
            self.cascade.value(element, property).is_some_and(|found| found.starts_with(value))
        };
        is("display", "none") || is("visibility", "hidden")
    }
}

pub(crate) fn select<'a>(html: &'a Html, selector: &str) -> impl Iterator<Item = ElementRef<'a>> + use<'a> {
    // A selector that this crate wrote is sound; one that is not selects nothing.
    let found: Vec<ElementRef<'a>> =
        Selector::parse(selector).map(|selector| html.select(&selector).collect()).unwrap_or_default();
    found.into_iter()
}

pub(crate) fn ancestors(element: ElementRef<'_>) -> impl Iterator<Item = ElementRef<'_>> {
    element.ancestors().filter_map(ElementRef::wrap)
}

fn inside_svg(element: ElementRef<'_>) -> bool {
    ancestors(element).any(|ancestor| ancestor.value().name() == "svg")
}

fn filled(text: String) -> Option<String> {
    if text.is_empty() { None } else { Some(text) }
}
