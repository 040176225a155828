//! A patch that can be applied to the text of a page.

use encoding_rs::Encoding;
use memchr::memmem;
use page::rewrite::{Compiled, Done, Stream};
use std::sync::Arc;

/// How the style sheet of a patch begins.
const SHEET: &[u8] = b"<style data-evo>";

/// A change of a page, ready to be applied to any number of them.
pub trait Patch: Send + Sync {
    /// Begins with a page in an encoding that can be read like ASCII.
    fn begin(&self, encoding: &'static Encoding) -> Box<dyn Rewriter>;
}

/// A patch on its way through one page, whose bytes come in pieces of any length, without a byte order mark.
pub trait Rewriter: Send {
    /// Takes the next piece. What is certain already may be added to `output`.
    fn write(&mut self, piece: &[u8], output: &mut Vec<u8>);

    /// Ends the page, adds the rest to `output` and says what became of it.
    fn finish(self: Box<Self>, output: &mut Vec<u8>) -> Verdict;
}

/// What became of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The patch was applied whole.
    Applied {
        /// Its operations.
        operations: usize,
        /// The text of the style sheet that was added, which a content policy must allow.
        sheet: Option<String>,
    },
    /// Nothing was changed.
    Untouched {
        /// Why, for the log.
        reason: String,
    },
}

/// Reads a patch in its JSON form, as `/v1/assign` gives it; `None` for one that changes nothing.
///
/// # Errors
/// When the text is no patch of the language.
pub fn compile(json: &str) -> Result<Option<Arc<dyn Patch>>, NotAPatch> {
    let patch: domain::Patch = serde_json::from_str(json)?;
    if patch.ops.is_empty() {
        return Ok(None);
    }
    let compiled = Compiled::new(&patch).ok_or(NotAPatch::Selector)?;
    Ok(Some(Arc::new(Ready { compiled, operations: patch.ops.len() })))
}

/// Why a text is no patch.
#[derive(Debug, thiserror::Error)]
pub enum NotAPatch {
    /// It has another form.
    #[error("the patch cannot be read")]
    Form(#[from] serde_json::Error),
    /// A selector is not one of the language.
    #[error("the patch has a selector that is not one of the language")]
    Selector,
}

struct Ready {
    compiled: Compiled,
    operations: usize,
}

impl Patch for Ready {
    fn begin(&self, encoding: &'static Encoding) -> Box<dyn Rewriter> {
        // Its length is bounded by the layer.
        let stream = Stream::new(self.compiled.clone(), encoding, usize::MAX);
        Box::new(OnPage { stream, operations: self.operations })
    }
}

struct OnPage {
    stream: Stream,
    operations: usize,
}

impl Rewriter for OnPage {
    fn write(&mut self, piece: &[u8], output: &mut Vec<u8>) {
        output.extend_from_slice(&self.stream.write(piece));
    }

    fn finish(self: Box<Self>, output: &mut Vec<u8>) -> Verdict {
        let finished = self.stream.finish();
        output.extend_from_slice(&finished.rest);
        match finished.done {
            Done::Applied => Verdict::Applied { operations: self.operations, sheet: sheet(output) },
            Done::Missed(misses) => Verdict::Untouched { reason: format!("the patch misses: {misses:?}") },
            Done::Unsure(unsure) => Verdict::Untouched { reason: unsure.to_string() },
            Done::TooLong => Verdict::Untouched { reason: "it is too long".to_owned() },
        }
    }
}

/// The text of the patch's style sheet, as it stands in the page.
fn sheet(page: &[u8]) -> Option<String> {
    let begin = memmem::rfind(page, SHEET)? + SHEET.len();
    let rest = page.get(begin..)?;
    let text = rest.get(..memmem::find(rest, b"</style>")?)?;
    String::from_utf8(text.to_vec()).ok()
}
