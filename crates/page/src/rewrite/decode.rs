//! Bytes of a page as the text that a browser's tree would hold, and back.

use encoding_rs::{Encoding, UTF_8};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::{RawKind, State};
use html5ever::tokenizer::{BufferQueue, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use std::borrow::Cow;
use std::cell::RefCell;

/// Where a piece of text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    /// Between tags.
    Text,
    /// Between tags, where character references mean nothing.
    RawText,
    /// The value of an attribute.
    Value,
}

/// What a piece of a page means.
pub(super) fn decoded<'a>(bytes: &'a [u8], encoding: &'static Encoding, place: Where) -> Cow<'a, str> {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    let text = if memchr::memchr(b'\r', bytes).is_some() {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        text
    };
    if place == Where::RawText || memchr::memchr(b'&', bytes).is_none() {
        return text;
    }
    Cow::Owned(match place {
        Where::Value => {
            // In the quotes in which it stood; one of the two does not occur, or none was around it.
            let quote = if !text.contains('"') {
                "\""
            } else if !text.contains('\'') {
                "'"
            } else {
                ""
            };
            let mut tag = format!("<a b={quote}{text}{quote}>");
            if quote.is_empty() {
                tag = format!("<a b={text}>");
            }
            tokenized(&tag, State::Data)
        }
        _ => tokenized(&text, State::RawData(RawKind::Rcdata)),
    })
}

/// Reads character references as every browser does.
fn tokenized(text: &str, state: State) -> String {
    let sink = Collected::default();
    let options = TokenizerOpts { initial_state: Some(state), ..TokenizerOpts::default() };
    let tokenizer = Tokenizer::new(sink, options);
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(text));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

/// The characters and attribute values that were read.
#[derive(Default)]
struct Collected(RefCell<String>);

impl TokenSink for Collected {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::CharacterTokens(text) => self.0.borrow_mut().push_str(&text),
            Token::TagToken(tag) => {
                for attribute in tag.attrs {
                    self.0.borrow_mut().push_str(&attribute.value);
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// White space as scripts in a browser see it (`\s`).
pub(super) fn is_blank(c: char) -> bool {
    c == '\u{feff}' || c != '\u{85}' && c.is_whitespace()
}

/// The text with every run of white space as one space, trimmed.
pub(super) fn normalised(text: &str) -> String {
    let mut words = text.split(is_blank).filter(|word| !word.is_empty());
    let mut all = words.next().unwrap_or_default().to_owned();
    for word in words {
        all.push(' ');
        all.push_str(word);
    }
    all
}

/// Text as it is written between tags.
pub(super) fn written_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Text as it is written between double quotes.
pub(super) fn written_value(text: &str) -> String {
    written_text(text).replace('"', "&quot;")
}

/// Text in the encoding of the page; what it does not have as a character reference.
pub(super) fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    if encoding == UTF_8 || text.is_ascii() {
        return text.as_bytes().to_vec();
    }
    encoding.encode(text).0.into_owned()
}

/// Whether tags can be read without decoding the text.
pub(super) fn is_readable(encoding: &'static Encoding) -> bool {
    encoding.is_ascii_compatible() && encoding != encoding_rs::REPLACEMENT
}
