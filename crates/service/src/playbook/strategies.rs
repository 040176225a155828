//! The ways to rewrite an opening with the page's own words. Each says what it did; none claims
//! that it works, because that is what the experiment is for.

use super::Proposal;
use super::material::Material;
use super::text;
use domain::FactKind;
use domain::facts::facts_in;
use domain::slots::SlotPatch;

/// A strategy gives its proposals, best first; none when the page has not what it needs.
pub(super) type Strategy = fn(&Material) -> Vec<Proposal>;

/// Every strategy, in the order in which drafts are offered.
pub(super) const ALL: [Strategy; 13] = [
    promise_first,
    shorter_headline,
    number_as_proof,
    objection_answered,
    section_as_headline,
    button_in_the_pages_words,
    title_as_headline,
    description_as_subheadline,
    shorter_subheadline,
    question_as_headline,
    swapped,
    statement_as_headline,
    headline_turned,
];

/// Most proposals of one strategy.
const MOST: usize = 6;

pub(super) fn headline(text: String) -> SlotPatch {
    SlotPatch { headline: Some(text), ..SlotPatch::default() }
}

pub(super) fn subheadline(text: String) -> SlotPatch {
    SlotPatch { subheadline: Some(text), ..SlotPatch::default() }
}

pub(super) fn propose(
    strategy: &'static str,
    reasoning: &'static str,
    slots: impl Iterator<Item = SlotPatch>,
) -> Vec<Proposal> {
    slots.take(MOST).map(|slots| Proposal { strategy, slots, reasoning: reasoning.to_owned() }).collect()
}

/// The subheadline's first sentence or clause leads; what is left of it, or the old headline,
/// explains.
fn promise_first(page: &Material) -> Vec<Proposal> {
    let (Some(old), Some(_)) = (&page.headline, &page.subheadline) else { return Vec::new() };
    let sentences = text::sentences(&page.subheadline_text);
    let Some(first) = sentences.first() else { return Vec::new() };
    let rest = sentences[1..].join(" ");
    let whole = page.as_headline(first).map(|new| (new, rest));
    let clauses = text::clauses(first);
    let part = match clauses.as_slice() {
        [start, end] if sentences.len() == 1 => page.as_headline(start).map(|new| (new, (*end).to_owned())),
        _ => None,
    };
    let slots = [part, whole].into_iter().flatten().filter_map(|(new, rest)| {
        let explains = page.as_subheadline(&rest).or_else(|| page.as_subheadline(&old.text))?;
        Some(SlotPatch { headline: Some(new), subheadline: Some(explains), ..SlotPatch::default() })
    });
    propose(
        "promise first",
        "The headline now says what the subheadline promised, so that visitors read the benefit first. \
         Every word is from this page.",
        slots,
    )
}

/// The headline cut at its own punctuation.
fn shorter_headline(page: &Material) -> Vec<Proposal> {
    let Some(old) = &page.headline else { return Vec::new() };
    let sentences = text::sentences(&old.text);
    let parts = if sentences.len() > 1 { sentences } else { text::clauses(&old.text) };
    let parts = parts.into_iter().filter(|part| text::word_count(part) >= 3);
    propose(
        "shorter headline",
        "The headline is cut at its own punctuation, so that it can be read at a glance. \
         Every word is from this page.",
        parts.filter_map(|part| page.as_headline(part)).map(headline),
    )
}

/// A sentence with a figure explains the headline.
fn number_as_proof(page: &Material) -> Vec<Proposal> {
    // One figure in the place of another proves nothing.
    if has_figure(&page.subheadline_text) {
        return Vec::new();
    }
    let with_figure =
        |text: &&str| (5..=35).contains(&text::word_count(text)) && !text::is_question(text) && has_figure(text);
    let texts = page.sentences.iter().flat_map(|text| text::sentences(text)).filter(with_figure);
    propose(
        "concrete proof",
        "The line under the headline now gives a figure that the page has further down: a concrete \
         fact may persuade where a general promise does not. Every word is from this page.",
        page.by_relevance(texts).into_iter().filter_map(|text| page.as_subheadline(text)).map(subheadline),
    )
}

