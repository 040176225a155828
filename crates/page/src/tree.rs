//! HTML text into a tree, within bounds that no honest page reaches.

use html5ever::driver::{self, ParseOpts};
use html5ever::tendril::{StrTendril, TendrilSink};
use scraper::{Html, HtmlTreeSink};

/// Bytes that are read between two looks at the bounds.
const CHUNK: usize = 4096;
/// Deepest nesting, as in browsers; walks to the root stay short.
const DEEPEST: usize = 512;
/// Most nodes: a few kilobytes of misnested tags can ask for millions.
const MOST_NODES: usize = 250_000;

/// Reads a page as a browser does. What comes after a bound is passed is left out; then the answer is marked.
pub(crate) fn parse(html: &str) -> (Html, bool) {
    let mut parser = driver::parse_document(HtmlTreeSink::new(Html::new_document()), ParseOpts::default());
    let mut rest = html;
    let (mut seen, mut is_cut) = (0, false);
    while !rest.is_empty() {
        let (chunk, tail) = rest.split_at(rest.floor_char_boundary(CHUNK.min(rest.len())));
        parser.process(StrTendril::from_slice(chunk));
        rest = tail;
        let html = parser.tokenizer.sink.sink.0.borrow();
        let count = html.tree.values().len();
        let too_deep = html.tree.nodes().rev().take(count - seen).any(|node| node.ancestors().nth(DEEPEST).is_some());
        if count > MOST_NODES || too_deep {
            is_cut = true;
            break;
        }
        seen = count;
    }
    (parser.finish(), is_cut)
}
