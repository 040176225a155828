//! The first screen: its headline, the line under it, and its calls to action.

mod bar;
mod buttons;
mod headline;
mod subheadline;

pub(crate) use buttons::is_button;

use crate::document::Document;
use scraper::ElementRef;

/// What was found on the first screen.
#[derive(Default)]
pub(crate) struct Hero<'a> {
    pub(crate) headline: Option<ElementRef<'a>>,
    pub(crate) subheadline: Option<ElementRef<'a>>,
    pub(crate) cta: Option<ElementRef<'a>>,
    pub(crate) secondary_cta: Option<ElementRef<'a>>,
    /// The element that holds it all.
    pub(crate) container: Option<ElementRef<'a>>,
}

pub(crate) fn find(document: &Document) -> Hero<'_> {
    let Some(headline) = headline::find(document) else { return Hero::default() };
    let container = headline::container(document, headline);
    let (cta, secondary_cta) = buttons::find(document, container, headline);
    let subheadline = subheadline::find(document, container, headline);
    Hero { headline: Some(headline), subheadline, cta, secondary_cta, container: Some(container) }
}
