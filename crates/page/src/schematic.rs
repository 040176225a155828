//! A drawing of what was found on a page, for where no browser takes a picture.

use domain::{PageModel, TextSlot};
use std::fmt::Write;

const WIDTH: u32 = 1_280;
const MARGIN: u32 = 96;
/// Width of the texts beside a picture, and of those without one.
const BESIDE: u32 = 560;
const ALONE: u32 = WIDTH - 2 * MARGIN;
/// Colour of what the page's own colours do not give.
const GREY: &str = "#6b7280";

/// A drawing with its size, in pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// The picture.
    pub svg: String,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// The drawing of [`drawing`] alone.
#[must_use]
pub fn schematic(model: &PageModel) -> String {
    drawing(model).svg
}

/// Draws headline, line below it, calls to action and picture as blocks in the page's colours: an SVG with presentation attributes
/// alone, which may stand wherever a content policy forbids styles. Texts of the page are text in it and nothing else.
#[must_use]
pub fn drawing(model: &PageModel) -> Drawing {
    let primary = model.brand.primary_color.as_deref().filter(|colour| is_colour(colour)).unwrap_or(GREY);
    let mut body = String::new();
    let plan = plan(model, |slot| &slot.text);
    for (lines, top, font) in &plan.paragraphs {
        paragraph(&mut body, lines, *top, font);
    }
    let mut x = MARGIN;
    for (slot, is_first) in [(&model.cta, true), (&model.secondary_cta, false)] {
        let Some(slot) = slot else { continue };
        let (fill, text) = if is_first { (primary, on(primary)) } else { ("#ffffff", "#111827") };
        x += button(&mut body, &slot.text, (x, plan.buttons), (fill, text, primary)) + 16;
    }
    let height = plan.height;
    if let Some(image) = &model.hero_image {
        picture(&mut body, &image.alt, height);
    }
    let title = escaped(model.title.as_deref().unwrap_or("Page"));
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\" font-family=\"system-ui, sans-serif\"><title>{title}</title><rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/><rect width=\"{WIDTH}\" height=\"8\" fill=\"{primary}\"/>{body}</svg>"
    );
    Drawing { svg, width: WIDTH, height }
}

/// Width and height of the drawing of a page in whose slots other texts stand, without drawing it.
#[must_use]
pub fn drawing_size<'a>(model: &'a PageModel, text_of: impl Fn(&'a TextSlot) -> &'a str) -> (u32, u32) {
    (WIDTH, plan(model, text_of).height)
}

/// Where everything stands.
struct Plan {
    /// Lines, where they begin, and how they look.
    paragraphs: Vec<(Vec<String>, u32, Font)>,
    /// Upper edge of the calls to action.
    buttons: u32,
    height: u32,
}

fn plan<'a>(model: &'a PageModel, text_of: impl Fn(&'a TextSlot) -> &'a str) -> Plan {
    let has_image = model.hero_image.is_some();
    let width = if has_image { BESIDE } else { ALONE };
    let mut y = 136;
    let mut paragraphs = Vec::new();
    let headline = Font { size: 48, weight: 700, colour: "#111827", most: 3, below: 16 };
    let line = Font { size: 22, weight: 400, colour: "#4b5563", most: 4, below: 24 };
    for (slot, font) in [(&model.headline, headline), (&model.subheadline, line)] {
        let Some(slot) = slot else { continue };
        let lines = wrapped(text_of(slot), width, font.size);
        let end = font.baselines(y).take(lines.len()).last().unwrap_or(y) + font.size / 2 + font.below;
        paragraphs.push((lines, y, font));
        y = end;
    }
    let buttons = y;
    if model.cta.is_some() || model.secondary_cta.is_some() {
        y += 56;
    }
    Plan { paragraphs, buttons, height: y.max(if has_image { 560 } else { 320 }) + 64 }
}

struct Font {
    size: u32,
    weight: u32,
    colour: &'static str,
    /// Most lines.
    most: usize,
    /// Room below the last line.
    below: u32,
}

impl Font {
    /// Where the lines stand that begin at a height.
    fn baselines(&self, top: u32) -> impl Iterator<Item = u32> {
        let (first, step) = (top + self.size, self.size + self.size / 4);
        (0..).map(move |number| first + number * step).take(self.most)
    }
}

