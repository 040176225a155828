//! What a page says of itself, and whether another text says more.

use super::words::{self, Word, alike};
use super::{Fact, FactKind, facts_in, least, names, withdrawn};
use crate::{PageModel, TextSlot};
use std::collections::HashSet;

/// Most facts that a page model keeps.
pub(super) const MOST: usize = 400;

/// Words for the time or the head that a price is paid for.
const PERIODS: [&str; 14] =
    ["month", "year", "week", "day", "user", "seat", "hour", "monat", "jahr", "mois", "mes", "mese", "maand", "year"];

/// The facts of a page, and its words.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    facts: Vec<Fact>,
    vocabulary: HashSet<String>,
    /// Every word in order, for quotations.
    said: String,
    /// What its owner took back.
    withdrawn: Vec<Fact>,
}

impl Ledger {
    /// What these texts say.
    #[must_use]
    pub fn of_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut ledger = Self::default();
        for text in texts {
            ledger.learn(text);
        }
        ledger
    }

    /// What a page says: the facts that its reader collected, and those of its slots and sentences.
    #[must_use]
    pub fn of_page(page: &PageModel) -> Self {
        let slots = [&page.headline, &page.subheadline, &page.cta, &page.secondary_cta];
        let slots = slots.into_iter().flatten().map(|slot: &TextSlot| slot.text.as_str());
        let head = page.title.as_deref().into_iter().chain(page.description.as_deref());
        let mut ledger = Self::of_texts(slots.chain(head).chain(page.sentences.iter().map(String::as_str)));
        for fact in &page.facts {
            ledger.vocabulary.extend(fact.unit.iter().chain(&fact.about).cloned());
            ledger.vocabulary.extend(words::split(&fact.text).into_iter().map(|word| word.lower));
            ledger.add(fact.clone());
        }
        ledger.forget(&page.withdrawn);
        ledger
    }

    /// Takes back what the owner took back.
    fn forget(&mut self, withdrawn: &[Fact]) {
        self.facts.retain(|known| !withdrawn.iter().any(|taken| taken.is_said_by(known)));
        for taken in withdrawn.iter().filter(|taken| taken.kind == FactKind::Name) {
            self.vocabulary.remove(&taken.key);
        }
        self.withdrawn = withdrawn.to_vec();
    }

    fn learn(&mut self, text: &str) {
        for fact in facts_in(text) {
            self.add(fact);
        }
        let words = words::split(text);
        self.said.push_str(" | ");
        self.said.push_str(&spoken(&words));
        self.vocabulary.extend(words.into_iter().map(|word| word.lower));
    }

    fn add(&mut self, fact: Fact) {
        if !self.facts.contains(&fact) {
            self.facts.push(fact);
        }
    }

    /// The facts, in the order of the page, at most 400.
    #[must_use]
    pub fn into_facts(mut self) -> Vec<Fact> {
        self.facts.truncate(MOST);
        self.facts
    }

    /// Whether the page has the word, or a form of it.
    #[must_use]
    pub fn knows(&self, word: &str) -> bool {
        let word = word.to_lowercase();
        let bare = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(&word);
        self.vocabulary.contains(bare) || self.vocabulary.iter().any(|known| alike(known, bare))
    }

    /// The words of the page, in lower case.
    #[must_use]
    pub fn vocabulary(&self) -> &HashSet<String> {
        &self.vocabulary
    }

    /// Every fact of a text that this page does not say, or that its owner took back.
    #[must_use]
    pub fn missing(&self, text: &str, lang: Option<&str>) -> Vec<Fact> {
        let claims = facts_in(text).into_iter().filter(|fact| !fact.key.starts_with("not:"));
        let is_said = |fact: &Fact| self.has(fact) || self.has_somewhat_more(text, fact);
        let mut missing = self.taken_back(text);
        missing.extend(claims.filter(|fact| !self.is_withdrawn(fact) && !is_said(fact)));
        missing.extend(names::unknown(text, lang, self));
        missing.extend(self.unknown_quotes(text));
        missing
    }

    /// Every fact of a text that the owner of the page took back, its denials among them.
    #[must_use]
    pub fn taken_back(&self, text: &str) -> Vec<Fact> {
        if self.withdrawn.is_empty() {
            return Vec::new();
        }
        let mut taken: Vec<Fact> = facts_in(text).into_iter().filter(|fact| self.is_withdrawn(fact)).collect();
        taken.extend(withdrawn::names(text, &self.withdrawn));
        taken
    }

    fn is_withdrawn(&self, claim: &Fact) -> bool {
        self.withdrawn.iter().any(|taken| taken.is_said_by(claim))
    }

    fn has(&self, claim: &Fact) -> bool {
        match claim.kind {
            FactKind::Number | FactKind::Date | FactKind::Percent | FactKind::Price => {
                self.facts.iter().any(|known| self.supports(known, claim))
            }
            kind => self.facts.iter().any(|known| known.kind == kind && known.key == claim.key),
        }
    }

    /// Whether a number is an honest `more than`: the page counts somewhat more of the same.
    fn has_somewhat_more(&self, text: &str, claim: &Fact) -> bool {
        let Ok(least) = claim.key.parse::<f64>() else { return false };
        least::is_least(text, claim)
            && self.facts.iter().filter(|known| known.kind == FactKind::Number).any(|known| {
                let somewhat_more = |value: f64| (least..=least * 2.0).contains(&value);
                let as_known = Fact { key: known.key.clone(), ..claim.clone() };
                known.key.parse().is_ok_and(somewhat_more) && self.supports(known, &as_known)
            })
    }

    fn supports(&self, known: &Fact, claim: &Fact) -> bool {
        let is_plain = |kind| matches!(kind, FactKind::Number | FactKind::Date);
        if known.kind != claim.kind && !(is_plain(known.kind) && is_plain(claim.kind)) {
            return false;
        }
        let same = known.key == claim.key
            || claim.key.strip_prefix('~').is_some_and(|least| at_least(known.key.trim_start_matches('~'), least));
        if !same {
            return false;
        }
        let shares = |words: &[String]| words.iter().any(|word| known.about.iter().any(|about| alike(word, about)));
        if claim.kind == FactKind::Price {
            let is_period = |word: &&String| PERIODS.iter().any(|period| alike(word, period));
            let asked: Vec<String> = claim.about.iter().filter(is_period).cloned().collect();
            return asked.is_empty() || !known.about.iter().any(|word| is_period(&word)) || shares(&asked);
        }
        // A figure that stands alone on the page has its label in another element.
        let labelled = known.about.is_empty() && claim.unit.iter().any(|word| self.knows(word));
        claim.unit.is_empty() || claim.kind == FactKind::Date || labelled || shares(least::counted(&claim.unit))
    }

    /// Passages in quotation marks that the page does not have: words put into somebody's mouth.
    fn unknown_quotes(&self, text: &str) -> Vec<Fact> {
        let mut quotes = Vec::new();
        let mut open = None;
        for (at, c) in text.char_indices() {
            if !matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '「' | '」' | '『' | '』') {
                continue;
            }
            let Some(start) = open.replace(at + c.len_utf8()) else { continue };
            let words = words::split(&text[start..at]);
            let is_long = words.len() >= 3 || text[start..at].chars().filter(|c| words::is_dense(*c)).count() >= 6;
            if is_long && !self.said.contains(&spoken(&words)) {
                let text = text[start..at].to_owned();
                quotes.push(Fact {
                    kind: FactKind::Quote,
                    key: "quote".to_owned(),
                    text,
                    unit: Vec::new(),
                    about: Vec::new(),
                });
            }
            open = None;
        }
        quotes
    }
}

fn at_least(known: &str, least: &str) -> bool {
    matches!((known.parse::<f64>(), least.parse::<f64>()), (Ok(known), Ok(least)) if known >= least)
}

fn spoken(words: &[Word<'_>]) -> String {
    words.iter().map(|word| word.lower.as_str()).collect::<Vec<_>>().join(" ")
}