/// A sentence that takes a risk away explains the headline: money back, no card, cancel anytime.
fn objection_answered(page: &Material) -> Vec<Proposal> {
    let answers = |text: &&str| {
        (2..=35).contains(&text::word_count(text))
            && !text::is_question(text)
            && facts_in(text)
                .iter()
                .any(|fact| matches!(fact.kind, FactKind::Guarantee) && !fact.key.starts_with("not:"))
    };
    let texts = page.sentences.iter().flat_map(|text| text::sentences(text)).filter(answers);
    propose(
        "objection answered",
        "The line under the headline now says what takes the risk away, which the page says further down. \
         Every word is from this page.",
        texts.filter_map(|text| page.as_subheadline(text)).map(subheadline),
    )
}

/// A number that is not just a year.
fn has_figure(text: &str) -> bool {
    text.split(|c: char| !c.is_numeric())
        .filter(|figure| !figure.is_empty())
        .any(|figure| !(figure.len() == 4 && (figure.starts_with("19") || figure.starts_with("20"))))
}

/// A heading or list item that says what the product does leads the page.
fn section_as_headline(page: &Material) -> Vec<Proposal> {
    let heading = |text: &&str| {
        !text::is_sentence(text)
            && !text.ends_with([':', ','])
            && (3..=12).contains(&text::word_count(text))
            && page.relevance(text) > 0
    };
    let texts = page.sentences.iter().map(String::as_str).filter(heading);
    propose(
        "section heading first",
        "A heading from further down the page takes the headline's place, so that visitors who do not \
         scroll see it too. Every word is from this page.",
        page.by_relevance(texts).into_iter().filter_map(|text| page.as_headline(text)).map(headline),
    )
}

/// The part of the title that is not the name of the site.
fn title_as_headline(page: &Material) -> Vec<Proposal> {
    let title = page.title.as_deref().unwrap_or_default();
    let mut parts: Vec<&str> = title.split(['|', '·', '•']).flat_map(|part| text::clauses(part.trim())).collect();
    parts.retain(|part| text::word_count(part) >= 3);
    parts.sort_by_key(|part| std::cmp::Reverse(part.chars().count()));
    propose(
        "title as headline",
        "The headline now says what the page's title says, so that visitors who come from a search \
         find the words that they clicked on. Every word is from this page.",
        parts.into_iter().filter_map(|part| page.as_headline(part)).map(headline),
    )
}

/// The description, which is written to make people click, explains the headline.
fn description_as_subheadline(page: &Material) -> Vec<Proposal> {
    let Some(description) = page.description.as_deref() else { return Vec::new() };
    let first = text::sentences(description).first().copied();
    let texts = first.into_iter().chain([description]);
    propose(
        "description as subheadline",
        "The line under the headline is now the page's own description, which search results show. \
         Every word is from this page.",
        texts.filter_map(|text| page.as_subheadline(text)).map(subheadline),
    )
}

/// The first sentence of the subheadline, or a part of it, and nothing more.
fn shorter_subheadline(page: &Material) -> Vec<Proposal> {
    let sentences = text::sentences(&page.subheadline_text);
    let parts = if sentences.len() > 1 { sentences } else { text::clauses(&page.subheadline_text) };
    propose(
        "shorter subheadline",
        "The line under the headline keeps one of its own sentences, so that the button is reached \
         sooner. Every word is from this page.",
        parts.into_iter().filter_map(|part| page.as_subheadline(part)).map(subheadline),
    )
}

/// A question that the page itself asks.
fn question_as_headline(page: &Material) -> Vec<Proposal> {
    let texts = page.sentences.iter().flat_map(|text| text::sentences(text));
    let texts = texts.filter(|text| text::is_question(text) && text::word_count(text) >= 3 && page.relevance(text) > 0);
    propose(
        "question",
        "The headline asks a question that the page itself asks further down, so that visitors answer \
         it for themselves. Every word is from this page.",
        page.by_relevance(texts).into_iter().filter_map(|text| page.as_headline(text)).map(headline),
    )
}

