//! What an owner can say of brand and language, one field at a time.

use crate::PageModel;
use crate::page_model::{BrandColour, ColourRole, Direction, Formality};
use crate::slots::normalise;
use serde::{Deserialize, Serialize};

/// Longest value of a field, in characters.
pub const MAX_FIELD_CHARS: usize = 200;
/// Longest name of a font, in characters.
const MAX_FONT_CHARS: usize = 60;

/// One thing about brand or language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BrandField {
    /// Colour of the brand.
    PrimaryColour,
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
    /// Font of headings.
    HeadingFont,
    /// Font of running text.
    BodyFont,
    /// Language of the text.
    Language,
    /// Which way it runs.
    Direction,
    /// How the reader is addressed.
    Formality,
    /// How the page is to sound, in the owner's words.
    Voice,
}

crate::text_enum!(BrandField {
    PrimaryColour = "primary_colour",
    Background = "background",
    Text = "text",
    Heading = "heading",
    Button = "button",
    ButtonText = "button_text",
    Link = "link",
    HeadingFont = "heading_font",
    BodyFont = "body_font",
    Language = "language",
    Direction = "direction",
    Formality = "formality",
    Voice = "voice",
});

/// Why a value cannot be, as a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidField {
    /// Not a colour.
    #[error("Write the colour as # and six digits, like #1a6f4b.")]
    Colour,
    /// Not a font's name.
    #[error("Write the name of one font, at most 60 characters, without quotes or commas.")]
    Font,
    /// Not a language tag.
    #[error("Write the language as its short tag, like en, de or pt.")]
    Language,
    /// Neither of the two ways.
    #[error("Choose left to right or right to left.")]
    Direction,
    /// Neither of the two.
    #[error("Choose the familiar or the polite address.")]
    Formality,
    /// Too long, or no text.
    #[error("Write at most 200 characters of plain text.")]
    Voice,
}

impl BrandField {
    /// The colour's place in the palette.
    const fn role(self) -> Option<ColourRole> {
        match self {
            Self::Background => Some(ColourRole::Background),
            Self::Text => Some(ColourRole::Text),
            Self::Heading => Some(ColourRole::Heading),
            Self::Button => Some(ColourRole::Button),
            Self::ButtonText => Some(ColourRole::ButtonText),
            Self::Link => Some(ColourRole::Link),
            _ => None,
        }
    }

    /// Whether it is a colour.
    #[must_use]
    pub const fn is_colour(self) -> bool {
        matches!(self, Self::PrimaryColour) || self.role().is_some()
    }

    /// A value as it is stored; nothing for an empty one.
    ///
    /// # Errors
    /// Why it cannot be.
    pub fn read(self, value: &str) -> Result<Option<String>, InvalidField> {
        let value = normalise(value);
        if value.is_empty() {
            return Ok(None);
        }
        let sound = match self {
            _ if self.is_colour() => colour(&value).ok_or(InvalidField::Colour)?,
            Self::HeadingFont | Self::BodyFont => {
                let is_name = |c: char| c.is_alphanumeric() || " -_.+&'".contains(c);
                let is_sound = value.chars().count() <= MAX_FONT_CHARS && value.chars().all(is_name);
                is_sound.then_some(value).ok_or(InvalidField::Font)?
            }
            Self::Language => language(&value).ok_or(InvalidField::Language)?,
            Self::Direction => read_direction(&value).map(|_| value).ok_or(InvalidField::Direction)?,
            Self::Formality => read_formality(&value).map(|_| value).ok_or(InvalidField::Formality)?,
            _ => {
                let is_plain = value.chars().count() <= MAX_FIELD_CHARS && !value.chars().any(char::is_control);
                is_plain.then_some(value).ok_or(InvalidField::Voice)?
            }
        };
        Ok(Some(sound))
    }

    /// What a page has there.
    #[must_use]
    pub fn of(self, page: &PageModel) -> Option<String> {
        match self {
            Self::PrimaryColour => page.brand.primary_color.clone(),
            Self::HeadingFont => page.brand.heading_font.clone(),
            Self::BodyFont => page.brand.body_font.clone(),
            Self::Language => page.lang.clone(),
            Self::Direction => page.direction.map(|direction| match direction {
                Direction::Ltr => "ltr".to_owned(),
                Direction::Rtl => "rtl".to_owned(),
            }),
            Self::Formality => page.tone.and_then(|tone| tone.formality).map(|formality| match formality {
                Formality::Familiar => "familiar".to_owned(),
                Formality::Polite => "polite".to_owned(),
            }),
            Self::Voice => page.voice.clone(),
            _ => {
                let role = self.role()?;
                page.brand.palette.iter().find(|colour| colour.role == role).map(|colour| colour.hex.clone())
            }
        }
    }

    /// Writes a value into a page; one that cannot be is as good as none.
    pub(super) fn write(self, page: &mut PageModel, value: Option<String>) {
        match self {
            Self::PrimaryColour => page.brand.primary_color = value,
            Self::HeadingFont => page.brand.heading_font = value,
            Self::BodyFont => page.brand.body_font = value,
            Self::Language => page.lang = value,
            Self::Direction => page.direction = value.as_deref().and_then(read_direction),
            Self::Formality => {
                let formality = value.as_deref().and_then(read_formality);
                if formality.is_some() || page.tone.is_some() {
                    page.tone.get_or_insert_default().formality = formality;
                }
            }
            Self::Voice => page.voice = value,
            _ => {
                let Some(role) = self.role() else { return };
                let palette = &mut page.brand.palette;
                match (palette.iter_mut().find(|colour| colour.role == role), value) {
                    (Some(colour), Some(hex)) => colour.hex = hex,
                    (None, Some(hex)) => palette.push(BrandColour { role, hex }),
                    (_, None) => palette.retain(|colour| colour.role != role),
                }
            }
        }
    }
}

fn colour(value: &str) -> Option<String> {
    let digits = value.strip_prefix('#').unwrap_or(value).to_lowercase();
    let is_sound = matches!(digits.len(), 3 | 6) && digits.chars().all(|c| c.is_ascii_hexdigit());
    let long = if digits.len() == 3 { digits.chars().flat_map(|c| [c, c]).collect() } else { digits };
    is_sound.then(|| format!("#{long}"))
}

/// The primary tag, as readings have it.
fn language(value: &str) -> Option<String> {
    let primary = value.split(['-', '_']).next()?.to_lowercase();
    let is_tag = matches!(primary.len(), 2 | 3) && primary.chars().all(|c| c.is_ascii_lowercase());
    is_tag.then_some(primary)
}

fn read_direction(value: &str) -> Option<Direction> {
    match value {
        "ltr" => Some(Direction::Ltr),
        "rtl" => Some(Direction::Rtl),
        _ => None,
    }
}

fn read_formality(value: &str) -> Option<Formality> {
    match value {
        "familiar" => Some(Formality::Familiar),
        "polite" => Some(Formality::Polite),
        _ => None,
    }
}
