//! What a page gives to write with: its slots that can be rewritten, and its other sentences,
//! cleaned of what is not meant for a first screen.

use super::text;
use domain::page_model::{Element, ElementKind};
use domain::slots::normalise;
use domain::{PageModel, TextSlot};
use std::collections::HashSet;

/// A slot that can be rewritten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// Its text now.
    pub(super) text: String,
    /// Most characters of a new text, so that the layout holds.
    pub(super) limit: usize,
}

impl Place {
    fn of(slot: Option<&TextSlot>, at_least: usize) -> Option<Self> {
        let slot = slot.filter(|slot| slot.plain_text)?;
        let text = normalise(&slot.text);
        let limit = (text.chars().count() * 8 / 5).max(at_least);
        (!text.is_empty()).then_some(Self { text, limit })
    }

    /// Whether a text fits here and is another one.
    pub(super) fn takes(&self, text: &str) -> bool {
        !text.is_empty() && text.chars().count() <= self.limit && text::words(text) != text::words(&self.text)
    }
}

/// A page, prepared for the strategies.
pub(super) struct Material {
    pub(super) headline: Option<Place>,
    pub(super) subheadline: Option<Place>,
    pub(super) cta: Option<Place>,
    /// The subheadline's text, rewritable or not.
    pub(super) subheadline_text: String,
    pub(super) secondary_cta: Option<String>,
    /// Primary language tag in lower case; empty when the page has none.
    pub(super) lang: String,
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    /// Sentences beyond the slots that could stand on the first screen, in reading order.
    pub(super) sentences: Vec<String>,
    /// Those of them that are headings of sections.
    pub(super) headings: Vec<String>,
    /// Words that say what the page is about.
    topic: HashSet<String>,
}

impl Material {
    pub(super) fn of(page: &PageModel) -> Self {
        let own = |slot: &Option<TextSlot>| slot.as_ref().map(|slot| normalise(&slot.text));
        let headline_text = own(&page.headline).unwrap_or_default();
        let subheadline_text = own(&page.subheadline).unwrap_or_default();
        let title = page.title.as_deref().map(normalise).filter(|text| is_copy(text));
        let lang = language(page);
        let description = page.description.as_deref().map(normalise);
        let description = description.filter(|text| is_copy(text) && !is_left_over(text, &lang));
        let slots: HashSet<Vec<String>> = [&page.headline, &page.subheadline, &page.cta, &page.secondary_cta]
            .into_iter()
            .flatten()
            .map(|slot| text::words(&slot.text))
            .collect();
        let mut seen = HashSet::new();
        let is_heading = |element: &&Element| element.kind == ElementKind::Heading && element.locked.is_none();
        let headings = page.inventory.elements.iter().filter(is_heading).map(|element| normalise(&element.text));
        let headings = headings.filter(|text| is_copy(text) && !slots.contains(&text::words(text))).collect();
        let sentences: Vec<String> = page
            .sentences
            .iter()
            .map(|sentence| normalise(sentence))
            .filter(|sentence| is_copy(sentence) && !slots.contains(&text::words(sentence)))
            .filter(|sentence| seen.insert(text::words(sentence)))
            .collect();
        let topic = [Some(&headline_text), title.as_ref(), description.as_ref()]
            .into_iter()
            .flatten()
            .flat_map(|text| text::words(text))
            .filter(|word| word.chars().count() >= 4)
            .collect();
        Self {
            headline: Place::of(page.headline.as_ref(), 90),
            subheadline: Place::of(page.subheadline.as_ref(), 200),
            cta: page.cta.as_ref().filter(|slot| slot.plain_text).map(|slot| {
                let text = normalise(&slot.text);
                let limit = text.chars().count().max(30);
                Place { text, limit }
            }),
            subheadline_text,
            lang,
            secondary_cta: own(&page.secondary_cta),
            title,
            description,
            sentences,
            headings,
            topic,
        }
    }

    /// Whether no text can be rewritten at all.
    pub(super) fn is_fixed(&self) -> bool {
        self.headline.is_none() && self.subheadline.is_none() && self.cta.is_none()
    }

    /// The text with a capital first letter; in Turkish the capital of `i` is another letter.
    fn capitalised(&self, text: &str) -> String {
        let dotted = matches!(self.lang.as_str(), "tr" | "az") && text.starts_with('i');
        if dotted { text.to_owned() } else { text::capitalised(text) }
    }