/// Headline and subheadline change places.
fn swapped(page: &Material) -> Vec<Proposal> {
    let (Some(old), Some(_)) = (&page.headline, &page.subheadline) else { return Vec::new() };
    let new = page.as_headline(&page.subheadline_text).zip(page.as_line(&old.text, 2));
    let slots = new.map(|(headline, subheadline)| SlotPatch {
        headline: Some(headline),
        subheadline: Some(subheadline),
        ..SlotPatch::default()
    });
    propose(
        "headline and subheadline swapped",
        "Headline and subheadline have changed places, so that the explanation is read first. \
         Every word is from this page.",
        slots.into_iter(),
    )
}

/// A short whole sentence from further down that is about the page's topic.
fn statement_as_headline(page: &Material) -> Vec<Proposal> {
    let statement = |text: &&str| {
        text::is_sentence(text)
            && !text::is_question(text)
            && (3..=14).contains(&text::word_count(text))
            && page.relevance(text) > 1
    };
    let texts = page.sentences.iter().flat_map(|text| text::sentences(text)).filter(statement);
    propose(
        "plain statement",
        "The headline is a plain sentence that the page has further down. Every word is from this page.",
        page.by_relevance(texts).into_iter().filter_map(|text| page.as_headline(text)).map(headline),
    )
}

/// A headline of two sentences, the second first.
fn headline_turned(page: &Material) -> Vec<Proposal> {
    let sentences = page.headline.as_ref().map(|old| text::sentences(&old.text)).unwrap_or_default();
    let turned = match sentences.as_slice() {
        [first, second] if text::is_sentence(second) => page.as_headline(&format!("{second} {first}")),
        _ => None,
    };
    propose(
        "headline turned round",
        "The headline's two sentences have changed places, so that the second is read first. \
         Every word is from this page.",
        turned.map(headline).into_iter(),
    )
}

/// A button that says more, or the same in fewer words, as the page itself puts it.
fn button_in_the_pages_words(page: &Material) -> Vec<Proposal> {
    let Some(old) = &page.cta else { return Vec::new() };
    let own = text::words(&old.text);
    // The button leads where it led, so its words may grow or shrink but not turn to something else.
    let same_action = |text: &str| {
        let words = text::words(text);
        words.starts_with(&own) || (words.len() >= 2 && own.starts_with(&words))
    };
    let opening = || {
        // A title of capitals is a name: `Start Bootstrap Theme`.
        let title = page.title.as_deref().filter(|title| !text::is_title_case(title));
        let openings =
            [page.headline.as_ref().map(|place| place.text.as_str()), Some(page.subheadline_text.as_str()), title];
        openings.into_iter().flatten().flat_map(text::sentences).flat_map(text::clauses)
    };
    let everywhere = page.secondary_cta.iter().chain(&page.sentences).flat_map(|text| text::sentences(text));
    let said = text::clauses(&old.text).into_iter().chain(everywhere.flat_map(text::clauses)).chain(opening());
    let said = said.filter(|text| same_action(text));
    let acts = opening().filter(|text| page.lang == "en" && is_english_action(text));
    let texts = said.chain(acts).map(text::without_stop).filter(|text| text::word_count(text) >= 2 && old.takes(text));
    propose(
        "button in the page's words",
        "The button names the action in words that the page uses elsewhere, so that visitors know what \
         they get. Every word is from this page.",
        texts.map(|text| SlotPatch { cta: Some(text.to_owned()), ..SlotPatch::default() }),
    )
}

/// Whether an English text begins with a verb that asks to do what such pages offer.
fn is_english_action(text: &str) -> bool {
    const VERBS: [&str; 36] = [
        "automate", "book", "build", "buy", "compare", "create", "deploy", "design", "discover", "download", "explore",
        "find", "get", "grow", "host", "improve", "install", "join", "launch", "learn", "make", "order", "plan",
        "publish", "run", "save", "schedule", "sell", "send", "ship", "start", "test", "track", "try", "turn", "write",
    ];
    let words = text::words(text);
    words.first().is_some_and(|word| VERBS.contains(&word.as_str())) && words.len() <= 6
}
