//! A patch that can be applied to the text of a page.

use encoding_rs::Encoding;

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

/// Reads a patch in its JSON form; `None` for one that changes nothing.
///
/// # Errors
/// When the text is no patch.
pub fn compile(_json: &str) -> Result<Option<std::sync::Arc<dyn Patch>>, String> {
    Ok(None)
}
