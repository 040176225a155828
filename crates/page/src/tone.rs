//! How a page speaks: counted, not guessed.

use crate::document::Document;
use crate::sentences;
use crate::text::word_count;
use domain::page_model::{Direction, Formality, Tone};

/// Languages that are written from right to left.
const RIGHT_TO_LEFT: [&str; 10] = ["ar", "he", "iw", "fa", "ur", "yi", "ps", "sd", "ug", "dv"];

/// Words of one language.
struct Words {
    lang: &'static str,
    reader: &'static [&'static str],
    makers: &'static [&'static str],
    familiar: &'static [&'static str],
    polite: &'static [&'static str],
}

const WORDS: [Words; 7] = [
    Words {
        lang: "en",
        reader: &["you", "your", "yours", "you're", "you'll", "you've", "yourself"],
        makers: &["we", "our", "us", "ours", "we're", "we'll", "we've"],
        familiar: &[],
        polite: &[],
    },
    Words {
        lang: "de",
        reader: &[
            "du", "dir", "dich", "dein", "deine", "deinen", "deinem", "deiner", "ihnen", "ihre", "ihren", "ihrem",
        ],
        makers: &["wir", "uns", "unser", "unsere", "unseren", "unserem", "unserer"],
        familiar: &["du", "dir", "dich", "dein", "deine", "deinen", "deinem", "deiner"],
        // With a capital inside of a sentence; "sie" in small letters is somebody else.
        polite: &["Sie", "Ihnen", "Ihr", "Ihre", "Ihren", "Ihrem", "Ihrer"],
    },
    Words {
        lang: "fr",
        reader: &["vous", "votre", "vos", "tu", "toi", "ton", "ta", "tes"],
        makers: &["nous", "notre", "nos"],
        familiar: &["tu", "toi", "ton", "ta", "tes"],
        polite: &["vous", "votre", "vos"],
    },
    Words {
        lang: "es",
        reader: &["tú", "tu", "tus", "ti", "usted", "ustedes"],
        makers: &["nosotros", "nuestro", "nuestra", "nuestros", "nuestras"],
        familiar: &["tú", "tu", "tus", "ti", "contigo"],
        polite: &["usted", "ustedes"],
    },
    Words {
        lang: "it",
        reader: &["tu", "te", "tuo", "tua", "tuoi", "tue", "voi", "vostro", "vostra"],
        makers: &["noi", "nostro", "nostra", "nostri", "nostre"],
        familiar: &["tu", "te", "tuo", "tua", "tuoi", "tue"],
        polite: &["Lei", "Suo", "Sua"],
    },
    Words {
        lang: "nl",
        reader: &["je", "jij", "jou", "jouw", "u", "uw"],
        makers: &["wij", "we", "ons", "onze"],
        familiar: &["je", "jij", "jou", "jouw"],
        polite: &["u", "uw"],
    },
    Words {
        lang: "ru",
        reader: &["вы", "вас", "вам", "ваш", "ваша", "ваши", "ты", "тебя", "тебе", "твой", "твоя", "твои"],
        makers: &["мы", "нас", "нам", "наш", "наша", "наши"],
        familiar: &["ты", "тебя", "тебе", "твой", "твоя", "твои", "твоё"],
        polite: &["вы", "вас", "вам", "ваш", "ваша", "ваши", "вашего"],
    },
];

/// What the page says of its direction, or what its language is written in.
pub(crate) fn direction(document: &Document, lang: Option<&str>) -> Option<Direction> {
    let stated = ["html", "body"].into_iter().find_map(|tag| {
        let element = document.first(tag)?;
        let styled = document.cascade.value(element, "direction");
        element.attr("dir").map(str::to_lowercase).or(styled)
    });
    match stated.as_deref().map(str::trim) {
        Some("rtl") => Some(Direction::Rtl),
        Some("ltr") => Some(Direction::Ltr),
        _ => lang.map(|lang| if RIGHT_TO_LEFT.contains(&lang) { Direction::Rtl } else { Direction::Ltr }),
    }
}

