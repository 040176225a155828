//! Words of a text with their places, for any script.

/// A word of letters and digits, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word<'a> {
    /// As written.
    pub text: &'a str,
    /// In lower case.
    pub lower: String,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// The words of a text; an apostrophe between letters belongs to its word.
#[must_use]
pub fn split(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let after = text[at..].chars().nth(1);
        let joins = matches!(c, '\'' | '’') && start.is_some() && after.is_some_and(char::is_alphabetic);
        match start {
            None if is_word(c) => start = Some(at),
            Some(begin) if (!is_word(c) && !joins) || parts(&text[begin..at], c) => {
                let word = &text[begin..at];
                words.push(Word { text: word, lower: word.to_lowercase().replace('’', "'"), start: begin, end: at });
                start = is_word(c).then_some(at);
            }
            _ => {}
        }
    }
    words
}

/// Whether a character begins another word than the one before it: `月額500円`.
fn parts(word: &str, next: char) -> bool {
    word.chars().next_back().is_some_and(|last| is_dense(last) != is_dense(next)) && is_word(next)
}

/// Letters, digits, and the vowel signs of scripts that write them apart.
fn is_word(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '\u{0300}'..='\u{036f}' | '\u{0900}'..='\u{0903}' | '\u{093a}'..='\u{094f}' | '\u{0e31}' | '\u{0e34}'..='\u{0e4e}')
}

/// Whether a script writes words without spaces between them.
#[must_use]
pub fn is_dense(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{0e00}'..='\u{0e7f}')
}

/// Whether two words are forms of one: `minute` and `minutes`, `month` and `monthly`.
#[must_use]
pub fn alike(one: &str, other: &str) -> bool {
    let (one, other) = (unabbreviated(one), unabbreviated(other));
    if one == other {
        return true;
    }
    let shared = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let (short, long) = {
        let (a, b) = (one.chars().count(), other.chars().count());
        (a.min(b), a.max(b))
    };
    (shared == short && short >= 3 && long - short <= 3) || (shared >= 5 && long - shared <= 4)
}

fn unabbreviated(word: &str) -> &str {
    match word {
        "min" | "mins" => "minute",
        "sec" | "secs" | "s" => "second",
        "hr" | "hrs" | "h" => "hour",
        "mo" | "mth" => "month",
        "yr" | "yrs" => "year",
        "wk" => "week",
        "daily" => "day",
        "person" => "people",
        word => word,
    }
}

/// Whether a word only joins others, so that it says nothing of what a number counts.
#[must_use]
pub fn is_joining(word: &str) -> bool {
    const JOINING: &str = "a an the of in on at to for with and or by per from than more less over under up off only just now \
     today every each all your our you we it is are as that this plus about around happy new already der \
     die das und mit für von ab nur pro mehr als bis im jetzt heute le la les de des du et par en pour el \
     los las y por con del il di e o os um het";
    JOINING.split(' ').any(|known| known == word)
}
