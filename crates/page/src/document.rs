//! A parsed page with its style, and what is visible of it.

use crate::Stylesheet;
use crate::consent;
use crate::css::{self, Cascade, size};
use crate::effort::Effort;
use crate::index::Index;
use crate::region;
use crate::text;
use crate::tree;
use ego_tree::NodeId;
use scraper::{ElementRef, Html, Selector};
use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};

/// Most nodes that are walked over for text.
const MOST_READ: u64 = 4_000_000;

/// Most style elements whose imports are looked for.
const MOST_STYLES: usize = 20;

/// What was found out about elements, because it is asked for each of their descendants.
type Known = RefCell<HashMap<NodeId, bool>>;

/// A page and its style rules.
pub(crate) struct Document {
    pub(crate) html: Html,
    pub(crate) cascade: Cascade,
    /// Whether the page is only its beginning.
    pub(crate) is_cut: bool,
    /// Whether every linked style sheet came along.
    pub(crate) has_all_sheets: bool,
    hidden: Known,
    framed: Known,
    shown: region::Shown,
    /// For walks through parts of the page that are taken again and again.
    pub(crate) reading: Effort,
    length: OnceCell<usize>,
    index: OnceCell<Index>,
    consents: OnceCell<HashSet<NodeId>>,
}

impl Document {
    pub(crate) fn parse(html: &str, stylesheets: &[Stylesheet]) -> Self {
        let (html, is_cut) = tree::parse(html);
        let own: Vec<String> = select(&html, "style").map(|element| element.text().collect::<String>()).collect();
        let texts = stylesheets.iter().map(|sheet| sheet.text.as_str()).chain(own.iter().map(String::as_str));
        let cascade = Cascade::new(texts);
        let mut document = Self {
            html,
            cascade,
            is_cut,
            has_all_sheets: false,
            hidden: RefCell::default(),
            framed: RefCell::default(),
            shown: RefCell::default(),
            reading: Effort::new(MOST_READ),
            length: OnceCell::new(),
            index: OnceCell::new(),
            consents: OnceCell::new(),
        };
        document.has_all_sheets = document.stylesheet_links().len() <= stylesheets.len();
        document
    }

    /// Where its names stand.
    pub(crate) fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::of(&self.html))
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
        let named =
            |element: &ElementRef<'_>| element.attr("name").is_some_and(|found| found.eq_ignore_ascii_case(name));
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
        let linked = self.all("link").filter(wanted).filter_map(|link| link.attr("href"));
        let linked = linked.map(|href| href.trim().to_owned());
        let embedded = self.all("style").take(MOST_STYLES);
        linked.chain(embedded.flat_map(|style| css::imports(&style.text().collect::<String>()))).collect()
    }

    /// Whether a visitor cannot see the element on the first visit.
    pub(crate) fn is_hidden(&self, element: ElementRef<'_>) -> bool {
        inherited(&self.hidden, element, |element| self.hides_itself(element))
    }

    /// Whether the element stands in a frame around the content.
    pub(crate) fn in_frame(&self, element: ElementRef<'_>) -> bool {
        inherited(&self.framed, element, |element| {
            region::is_frame(element)
                || self.asks_for_consent(element)
                || (region::is_frame_by_name(element) && !self.is_most_of_page(element))
        })
    }

    /// Whether the element is a box that asks for consent.
    pub(crate) fn asks_for_consent(&self, element: ElementRef<'_>) -> bool {
        self.consents.get_or_init(|| consent::boxes(self)).contains(&element.id())
    }

    /// Whether a visitor reads more than half of the page's text here.
    fn is_most_of_page(&self, element: ElementRef<'_>) -> bool {
        let whole = self.length.get_or_init(|| self.first("body").map_or(0, |body| text::visible(self, body).len()));
        text::is_longer(self, element, whole / 2)
    }

    fn hides_itself(&self, element: ElementRef<'_>) -> bool {
        if matches!(element.value().name(), "head" | "script" | "style" | "template" | "noscript" | "dialog") {
            return element.attr("open").is_none();
        }
        let hidden_input = element.attr("type").is_some_and(|kind| kind.eq_ignore_ascii_case("hidden"));
        if element.attr("hidden").is_some() || hidden_input || region::is_later_slide(element, &self.shown) {
            return true;
        }
        let display = self.cascade.value(element, "display");
        let is_gone = match display.as_deref() {
            Some(display) => display.starts_with("none"),
            // Names say it when no style sheet does, or the one that does was not read.
            None => region::is_named_hidden(element),
        };
        let unseen = || self.cascade.value(element, "visibility").is_some_and(|value| value.starts_with("hidden"));
        is_gone || region::is_for_readers_alone(element) || unseen() || self.is_off_screen(element)
    }

    /// Whether the element stands far outside of the screen, or is cut to nothing, as text for search engines is.
    fn is_off_screen(&self, element: ElementRef<'_>) -> bool {
        let value = |property: &str| self.cascade.value(element, property);
        if !value("position").is_some_and(|position| matches!(position.as_str(), "absolute" | "fixed")) {
            return false;
        }
        let is_far =
            |property: &str| value(property).is_some_and(|place| place.starts_with('-') && size::is_far(&place));
        let is_cut = || {
            let clip = value("clip").is_some_and(|clip| {
                clip.strip_prefix("rect(").is_some_and(|rest| rest.starts_with(['0', '1']) && !rest.contains("auto"))
            });
            let path = || value("clip-path").is_some_and(|path| matches!(path.as_str(), "inset(50%)" | "inset(100%)"));
            clip || path()
        };
        is_far("left") || is_far("top") || is_cut()
    }
}

fn select<'a>(html: &'a Html, selector: &str) -> impl Iterator<Item = ElementRef<'a>> + use<'a> {
    // A selector that this crate wrote is sound; one that is not selects nothing.
    let found: Vec<ElementRef<'a>> =
        Selector::parse(selector).map(|selector| html.select(&selector).collect()).unwrap_or_default();
    found.into_iter()
}

/// Whether something holds for an element or for one around it. Not recursive: pages nest deeply.
fn inherited(known: &Known, element: ElementRef<'_>, holds: impl Fn(ElementRef<'_>) -> bool) -> bool {
    let mut answer = false;
    let mut open = Vec::new();
    for around in std::iter::once(element).chain(ancestors(element)) {
        if let Some(known) = known.borrow().get(&around.id()) {
            answer = *known;
            break;
        }
        open.push(around);
    }
    for around in open.into_iter().rev() {
        answer = answer || holds(around);
        known.borrow_mut().insert(around.id(), answer);
    }
    answer
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
