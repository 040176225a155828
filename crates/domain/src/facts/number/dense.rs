//! Numbers in the characters of Chinese and Japanese: `三十天`, `八万人`, `百分之五十`.
//!
//! The characters are parts of many other words, so that a number counts only before what is counted.

use super::{Fact, FactKind, Word, digit, is_dense, plain_fact};

/// What may be counted, by the first character of its word.
const COUNTED: &str = "天日年月周週分秒时時小個个人名家店道款种種次位倍元块塊円件项項条條门門课課步折节節冊本品皿回社户戶张張座台部套国國城用";

/// What makes a time of `分`, which alone says `very` or `part`.
const AFTER_MINUTES: &str = "钟鐘间間以内で后後";

/// Before these characters a number is a rank or the name of a day.
const NOT_AFTER: &str = "第周期拜週初";

/// Every number of a text's words in these scripts.
pub(super) fn find(text: &str, words: &[Word<'_>]) -> Vec<Fact> {
    let mut facts = Vec::new();
    for word in words.iter().filter(|word| word.text.chars().any(is_dense)) {
        let mut done = word.start;
        for (offset, c) in word.text.char_indices() {
            let at = word.start + offset;
            let before = text[..at].chars().next_back();
            if at < done || value_of(c).is_none() || before.is_some_and(|c| digit(c).is_some()) {
                continue;
            }
            let (value, end) = parse(text, at);
            done = end;
            if let Some(fact) = fact(text, at, value, end) {
                facts.push(fact);
            }
        }
    }
    facts
}

fn fact(text: &str, at: usize, value: f64, end: usize) -> Option<Fact> {
    let (before, shown) = (&text[..at], &text[at..end]);
    if before.ends_with("百分之") {
        return Some(plain_fact(FactKind::Percent, &value.to_string(), shown));
    }
    if before.ends_with(|c| NOT_AFTER.contains(c)) {
        return None;
    }
    let mut after = text[end..].chars();
    let (counted, next) = (after.next()?, after.next());
    let is_time = match counted {
        '分' => next.is_some_and(|c| AFTER_MINUTES.contains(c)),
        '秒' => true,
        '小' => next.is_some_and(|c| "时時".contains(c)),
        _ => false,
    };
    let is_bare = !is_time && (matches!(counted, '分' | '小') || value < 2.0);
    if is_bare || !COUNTED.contains(counted) {
        return None;
    }
    let (kind, key) = match counted {
        '元' | '块' | '塊' => (FactKind::Price, format!("cny:{value}")),
        '円' => (FactKind::Price, format!("jpy:{value}")),
        _ => (FactKind::Number, value.to_string()),
    };
    Some(plain_fact(kind, &key, shown))
}

/// A character's value; from ten on it multiplies.
fn value_of(c: char) -> Option<f64> {
    Some(match c {
        '零' | '〇' => 0.0,
        '一' => 1.0,
        '二' | '两' | '兩' => 2.0,
        '三' => 3.0,
        '四' => 4.0,
        '五' => 5.0,
        '六' => 6.0,
        '七' => 7.0,
        '八' => 8.0,
        '九' => 9.0,
        '十' => 10.0,
        '百' => 100.0,
        '千' => 1e3,
        '万' | '萬' => 1e4,
        '亿' | '億' => 1e8,
        _ => return None,
    })
}

/// The number that begins here, and where it ends.
fn parse(text: &str, start: usize) -> (f64, usize) {
    let (mut total, mut section, mut single, mut end) = (0.0, 0.0, None::<f64>, start);
    for c in text[start..].chars() {
        let Some(value) = value_of(c) else { break };
        end += c.len_utf8();
        if value < 10.0 {
            single = Some(value);
        } else if value < 1e4 {
            section += single.take().unwrap_or(1.0) * value;
        } else {
            let all = section + single.take().unwrap_or(0.0);
            total += if all > 0.0 { all } else { 1.0 } * value;
            section = 0.0;
        }
    }
    (total + section + single.unwrap_or(0.0), end)
}
