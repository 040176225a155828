//! From the bytes of a page to Unicode, as browsers do it.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252, X_USER_DEFINED};

/// How far into a file browsers look for a declaration.
const PRESCAN_BYTES: usize = 1_024;

/// Where a file of this kind can declare its own encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Declaration {
    /// `<meta charset="...">` or the older `http-equiv` form.
    Meta,
    /// `@charset "..."` as the very first bytes.
    AtCharset,
}

/// Decodes bytes: a byte order mark wins over the header, the header over the declaration in the
/// file; without any, UTF-8 if it is valid, and otherwise what the bytes look like in the country of
/// the host's last label. Faulty sequences become U+FFFD.
#[must_use]
pub fn decode(bytes: &[u8], content_type: Option<&str>, declaration: Declaration, country: Option<&str>) -> String {
    let declared = content_type
        .and_then(charset_parameter)
        .and_then(|label| Encoding::for_label(label.as_bytes()))
        .or_else(|| declared_inside(bytes, declaration));
    let encoding = match declared {
        Some(encoding) => encoding,
        None if std::str::from_utf8(bytes).is_ok() => UTF_8,
        None => guessed(bytes, country),
    };
    // `decode` lets a byte order mark win.
    encoding.decode(bytes).0.into_owned()
}

/// The guess of Firefox, whose detector this is.
fn guessed(bytes: &[u8], country: Option<&str>) -> &'static Encoding {
    // The detector takes labels as they are looked up, and nothing else.
    let label =
        |label: &&str| label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    detector.guess(country.filter(label).map(str::as_bytes), Utf8Detection::Deny)
}

fn charset_parameter(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']))
    })
}

fn declared_inside(bytes: &[u8], declaration: Declaration) -> Option<&'static Encoding> {
    let start = &bytes[..bytes.len().min(PRESCAN_BYTES)];
    let text = String::from_utf8_lossy(start).to_ascii_lowercase();
    let label = match declaration {
        Declaration::AtCharset => text.strip_prefix("@charset \"")?.split('"').next()?,
        Declaration::Meta => text.split("<meta").skip(1).find_map(|tag| {
            let tag = tag.split('>').next()?;
            let (_, value) = tag.split_once("charset")?;
            let value = value.trim_start().strip_prefix('=')?.trim_start().trim_matches(['"', '\'']);
            value.split(|c: char| c.is_whitespace() || "\"';/".contains(c)).next()
        })?,
    };
    let encoding = Encoding::for_label(label.as_bytes())?;
    // A file whose declaration could be read as ASCII is not UTF-16, whatever it says.
    Some(if encoding == X_USER_DEFINED {
        WINDOWS_1252
    } else if encoding.is_ascii_compatible() {
        encoding
    } else {
        UTF_8
    })
}
