//! Bytes that are said to be an image: decoded within bounds, and written anew, so that nothing else travels along.

use image::{DynamicImage, ImageFormat, ImageReader, Limits};
use service::ports::MadeImage;
use std::io::Cursor;

/// Smallest and largest side, in pixels.
const SIDES: std::ops::RangeInclusive<u32> = 256..=4_096;
/// Most memory of a decoder, in bytes: the largest image with four channels of two bytes, and its own needs.
const MEMORY: u64 = 192 * 1024 * 1024;
/// Widest image that is stored: a hero image is hardly ever shown wider.
const WIDEST: u32 = 1_600;
/// Quality of what is stored, of 100.
const QUALITY: f32 = 82.0;

/// The image written anew as WebP, or what is wrong with it.
pub(super) fn made(bytes: &[u8]) -> Result<MadeImage, String> {
    let format = image::guess_format(bytes).ok();
    let format = format.filter(|it| matches!(it, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP));
    let format = format.ok_or("what it holds is no PNG, JPEG or WebP")?;
    let (width, height) = ImageReader::with_format(Cursor::new(bytes), format)
        .into_dimensions()
        .map_err(|_| "the image in it is broken")?;
    if !SIDES.contains(&width) || !SIDES.contains(&height) {
        return Err(format!("the image in it has {width} by {height} pixels, where {SIDES:?} are taken"));
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(*SIDES.end()), Some(*SIDES.end()));
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let decoded = reader.decode().map_err(|_| "the image in it is broken")?;
    let fitting = if width > WIDEST { decoded.thumbnail(WIDEST, *SIDES.end()) } else { decoded };
    encoded(&fitting)
}

fn encoded(image: &DynamicImage) -> Result<MadeImage, String> {
    let (width, height) = (image.width(), image.height());
    let written = if image.color().has_alpha() {
        let pixels = image.to_rgba8();
        webp::Encoder::from_rgba(&pixels, width, height).encode_simple(false, QUALITY)
    } else {
        let pixels = image.to_rgb8();
        webp::Encoder::from_rgb(&pixels, width, height).encode_simple(false, QUALITY)
    };
    let webp = written.map_err(|_| "the image in it cannot be written as WebP")?.to_vec();
    Ok(MadeImage { webp, width, height })
}
