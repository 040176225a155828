//! What was found on a page, as printed. The names are part of the interface.

use domain::PageModel;
use domain::page_model::{Brand, Direction, Fingerprint, ImageSlot, Inventory, TextSlot, Tone};
use serde::Serialize;

#[derive(Debug, Serialize)]
pub(super) struct Report<'a> {
    title: Option<&'a str>,
    lang: Option<&'a str>,
    description: Option<&'a str>,
    slots: Slots<'a>,
    brand: &'a Brand,
    direction: Option<Direction>,
    tone: Option<Tone>,
    sentences: &'a [String],
    inventory: &'a Inventory,
}

#[derive(Debug, Serialize)]
struct Slots<'a> {
    headline: Option<Text<'a>>,
    subheadline: Option<Text<'a>>,
    cta: Option<Text<'a>>,
    secondary_cta: Option<Text<'a>>,
    hero_image: Option<Image<'a>>,
}

#[derive(Debug, Serialize)]
struct Text<'a> {
    text: &'a str,
    selector: &'a str,
    fallbacks: &'a [String],
    tag: &'a str,
    plain_text: bool,
    fingerprint: Fingerprint,
}

#[derive(Debug, Serialize)]
struct Image<'a> {
    src: &'a str,
    alt: &'a str,
    selector: &'a str,
    fallbacks: &'a [String],
    tag: &'a str,
}

impl<'a> From<&'a PageModel> for Report<'a> {
    fn from(page: &'a PageModel) -> Self {
        Self {
            title: page.title.as_deref(),
            lang: page.lang.as_deref(),
            description: page.description.as_deref(),
            slots: Slots {
                headline: page.headline.as_ref().map(Text::from),
                subheadline: page.subheadline.as_ref().map(Text::from),
                cta: page.cta.as_ref().map(Text::from),
                secondary_cta: page.secondary_cta.as_ref().map(Text::from),
                hero_image: page.hero_image.as_ref().map(Image::from),
            },
            brand: &page.brand,
            direction: page.direction,
            tone: page.tone,
            sentences: &page.sentences,
            inventory: &page.inventory,
        }
    }
}

impl<'a> From<&'a TextSlot> for Text<'a> {
    fn from(slot: &'a TextSlot) -> Self {
        let locator = &slot.locator;
        Self {
            text: &slot.text,
            selector: &locator.css,
            fallbacks: &locator.alt,
            tag: &locator.tag,
            plain_text: slot.plain_text,
            fingerprint: slot.fingerprint(),
        }
    }
}

impl<'a> From<&'a ImageSlot> for Image<'a> {
    fn from(slot: &'a ImageSlot) -> Self {
        let locator = &slot.locator;
        Self { src: &slot.src, alt: &slot.alt, selector: &locator.css, fallbacks: &locator.alt, tag: &locator.tag }
    }
}

impl Report<'_> {
    /// For people: a line each, what is absent as a dash.
    pub(super) fn lines(&self) -> Vec<String> {
        let slots = &self.slots;
        let text = |slot: &Option<Text<'_>>| slot.as_ref().map(|slot| format!("{}  [{}]", slot.text, slot.selector));
        let image = slots.hero_image.as_ref().map(|image| format!("{}  [{}]", image.src, image.selector));
        let own = |value: Option<&str>| value.map(str::to_owned);
        let locked = self.inventory.elements.iter().filter(|element| element.locked.is_some()).count();
        let elements = format!("{} free, {locked} locked", self.inventory.elements.len() - locked);
        let direction = self.direction.map(|direction| match direction {
            Direction::Ltr => "left to right".to_owned(),
            Direction::Rtl => "right to left".to_owned(),
        });
        let rows = [
            ("title", own(self.title)),
            ("language", own(self.lang)),
            ("direction", direction),
            ("description", own(self.description)),
            ("headline", text(&slots.headline)),
            ("subheadline", text(&slots.subheadline)),
            ("call to action", text(&slots.cta)),
            ("secondary call to action", text(&slots.secondary_cta)),
            ("hero image", image),
            ("primary colour", self.brand.primary_color.clone()),
            ("heading font", self.brand.heading_font.clone()),
            ("body font", self.brand.body_font.clone()),
            ("other elements", Some(elements)),
        ];
        rows.into_iter().map(|(name, value)| format!("{name:25} {}", value.as_deref().unwrap_or("-"))).collect()
    }
}
