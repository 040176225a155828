//! The page's own sentences, which a copywriter may use.

use crate::document::Document;
use crate::text::visible;

/// Most sentences.
const MOST: usize = 200;
/// Longest sentence, in characters.
const LONGEST: usize = 300;

pub(crate) fn collect(document: &Document) -> Vec<String> {
    let blocks = document.all("h1, h2, h3, h4, h5, h6, p, li, dd, dt, blockquote, figcaption, summary");
    let mut sentences: Vec<String> = Vec::new();
    for block in blocks {
        if sentences.len() >= MOST {
            break;
        }
        let nested =
            block.descendent_elements().skip(1).any(|inner| matches!(inner.value().name(), "p" | "li" | "ul" | "ol"));
        if nested || document.in_frame(block) || document.is_hidden(block) {
            continue;
        }
        for sentence in split(&visible(document, block)) {
            let length = sentence.chars().count();
            if (3..=LONGEST).contains(&length) && sentences.len() < MOST && !sentences.contains(&sentence) {
                sentences.push(sentence);
            }
        }
    }
    sentences
}

/// Splits after a full stop, question or exclamation mark that a space or the end follows.
fn split(text: &str) -> Vec<String> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((index, c)) = characters.next() {
        let ends = match c {
            '。' | '！' | '？' => true,
            '.' | '!' | '?' => characters.peek().is_none_or(|(_, next)| next.is_whitespace()),
            _ => false,
        };
        if ends {
            let end = index + c.len_utf8();
            sentences.push(text[start..end].trim().to_owned());
            start = end;
        }
    }
    sentences.push(text[start..].trim().to_owned());
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}
