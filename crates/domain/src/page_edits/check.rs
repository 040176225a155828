//! What an owner may say: bounds, and selectors that must not be.

use super::stated;
use crate::patch::{AllowedHosts, MAX_SELECTOR_CHARS, Refusal, VERSION};
use crate::slots::normalise;
use crate::{Op, Patch, Target};

/// Most edits of one page.
pub const MAX_EDITS: usize = 300;
/// Longest statement of a fact, in characters.
pub const MAX_FACT_CHARS: usize = 200;

/// Whether a variant could ever act on what a selector means. That it is CSS is for a parser to say.
///
/// # Errors
/// A sentence for the owner.
pub fn check_selector(css: &str) -> Result<(), String> {
    let target = Target { css: css.to_owned(), n: None, tag: None, text: None, alt: Vec::new() };
    // The rules of the language of variants, so that nothing can be chosen that nothing may change.
    let patch = Patch { v: VERSION, ops: vec![Op::Text { target, value: "x".to_owned() }] };
    let sentence = match patch.check(&AllowedHosts::default()) {
        Ok(()) if css.chars().any(char::is_control) => "A selector stands in one line.".to_owned(),
        Ok(()) => return Ok(()),
        Err(Refusal::ForbiddenTarget(_)) => {
            "Scripts, styles, frames and the head of the page cannot be changed, so they cannot be chosen.".to_owned()
        }
        Err(_) if css.trim().is_empty() => "Write a CSS selector, like #hero h1.".to_owned(),
        Err(_) if css.chars().count() > MAX_SELECTOR_CHARS => format!("A selector has at most {MAX_SELECTOR_CHARS} characters."),
        Err(_) => "This is not a selector that variants can use: tags, #ids, .classes, [attributes] and places like :nth-child(2) are.".to_owned(),
    };
    Err(sentence)
}

/// A statement of an owner, tidied.
///
/// # Errors
/// A sentence for the owner.
pub fn check_fact_text(text: &str) -> Result<String, String> {
    let text = normalise(text);
    if text.is_empty() {
        return Err("Write what is true, as a sentence.".to_owned());
    }
    if text.chars().count() > MAX_FACT_CHARS {
        return Err(format!("A fact has at most {MAX_FACT_CHARS} characters."));
    }
    let is_hidden = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if text.chars().any(is_hidden) || text.contains(['<', '>']) {
        return Err("A fact is plain text.".to_owned());
    }
    if stated(&text).is_empty() {
        return Err(
            "This states nothing that a reader could check: no figure, price, promise, award or name.".to_owned()
        );
    }
    Ok(text)
}