/// The tone of the page's sentences; nothing when there is none.
pub(crate) fn heard(document: &Document, lang: Option<&str>) -> Option<Tone> {
    let sentences = sentences::collect(document);
    let count = sentences.len();
    if count == 0 {
        return None;
    }
    let ends = |marks: &[char]| sentences.iter().filter(|sentence| sentence.ends_with(marks)).count();
    let words: usize = sentences.iter().map(|sentence| word_count(sentence)).sum();
    let known = WORDS.iter().find(|words| Some(words.lang) == lang);
    let spoken: Vec<(bool, &str)> = sentences.iter().flat_map(|sentence| in_sentence(sentence)).collect();
    let per_thousand = |wanted: &[&str]| {
        let found = spoken.iter().filter(|(_, word)| wanted.contains(&word.to_lowercase().as_str())).count();
        share(found, 1000, words)
    };
    Some(Tone {
        sentences: number(count),
        words_per_sentence: share(words, 1, count),
        exclamations_per_hundred: share(ends(&['!', '！']), 100, count),
        questions_per_hundred: share(ends(&['?', '？', '؟']), 100, count),
        reader_per_thousand: known.map(|known| per_thousand(known.reader)),
        makers_per_thousand: known.map(|known| per_thousand(known.makers)),
        formality: known.and_then(|known| formality(known, &spoken)).or_else(|| by_endings(lang, &sentences)),
    })
}

/// The words of a sentence, and whether each is the first.
fn in_sentence(sentence: &str) -> impl Iterator<Item = (bool, &str)> {
    let words = sentence.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’').filter(|word| !word.is_empty());
    words.enumerate().map(|(place, word)| (place == 0, word))
}

fn formality(words: &Words, spoken: &[(bool, &str)]) -> Option<Formality> {
    let count = |wanted: &[&str]| {
        let is_meant = |(is_first, word): &&(bool, &str)| {
            let lower = word.to_lowercase();
            wanted.iter().any(|wanted| {
                let has_capital = wanted.starts_with(char::is_uppercase);
                if has_capital { !is_first && word == wanted } else { lower == *wanted }
            })
        };
        spoken.iter().filter(is_meant).count()
    };
    more(count(words.familiar), count(words.polite))
}

/// Japanese and Korean say it at the end of the sentence.
fn by_endings(lang: Option<&str>, sentences: &[String]) -> Option<Formality> {
    let (polite, familiar): (&[&str], &[&str]) = match lang {
        Some("ja") => (&["です", "ます", "ません", "ください", "でしょう", "ました"], &["だ", "だよ", "である"]),
        Some("ko") => (&["요", "니다", "세요"], &["다"]),
        _ => return None,
    };
    let ends = |sentence: &&String, endings: &[&str]| {
        let bare = sentence.trim_end_matches(['。', '！', '？', '.', '!', '?']);
        endings.iter().any(|ending| bare.ends_with(ending))
    };
    let polite_ones = sentences.iter().filter(|sentence| ends(sentence, polite)).count();
    let others = sentences.iter().filter(|sentence| ends(sentence, familiar) && !ends(sentence, polite)).count();
    more(others, polite_ones)
}

/// The one that is heard at least twice as often.
fn more(familiar: usize, polite: usize) -> Option<Formality> {
    match (familiar, polite) {
        (0, 0) => None,
        (familiar, polite) if familiar >= 2 * polite => Some(Formality::Familiar),
        (familiar, polite) if polite >= 2 * familiar => Some(Formality::Polite),
        _ => None,
    }
}

/// `part` in so many of `whole`, rounded.
fn share(part: usize, many: usize, whole: usize) -> u32 {
    number((part * many + whole / 2).checked_div(whole).unwrap_or(0))
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
