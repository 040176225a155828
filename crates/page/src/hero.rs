//! The first screen: its headline, the line under it, and its calls to action.

mod bar;
mod buttons;
mod headline;
mod screen;
mod subheadline;

pub(crate) use buttons::{is_button, is_in_sentence};

use crate::document::Document;
use scraper::ElementRef;

/// What was found on the first screen.
#[derive(Default)]
pub(crate) struct Hero<'a> {
    pub(crate) headline: Option<ElementRef<'a>>,
    pub(crate) subheadline: Option<ElementRef<'a>>,
    pub(crate) cta: Option<ElementRef<'a>>,
    pub(crate) secondary_cta: Option<ElementRef<'a>>,
    /// The element that holds it all, or as much of it as one element does.
    pub(crate) container: Option<ElementRef<'a>>,
    /// All elements of the first screen, in document order.
    pub(crate) screen: Vec<ElementRef<'a>>,
}

pub(crate) fn find(document: &Document) -> Hero<'_> {
    let Some(headline) = headline::find(document) else { return Hero::default() };
    let container = screen::container(document, headline);
    let screen = screen::elements(document, container, headline);
    let (cta, secondary_cta) = buttons::find(document, &screen, headline);
    let subheadline = subheadline::find(document, &screen, headline);
    Hero { headline: Some(headline), subheadline, cta, secondary_cta, container: Some(container), screen }
}
