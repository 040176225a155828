//! Figures: numbers, prices, percentages and years, in the ways in which the world writes them.

mod dense;
mod tables;

use super::words::{self, Word, is_dense, is_joining};
use super::{Fact, FactKind};
use tables::{
    ARTICLES, BEFORE_YEARS, COMPOUND_ENDS, COMPOUND_HEADS, CURRENCIES, FOLDS, MANY, MULTIPLES, NUMBER_WORDS,
    PERCENT_WORDS, TIMES, WITHIN, is_listed, look_up, number_named, rows,
};

/// Every figure of a text.
pub(super) fn find(text: &str, words: &[Word<'_>]) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut done = 0;
    for (index, word) in words.iter().enumerate() {
        if word.start < done {
            continue;
        }
        let found = if word.text.chars().next().and_then(digit).is_some() {
            numeral(text, words, word)
        } else if is_written_rank(&word.lower) {
            Some((plain_fact(FactKind::Comparative, "number one", word.text), word.end))
        } else {
            span_of_one(text, words, index).or_else(|| in_words(text, words, index))
        };
        if let Some((fact, end)) = found {
            done = end;
            facts.push(fact);
        }
    }
    facts.extend(dense::find(text, words));
    facts
}

/// `Nº1`, whose sign is a letter.
fn is_written_rank(word: &str) -> bool {
    matches!(word, "nº1" | "no1" | "nr1" | "nro1")
}

/// A span of one: `in an hour`, `за час`, `bir günde`. Anywhere else `an hour` promises nothing.
fn span_of_one(text: &str, words: &[Word<'_>], index: usize) -> Option<(Fact, usize)> {
    let is_time = |word: &Word<'_>| TIMES.split(' ').any(|time| word.lower.starts_with(time)) && word.lower.len() < 14;
    let word = &words[index];
    let before = index.checked_sub(1).map(|before| words[before].lower.as_str());
    let is_within = before.is_some_and(|before| is_listed(WITHIN, before));
    let next = words.get(index + 1).filter(|next| next.start <= word.end + 2);
    let end = if word.lower == "bir" || (is_within && is_listed(ARTICLES, &word.lower)) {
        next.filter(|next| is_time(next))?;
        word.end
    } else {
        (matches!(before, Some("за" | "w")) && is_time(word)).then_some(word.start)?
    };
    let mut fact = figure(FactKind::Number, "1".to_owned(), text, words, word.start, end);
    fact.text = text[word.start..next.filter(|_| end > word.start).map_or(word.end, |next| next.end)].to_owned();
    Some((fact, word.end))
}

/// The digit's value, in the digits of the world's scripts.
fn digit(c: char) -> Option<char> {
    const ZEROS: [u32; 7] = [0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10];
    let code = u32::from(c);
    let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

/// A figure that begins with a digit.
fn numeral(text: &str, words: &[Word<'_>], word: &Word<'_>) -> Option<(Fact, usize)> {
    let (mut value, mut end, plain) = literal(text, word.start)?;
    let rest = &text[end..];
    let attached: String = rest.chars().take_while(|c| c.is_alphabetic() && !is_dense(*c)).collect();
    let mut key = None;
    match attached.as_str() {
        "k" | "K" => (value, end) = (value * 1e3, end + 1),
        "M" => (value, end) = (value * 1e6, end + 1),
        "B" => (value, end) = (value * 1e9, end + 1),
        "x" | "X" => (key, end) = (Some(format!("{value}x")), end + 1),
        _ if rest.starts_with('×') => (key, end) = (Some(format!("{value}x")), end + '×'.len_utf8()),
        _ => {}
    }
    if key.is_none() {
        (value, end) = multiplied(text, value, end);
    }
    let before = text[..word.start].trim_end();
    if value.to_bits() == 1f64.to_bits()
        && (before.ends_with(['#', '№', 'º', '°'])
            || follows(words, word, &["no", "nr", "number", "nummer", "numero", "número", "numéro"]))
    {
        return Some((plain_fact(FactKind::Comparative, "number one", &text[word.start..end]), end));
    }
    if rest.trim_start().starts_with("st ") && value.to_bits() == 1f64.to_bits() {
        return None;
    }
    let (kind, key, start, end) = kind_of(text, words, word, value, key, plain, end);
    Some((figure(kind, key, text, words, start, end), end))
}

fn kind_of(
    text: &str,
    words: &[Word<'_>],
    word: &Word<'_>,
    value: f64,
    key: Option<String>,
    plain: bool,
    end: usize,
) -> (FactKind, String, usize, usize) {
    let number = key.unwrap_or_else(|| value.to_string());
    if let Some((name, start)) = currency_before(text, word.start) {
        return (FactKind::Price, format!("{name}:{number}"), start, end);
    }
    if let Some((name, past)) = currency_after(text, end) {
        return (FactKind::Price, format!("{name}:{number}"), word.start, past);
    }
    let after = text[end..].trim_start_matches(['+', ' ', '\u{a0}', '\u{202f}', '\u{2009}', '-']);
    let gap = text.len() - after.len();
    if after.starts_with(['%', '％', '٪']) {
        let sign = after.chars().next().map_or(0, char::len_utf8);
        return (FactKind::Percent, number, word.start, gap + sign);
    }
    let next = words.iter().find(|next| next.start >= end);
    if let Some(next) = next.filter(|next| next.start == gap && PERCENT_WORDS.contains(&next.lower.as_str())) {
        return (FactKind::Percent, number, word.start, next.end);
    }
    for phrase in ["per cent", "por ciento", "por cento", "per cento", "pour cent"] {
        if after.to_lowercase().starts_with(phrase) {
            return (FactKind::Percent, number, word.start, gap + phrase.len());
        }
    }
    let year = plain && (1800.0..2100.0).contains(&value);
    let told = follows(words, word, &BEFORE_YEARS) || text[..word.start].trim_end().ends_with('©');
    if year && (told || unit_after(text, words, end).is_empty()) {
        return (FactKind::Date, number, word.start, end);
    }
    (FactKind::Number, number, word.start, end)
}

/// A number's digits with the marks between them: its value, where it ends, and whether it was digits alone.
fn literal(text: &str, start: usize) -> Option<(f64, usize, bool)> {
    let mut groups: Vec<String> = vec![String::new()];
    let mut marks: Vec<char> = Vec::new();
    let mut end = start;
    let mut rest = text[start..].chars().peekable();
    while let Some(c) = rest.next() {
        if let Some(value) = digit(c) {
            groups.last_mut()?.push(value);
            end += c.len_utf8();
            continue;
        }
        let after: Vec<char> = rest.clone().take(4).map_while(digit).collect();
        let is_space = matches!(c, ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}');
        let grouped = is_space
            && after.len() == 3
            && groups.last().is_some_and(|group| group.len() <= 3)
            && (marks.is_empty() || marks.iter().all(|mark| *mark == c));
        let marked = matches!(c, '.' | ',' | '\'' | '’' | '_' | '٬' | '٫') && !after.is_empty();
        if !grouped && !marked {
            break;
        }
        marks.push(c);
        groups.push(String::new());
        end += c.len_utf8();
    }
    let same = marks.windows(2).all(|pair| pair[0] == pair[1]);
    let threes = groups[1..].iter().all(|group| group.len() == 3) && groups[0].len() <= 3 && groups[0] != "0";
    let is_whole = marks.is_empty() || same && (threes || marks.len() > 1);
    let written = if is_whole {
        groups.concat()
    } else {
        let fraction = groups.pop()?;
        format!("{}.{fraction}", groups.concat())
    };
    Some((written.parse().ok()?, end, marks.is_empty()))
}

/// The value with the multiplying words behind it: `2 million`, `3.5 Mio.`, `5万`.
fn multiplied(text: &str, mut value: f64, mut end: usize) -> (f64, usize) {
    loop {
        let rest = &text[end..];
        let trimmed = rest.trim_start_matches([' ', '\u{a0}', '\u{202f}', '-']);
        let word: String = match trimmed.chars().next() {
            Some(c) if is_dense(c) || is_hangul(c) => c.to_string(),
            _ => trimmed.chars().take_while(|c| c.is_alphabetic()).collect(),
        };
        let lower = word.to_lowercase();
        let Some(by) = number_named(MULTIPLES, &lower) else { return (value, end) };
        value *= by;
        end = text.len() - trimmed.len() + word.len();
        // `2만 9천` is one number.
        if !word.is_ascii() && word.chars().count() == 1 && by >= 1e3 {
            let rest = text[end..].trim_start_matches(' ');
            let start = text.len() - rest.len();
            let more = literal(text, start).filter(|_| rest.starts_with(|c| digit(c).is_some()));
            let more = more.map(|(more, past, _)| multiplied(text, more, past));
            if let Some((more, past)) = more.filter(|(more, past)| *more < by && !text[*past..].starts_with(['.', ',']))
            {
                (value, end) = (value + more, past);
            }
        }
    }
}

fn currency_before(text: &str, start: usize) -> Option<(&'static str, usize)> {
    let before = text[..start].trim_end_matches([' ', '\u{a0}', '\u{202f}']);
    let lower = before.to_lowercase();
    // Lower case may have another length; then no place can be told.
    if lower.len() != before.len() {
        return None;
    }
    let (mark, name) = rows(CURRENCIES).find(|(mark, _)| {
        lower.strip_suffix(mark).is_some_and(|head| !is_letter(mark) || !head.ends_with(char::is_alphanumeric))
    })?;
    let is_word = is_letter(mark);
    // A currency's word belongs to the number before it: `9 euros 2 days`.
    let head = before[..before.len() - mark.len()].trim_end();
    (!(is_word && head.ends_with(|c| digit(c).is_some()))).then_some((name, before.len() - mark.len()))
}

fn is_letter(mark: &str) -> bool {
    mark.chars().all(char::is_alphabetic)
}

fn currency_after(text: &str, end: usize) -> Option<(&'static str, usize)> {
    let rest = text[end..].trim_start_matches([' ', '\u{a0}', '\u{202f}', '+', '-']);
    let at = text.len() - rest.len();
    let lower: String = rest.chars().take(10).collect::<String>().to_lowercase();
    let (mark, name) = rows(CURRENCIES).find(|(mark, _)| {
        lower.strip_prefix(mark).is_some_and(|tail| {
            !is_letter(mark) || mark.chars().all(is_dense) || *mark == "원" || !tail.starts_with(char::is_alphabetic)
        })
    })?;
    // A dollar sign before another number belongs to that.
    let tail = rest.get(mark.len()..)?;
    (is_letter(mark) || !tail.starts_with(|c| digit(c).is_some())).then_some((name, at + mark.len()))
}

/// A figure in words.
fn in_words(text: &str, words: &[Word<'_>], index: usize) -> Option<(Fact, usize)> {
    let word = &words[index];
    if let Some(key) = look_up(FOLDS, &word.lower) {
        return Some((figure(FactKind::Number, key.to_owned(), text, words, word.start, word.end), word.end));
    }
    if let Some(mut least) = number_named(MANY, &word.lower) {
        // `Hundreds of thousands`.
        let following = words.get(index + 1..index + 3).filter(|next| next[0].lower == "of");
        let more = following.and_then(|next| Some((number_named(MANY, &next[1].lower)?, next[1].end)));
        let end = more.map_or(word.end, |(_, end)| end);
        least *= more.map_or(1.0, |(times, _)| times / 2.0);
        return Some((figure(FactKind::Number, format!("~{least}"), text, words, word.start, end), end));
    }
    let mut value = number_named(NUMBER_WORDS, &word.lower).or_else(|| compound(&word.lower))?;
    // Prose is full of these: `one place`, `cent` for a coin.
    let mut end = word.end;
    if (20.0..100.0).contains(&value)
        && let Some(next) = words.get(index + 1).filter(|next| next.start <= end + 1)
        && let Some(unit) = number_named(NUMBER_WORDS, &next.lower).filter(|unit| *unit < 10.0)
    {
        value += unit;
        end = next.end;
    }
    let (value, end) = multiplied(text, value, end);
    if value.to_bits() == 1f64.to_bits() {
        let is_rank = follows(words, word, &["number", "no"]);
        return is_rank.then(|| (plain_fact(FactKind::Comparative, "number one", &text[word.start..end]), end));
    }
    let (kind, key, start, end) = kind_of(text, words, word, value, None, false, end);
    Some((figure(kind, key, text, words, start, end), end))
}

/// `zehntausend`, `tremila`.
fn compound(word: &str) -> Option<f64> {
    let (head, times) = rows(COMPOUND_ENDS).find_map(|(end, times)| Some((word.strip_suffix(end)?, times)))?;
    let head = number_named(NUMBER_WORDS, head).or_else(|| number_named(COMPOUND_HEADS, head))?;
    Some(head * times.parse::<f64>().ok()?)
}

fn is_hangul(c: char) -> bool {
    ('\u{ac00}'..='\u{d7af}').contains(&c)
}

/// Whether the word before is one of these.
fn follows(words: &[Word<'_>], word: &Word<'_>, these: &[&str]) -> bool {
    words
        .iter()
        .rev()
        .find(|before| before.end <= word.start)
        .is_some_and(|before| these.contains(&before.lower.as_str()))
}

fn plain_fact(kind: FactKind, key: &str, text: &str) -> Fact {
    Fact { kind, key: key.to_owned(), text: text.to_owned(), unit: Vec::new(), about: Vec::new() }
}

fn figure(kind: FactKind, key: String, text: &str, words: &[Word<'_>], start: usize, end: usize) -> Fact {
    let unit = unit_after(text, words, end);
    let before = words.iter().rev().filter(|word| word.end <= start);
    let before = before.take_while(|word| !breaks(&text[word.end..start])).filter(|word| counts(word)).take(4);
    let after = words.iter().filter(|word| word.start >= end);
    let after = after.take_while(|word| !breaks(&text[end..word.start])).filter(|word| counts(word)).take(4);
    let about = before.chain(after).map(|word| counter(&word.lower)).chain(attached(words, text, end)).collect();
    Fact { kind, key, text: text[start..end].to_owned(), unit, about }
}

/// The first words after a figure that say what it counts.
fn unit_after(text: &str, words: &[Word<'_>], end: usize) -> Vec<String> {
    let after = words.iter().filter(|word| word.start >= end);
    let after = after.take_while(|word| !breaks(&text[end..word.start]));
    let after = after.filter(|word| counts(word)).map(|word| counter(&word.lower));
    attached(words, text, end).into_iter().chain(after).take(2).collect()
}

/// Letters right behind the digits say what is counted: `45min`, `15분`.
fn attached(words: &[Word<'_>], text: &str, end: usize) -> Option<String> {
    let word = words.iter().find(|word| word.start < end && end < word.end)?;
    let rest = text[end..word.end].to_lowercase();
    (rest.chars().all(|c| c.is_alphabetic() && !is_dense(c)) && !is_joining(&rest)).then(|| counter(&rest))
}

/// Korean counters carry endings: `명`, `명의`.
fn counter(word: &str) -> String {
    match word.chars().next() {
        Some(c) if is_hangul(c) => c.to_string(),
        _ => word.to_owned(),
    }
}

fn counts(word: &Word<'_>) -> bool {
    !is_joining(&word.lower)
        && word.text.chars().next().and_then(digit).is_none()
        && !words::is_dense(word.text.chars().next().unwrap_or(' '))
}

/// Whether punctuation between two words parts what they say.
fn breaks(between: &str) -> bool {
    between.contains(['.', ',', ';', ':', '!', '?', '(', ')', '—', '–', '|', '。', '、', '，'])
}
