//! Looking at a page in a browser, as it is or as a variant makes it.

use domain::Patch;
use url::Url;

/// A picture of a page from its top, as a visitor sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screenshot {
    /// Width of the window, in CSS pixels.
    pub width: u32,
    /// Height of the picture, in CSS pixels.
    pub height: u32,
    /// The picture as WebP.
    pub webp: Vec<u8>,
}

/// What is done to a page before it is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The variant's patch; an empty one leaves the page as it is.
    pub patch: Patch,
    /// Pictures of this installation that the patch shows. The browser is given them, because it must not ask the
    /// installation itself.
    pub pictures: Vec<OwnPicture>,
}

/// A picture that this installation serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnPicture {
    /// Its address.
    pub url: Url,
    /// Such as `image/webp`.
    pub media_type: String,
    /// The picture.
    pub bytes: Vec<u8>,
}
