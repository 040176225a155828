//! Where the names of a page stand, so that a selector is proved by looking at those elements alone.

use crate::document::Document;
use crate::effort::Effort;
use crate::locator::names::{is_steady, is_steady_id};
use ego_tree::NodeId;
use scraper::{ElementRef, Html, Selector};
use std::cell::RefCell;
use std::collections::HashMap;

/// A name that more elements bear tells nothing.
const MOST_BEARERS: usize = 200;
/// Most steps for proving selectors: elements looked at, with the way up from them.
const MOST_STEPS: u64 = 3_000_000;
/// What looking at one element costs, for the way up.
const STEPS_EACH: usize = 4;

/// Attributes that are there to be found, or that name what a form sends.
const TELLING: [&str; 22] = [
    "data-testid",
    "data-test-id",
    "data-test",
    "data-qa",
    "data-cy",
    "data-e2e",
    "data-evoloop",
    "data-slot",
    "data-section",
    "data-section-name",
    "data-component",
    "data-block",
    "data-element",
    "data-hook",
    "data-role",
    "data-name",
    "data-field",
    "data-framer-name",
    "data-id",
    "itemprop",
    "name",
    "for",
];

/// Elements by id, class, tag and telling attribute.
pub(crate) struct Index {
    bearers: HashMap<String, Vec<NodeId>>,
    anchors: RefCell<HashMap<NodeId, Option<String>>>,
    effort: Effort,
}

impl Index {
    pub(crate) fn of(html: &Html) -> Self {
        let mut bearers: HashMap<String, Vec<NodeId>> = HashMap::new();
        for element in html.tree.nodes().filter_map(ElementRef::wrap) {
            for key in keys(element).into_iter().chain(plain_tag(element).map(str::to_owned)) {
                let same = bearers.entry(key).or_default();
                if same.len() <= MOST_BEARERS {
                    same.push(element.id());
                }
            }
        }
        Self { bearers, anchors: RefCell::default(), effort: Effort::new(MOST_STEPS) }
    }

    /// Whether a selector whose last part bears the key means this element alone. The page's selector engine says so.
    pub(crate) fn means(&self, document: &Document, css: &str, key: &str, element: ElementRef<'_>) -> bool {
        let Some(bearers) = self.bearers.get(key).filter(|bearers| bearers.len() <= MOST_BEARERS) else {
            return false;
        };
        if !self.effort.take(1 + bearers.len() * STEPS_EACH) {
            return false;
        }
        let Ok(selector) = Selector::parse(css) else { return false };
        let mut matching = bearers
            .iter()
            .filter_map(|id| document.html.tree.get(*id).and_then(ElementRef::wrap))
            .filter(|bearer| selector.matches(bearer));
        matching.next().is_some_and(|found| found.id() == element.id()) && matching.next().is_none()
    }

    /// A selector of an element by its own names alone, if there is one.
    pub(crate) fn anchor(&self, document: &Document, element: ElementRef<'_>) -> Option<String> {
        if let Some(known) = self.anchors.borrow().get(&element.id()) {
            return known.clone();
        }
        let found = simple(element).into_iter().find(|(css, key)| self.means(document, css, key, element));
        let found = found.map(|(css, _)| css);
        self.anchors.borrow_mut().insert(element.id(), found.clone());
        found
    }

    #[cfg(test)]
    pub(crate) fn steps(&self) -> u64 {
        self.effort.done()
    }
}

/// The tag, if it can stand in a selector as it is: authors invent others, and drawings have capitals.
pub(crate) fn plain_tag(element: ElementRef<'_>) -> Option<&str> {
    let tag = element.value().name();
    let plain = tag.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    (plain && tag.starts_with(|c: char| c.is_ascii_lowercase())).then_some(tag)
}

/// Selectors of the element alone, the steadiest first, each with the key under which its bearers stand.
pub(crate) fn simple(element: ElementRef<'_>) -> Vec<(String, String)> {
    let Some(tag) = plain_tag(element) else { return Vec::new() };
    let mut found = Vec::new();
    if let Some(id) = element.value().id().filter(|id| is_steady_id(id)) {
        found.push((format!("#{id}"), format!("#{id}")));
    }
    for key in telling(element) {
        found.push((format!("{tag}{key}"), key));
    }
    let classes: Vec<&str> = element.value().classes().filter(|class| is_steady(class)).take(MOST_CLASSES).collect();
    found.extend(classes.iter().map(|class| (format!("{tag}.{class}"), format!(".{class}"))));
    if let [first, _, ..] = classes.as_slice() {
        found.push((format!("{tag}.{}", classes.join(".")), format!(".{first}")));
    }
    found
}

/// Classes that are looked at.
const MOST_CLASSES: usize = 8;

fn keys(element: ElementRef<'_>) -> Vec<String> {
    let id = element.value().id().filter(|id| is_steady_id(id)).map(|id| format!("#{id}"));
    let classes = element.value().classes().filter(|class| is_steady(class)).take(MOST_CLASSES);
    id.into_iter().chain(telling(element)).chain(classes.map(|class| format!(".{class}"))).collect()
}

/// `[data-testid="title"]` and its like.
fn telling(element: ElementRef<'_>) -> Vec<String> {
    let plain = |value: &str| {
        (1..=40).contains(&value.len())
            && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    // In the order of the list: attributes have none of their own.
    let given = TELLING.iter().filter_map(|name| Some((name, element.attr(name)?)));
    given.filter(|(_, value)| plain(value)).map(|(name, value)| format!("[{name}=\"{value}\"]")).collect()
}
