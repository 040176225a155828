//! What else stands on a page beside the slots, and what of it must stay as it is.

use super::Locator;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What an element of the page is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ElementKind {
    /// Heading of a section or of a part of it.
    Heading,
    /// Running text of a section: a paragraph, list item, cell or caption.
    Text,
    /// What others say about the product.
    Testimonial,
    /// Picture of a customer's or partner's mark; its text is the alternative.
    Logo,
    /// Stars, points and how many gave them.
    Rating,
    /// Name of a form's field.
    FormLabel,
    /// What is pressed.
    Button,
    /// Field of a form; its text is the placeholder or value.
    FormField,
    /// Link of a navigation.
    Link,
}

crate::text_enum!(ElementKind {
    Heading = "heading",
    Text = "text",
    Testimonial = "testimonial",
    Logo = "logo",
    Rating = "rating",
    FormLabel = "form_label",
    Button = "button",
    FormField = "form_field",
    Link = "link",
});

/// Why an element must not be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LockReason {
    /// It states a price or what is charged.
    Price,
    /// Terms, privacy, imprint, copyright, small print.
    Legal,
    /// Cookie banner or another question for consent.
    Consent,
    /// Field of a form: what it sends must keep its meaning.
    FormField,
    /// Navigation of the site.
    Navigation,
    /// Words of other people, which nobody may put differently.
    Quotation,
    /// Part of a dialog, a search or another tool of the page.
    Tool,
    /// Its owner says so.
    Owner,
}

impl LockReason {
    /// The name that is stored and printed.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Price => "price",
            Self::Legal => "legal",
            Self::Consent => "consent",
            Self::FormField => "form_field",
            Self::Navigation => "navigation",
            Self::Quotation => "quotation",
            Self::Tool => "tool",
            Self::Owner => "owner",
        }
    }
}

impl LockReason {
    /// What an owner has to know before the lock is opened; nothing where opening it harms nobody.
    #[must_use]
    pub const fn warning(self) -> Option<&'static str> {
        match self {
            Self::Price => Some(
                "This states what customers pay. A variant that says something else can bind you to the lower price.",
            ),
            Self::Legal => Some(
                "This is legal text. Other words can take away its effect; ask whoever wrote it before it changes.",
            ),
            Self::Consent => Some("This asks for consent. Consent that was given to other words may not count."),
            Self::FormField => Some(
                "This belongs to a form. Another name or hint can make people send you something else than you expect.",
            ),
            Self::Quotation => {
                Some("These are somebody else's words. Changed words would still bear that person's name.")
            }
            Self::Navigation | Self::Tool | Self::Owner => None,
        }
    }
}

impl fmt::Display for LockReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a text was when the page was read, to see later whether it still is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Hash of the whole text, sixteen hexadecimal digits, the same on every machine.
    pub hash: String,
    /// How the text begins.
    pub lead: String,
}

impl Fingerprint {
    /// Most characters of the beginning.
    pub const LONGEST_LEAD: usize = 40;

    /// Of a text; differences in white space alone make no difference.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let text = crate::slots::normalise(text);
        // FNV-1a: short, and its definition will not change with a library.
        let hash = text
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        Self { hash: format!("{hash:016x}"), lead: text.chars().take(Self::LONGEST_LEAD).collect() }
    }
}

/// One element with a text of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Element {
    /// What it is for.
    pub kind: ElementKind,
    /// Its text as seen, white space normalised, shortened when it is very long.
    pub text: String,
    /// Of the whole text.
    pub fingerprint: Fingerprint,
    /// Where it stands.
    pub locator: Locator,
    /// Whether a text operation is safe there: the element holds text nodes only.
    #[serde(default)]
    pub plain_text: bool,
    /// Why it must stay as it is, if it must.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked: Option<LockReason>,
}

impl Element {
    /// Whether its text may be rewritten.
    #[must_use]
    pub const fn is_mutable(&self) -> bool {
        self.plain_text && self.locked.is_none()
    }
}

/// The elements of a page beside its slots, in the order of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Inventory {
    /// At most 200 that are free and 100 that are locked.
    #[serde(default)]
    pub elements: Vec<Element>,
    /// Free elements that found no room.
    #[serde(default)]
    pub left_out: u32,
    /// Locked elements that found no room.
    #[serde(default)]
    pub locked_left_out: u32,
}

impl Inventory {
    /// Most free elements.
    pub const MOST_FREE: usize = 200;
    /// Most locked elements.
    pub const MOST_LOCKED: usize = 100;

    /// Whether nothing was found.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }
}
