//! Colours as style sheets write them, into `#rrggbb`.

/// Red, green, blue from 0 to 255.
pub(crate) type Rgb = (u8, u8, u8);

/// The named colours that pages use as brand colours.
const NAMED: [(&str, u32); 26] = [
    ("white", 0xff_ffff),
    ("black", 0),
    ("red", 0xff_0000),
    ("green", 0x00_8000),
    ("blue", 0x00_00ff),
    ("navy", 0x00_0080),
    ("teal", 0x00_8080),
    ("purple", 0x80_0080),
    ("orange", 0xff_a500),
    ("gold", 0xff_d700),
    ("crimson", 0xdc_143c),
    ("tomato", 0xff_6347),
    ("coral", 0xff_7f50),
    ("salmon", 0xfa_8072),
    ("dodgerblue", 0x1e_90ff),
    ("steelblue", 0x46_82b4),
    ("royalblue", 0x41_69e1),
    ("indigo", 0x4b_0082),
    ("hotpink", 0xff_69b4),
    ("maroon", 0x80_0000),
    ("olive", 0x80_8000),
    ("lime", 0x00_ff00),
    ("aqua", 0x00_ffff),
    ("fuchsia", 0xff_00ff),
    ("gray", 0x80_8080),
    ("silver", 0xc0_c0c0),
];

/// The first opaque colour in a value such as a background shorthand or a gradient.
pub(crate) fn first(value: &str) -> Option<Rgb> {
    let lower = value.to_lowercase();
    let starts = (0..lower.len()).filter(|index| lower.is_char_boundary(*index));
    starts.filter(|index| *index == 0 || !is_word(lower.as_bytes()[index - 1])).find_map(|index| read(&lower[index..]))
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
        let opaque = numbers.get(3).is_none_or(|alpha| *alpha > 0.3);
        return (numbers.len() >= 3 && opaque).then(|| (byte(numbers[0]), byte(numbers[1]), byte(numbers[2])));
    }
    if let Some(arguments) = function(text, &["hsl(", "hsla("]) {
        let numbers = numbers(arguments, 1.0);
        return (numbers.len() >= 3).then(|| from_hsl(numbers[0], numbers[1], numbers[2]));
    }
    let word: String = text.chars().take_while(char::is_ascii_alphabetic).collect();
    let ends = text[word.len()..].chars().next().is_none_or(|c| !c.is_ascii_alphanumeric() && c != '-' && c != '(');
    let named = NAMED.iter().find(|(name, _)| ends && *name == word)?;
    let [_, red, green, blue] = named.1.to_be_bytes();
    Some((red, green, blue))
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

/// The numbers of a colour function; percentages are taken of `whole`.
fn numbers(arguments: &str, whole: f64) -> Vec<f64> {
    let parts = arguments.split([',', ' ', '/']).filter(|part| !part.is_empty());
    let read = |part: &str| match part.strip_suffix('%') {
        Some(number) => number.parse::<f64>().ok().map(|number| number / 100.0 * whole),
        None => part.trim_end_matches("deg").parse().ok(),
    };
    parts.filter_map(read).collect()
}

fn from_hsl(hue: f64, saturation: f64, lightness: f64) -> Rgb {
    let chroma = saturation * lightness.min(1.0 - lightness);
    let part = |n: f64| {
        let k = (n + hue / 30.0).rem_euclid(12.0);
        byte((lightness - chroma * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0)) * 255.0)
    };
    (part(0.0), part(8.0), part(4.0))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the range of a byte")]
fn byte(value: f64) -> u8 {
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
