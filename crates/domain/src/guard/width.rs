//! How wide a text is when it is set, without a browser: in em, from the shapes of its letters.

use super::{Refusal, Rule, spoken};
use crate::facts::words::is_dense;

/// The estimated width of a text on one line, in em of a common sans-serif.
#[must_use]
pub fn width(text: &str) -> f64 {
    text.chars().map(letter).sum()
}

fn letter(c: char) -> f64 {
    match c {
        // Signs above and below others take no room.
        '\u{0300}'..='\u{036f}'
        | '\u{064b}'..='\u{065f}'
        | '\u{0e31}'
        | '\u{0e34}'..='\u{0e3a}'
        | '\u{0e47}'..='\u{0e4e}'
        | '\u{0591}'..='\u{05c7}'
        | '\u{0941}'..='\u{0948}'
        | '\u{094d}' => 0.0,
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | 'I' | '.' | ',' | ':' | ';' | '\'' | '’' | '|' | '!' | ' ' | '(' | ')'
        | '/' => 0.3,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '—' => 0.88,
        c if is_dense(c) && !('\u{0e00}'..='\u{0e7f}').contains(&c) => 1.0,
        '\u{ac00}'..='\u{d7af}' | '\u{ff01}'..='\u{ff60}' | '\u{3000}'..='\u{303f}' => 1.0,
        c if c.is_uppercase() => 0.66,
        c if c.is_numeric() => 0.56,
        '\u{0590}'..='\u{06ff}' | '\u{0e00}'..='\u{0e7f}' => 0.48,
        _ => 0.53,
    }
}

/// The widest text that may stand in the place of another: somewhat wider, or as wide as such a
/// place always takes.
pub(super) fn most(name: &str, old: &str) -> f64 {
    let at_least = match name {
        "headline" => 28.0,
        "subheadline" => 90.0,
        _ => 13.0,
    };
    (width(old) * 1.6).clamp(at_least, 240.0)
}

/// # Errors
/// When the text is too wide for the place, or too short to stand there.
pub(super) fn check(name: &str, new: &str, old: &str) -> Result<(), Refusal> {
    let (wide, most) = (width(new), most(name, old));
    if wide > most {
        let reason = format!("its {} is too long: about {wide:.0} em wide, where {most:.0} fit", spoken(name));
        return Err(Refusal::new(Rule::Length, reason));
    }
    // A number alone says nothing where words stood.
    let has_words = |text: &str| text.chars().any(char::is_alphabetic);
    if new.chars().filter(|c| c.is_alphanumeric()).count() < 2 || (has_words(old) && !has_words(new)) {
        return Err(Refusal::new(Rule::Length, format!("its {} is too short to be read", spoken(name))));
    }
    Ok(())
}