/// Writes lines from a height on.
fn paragraph(body: &mut String, lines: &[String], top: u32, font: &Font) {
    for (number, (line, baseline)) in lines.iter().zip(font.baselines(top)).enumerate() {
        let more = if number + 1 == font.most && lines.len() > font.most { "…" } else { "" };
        push(
            body,
            format_args!(
                "<text x=\"{MARGIN}\" y=\"{baseline}\" font-size=\"{}\" font-weight=\"{}\" fill=\"{}\">{}{more}</text>",
                font.size,
                font.weight,
                font.colour,
                escaped(line)
            ),
        );
    }
}

/// Draws a button and says how wide it is.
fn button(body: &mut String, text: &str, (x, y): (u32, u32), (fill, colour, line): (&str, &str, &str)) -> u32 {
    let text: String = text.chars().take(40).collect();
    let width = text_width(&text, 18) + 56;
    let (middle, baseline) = (x + width / 2, y + 34);
    push(
        body,
        format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"56\" rx=\"10\" fill=\"{fill}\" stroke=\"{line}\" stroke-width=\"2\"/><text x=\"{middle}\" y=\"{baseline}\" font-size=\"18\" font-weight=\"600\" text-anchor=\"middle\" fill=\"{colour}\">{}</text>",
            escaped(&text)
        ),
    );
    width
}

/// The place of the picture, with its text alternative.
fn picture(body: &mut String, alternative: &str, height: u32) {
    let (x, y) = (MARGIN + BESIDE + 64, 112);
    let (width, tall) = (WIDTH - MARGIN - x, height - 112 - 64);
    let (middle, line) = (x + width / 2, y + tall - 28);
    let (sun, hill) = (x + width / 3, y + tall / 2);
    let alternative: String = alternative.chars().take(48).collect();
    push(
        body,
        format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{tall}\" rx=\"16\" fill=\"#e5e7eb\"/><circle cx=\"{sun}\" cy=\"{hill}\" r=\"28\" fill=\"#ffffff\"/><path d=\"M{} {} l80 -96 l64 72 l40 -44 l72 68 z\" fill=\"#9ca3af\"/><text x=\"{middle}\" y=\"{line}\" font-size=\"16\" text-anchor=\"middle\" fill=\"#4b5563\">{}</text>",
            middle - 128,
            hill + 80,
            escaped(&alternative)
        ),
    );
}

/// Breaks a text into lines at its spaces, or within words that are too long and scripts without spaces.
fn wrapped(text: &str, width: u32, size: u32) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace().take(200) {
        let line = lines.last_mut().map_or(0, |line| text_width(line, size));
        if line > 0 && line + text_width(word, size) + size / 3 > width {
            lines.push(String::new());
        }
        for (number, c) in word.chars().take(200).enumerate() {
            let Some(line) = lines.last_mut() else { continue };
            if number == 0 && !line.is_empty() {
                line.push(' ');
            }
            if text_width(line, size) + text_width(c.encode_utf8(&mut [0; 4]), size) > width {
                lines.push(c.to_string());
            } else {
                line.push(c);
            }
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// About how wide a text is: half its size a letter, and all of it a sign of Chinese, Japanese or Korean.
fn text_width(text: &str, size: u32) -> u32 {
    let halves: usize = text.chars().map(|c| if c >= '\u{2e80}' { 2 } else { 1 }).sum();
    u32::try_from(halves).unwrap_or(u32::MAX).saturating_mul(size) / 2 + size / 20
}

fn is_colour(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// Black or white, whichever is read better on a colour.
fn on(colour: &str) -> &'static str {
    let part = |at: usize| colour.get(at..at + 2).and_then(|hex| u32::from_str_radix(hex, 16).ok()).unwrap_or_default();
    // Weights of the eye for red, green and blue, in thousandths.
    if part(1) * 299 + part(3) * 587 + part(5) * 114 > 150_000 { "#111827" } else { "#ffffff" }
}

/// Text that cannot become markup, without what XML does not allow.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Writing into a text cannot fail.
fn push(body: &mut String, what: std::fmt::Arguments<'_>) {
    let _ = body.write_fmt(what);
}

#[cfg(test)]
mod tests;
