//! Colours as style sheets write them, into `#rrggbb`.

use super::named::NAMED;
use super::space;
use super::split::split_outside;

/// Longest mix that is read, in bytes: mixes nest.
const LONGEST_MIX: usize = 300;

/// Red, green, blue from 0 to 255.
pub(crate) type Rgb = (u8, u8, u8);

/// The first opaque colour in a value such as a background shorthand or a gradient.
pub(crate) fn first(value: &str) -> Option<Rgb> {
    let lower = without_addresses(&value.to_lowercase());
    let starts = (0..lower.len()).filter(|index| lower.is_char_boundary(*index));
    starts.filter(|index| *index == 0 || !is_word(lower.as_bytes()[index - 1])).find_map(|index| read(&lower[index..]))
}

/// A value without its addresses, whose words are no colours.
fn without_addresses(value: &str) -> String {
    let mut kept = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(start) = rest.find("url(") {
        kept.push_str(&rest[..start]);
        rest = rest[start..].find(')').map_or("", |end| &rest[start + end + 1..]);
    }
    kept.push_str(rest);
    kept
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'#' || byte == b'_' || byte == b'/'
}

/// The colour that a text begins with.
fn read(text: &str) -> Option<Rgb> {
    if let Some(digits) = text.strip_prefix('#') {
        let digits: String = digits.chars().take_while(char::is_ascii_hexdigit).collect();
        return hex(&digits);
    }
    if let Some(arguments) = function(text, &["rgb(", "rgba("]) {
        let numbers = numbers(arguments, 255.0);
        return opaque(&numbers).then(|| (byte(numbers[0]), byte(numbers[1]), byte(numbers[2])));
    }
    if let Some(arguments) = function(text, &["hsl(", "hsla("]) {
        let numbers = numbers(arguments, 1.0);
        return opaque(&numbers).then(|| from_hsl(numbers[0], numbers[1], numbers[2]));
    }
    if let Some(arguments) = function(text, &["oklch("]) {
        let numbers = numbers(arguments, 1.0);
        let chroma_part = arguments.split_whitespace().nth(1).is_some_and(|part| part.ends_with('%'));
        return opaque(&numbers).then(|| {
            // A whole chroma in percent is 0.4.
            let chroma = if chroma_part { numbers[1] * 0.4 } else { numbers[1] };
            let hue = numbers[2].to_radians();
            from_oklab(numbers[0], chroma * hue.cos(), chroma * hue.sin())
        });
    }
    if let Some(arguments) = function(text, &["oklab("]) {
        let numbers = numbers(arguments, 1.0);
        return opaque(&numbers).then(|| from_oklab(numbers[0], numbers[1], numbers[2]));
    }
    if let Some(mixed) = text.strip_prefix("color-mix(") {
        return mix(mixed);
    }
    if let Some(arguments) = function(text, &["lab(", "lch(", "hwb(", "color("]) {
        return space::read(text, arguments);
    }
    let word: String = text.chars().take_while(char::is_ascii_alphabetic).collect();
    let ends = text[word.len()..].chars().next().is_none_or(|c| !c.is_ascii_alphanumeric() && c != '-' && c != '(');
    let named = NAMED.iter().find(|(name, _)| ends && *name == word)?;
    let [_, red, green, blue] = named.1.to_be_bytes();
    Some((red, green, blue))
}

/// `color-mix(in oklab, red 30%, white)`: by share, in plain red, green and blue, which is near enough to name a brand.
fn mix(text: &str) -> Option<Rgb> {
    let end = closing(text).filter(|end| *end <= LONGEST_MIX)?;
    let parts = split_outside(&text[..end], ',');
    let [_, one, other] = parts.as_slice() else { return None };
    let share = |part: &str| {
        let percent =
            part.split_whitespace().filter(|word| !word.contains('(')).find_map(|word| word.strip_suffix('%'));
        percent.and_then(|number| number.parse::<f64>().ok()).map(|percent| (percent / 100.0).clamp(0.0, 1.0))
    };
    let weight = share(one).or_else(|| share(other).map(|share| 1.0 - share)).unwrap_or(0.5);
    match (first(one), first(other)) {
        (Some(one), Some(other)) => {
            let mixed = |one: u8, other: u8| byte(f64::from(one) * weight + f64::from(other) * (1.0 - weight));
            Some((mixed(one.0, other.0), mixed(one.1, other.1), mixed(one.2, other.2)))
        }
        // With nothing it is the colour itself, thinner.
        (Some(one), None) if weight > 0.3 => Some(one),
        (None, Some(other)) if weight < 0.7 => Some(other),
        _ => None,
    }
}

