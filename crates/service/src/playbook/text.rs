//! Taking sentences apart without knowing their language: only where the punctuation itself says
//! that what stands on either side can stand alone.

/// Marks that end a sentence in the scripts of the web.
const SENTENCE_ENDS: [char; 8] = ['.', '!', '?', '…', '。', '！', '？', '।'];
/// Marks after which an independent part begins, when white space stands around them as it should.
const BREAKS: [char; 6] = ['—', '–', '-', ':', ';', '|'];

/// The sentences of a text, each with its own punctuation.
///
/// A mark ends a sentence before white space that no lower-case letter follows, so that
/// abbreviations and decimals stay whole; the ideographic marks need no white space.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut ended = None;
    for (at, c) in text.char_indices() {
        match ended {
            Some(wide) if !is_end(c) => {
                let follows = text[at..].trim_start().chars().next();
                let apart = (wide && !is_closing(c)) || c.is_whitespace();
                if apart && follows.is_some_and(|c| !c.is_lowercase()) && !is_initial(&text[start..at]) {
                    found.push(text[start..at].trim());
                    start = at;
                }
                ended = None;
            }
            _ if is_end(c) => ended = Some(matches!(c, '。' | '！' | '？')),
            _ => {}
        }
    }
    found.push(text[start..].trim());
    found.retain(|sentence| !sentence.is_empty());
    found
}

fn is_end(c: char) -> bool {
    SENTENCE_ENDS.contains(&c)
}

fn is_closing(c: char) -> bool {
    matches!(c, '」' | '』' | '”' | '"' | '»' | ')' | '）')
}

/// Whether a text ends with a very short word and a full stop: `Dr.`, `J.`, `z.B.`, `No.`.
fn is_initial(text: &str) -> bool {
    let Some(word) = text.strip_suffix('.').and_then(|text| text.split_whitespace().next_back()) else {
        return false;
    };
    let short = word.chars().count() <= 3 && word.chars().next().is_some_and(char::is_uppercase);
    short || word.contains('.')
}

/// The parts of one sentence around its only strong break; the whole sentence when it has none or
/// several, because a part between two breaks is an insertion that may not stand alone.
pub(super) fn clauses(sentence: &str) -> Vec<&str> {
    let breaks: Vec<(usize, char)> =
        sentence.char_indices().filter(|&(at, c)| BREAKS.contains(&c) && is_break(sentence, at, c)).collect();
    match breaks.as_slice() {
        &[(at, c)] => {
            let parts = [sentence[..at].trim(), sentence[at + c.len_utf8()..].trim()];
            parts.into_iter().filter(|part| !part.is_empty()).collect()
        }
        _ => vec![sentence],
    }
}

fn is_break(sentence: &str, at: usize, c: char) -> bool {
    let before = sentence[..at].chars().next_back();
    let after = sentence[at + c.len_utf8()..].chars().next();
    let space = |c: Option<char>| c.is_some_and(char::is_whitespace);
    match c {
        ':' | ';' => space(after),
        // An em dash is often set without white space, the others join words then.
        '—' => space(before) == space(after) && before.is_some() && after.is_some(),
        _ => space(before) && space(after),
    }
}

/// Words as a reader counts them; of scripts without white space, every two characters are one.
pub(super) fn word_count(text: &str) -> usize {
    let wide = |c: &char| matches!(*c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{e00}'..='\u{e7f}');
    let ideographs = text.chars().filter(wide).count();
    let spaced = text
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric) && !word.chars().any(|c| wide(&c)))
        .count();
    spaced + ideographs / 2
}

/// Words for comparison: lower case, letters and digits only.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '’'))
        .map(|word| word.trim_matches(['\'', '’']).to_lowercase())
        .filter(|word| !word.is_empty())
        .collect()
}

/// A text without the full stop or the break at its end; `!` and `?` are part of what it says.
pub(super) fn without_stop(text: &str) -> &str {
    let bare = text.trim_end_matches(['.', '。', '।', ':', ';', ',', '—', '–', '-', '|']).trim_end();
    // Three full stops are a mark of their own.
    if text.ends_with("..") { text } else { bare }
}

/// Whether a text ends as a sentence does.
pub(super) fn is_sentence(text: &str) -> bool {
    text.trim_end_matches(is_closing).ends_with(is_end)
}

/// Whether a text is a question.
pub(super) fn is_question(text: &str) -> bool {
    text.ends_with(['?', '？', '؟'])
}

/// The text with a capital first letter, as a text that stands alone has it. Names such as
/// `iPhone` or `npm-tools` keep their own: only a plain lower-case word is changed, and only in
/// the scripts that begin sentences with a capital.
pub(super) fn capitalised(text: &str) -> String {
    let first = text.split_whitespace().next().unwrap_or_default();
    let plain = first.trim_end_matches([',', '!', '?', '.']).chars().all(char::is_lowercase);
    let mut rest = text.chars();
    match rest.next() {
        Some(c) if plain && c < '\u{590}' => match (c.to_uppercase().next(), c.to_uppercase().len()) {
            (Some(upper), 1) if upper.to_lowercase().eq([c]) => std::iter::once(upper).chain(rest).collect(),
            _ => text.to_owned(),
        },
        _ => text.to_owned(),
    }
}

/// Whether every word of a text begins with a capital letter, as in a name.
pub(super) fn is_title_case(text: &str) -> bool {
    text.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphabetic())).all(char::is_uppercase)
}

/// The text without what does not belong to its words at its end: an arrow, a stop.
pub(super) fn without_marks(text: &str) -> &str {
    text.trim_matches(|c: char| !(c.is_alphanumeric() || matches!(c, ')' | '%' | '+' | '\'' | '’')))
}
