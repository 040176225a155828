//! All that is found on a page, put together.

use crate::document::Document;
use crate::{brand, facts, hero, image, inventory, language, locator, sentences, tone};
use domain::PageModel;

/// Reads a parsed page.
pub(crate) fn read(document: &Document) -> PageModel {
    let hero = hero::find(document);
    let lang = language::detect(document);
    let brand = brand::find(document, &hero);
    let headline = hero.headline.map(|found| locator::text_slot(document, found));
    PageModel {
        title: document.title(),
        description: document.meta("description"),
        subheadline: hero.subheadline.map(|found| locator::text_slot(document, found)),
        cta: hero.cta.map(|found| locator::text_slot(document, found)),
        secondary_cta: hero.secondary_cta.map(|found| locator::text_slot(document, found)),
        hero_image: image::find(document, &hero),
        brand,
        sentences: sentences::collect(document),
        facts: facts::collect(document),
        direction: tone::direction(document, lang.as_deref()),
        tone: tone::heard(document, lang.as_deref()),
        inventory: inventory::collect(document, &hero),
        lang,
        headline,
        ..PageModel::default()
    }
}
