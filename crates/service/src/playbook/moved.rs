//! More ways to say an opening with the page's own words, for pages that have little: they come after the others.

use super::Proposal;
use super::material::{Material, leads};
use super::strategies::{Strategy, headline, propose, subheadline};
use super::text;

/// Every one of them, in the order in which drafts are offered.
pub(super) const ALL: [Strategy; 5] =
    [name_with_promise, sentence_as_subheadline, subheadline_with_more, heading_as_headline, heading_as_subheadline];

/// A name that leads alone gets what the page says of it: `Plyr – A simple HTML5 media player`.
fn name_with_promise(page: &Material) -> Vec<Proposal> {
    let Some(old) = page.headline.as_ref().filter(|old| text::words(&old.text).len() <= 3) else { return Vec::new() };
    let name = text::without_stop(&old.text);
    let own = text::words(name);
    let title = page.title.as_deref().unwrap_or_default();
    let of_title = title.split(['|', '·', '•']).flat_map(|part| text::clauses(part.trim()));
    let of_description = page.description.iter().flat_map(|text| text::sentences(text)).take(1);
    let promises = of_title.chain(of_description).chain(page.headings.iter().map(String::as_str));
    let promises = promises.filter(|promise| {
        let words = text::words(promise);
        text::word_count(promise) >= 3 && !own.iter().all(|word| words.contains(word)) && !text::is_question(promise)
    });
    let is_dense = name.chars().any(|c| ('\u{3040}'..='\u{9fff}').contains(&c));
    let mark = if is_dense { "：" } else { " – " };
    propose(
        "name and promise",
        "The headline was a name alone. Now it also says what the page says of it elsewhere, so that visitors \
         know at once where they are. Every word is from this page.",
        promises
            .filter_map(|promise| page.as_headline(&format!("{name}{mark}{}", text::without_stop(promise))))
            .map(headline)
            .take(2),
    )
}

/// Sentences that can stand under the headline.
fn explaining(page: &Material) -> Vec<&str> {
    let explains = |text: &&str| {
        text::is_sentence(text) && !text::is_question(text) && (5..=30).contains(&text::word_count(text)) && leads(text)
    };
    let texts = page.sentences.iter().flat_map(|text| text::sentences(text)).filter(explains);
    page.by_relevance(texts)
}

/// A sentence from further down explains the headline.
fn sentence_as_subheadline(page: &Material) -> Vec<Proposal> {
    propose(
        "explanation from below",
        "The line under the headline is now a sentence from further down, so that visitors who do not scroll read \
         it too. Every word is from this page.",
        explaining(page).into_iter().filter_map(|text| page.as_subheadline(text)).map(subheadline).take(3),
    )
}

/// The subheadline goes on with a sentence from further down.
fn subheadline_with_more(page: &Material) -> Vec<Proposal> {
    if !text::is_sentence(&page.subheadline_text) {
        return Vec::new();
    }
    let space = if page.subheadline_text.ends_with(['。', '！', '？']) { "" } else { " " };
    let is_new = |text: &&str| !page.subheadline_text.contains(*text);
    let more =
        explaining(page).into_iter().filter(is_new).map(|text| format!("{}{space}{text}", page.subheadline_text));
    propose(
        "more under the headline",
        "The line under the headline goes on with a sentence from further down, for visitors who want to know more \
         before they act. Every word is from this page.",
        more.filter_map(|text| page.as_subheadline(&text)).map(subheadline).take(2),
    )
}

/// The heading of a section leads, whatever it is about.
fn heading_as_headline(page: &Material) -> Vec<Proposal> {
    let fits = |text: &&str| (3..=12).contains(&text::word_count(text)) && !text.ends_with([':', ',']);
    let texts = page.by_relevance(page.headings.iter().map(String::as_str).filter(fits));
    propose(
        "another section first",
        "The heading of another section takes the headline's place, to see which of the page's own messages \
         visitors act on. Every word is from this page.",
        texts.into_iter().filter_map(|text| page.as_headline(text)).map(headline).take(3),
    )
}

/// The heading of a section explains the headline.
fn heading_as_subheadline(page: &Material) -> Vec<Proposal> {
    let fits = |text: &&str| (2..=12).contains(&text::word_count(text)) && !text.ends_with([':', ',']);
    let texts = page.by_relevance(page.headings.iter().map(String::as_str).filter(fits));
    propose(
        "section under the headline",
        "The line under the headline is now the heading of a section, so that visitors read at once what else is \
         there. Every word is from this page.",
        texts.into_iter().filter_map(|text| page.as_line(text, 2)).map(subheadline).take(3),
    )
}
