//! Claims in words: guarantees, awards, superlatives, offers. One list for every language, because
//! pages mix them; words that are harmless in another language are left out.

use super::words::{Word, is_dense};
use super::{Fact, FactKind};
use std::sync::LazyLock;

/// A claim's kind and key, and how it is written. `*` ends a word that may go on; several words stand in a row.
type Entry = (FactKind, &'static str, Vec<Phrase>);

/// Kind, key, ways of writing: a line each.
const TABLE: &str = include_str!("phrases.txt");

static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| TABLE.lines().filter_map(entry).collect());

fn entry(line: &'static str) -> Option<Entry> {
    let mut parts = line.split(" | ");
    let (kind, key, phrases) = (parts.next()?.parse().ok()?, parts.next()?, parts.next()?);
    Some((kind, key, phrases.split(", ").map(phrase).collect()))
}

/// One way to write a claim.
struct Phrase {
    text: &'static str,
    parts: Vec<Part>,
    is_unspaced: bool,
}

/// A word of a phrase.
struct Part {
    text: &'static str,
    may_go_on: bool,
}

fn phrase(text: &'static str) -> Phrase {
    let part = |word: &'static str| match word.strip_suffix('*') {
        Some(stem) => Part { text: stem, may_go_on: true },
        None => Part { text: word, may_go_on: false },
    };
    Phrase { text, parts: text.split(' ').map(part).collect(), is_unspaced: !text.is_ascii() && is_unspaced(text) }
}

impl Part {
    fn is(&self, word: &str) -> bool {
        if self.may_go_on { word.starts_with(self.text) } else { word == self.text }
    }
}

/// Endings of adjectives that `most` lifts above all others.
const AFTER_MOST: [&str; 12] = ["ed", "ful", "ive", "ient", "able", "ible", "ure", "ate", "ular", "ced", "ant", "less"];

/// Words that end like superlatives and are none, or harmless ones.
const NOT_SUPERLATIVE: &str = "interest request invest reinvest honest modest forest harvest protest contest suggest digest latest \
     guest nearest budapest west northwest southwest midwest manifest conquest inquest bequest tempest \
     ingest attest earnest arrest pinterest everest chest priest dishonest";

/// Every claim in words.
pub(super) fn find(text: &str, words: &[Word<'_>]) -> Vec<Fact> {
    let mut facts = Vec::new();
    let lower = text.to_lowercase();
    let dense = text.chars().any(is_dense)
        || text
            .chars()
            .any(|c| matches!(c, '\u{ac00}'..='\u{d7af}' | '\u{0590}'..='\u{06ff}' | '\u{0900}'..='\u{097f}'));
    for (kind, key, phrases) in ENTRIES.iter() {
        for phrase in phrases {
            if dense && phrase.is_unspaced {
                let shown = phrase.text.trim_end_matches('*');
                if lower.contains(shown) {
                    facts.push(claim(*kind, key, shown));
                }
                continue;
            }
            for at in places(words, phrase) {
                let last = at + phrase.parts.len() - 1;
                if *key == "free" && is_other_free(text, words, at) {
                    continue;
                }
                let shown = &text[words[at].start..words[last].end];
                let key = if is_denied(words, at, phrase.text) { format!("not:{key}") } else { (*key).to_owned() };
                facts.push(claim(*kind, &key, shown));
            }
        }
    }
    facts.extend(superlatives(words));
    facts
}

fn claim(kind: FactKind, key: &str, text: &str) -> Fact {
    Fact { kind, key: key.to_owned(), text: text.to_owned(), unit: Vec::new(), about: Vec::new() }
}

/// Scripts in which a word takes endings or stands without spaces: found as part of the text.
fn is_unspaced(phrase: &str) -> bool {
    phrase.chars().next().is_some_and(|c| {
        is_dense(c)
            || matches!(c, '\u{ac00}'..='\u{d7af}' | '\u{0590}'..='\u{06ff}' | '\u{0900}'..='\u{097f}')
            || phrase.ends_with('위')
    })
}

/// Where the phrase's words stand in a row.
fn places<'a>(words: &'a [Word<'_>], phrase: &'a Phrase) -> impl Iterator<Item = usize> + 'a {
    let follows = move |at: &usize| {
        let run = words.get(*at..*at + phrase.parts.len());
        run.is_some_and(|run| phrase.parts.iter().zip(run).all(|(part, word)| part.is(&word.lower)))
    };
    (0..words.len()).filter(follows)
}

/// `hassle-free`, `feel free`, `free up`: nothing is given away.
fn is_other_free(text: &str, words: &[Word<'_>], at: usize) -> bool {
    if words[at].lower != "free" {
        return false;
    }
    let joined = text[..words[at].start].ends_with(['-', '‑', '‐']);
    let before = at.checked_sub(1).map(|before| words[before].lower.as_str());
    let after = words.get(at + 1).map(|word| word.lower.as_str());
    joined
        || matches!(before, Some("feel" | "set" | "hassle" | "stress" | "risk" | "break" | "worry"))
        || matches!(after, Some("up" | "your" | "from" | "yourself"))
        || (after == Some("of")
            && !matches!(words.get(at + 2).map(|word| word.lower.as_str()), Some("charge" | "cost")))
}

/// Whether the word before says the opposite: `no guarantee`, `not the best`.
fn is_denied(words: &[Word<'_>], at: usize, phrase: &str) -> bool {
    if phrase.starts_with("no ") || phrase.starts_with("zero ") {
        return false;
    }
    let denies = |word: &Word<'_>| {
        matches!(
            word.lower.as_str(),
            "no" | "not"
                | "never"
                | "without"
                | "isn't"
                | "aren't"
                | "kein"
                | "keine"
                | "nicht"
                | "pas"
                | "sin"
                | "senza"
        )
    };
    let near = &words[at.saturating_sub(2)..at];
    near.last().is_some_and(denies)
        || near.first().is_some_and(|word| {
            denies(word)
                && near.last().is_some_and(|word| matches!(word.lower.as_str(), "the" | "a" | "an" | "die" | "der"))
        })
}

/// Superlatives of English that no list has, and Polish ones, which all begin alike.
fn superlatives(words: &[Word<'_>]) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let lower = word.lower.as_str();
        let english = lower.len() >= 6
            && lower.is_ascii()
            && (lower.ends_with("iest") || lower.ends_with("est"))
            && !NOT_SUPERLATIVE.split(' ').any(|word| word == lower);
        let polish = lower.starts_with("naj") && lower.chars().count() >= 7 && !lower.starts_with("najem");
        if english || polish {
            facts.push(claim(FactKind::Comparative, lower, word.text));
        }
        // `London's favourite` speaks for others, `your favourite` for the reader.
        if matches!(lower, "favourite" | "favorite") && at > 0 && words[at - 1].lower.ends_with("'s") {
            facts.push(claim(FactKind::Award, "favourite", word.text));
        }
        if let Some(next) = words.get(at + 1).filter(|_| lower == "most")
            && AFTER_MOST.iter().any(|ending| next.lower.ends_with(ending))
        {
            facts.push(claim(
                FactKind::Comparative,
                &format!("most {}", next.lower),
                &format!("{} {}", word.text, next.text),
            ));
        }
    }
    // What a list has, has its key there.
    let listed = |word: &str| {
        let alone = |phrase: &Phrase| matches!(phrase.parts.as_slice(), [part] if part.is(word));
        ENTRIES.iter().any(|(_, _, phrases)| phrases.iter().any(alone))
    };
    facts.retain(|fact| fact.key.starts_with("most ") || !listed(&fact.key));
    facts
}
