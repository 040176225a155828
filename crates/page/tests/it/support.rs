//! What a page should be read as, and whether it is.

use domain::{Locator, PageModel, TextSlot};
use page::{Stylesheet, analyze};
use scraper::{Html, Selector};

/// One page with what stands on its first screen. An empty text means that the slot must be absent.
#[derive(Default)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) html: &'static str,
    pub(crate) css: &'static str,
    pub(crate) headline: &'static str,
    pub(crate) subheadline: &'static str,
    pub(crate) cta: &'static str,
    pub(crate) secondary: &'static str,
    /// The address of the hero image.
    pub(crate) image: &'static str,
}

impl Case {
    pub(crate) fn read(&self) -> PageModel {
        read(self.html, self.css)
    }

    /// Compares every slot, and proves every selector.
    pub(crate) fn check(&self) {
        let model = self.read();
        let text = |slot: &Option<TextSlot>| slot.as_ref().map(|slot| slot.text.clone()).unwrap_or_default();
        let found = [
            ("headline", text(&model.headline), self.headline),
            ("subheadline", text(&model.subheadline), self.subheadline),
            ("cta", text(&model.cta), self.cta),
            ("secondary_cta", text(&model.secondary_cta), self.secondary),
            ("hero_image", model.hero_image.as_ref().map(|image| image.src.clone()).unwrap_or_default(), self.image),
        ];
        for (slot, found, wanted) in found {
            assert_eq!(found, wanted, "{slot} of: {}", self.name);
        }
        prove_selectors(self.html, &model);
    }

    /// Checks every case before it says which ones failed.
    pub(crate) fn check_all(cases: &[Self]) {
        let failed = |case: &&Self| {
            let check = std::panic::AssertUnwindSafe(|| case.check());
            std::panic::catch_unwind(check).is_err()
        };
        let names: Vec<&str> = cases.iter().filter(failed).map(|case| case.name).collect();
        assert!(names.is_empty(), "not read as a person would: {names:#?}");
    }
}

/// A page with one style sheet, which may be empty.
pub(crate) fn read(html: &str, css: &str) -> PageModel {
    analyze(html, None, &[Stylesheet { url: None, text: css.to_owned() }])
}

/// Every selector and every fallback means exactly one element, the same one, of the tag that is stated.
pub(crate) fn prove_selectors(html: &str, model: &PageModel) {
    let document = Html::parse_document(html);
    for locator in locators(model) {
        let first = only(&document, &locator.css);
        assert_eq!(first.value().name(), locator.tag, "{}", locator.css);
        for fallback in &locator.alt {
            assert_eq!(only(&document, fallback).id(), first.id(), "{fallback} is not {}", locator.css);
        }
    }
}

/// The places of all slots and elements that were found.
pub(crate) fn locators(model: &PageModel) -> Vec<&Locator> {
    let texts = [&model.headline, &model.subheadline, &model.cta, &model.secondary_cta];
    let texts = texts.into_iter().flatten().map(|slot| &slot.locator);
    let slots = texts.chain(model.hero_image.as_ref().map(|image| &image.locator));
    slots.chain(model.inventory.elements.iter().map(|element| &element.locator)).collect()
}

fn only<'a>(document: &'a Html, css: &str) -> scraper::ElementRef<'a> {
    let selector = Selector::parse(css).unwrap_or_else(|error| panic!("`{css}` is no selector: {error}"));
    let found: Vec<_> = document.select(&selector).collect();
    assert_eq!(found.len(), 1, "`{css}` must mean one element");
    found[0]
}
