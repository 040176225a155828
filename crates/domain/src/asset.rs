//! Pictures that an installation keeps for a site.

use crate::{SiteId, VariantId};
use serde::{Deserialize, Serialize};

/// What a picture is for, which says who may see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssetKind {
    /// Stands on the customer's page, so anybody may see it.
    Image,
    /// Shows the page or a variant to the site's owner, and to nobody else.
    Screenshot,
}

crate::text_enum!(AssetKind {
    Image = "image",
    Screenshot = "screenshot",
});

/// The name of a picture: the SHA-256 of what it is for and of its bytes, as 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AssetId(String);

impl AssetId {
    /// Reads a name; `None` for what cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == 64 && text.bytes().all(is_digit)).then(|| Self(text.to_owned()))
    }

    /// The name of a digest.
    #[must_use]
    pub fn of_digest(digest: &[u8; 32]) -> Self {
        Self(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where the picture is found, under the address of the installation.
    #[must_use]
    pub fn path(&self, site_id: SiteId) -> String {
        format!("/assets/{site_id}/{}.webp", self.0)
    }
}

/// The window in which a page is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// 1280 pixels wide.
    Desktop,
    /// 390 pixels wide, as on a phone held upright.
    Phone,
}

impl View {
    /// In CSS pixels.
    #[must_use]
    pub fn width(self) -> u32 {
        match self {
            Self::Desktop => 1_280,
            Self::Phone => 390,
        }
    }

    /// The view of a width.
    #[must_use]
    pub fn of_width(width: u32) -> Option<Self> {
        [Self::Desktop, Self::Phone].into_iter().find(|view| view.width() == width)
    }
}

/// A picture of the page or a variant, as the dashboard shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// How it came about.
    pub kind: PictureKind,
    /// Path under the address of the installation.
    pub path: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// How a picture came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureKind {
    /// Taken in a browser.
    Screenshot(View),
    /// Drawn from what is known of the page.
    Drawing,
}

/// What is told before an image is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageOffer {
    /// The model that makes it.
    pub model: String,
    /// What it costs by the settings, in millionths of a dollar.
    pub price_micros: i64,
    /// Why it cannot be made now, as a sentence.
    pub refusal: Option<String>,
}

/// Where the drawing of a variant is found.
#[must_use]
pub fn drawing_path(site_id: SiteId, variant_id: VariantId) -> String {
    format!("/assets/{site_id}/{variant_id}.svg")
}

#[cfg(test)]
mod tests {
    use super::{AssetId, View};

    #[test]
    fn a_name_is_sixty_four_digits_and_nothing_else() {
        let name = AssetId::of_digest(&[0xa5; 32]);
        assert_eq!(name.as_str(), "a5".repeat(32));
        assert_eq!(AssetId::parse(name.as_str()), Some(name.clone()));
        let wrong = ["", "a5", &"A5".repeat(32), &"a5".repeat(33), &format!("{}/", "a5".repeat(31)), &"é".repeat(32)];
        for text in wrong {
            assert_eq!(AssetId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_view_is_known_by_its_width() {
        for view in [View::Desktop, View::Phone] {
            assert_eq!(View::of_width(view.width()), Some(view));
        }
        assert_eq!(View::of_width(768), None);
    }
}