/// Where the bracket closes that is open at the start.
fn closing(text: &str) -> Option<usize> {
    let mut open = 1_u32;
    text.char_indices().find_map(|(index, c)| {
        match c {
            '(' => open += 1,
            ')' => open -= 1,
            _ => {}
        }
        (open == 0).then_some(index)
    })
}

/// Whether there are three parts and no alpha that lets the ground through.
pub(super) fn opaque(numbers: &[f64]) -> bool {
    numbers.len() >= 3 && numbers.get(3).is_none_or(|alpha| *alpha > 0.3)
}

fn hex(digits: &str) -> Option<Rgb> {
    let pair = |index: usize| u8::from_str_radix(digits.get(index..index + 2)?, 16).ok();
    let single = |index: usize| u8::from_str_radix(digits.get(index..=index)?, 16).ok().map(|value| value * 17);
    match digits.len() {
        3 | 4 => Some((single(0)?, single(1)?, single(2)?)),
        6 => Some((pair(0)?, pair(2)?, pair(4)?)),
        8 => (pair(6)? > 76).then_some((pair(0)?, pair(2)?, pair(4)?)),
        _ => None,
    }
}

fn function<'a>(text: &'a str, names: &[&str]) -> Option<&'a str> {
    let rest = names.iter().find_map(|name| text.strip_prefix(name))?;
    rest.split(')').next()
}

/// The numbers of a colour function; percentages are taken of `whole`, of one for the alpha.
pub(super) fn numbers(arguments: &str, whole: f64) -> Vec<f64> {
    let parts = arguments.split([',', ' ', '/']).filter(|part| !part.is_empty());
    let read = |(place, part): (usize, &str)| match part.strip_suffix('%') {
        Some(number) => {
            let whole = if place == 3 { 1.0 } else { whole };
            number.parse::<f64>().ok().map(|number| number / 100.0 * whole)
        }
        None if part == "none" => Some(0.0),
        None => match part.strip_suffix("turn") {
            Some(turns) => turns.parse::<f64>().ok().map(|turns| turns * 360.0),
            None => part.trim_end_matches("deg").parse().ok(),
        },
    };
    parts.enumerate().filter_map(read).collect()
}

fn from_hsl(hue: f64, saturation: f64, lightness: f64) -> Rgb {
    let chroma = saturation * lightness.min(1.0 - lightness);
    let part = |n: f64| {
        let k = (n + hue / 30.0).rem_euclid(12.0);
        byte((lightness - chroma * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0)) * 255.0)
    };
    (part(0.0), part(8.0), part(4.0))
}

/// From the perceptual space of CSS Color 4, by way of linear light.
pub(super) fn from_oklab(lightness: f64, a: f64, b: f64) -> Rgb {
    let cube = |first: f64, second: f64| (lightness + first * a + second * b).powi(3);
    let long = cube(0.396_337_777_4, 0.215_803_757_3);
    let medium = cube(-0.105_561_345_8, -0.063_854_172_8);
    let short = cube(-0.089_484_177_5, -1.291_485_548);
    let shown = |linear: f64| {
        let curved = if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
        byte(curved * 255.0)
    };
    (
        shown(4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short),
        shown(-1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short),
        shown(-0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701 * short),
    )
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the range of a byte")]
pub(super) fn byte(value: f64) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

/// Whether a colour has a hue that could be a brand's.
pub(crate) fn is_chromatic((red, green, blue): Rgb) -> bool {
    let (low, high) = (red.min(green).min(blue), red.max(green).max(blue));
    high - low > 40
}

/// `#rrggbb`.
pub(crate) fn to_hex((red, green, blue): Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}
