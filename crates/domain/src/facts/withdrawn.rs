//! Claims that an owner took back: the page says them, and a variant must not.

use super::words::{self, Word, alike};
use super::{Fact, FactKind};

impl Fact {
    /// Whether another text's fact says this one: the same claim, and of figures the same thing counted, as far as
    /// both name it.
    #[must_use]
    pub fn is_said_by(&self, claim: &Self) -> bool {
        let is_plain = |kind| matches!(kind, FactKind::Number | FactKind::Date);
        let is_same_sort = self.kind == claim.kind || (is_plain(self.kind) && is_plain(claim.kind));
        let is_same_name = || self.kind == FactKind::Name && are_forms(&self.key, &claim.key);
        let is_same_key = || self.key.trim_start_matches('~') == claim.key.trim_start_matches('~');
        let is_same = is_same_sort && (is_same_key() || is_same_name());
        let shares = || claim.unit.iter().any(|word| self.unit.iter().any(|own| alike(word, own)));
        is_same && (self.unit.is_empty() || claim.unit.is_empty() || shares())
    }
}

/// Names among the withdrawn facts that a text has, in whatever form and letters.
pub(super) fn names(text: &str, withdrawn: &[Fact]) -> Vec<Fact> {
    let is_name = |fact: &&Fact| fact.kind == FactKind::Name;
    if !withdrawn.iter().any(|fact| is_name(&fact)) {
        return Vec::new();
    }
    let words = words::split(text);
    let stands = |fact: &&Fact| words.iter().any(|word| is_form(word, &fact.key));
    withdrawn.iter().filter(is_name).filter(stands).cloned().collect()
}

/// Whether a word is a form of a name. Names of one or two letters are words as well, `it` and `us`, unless they
/// are written as names.
fn is_form(word: &Word<'_>, name: &str) -> bool {
    let is_long = name.chars().count() > 2;
    are_forms(name, &word.lower) && (is_long || word.text.chars().next().is_some_and(char::is_uppercase))
}

fn are_forms(name: &str, word: &str) -> bool {
    let bare = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word);
    bare == name || alike(bare, name)
}
