//! Pages that the tests write for.

use domain::{Locator, PageModel, TextSlot};
use service::ports::Brief;

/// A text of the page; `plain` says whether it may be rewritten.
pub(crate) fn slot(text: &str, plain: bool) -> Option<TextSlot> {
    let locator = Locator { css: "h1".to_owned(), alt: Vec::new(), tag: "h1".to_owned() };
    Some(TextSlot { text: text.to_owned(), locator, plain_text: plain })
}

/// A page out of its texts.
pub(crate) fn page(lang: &str, [headline, subheadline, cta]: [&str; 3], sentences: &[&str]) -> PageModel {
    PageModel {
        lang: Some(lang.to_owned()),
        headline: slot(headline, true),
        subheadline: slot(subheadline, true),
        cta: slot(cta, true),
        sentences: sentences.iter().map(|&text| text.to_owned()).collect(),
        ..PageModel::default()
    }
}

/// An ordinary English page.
pub(crate) fn english() -> PageModel {
    PageModel {
        title: Some("Brewlog | Track every brew in one place".to_owned()),
        description: Some("Brewlog records water, grind and time. It works offline.".to_owned()),
        secondary_cta: slot("See a sample log", true),
        ..page(
            "en",
            [
                "Brew better coffee",
                "Write down each brew in ten seconds. Compare them at the end of the week.",
                "Start logging",
            ],
            &[
                "Brew better coffee",
                "Write down each brew in ten seconds. Compare them at the end of the week.",
                "Your coffee notes in one place",
                "Brewlog keeps 14 measurements of every brew.",
                "Which grind made the best coffee?",
                "Start logging today",
                "© 2026 Brewlog. All rights reserved.",
                "“I brew with it daily.”",
            ],
        )
    }
}

/// A brief for new drafts.
pub(crate) fn brief(page: PageModel, count: usize) -> Brief {
    Brief { page, count, ..Brief::default() }
}
