//! The language of the text as seen, which is not always what the page says of itself.

use crate::document::Document;
use crate::text::runs;

/// Frequent words that tell languages of the Latin script apart.
const WORDS: [(&str, &[&str]); 9] = [
    ("en", &["the", "and", "for", "with", "your", "you", "this", "that", "from", "is", "are", "to", "of", "our"]),
    ("de", &["der", "die", "das", "und", "mit", "für", "ist", "nicht", "sie", "ihre", "wir", "ein", "eine", "auf"]),
    ("fr", &["le", "les", "des", "et", "pour", "vous", "votre", "avec", "est", "une", "dans", "nous", "sur", "du"]),
    ("es", &["el", "los", "las", "y", "para", "con", "su", "una", "por", "es", "del", "más", "tu", "que"]),
    ("it", &["il", "gli", "e", "per", "con", "una", "che", "di", "è", "della", "più", "tuo", "sono", "nel"]),
    ("pt", &["o", "os", "as", "e", "para", "com", "uma", "você", "seu", "não", "mais", "do", "da", "em"]),
    ("nl", &["de", "het", "een", "en", "voor", "met", "van", "je", "uw", "is", "niet", "zijn", "op", "wij"]),
    ("pl", &["i", "w", "na", "z", "do", "jest", "się", "dla", "nie", "to", "oraz", "twoje", "jak", "od"]),
    ("sv", &["och", "att", "för", "med", "är", "på", "din", "ditt", "som", "det", "vi", "av", "en", "till"]),
];

/// Words of the filler text that unfinished pages show.
const FILLER: [&str; 4] = ["lorem", "consectetur", "vestibulum", "adipiscing"];
/// Latin words that other languages share.
const LATIN: [&str; 12] = ["est", "et", "in", "a", "e", "per", "non", "me", "do", "o", "is", "sur"];

pub(crate) fn detect(document: &Document) -> Option<String> {
    let declared = document.first("html").and_then(|html| html.attr("lang").or_else(|| html.attr("xml:lang")));
    let declared = declared.map(|lang| lang.split(['-', '_']).next().unwrap_or_default().trim().to_lowercase());
    let declared = declared.filter(|lang| (2..=3).contains(&lang.len()));
    let text = runs(document).into_iter().map(|run| run.text).collect::<Vec<_>>().join(" ");
    let head = document.title().unwrap_or_default();
    by_script(&text).map(str::to_owned).or_else(|| by_words(&text, declared.as_deref())).or(declared).or_else(|| {
        let both = format!("{head} {}", document.meta("description").unwrap_or_default());
        by_words(&both, None)
    })
}

/// Whether a character belongs to a script.
type Within = fn(char) -> bool;

/// The language of a script that is in use for more than an occasional word.
fn by_script(text: &str) -> Option<&'static str> {
    let count = |within: fn(char) -> bool| text.chars().filter(|c| within(*c)).count();
    let letters = count(char::is_alphabetic).max(1);
    let frequent = |within: fn(char) -> bool| count(within) * 100 > letters * 15;
    // One character is a syllable or a word, where the English names between them need many.
    let dense = |within: fn(char) -> bool| count(within) * 100 > letters * 5 && count(within) >= 4;
    if dense(|c| matches!(c, '\u{3040}'..='\u{30ff}')) {
        return Some("ja");
    }
    if dense(|c| matches!(c, '\u{ac00}'..='\u{d7af}')) {
        return Some("ko");
    }
    if dense(|c| matches!(c, '\u{3400}'..='\u{9fff}')) {
        return Some("zh");
    }
    if frequent(|c| matches!(c, '\u{0400}'..='\u{04ff}')) {
        return Some(if text.chars().any(|c| matches!(c, 'і' | 'ї' | 'є')) { "uk" } else { "ru" });
    }
    let others: [(Within, &str); 5] = [
        (|c| matches!(c, '\u{0600}'..='\u{06ff}'), "ar"),
        (|c| matches!(c, '\u{0590}'..='\u{05ff}'), "he"),
        (|c| matches!(c, '\u{0370}'..='\u{03ff}'), "el"),
        (|c| matches!(c, '\u{0e00}'..='\u{0e7f}'), "th"),
        (|c| matches!(c, '\u{0900}'..='\u{097f}'), "hi"),
    ];
    others.into_iter().find(|(within, _)| frequent(*within)).map(|(_, lang)| lang)
}

/// The language whose frequent words stand out; the declared one needs less.
fn by_words(text: &str, declared: Option<&str>) -> Option<String> {
    let words: Vec<String> = text.split(|c: char| !c.is_alphabetic()).take(5000).map(str::to_lowercase).collect();
    let is_filled = words.iter().any(|word| FILLER.contains(&word.as_str()));
    let tells = |word: &str| !(is_filled && LATIN.contains(&word));
    let counts = WORDS.map(|(lang, frequent)| {
        (lang, words.iter().filter(|word| frequent.contains(&word.as_str()) && tells(word)).count())
    });
    let (lang, most) = counts.iter().max_by_key(|(_, count)| *count).copied()?;
    let own = counts.iter().find(|(lang, _)| Some(*lang) == declared).map_or(0, |(_, count)| *count);
    let clear = most >= 3 && (declared.is_none() || most > 2 * own + 4);
    clear.then(|| lang.to_owned())
}
