//! A patch applied to the text of a page, with the same result as in a browser.
//!
//! The text is read once, tag by tag, into a tree of places; nothing is copied and no page is built. What the
//! patch changes is cut out and put in, so everything else stays byte for byte. The tree is the one that a browser
//! would build for documents in order, with implied tags, raw text, comments and drawings. Where a browser would
//! mend a page in a way that is not known here, or what the patch inserts, the answer is [`Outcome::Unsure`] and nothing is changed.

mod attributes;
mod build;
mod compiled;
mod decode;
mod matching;
#[cfg(test)]
mod oracle;
mod place;
mod plan;
mod render;
mod resolve;
mod scan;
mod stream;
mod tags;
mod tree;

pub use compiled::Compiled;
pub use stream::{Done, Finished, Stream};

use domain::Patch;
use domain::patch::{Restored, Reverse};
use encoding_rs::{Encoding, UTF_8};
use matching::Page;
use plan::Plan;
use render::Splices;
use resolve::Found;
use scan::Scanner;
use std::ops::Range;

/// Where and why a page is not understood well enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the page cannot be changed as text: {why} (at byte {at})")]
pub struct Unsure {
    /// Where, in bytes from the beginning.
    pub at: usize,
    /// What is there.
    pub why: &'static str,
}

/// Which element of an operation is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Where the operation acts.
    Target,
    /// Where an element is moved to.
    Beside,
}

impl Part {
    /// Its name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Beside => "to",
        }
    }
}

/// Why an element is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// No element matches.
    None,
    /// More than one matches.
    Several,
    /// It has another tag.
    Tag,
    /// It has another text.
    Text,
    /// The new place is none.
    Place,
    /// The operation cannot act on an element like this.
    Kind,
}

impl Why {
    /// The name of the reason, as it stands in the language-neutral cases.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Several => "several",
            Self::Tag => "tag",
            Self::Text => "text",
            Self::Place => "place",
            Self::Kind => "kind",
        }
    }
}

/// Something that the patch needs and the page does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Miss {
    /// The number of the operation, from 0.
    pub op: usize,
    /// Which of its elements.
    pub part: Part,
    /// Why. When there are fallbacks, it is what was wrong with the first selector.
    pub why: Why,
}

/// A part of the new text, and the part of the old one that stood there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Where, in bytes of the new text.
    pub at: usize,
    /// How many bytes stand there now.
    pub length: usize,
    /// What stood there, in bytes of the old text.
    pub was: Range<usize>,
}

/// What became of a patch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The patch is in the text.
    Applied {
        /// The new text.
        html: Vec<u8>,
        /// What leads back, in order.
        edits: Vec<Edit>,
    },
    /// Something is not there; nothing was changed.
    Missed(Vec<Miss>),
    /// The page is not understood well enough; nothing was changed.
    Unsure(Unsure),
}

/// Why nothing was changed.
enum Stop {
    Missed(Vec<Miss>),
    Unsure(Unsure),
}

impl From<Unsure> for Stop {
    fn from(unsure: Unsure) -> Self {
        Self::Unsure(unsure)
    }
}

/// Why a patch is not in a text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotApplied {
    /// A selector that is not one of the language: the patch was not checked.
    #[error("the patch has a selector that is not one of the language")]
    Selector,
    /// Something is not there.
    #[error("the page does not have what the patch changes: {}", described(.0))]
    Missed(Vec<Miss>),
    /// The page is not understood well enough.
    #[error(transparent)]
    Unsure(#[from] Unsure),
}

fn described(misses: &[Miss]) -> String {
    let described = misses.iter().map(|Miss { op, part, why }| {
        let part = match part {
            Part::Target => "target",
            Part::Beside => "place to move to",
        };
        format!("operation {op}: {part}: {}", why.name())
    });
    described.collect::<Vec<_>>().join(", ")
}

/// Applies a patch to a page.
#[must_use]
pub fn apply(html: &[u8], encoding: &'static Encoding, patch: &Compiled) -> Outcome {
    match applied(html, encoding, patch) {
        Ok((html, edits)) => Outcome::Applied { html, edits },
        Err(Stop::Missed(misses)) => Outcome::Missed(misses),
        Err(Stop::Unsure(unsure)) => Outcome::Unsure(unsure),
    }
}

/// Applies a patch to a page that is text already; the new text and what leads back.
///
/// # Errors
/// When the page does not have what the patch changes, or is not understood well enough.
pub fn apply_text(html: &str, patch: &Patch) -> Result<(String, Reverse), NotApplied> {
    let compiled = Compiled::new(patch).ok_or(NotApplied::Selector)?;
    let broken = Unsure { at: 0, why: "text that is cut inside of a character" };
    match apply(html.as_bytes(), UTF_8, &compiled) {
        Outcome::Applied { html: new, edits } => {
            let new = String::from_utf8(new).map_err(|_| broken)?;
            let restored = edits.into_iter().map(|edit| {
                let was = html.get(edit.was).ok_or(broken)?.to_owned();
                Ok(Restored { at: edit.at, length: edit.length, was })
            });
            let restored: Result<Vec<Restored>, Unsure> = restored.collect();
            let reverse = Reverse::new(&new, restored?);
            Ok((new, reverse))
        }
        Outcome::Missed(misses) => Err(NotApplied::Missed(misses)),
        Outcome::Unsure(unsure) => Err(unsure.into()),
    }
}

fn applied(html: &[u8], encoding: &'static Encoding, patch: &Compiled) -> Result<(Vec<u8>, Vec<Edit>), Stop> {
    if !decode::is_readable(encoding) {
        return Err(Unsure { at: 0, why: "an encoding in which tags cannot be seen" }.into());
    }
    let mut scanner = Scanner::new();
    scanner.run(html, true)?;
    let page = Page::new(html, scanner.tree(), encoding);
    changed(&page, patch, Some(&[]), 0)
}

/// The text of the changed page from a place on; `into_head` is nothing when the head is written already.
fn changed(
    page: &Page<'_>,
    patch: &Compiled,
    into_head: Option<&[u8]>,
    from: usize,
) -> Result<(Vec<u8>, Vec<Edit>), Stop> {
    let found = Found::on(page, patch)?;
    let plan = Plan::new(page, patch, &found)?;
    let head = into_head.map(|hook| [hook, style_element(&plan.rules).as_bytes()].concat()).unwrap_or_default();
    Ok(Splices::new(page, patch, &plan, head)?.render(from)?)
}

/// The style sheet of a patch; nothing when it has no rules.
fn style_element(rules: &str) -> String {
    if rules.is_empty() { String::new() } else { format!("<style data-evo>{rules}</style>") }
}
