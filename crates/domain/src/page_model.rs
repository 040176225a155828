//! What Evoloop knows about a page after reading it.

mod inventory;
mod tone;

pub use inventory::{Element, ElementKind, Fingerprint, Inventory, LockReason};
pub use tone::{Direction, Formality, Tone};

use crate::Fact;
use crate::page_edits::Selected;
use serde::{Deserialize, Serialize};

/// Where an element stands, with fallbacks for a page that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Locator {
    /// A CSS selector that selected exactly this element when the page was read.
    pub css: String,
    /// Other selectors that did, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alt: Vec<String>,
    /// Tag name in lower case.
    pub tag: String,
}

/// A text on the page that may be rewritten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextSlot {
    /// The text as seen, white space normalised.
    pub text: String,
    /// Where it stands.
    pub locator: Locator,
    /// Whether a text operation is safe there: the element holds text nodes only.
    #[serde(default)]
    pub plain_text: bool,
}

impl TextSlot {
    /// What the text was when the page was read.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.text)
    }
}

/// The main picture of the first screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageSlot {
    /// Address as written on the page.
    pub src: String,
    /// Text alternative; empty when the page gives none.
    pub alt: String,
    /// Where it stands.
    pub locator: Locator,
}

/// Colours and fonts as the visitor sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Brand {
    /// Colour of the call to action or brand element, `#rrggbb`.
    pub primary_color: Option<String>,
    /// First font family of headings.
    pub heading_font: Option<String>,
    /// First font family of running text.
    pub body_font: Option<String>,
    /// The colours of the first screen by what they are for, as rendered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub palette: Vec<BrandColour>,
}

/// A colour and what it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrandColour {
    /// Where it is seen.
    pub role: ColourRole,
    /// `#rrggbb`.
    pub hex: String,
}

/// Where a colour is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColourRole {
    /// Ground of the page.
    Background,
    /// Running text.
    Text,
    /// The headline.
    Heading,
    /// Ground of the call to action.
    Button,
    /// Text of the call to action.
    ButtonText,
    /// Links in running text.
    Link,
}

/// A page as Evoloop understands it: what it says, where, and in which style.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct PageModel {
    /// Text of the title element.
    pub title: Option<String>,
    /// Language of the text, as a BCP 47 primary tag.
    pub lang: Option<String>,
    /// Meta description.
    pub description: Option<String>,
    /// The main heading.
    pub headline: Option<TextSlot>,
    /// The line that explains the headline.
    pub subheadline: Option<TextSlot>,
    /// The primary call to action.
    pub cta: Option<TextSlot>,
    /// The weaker call to action beside it.
    pub secondary_cta: Option<TextSlot>,
    /// The main picture.
    pub hero_image: Option<ImageSlot>,
    /// Colours and fonts.
    #[serde(default)]
    pub brand: Brand,
    /// The page's own sentences (headings, paragraphs, list items), in reading order, at most 200.
    /// A copywriter may use these words and facts, and no others.
    #[serde(default)]
    pub sentences: Vec<String>,
    /// Which way the text runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// How the page speaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tone: Option<Tone>,
    /// What else stands on the page.
    #[serde(default, skip_serializing_if = "Inventory::is_empty")]
    pub inventory: Inventory,
    /// What the page claims, at most 400 facts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
    /// What the owner's selectors mean on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub selected: Vec<Selected>,
    /// Claims of the page that its owner took back; only in a page with its owner's edits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withdrawn: Vec<Fact>,
    /// How the page is to sound, in its owner's words; only in a page with its owner's edits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<String>,
}
