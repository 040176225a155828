//! What Evoloop knows about a page after reading it.

use crate::Fact;
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
    pub brand: Brand,
    /// The page's own sentences (headings, paragraphs, list items), in reading order, at most 200.
    /// A copywriter may use these words and facts, and no others.
    #[serde(default)]
    pub sentences: Vec<String>,
    /// What the page claims, at most 400 facts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
}
