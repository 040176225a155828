//! Text that is not copy: markup, addresses, placeholders, characters that hide or reorder.

use super::{Refusal, Rule, spoken};
use crate::facts::Ledger;

/// Beginnings of addresses and of what runs.
const ADDRESSES: [&str; 8] = ["//", "javascript:", "data:", "vbscript:", "www.", "mailto:", "onclick=", "onerror="];

/// Words of a model that speaks of its task instead of doing it.
const TASK: [&str; 10] = [
    "lorem ipsum",
    "as an ai",
    "language model",
    "ignore previous",
    "ignore all previous",
    "system prompt",
    "insert headline",
    "your headline here",
    "json schema",
    "variant_1",
];

/// # Errors
/// When the text has what no copy has, unless the page itself writes that way.
pub(super) fn check(name: &str, new: &str, old: &str, ledger: &Ledger) -> Result<(), Refusal> {
    let refused = |what: &str| Err(Refusal::new(Rule::Unsafe, format!("its {} has {what}", spoken(name))));
    if new.chars().any(is_hidden) {
        return refused("hidden or control characters");
    }
    if new.chars().any(|c| "<>{}[]`\\".contains(c) && !old.contains(c)) {
        return refused("markup or a placeholder");
    }
    if new.contains("&lt;") || new.contains("&#") || (new.contains("**") || new.contains("__")) && !old.contains("**") {
        return refused("markup or a placeholder");
    }
    // Small models lose their way in the JSON that they write.
    if ["\":\"", "\": \"", "\",\""].iter().any(|piece| new.contains(piece)) {
        return refused("markup or a placeholder");
    }
    let lower = new.to_lowercase();
    let squeezed: String = lower.chars().filter(|c| !c.is_whitespace()).collect();
    if ADDRESSES.iter().any(|address| squeezed.contains(address) && !old.to_lowercase().contains(address)) {
        return refused("an address or code");
    }
    if new.split_whitespace().any(|word| is_domain(word, ledger)) {
        return refused("an address or code");
    }
    if TASK.iter().any(|words| lower.contains(words) && !old.to_lowercase().contains(words)) {
        return refused("words about the task in place of copy");
    }
    if new.chars().any(|c| matches!(u32::from(c), 0x1f000..=0x1faff | 0x2600..=0x27bf) && !old.contains(c)) {
        return refused("an emoji, where the page's own text has none");
    }
    Ok(())
}

/// Whether a word is the name of a host that the page does not have.
fn is_domain(word: &str, ledger: &Ledger) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let Some((head, tail)) = word.split('/').next().and_then(|host| host.rsplit_once('.')) else { return false };
    let letters = |text: &str| text.chars().all(|c| c.is_ascii_alphabetic());
    let is_host = tail.len() >= 2 && letters(tail) && head.chars().any(char::is_alphabetic);
    is_host && !(ledger.vocabulary().contains(&tail.to_lowercase()) && head.split('.').all(|part| ledger.knows(part)))
}

/// Control characters, and marks that reorder or hide text.
fn is_hidden(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || c == '\0'
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}
