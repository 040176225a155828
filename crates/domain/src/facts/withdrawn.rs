//! Claims that an owner took back: the page says them, and a variant must not.

use super::words::{self, alike};
use super::{Fact, FactKind};

impl Fact {
    /// Whether another text's fact says this one: the same claim, and of figures the same thing counted, as far as
    /// both name it.
    #[must_use]
    pub fn is_said_by(&self, claim: &Self) -> bool {
        let is_plain = |kind| matches!(kind, FactKind::Number | FactKind::Date);
        let is_same_sort = self.kind == claim.kind || (is_plain(self.kind) && is_plain(claim.kind));
        let is_same = is_same_sort && self.key.trim_start_matches('~') == claim.key.trim_start_matches('~');
        let shares = || claim.unit.iter().any(|word| self.unit.iter().any(|own| alike(word, own)));
        is_same && (self.unit.is_empty() || claim.unit.is_empty() || shares())
    }
}

/// Names among the withdrawn facts that a text has.
pub(super) fn names(text: &str, withdrawn: &[Fact]) -> Vec<Fact> {
    let is_name = |fact: &&Fact| fact.kind == FactKind::Name;
    if !withdrawn.iter().any(|fact| is_name(&fact)) {
        return Vec::new();
    }
    let words = words::split(text);
    let stands = |fact: &&Fact| {
        words.iter().any(|word| {
            let bare = word.lower.strip_suffix("'s").or_else(|| word.lower.strip_suffix("’s")).unwrap_or(&word.lower);
            bare == fact.key && word.text.chars().next().is_some_and(char::is_uppercase)
        })
    };
    withdrawn.iter().filter(is_name).filter(stands).cloned().collect()
}
