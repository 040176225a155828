//! Makers of images, which cost money each time.

use super::{WriteError, WritingLog};
use async_trait::async_trait;
use domain::PageModel;

/// An image that was decoded, measured and written anew, so that it is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeImage {
    /// The image as WebP.
    pub webp: Vec<u8>,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// Makes images for the place of a page's hero image.
#[async_trait]
pub trait ImageMaker: Send + Sync {
    /// The model's name.
    fn model(&self) -> &str;

    /// Name and version of its instructions.
    fn prompt_version(&self) -> &str;

    /// What an image costs by the settings, in millionths of a dollar.
    fn price_micros(&self) -> i64;

    /// Has one image made, with one call, which is noted whatever becomes of it.
    async fn make(&self, page: &PageModel, log: &WritingLog) -> Result<MadeImage, WriteError>;
}
