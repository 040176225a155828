//! Slot patches: what a copywriter fills in, compiled to operations with the site's page model.

use crate::patch::VERSION;
use crate::{Locator, Op, PageModel, Patch, Target, TextSlot};
use serde::{Deserialize, Serialize};

/// New texts for named places of the page; what is absent stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SlotPatch {
    /// New main heading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headline: Option<String>,
    /// New line under the headline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subheadline: Option<String>,
    /// New text of the primary call to action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cta: Option<String>,
    /// Address of another main picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hero_image: Option<String>,
}

/// Why a slot patch does not fit a page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SlotRefusal {
    /// The page has no such slot, or its text cannot be replaced safely.
    #[error("the page has no {0} that can be rewritten safely")]
    NoSuchSlot(&'static str),
    /// Nothing differs from the page.
    #[error("the variant changes nothing")]
    NoChange,
}

impl SlotPatch {
    /// Turns slots into operations on the page's own elements.
    ///
    /// # Errors
    /// When a slot is missing on the page or nothing would change.
    pub fn compile(&self, page: &PageModel) -> Result<Patch, SlotRefusal> {
        let mut ops = Vec::new();
        let texts = [
            ("headline", &self.headline, &page.headline),
            ("subheadline", &self.subheadline, &page.subheadline),
            ("call to action", &self.cta, &page.cta),
        ];
        for (name, new, slot) in texts {
            let Some(new) = new.as_deref().map(normalise) else { continue };
            let slot = slot.as_ref().filter(|slot| slot.plain_text).ok_or(SlotRefusal::NoSuchSlot(name))?;
            if new != normalise(&slot.text) {
                ops.push(Op::Text { target: text_target(slot), value: new });
            }
        }
        if let Some(src) = &self.hero_image {
            let slot = page.hero_image.as_ref().ok_or(SlotRefusal::NoSuchSlot("hero image"))?;
            if *src != slot.src {
                ops.push(Op::Image { target: target(&slot.locator, None), src: src.clone(), alt: None });
            }
        }
        if ops.is_empty() { Err(SlotRefusal::NoChange) } else { Ok(Patch { v: VERSION, ops }) }
    }
}

/// White space as a browser shows it: runs become one space, none at the ends.
#[must_use]
pub fn normalise(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn text_target(slot: &TextSlot) -> Target {
    target(&slot.locator, Some(normalise(&slot.text)))
}

fn target(locator: &Locator, text: Option<String>) -> Target {
    Target { css: locator.css.clone(), n: None, tag: Some(locator.tag.clone()), text, alt: locator.alt.clone() }
}
