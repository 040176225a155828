//! The facts ledger under the owner's hand.

use super::anchor::hash;
use super::{Edit, PageEdits};
use crate::facts::{facts_in, words};
use crate::{Fact, FactKind, PageModel};

/// A short name of a claim: its sort, what it says and what is counted, whatever stands around.
#[must_use]
pub fn fact_id(fact: &Fact) -> String {
    hash(&format!("{}\n{}\n{}", fact.kind, fact.key, fact.unit.join(" ")))
}

/// The facts of a statement by the owner, names among them: every word with a capital letter.
#[must_use]
pub fn stated(text: &str) -> Vec<Fact> {
    let mut facts = facts_in(text);
    for word in words::split(text) {
        let is_name = word.text.chars().count() >= 2 && word.text.chars().next().is_some_and(char::is_uppercase);
        if is_name && !facts.iter().any(|fact| fact.kind == FactKind::Name && fact.key == word.lower) {
            let text = word.text.to_owned();
            facts.push(Fact { kind: FactKind::Name, key: word.lower, text, unit: Vec::new(), about: Vec::new() });
        }
    }
    facts
}

/// Takes out of a page what must not be said, and adds what may. Gives the addresses of those edits whose
/// fact the page does not say any more.
pub(super) fn apply(edits: &PageEdits, page: &mut PageModel) -> Vec<String> {
    let (mut said, mut gone) = (Vec::new(), Vec::new());
    for edit in edits.all() {
        match edit {
            Edit::AddFact { text } => said.push(text.clone()),
            Edit::Fact { fact, instead } => {
                if !page.facts.iter().any(|known| fact_id(known) == fact_id(fact)) {
                    gone.push(edit.address());
                }
                page.withdrawn.push(fact.clone());
                said.extend(instead.clone());
            }
            _ => {}
        }
    }
    let added: Vec<Fact> = said.iter().flat_map(|text| stated(text)).collect();
    // What the owner says is true wins over what the owner took back.
    page.withdrawn.retain(|fact| !added.iter().any(|added| fact.is_said_by(added)));
    let withdrawn = &page.withdrawn;
    page.facts.retain(|fact| !withdrawn.iter().any(|taken| fact_id(taken) == fact_id(fact)));
    // A copywriter must not find there what it may not say.
    page.sentences.retain(|sentence| !says_any(sentence, withdrawn));
    page.facts.extend(added);
    page.sentences.splice(0..0, said);
    gone
}

fn says_any(sentence: &str, withdrawn: &[Fact]) -> bool {
    if withdrawn.is_empty() {
        return false;
    }
    let facts = stated(sentence);
    withdrawn.iter().any(|taken| facts.iter().any(|fact| taken.is_said_by(fact)))
}
