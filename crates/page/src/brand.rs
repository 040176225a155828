//! Colours and fonts as the visitor sees them.

use crate::css::colour::{self, Rgb};
use crate::css::font_parts;
use crate::document::{Document, ancestors};
use crate::hero::Hero;
use crate::text::visible;
use domain::Brand;
use domain::page_model::{BrandColour, ColourRole};
use scraper::ElementRef;
use std::collections::HashMap;

/// What browsers set text in when no rule says otherwise.
const DEFAULT_FONT: &str = "Times New Roman";

pub(crate) fn find(document: &Document, hero: &Hero<'_>) -> Brand {
    let body = document.first("body");
    // A style sheet that was not read might say something, and a page without text shows no font.
    let is_plain = document.has_all_sheets && body.is_some_and(|body| !visible(document, body).is_empty());
    let default = || is_plain.then(|| DEFAULT_FONT.to_owned());
    Brand {
        primary_color: primary(document, hero).map(colour::to_hex),
        heading_font: hero.headline.or(body).and_then(|element| font(document, element)).or_else(default),
        body_font: body.and_then(|element| font(document, element)).or_else(default),
        palette: palette(document, hero),
    }
}

/// What is seen where, by rules alone: what browsers do without a rule is not listed.
fn palette(document: &Document, hero: &Hero<'_>) -> Vec<BrandColour> {
    let body = document.first("body");
    let own = |element: ElementRef<'_>, property: &str| {
        document.cascade.value(element, property).as_deref().and_then(colour::first)
    };
    let ground = |element: ElementRef<'_>| own(element, "background-color").or_else(|| own(element, "background"));
    // Colours of text are inherited.
    let ink = |element: ElementRef<'_>| {
        std::iter::once(element).chain(ancestors(element)).find_map(|around| own(around, "color"))
    };
    let link = || document.all("p a, li a").take(60).find_map(|link| own(link, "color"));
    let seen = [
        (
            ColourRole::Background,
            body.and_then(|body| ground(body).or_else(|| document.first("html").and_then(ground))),
        ),
        (ColourRole::Text, body.and_then(ink)),
        (ColourRole::Heading, hero.headline.and_then(ink)),
        (ColourRole::Button, hero.cta.and_then(ground)),
        (ColourRole::ButtonText, hero.cta.and_then(ink)),
        (ColourRole::Link, link()),
    ];
    let found = seen.into_iter().filter_map(|(role, rgb)| Some((role, rgb?)));
    found.map(|(role, rgb)| BrandColour { role, hex: colour::to_hex(rgb) }).collect()
}

/// The colour of the call to action, or of what else carries the brand.
fn primary(document: &Document, hero: &Hero<'_>) -> Option<Rgb> {
    let chromatic =
        |value: Option<String>| value.as_deref().and_then(colour::first).filter(|rgb| colour::is_chromatic(*rgb));
    let filling = |element: ElementRef<'_>| {
        chromatic(document.cascade.value(element, "background-color"))
            .or_else(|| chromatic(document.cascade.value(element, "background")))
            .or_else(|| chromatic(document.cascade.value(element, "background-image")))
    };
    let calls = [hero.cta, hero.secondary_cta].into_iter().flatten();
    let from_calls = calls.clone().find_map(filling);
    let from_borders = || {
        calls.clone().find_map(|call| {
            chromatic(document.cascade.value(call, "border-color"))
                .or_else(|| chromatic(document.cascade.value(call, "color")))
        })
    };
    let from_headline = || hero.headline.and_then(|headline| chromatic(document.cascade.value(headline, "color")));
    let anywhere = || {
        let buttons = document.all(".btn-primary, .button-primary, .primary.button, .button.primary, [type=submit]");
        buttons.take(20).find_map(filling)
    };
    let from_theme = || chromatic(document.meta("theme-color"));
    from_calls
        .or_else(anywhere)
        .or_else(|| variable(document))
        .or_else(from_headline)
        .or_else(from_theme)
        .or_else(from_borders)
        .or_else(|| document.all("a").take(60).find_map(|link| chromatic(document.cascade.value(link, "color"))))
        .or_else(|| most_common(document))
}

/// A custom property that is named for the brand.
fn variable(document: &Document) -> Option<Rgb> {
    let root = document.html.root_element();
    let names =
        ["--bs-primary", "--primary", "--primary-color", "--color-primary", "--brand", "--brand-color", "--accent"];
    let declared = document.cascade.declared(root, |property| names.contains(&property));
    let in_order = names.iter().flat_map(|name| declared.iter().filter(move |(property, _)| property == name));
    let mut found = in_order.filter_map(|(_, value)| colour::first(value));
    found.find(|rgb| colour::is_chromatic(*rgb))
}

/// The hue that the style sheets name most often.
fn most_common(document: &Document) -> Option<Rgb> {
    let root = document.html.root_element();
    let wanted = |property: &str| matches!(property, "color" | "background" | "background-color" | "border-color");
    let mut counts: HashMap<Rgb, u32> = HashMap::new();
    for (property, value) in document.cascade.declared(root, wanted) {
        if let Some(rgb) = colour::first(&value).filter(|rgb| colour::is_chromatic(*rgb)) {
            *counts.entry(rgb).or_default() += if property.starts_with("background") { 2 } else { 1 };
        }
    }
    counts.into_iter().max_by_key(|(rgb, count)| (*count, *rgb)).map(|(rgb, _)| rgb)
}

/// The first font family of an element.
fn font(document: &Document, element: ElementRef<'_>) -> Option<String> {
    let around = std::iter::once(element).chain(crate::document::ancestors(element));
    let family = around.filter_map(|element| document.cascade.value(element, "font-family"));
    let mut families = family.filter_map(|family| {
        let family = font_parts(&family).map_or(family.as_str(), |(_, family)| family);
        let first = family.split(',').next()?.trim().trim_matches(['"', '\'']).trim().to_owned();
        let keyword = matches!(first.to_lowercase().as_str(), "" | "inherit" | "initial" | "unset");
        (!keyword && !first.contains("var(")).then_some(first)
    });
    families.next()
}
