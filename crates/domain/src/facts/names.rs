//! Names that a text has and its page has not, as far as writing shows what is a name.

use super::words::{self, Word};
use super::{Fact, FactKind, Ledger};

/// Names that lend authority wherever they stand.
const FAMOUS: &str = "google apple microsoft amazon netflix meta facebook instagram tiktok twitter linkedin youtube uber \
     airbnb spotify shopify stripe slack salesforce hubspot nasa ibm oracle intel nvidia openai chatgpt \
     tesla spacex nike adidas disney samsung sony bmw siemens bosch toyota walmart ikea forbes techcrunch \
     bloomberg reuters cnn bbc wired gartner forrester trustpilot capterra g2 harvard stanford mit oxford \
     yale fda";

/// Capitalised words of English that name nobody.
const ORDINARY: &str = "i i'm i'll i've i'd monday tuesday wednesday thursday friday saturday sunday january february march \
     april may june july august september october november december ok faq pdf english internet web";

pub(super) fn unknown(text: &str, lang: Option<&str>, ledger: &Ledger) -> Vec<Fact> {
    let words = words::split(text);
    let is_shout = is_shout(text);
    let is_title = is_title(text, &words);
    let is_foreign_script =
        text.chars().filter(|c| c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase()).count() > 3;
    // German writes every noun with a capital letter.
    let nouns_are_capital = matches!(lang, Some("de" | "lb"));
    let mut names = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let capital = word.text.chars().next().is_some_and(char::is_uppercase);
        let lower = word.lower.as_str();
        let latin = word.text.chars().all(|c| c.is_ascii_alphabetic());
        let inner = word.text.chars().skip(1).any(char::is_uppercase);
        let after_by = index > 0 && matches!(words[index - 1].lower.as_str(), "by" | "at" | "von" | "par" | "por");
        let is_name =
            if FAMOUS.split(' ').any(|known| known == lower) && (capital || lower.len() > 4 && lower != "apple") {
                true
            } else if is_foreign_script {
                latin && word.text.len() >= 3
            } else if is_shout || !capital {
                inner && !is_shout
            } else if inner {
                true
            } else if nouns_are_capital {
                false
            } else if is_title {
                after_by && !starts_sentence(text, word)
            } else {
                !starts_sentence(text, word)
            };
        if is_name
            && !ORDINARY.split(' ').any(|known| known == lower)
            && !ledger.knows(lower)
            && word.text.chars().any(char::is_alphabetic)
            && !figure_like(word.text)
        {
            names.push(Fact {
                kind: FactKind::Name,
                key: lower.to_owned(),
                text: word.text.to_owned(),
                unit: Vec::new(),
                about: Vec::new(),
            });
        }
    }
    names
}

/// `10K`, `3D`: what begins with a digit was read as a figure.
fn figure_like(word: &str) -> bool {
    word.starts_with(|c: char| c.is_numeric())
}

fn starts_sentence(text: &str, word: &Word<'_>) -> bool {
    let before = text[..word.start].trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, '"' | '“' | '„' | '«' | '(' | '\'' | '‘' | '¿' | '¡')
    });
    before.is_empty() || before.ends_with(['.', '!', '?', ':', '…', '—', '–', '|', '•', '·', '-'])
}

/// Most letters are capital, as in a button that shouts.
fn is_shout(text: &str) -> bool {
    let (upper, lower) =
        (text.chars().filter(|c| c.is_uppercase()).count(), text.chars().filter(|c| c.is_lowercase()).count());
    upper > lower
}

/// Most words of some length begin with a capital letter, so that this says nothing of names.
fn is_title(text: &str, words: &[Word<'_>]) -> bool {
    let inner = words.iter().filter(|word| !starts_sentence(text, word) && word.text.chars().count() >= 4);
    let (mut capital, mut all) = (0_usize, 0_usize);
    for word in inner {
        all += 1;
        capital += usize::from(word.text.chars().next().is_some_and(char::is_uppercase));
    }
    all >= 2 && capital == all || capital >= 3 && capital * 10 >= all * 6
}