    /// How many words of the page's topic a text has.
    pub(super) fn relevance(&self, text: &str) -> usize {
        text::words(text).iter().filter(|word| self.topic.contains(*word)).count()
    }

    /// These texts, those about the page's topic first; equal ones stay in reading order.
    pub(super) fn by_relevance<'a>(&self, texts: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
        let mut texts: Vec<&str> = texts.collect();
        texts.sort_by_key(|text| std::cmp::Reverse(self.relevance(text).min(3)));
        texts
    }

    /// A text that can lead the page, as a headline stands: without a full stop at its end unless
    /// the page's own headline has one.
    pub(super) fn as_headline(&self, text: &str) -> Option<String> {
        let place = self.headline.as_ref()?;
        let text = if text::is_sentence(&place.text) { text } else { text::without_stop(text) };
        let text = self.capitalised(text);
        (text::word_count(&text) >= 2 && leads(&text) && place.takes(&text)).then_some(text)
    }

    /// A text that can explain the headline.
    pub(super) fn as_subheadline(&self, text: &str) -> Option<String> {
        self.as_line(text, 3)
    }

    /// The same with so many words at least.
    pub(super) fn as_line(&self, text: &str, least: usize) -> Option<String> {
        let place = self.subheadline.as_ref()?;
        let text = self.capitalised(text);
        (text::word_count(&text) >= least && place.takes(&text)).then_some(text)
    }
}

fn language(page: &PageModel) -> String {
    let tag = page.lang.as_deref().unwrap_or_default();
    tag.split(['-', '_']).next().unwrap_or_default().to_lowercase()
}

/// Whether a text is the English of a template on a page of another script.
fn is_left_over(text: &str, lang: &str) -> bool {
    const OTHER_SCRIPTS: &str = "zh ja ko ru uk bg be mk sr el ar fa ur he th hi bn mr ta te ka hy am";
    OTHER_SCRIPTS.split(' ').any(|other| other == lang) && text.chars().all(|c| !c.is_alphabetic() || c < '\u{250}')
}

/// Whether a text is copy: not legal or technical matter, not somebody's quoted words.
pub(super) fn is_copy(text: &str) -> bool {
    const NOT_COPY: [&str; 14] = [
        "©",
        "@",
        "://",
        "www.",
        "{",
        "}",
        "<",
        ">",
        "copyright",
        "cookie",
        "all rights reserved",
        "lorem ipsum",
        "javascript",
        "↗",
    ];
    /// Words of a person who speaks for themselves, so somebody's testimonial.
    const FIRST_PERSON: [&str; 10] = ["i", "i'm", "i’m", "i've", "i’ve", "my", "ich", "je", "j'ai", "yo"];
    /// Latin that stands where copy is missing.
    const FILLER: [&str; 24] = [
        "ipsum",
        "dolor",
        "amet",
        "consectetur",
        "adipiscing",
        "adipisicing",
        "elit",
        "donec",
        "etiam",
        "vestibulum",
        "nullam",
        "aenean",
        "maecenas",
        "cras",
        "fusce",
        "pellentesque",
        "vivamus",
        "mauris",
        "odio",
        "sed",
        "quisque",
        "vehicula",
        "tempor",
        "porta",
    ];
    let lower = text.to_lowercase();
    let quoted = text.contains(['"', '“', '”', '„', '«', '»', '「']);
    let filler = text::words(text).iter().filter(|word| FILLER.contains(&word.as_str())).count();
    !quoted
        && filler < 2
        && text.chars().any(char::is_alphabetic)
        && !NOT_COPY.iter().any(|mark| lower.contains(mark))
        && !text::words(text).iter().any(|word| FIRST_PERSON.contains(&word.as_str()))
}

/// Whether a text can come first: it does not begin by pointing back at an earlier sentence.
pub(super) fn leads(text: &str) -> bool {
    const POINTS_BACK: [&str; 29] = [
        "it", "it's", "it’s", "its", "this", "that", "these", "those", "they", "their", "and", "but", "or", "so",
        "also", "then", "however", "because", "which", "und", "aber", "oder", "dies", "et", "mais", "ou", "y", "pero",
        "e",
    ];
    let words = text::words(text);
    words.first().is_some_and(|word| !POINTS_BACK.contains(&word.as_str()))
}
