//! The patch language: a variant as a small list of typed operations on the page.
//!
//! A patch holds no HTML, no script and no handler, so that whoever wrote it cannot break out of
//! what it changes. The same rules run when a patch is stored, when it is served and in the
//! browser; `docs/patch-language.md` says what each operation does, and the cases of
//! `crates/domain/cases` hold every implementation to it.

mod address;
mod check;
mod import;
mod refusal;
mod reverse;
mod selector;
mod selector_text;
mod style;
mod summary;

pub use address::AllowedHosts;
pub use import::{Declarative, ImportRefusal, import};
pub use refusal::Refusal;
pub use reverse::{NotThePatched, Restored, Reverse};
pub use selector::{AttributeTest, Combinator, Complex, Compound, Nth, Selector, Simple};
pub use style::{FAMILIES, is_property};
pub use summary::Change;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The version of the language that this crate speaks.
pub const VERSION: u8 = 1;
/// Most operations in one patch.
pub const MAX_OPS: usize = 40;
/// Largest patch, in bytes of JSON.
pub const MAX_BYTES: usize = 16 * 1024;
/// Longest text or attribute value, in characters.
pub const MAX_VALUE_CHARS: usize = 2_000;
/// Longest CSS selector, in characters.
pub const MAX_SELECTOR_CHARS: usize = 500;
/// Most selectors that are tried after the first.
pub const MAX_FALLBACKS: usize = 4;
/// Most properties of one `style` operation.
pub const MAX_PROPERTIES: usize = 20;
/// Most classes that one operation adds, and most that it removes.
pub const MAX_CLASSES: usize = 10;
/// Longest class name, in characters.
pub const MAX_CLASS_CHARS: usize = 100;
/// Most levels of inserted elements.
pub const MAX_DEPTH: usize = 5;
/// Attributes that an `attr` operation may set.
pub const ATTRIBUTES: &[&str] = &["alt", "title", "placeholder", "aria-label", "href", "src"];
/// Elements that can be inserted.
pub const TAGS: &[&str] = &[
    "p",
    "span",
    "a",
    "ul",
    "ol",
    "li",
    "strong",
    "em",
    "b",
    "i",
    "small",
    "div",
    "section",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "figure",
    "figcaption",
    "img",
    "br",
    "hr",
];
/// Attributes that an inserted element may have.
pub const NODE_ATTRIBUTES: &[&str] = &["alt", "aria-label", "class", "height", "href", "src", "title", "width"];
/// Elements without content.
pub const VOID_TAGS: &[&str] = &["img", "br", "hr"];
/// The attribute that marks what a patch changed: the numbers of the operations, from 0, with a space between.
pub const MARK: &str = "data-evo";

/// A whole change of a page: every operation applies, or none does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Patch {
    /// Version of the language, 1.
    pub v: u8,
    /// The operations, in order.
    pub ops: Vec<Op>,
}

/// Which element an operation means. Exactly one element must fit, or the operation is a miss.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// A selector of the subset that [`Selector`] reads.
    pub css: String,
    /// Which of several matches is meant, from 0, when the selector is known not to be unique.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<u16>,
    /// Expected tag name in lower case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Expected text before the change, white space normalised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Selectors to try when `css` does not fit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alt: Vec<String>,
}

/// Where an element goes, as seen from another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum At {
    /// In front of it.
    Before(Target),
    /// Behind it.
    After(Target),
    /// Inside, at the beginning.
    First(Target),
    /// Inside, at the end.
    Last(Target),
}

/// Where a moved element goes: among its own siblings, so that no framework loses what it keeps track of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Beside {
    /// In front of this sibling.
    Before(Target),
    /// Behind this sibling.
    After(Target),
}

/// An element to insert: its text, then its children.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// Tag name out of [`TAGS`].
    pub tag: String,
    /// Its text, in front of its children.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Its attributes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attrs: BTreeMap<String, String>,
    /// The elements in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Node>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum Op {
    /// Replaces the text of an element.
    Text {
        /// Where.
        target: Target,
        /// The new text.
        value: String,
    },
    /// Sets an attribute out of [`ATTRIBUTES`].
    Attr {
        /// Where.
        target: Target,
        /// Attribute name.
        name: String,
        /// The new value.
        value: String,
    },
    /// Shows another picture in the same box; clears `srcset` and `sizes`.
    Image {
        /// Where.
        target: Target,
        /// Address of the picture.
        src: String,
        /// Text alternative.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        alt: Option<String>,
    },
    /// Sets properties that [`is_property`] knows, with priority.
    Style {
        /// Where.
        target: Target,
        /// Values by property.
        set: BTreeMap<String, String>,
    },
    /// Adds and removes classes that the page's own style sheets know.
    Class {
        /// Where.
        target: Target,
        /// Classes to add.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        add: Vec<String>,
        /// Classes to remove.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        remove: Vec<String>,
    },
    /// Takes an element out of sight and out of the flow.
    Hide {
        /// Where.
        target: Target,
    },
    /// Puts an element to another place among its siblings.
    Move {
        /// Which element.
        target: Target,
        /// Where to.
        to: Beside,
    },
    /// Puts a new element on the page.
    Insert {
        /// Where.
        at: At,
        /// What.
        node: Node,
    },
}

impl At {
    /// The element from which the place is seen.
    #[must_use]
    pub fn target(&self) -> &Target {
        match self {
            Self::Before(target) | Self::After(target) | Self::First(target) | Self::Last(target) => target,
        }
    }
}

impl Beside {
    /// The sibling from which the place is seen.
    #[must_use]
    pub fn target(&self) -> &Target {
        match self {
            Self::Before(target) | Self::After(target) => target,
        }
    }
}

impl Op {
    /// Where the operation acts.
    #[must_use]
    pub fn target(&self) -> &Target {
        match self {
            Self::Text { target, .. }
            | Self::Attr { target, .. }
            | Self::Image { target, .. }
            | Self::Style { target, .. }
            | Self::Class { target, .. }
            | Self::Hide { target }
            | Self::Move { target, .. } => target,
            Self::Insert { at, .. } => at.target(),
        }
    }

    /// Every element that must be there: where it acts, and where it is moved to.
    #[must_use]
    pub fn targets(&self) -> Vec<&Target> {
        let mut targets = vec![self.target()];
        if let Self::Move { to, .. } = self {
            targets.push(to.target());
        }
        targets
    }

    /// The name of the operation in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Attr { .. } => "attr",
            Self::Image { .. } => "image",
            Self::Style { .. } => "style",
            Self::Class { .. } => "class",
            Self::Hide { .. } => "hide",
            Self::Move { .. } => "move",
            Self::Insert { .. } => "insert",
        }
    }
}

impl Patch {
    /// The patch that changes nothing, which the control serves.
    #[must_use]
    pub fn empty() -> Self {
        Self { v: VERSION, ops: Vec::new() }
    }

    /// Reads and checks a patch.
    ///
    /// # Errors
    /// The first rule that the patch breaks.
    pub fn parse(json: &str, hosts: &AllowedHosts) -> Result<Self, Refusal> {
        if json.len() > MAX_BYTES {
            return Err(Refusal::TooLarge);
        }
        let patch: Self = serde_json::from_str(json).map_err(|error| Refusal::Malformed(error.to_string()))?;
        // Serde reads more forms than the schema has: fields without their names, and nothing for something.
        let given: Value = serde_json::from_str(json).map_err(|error| Refusal::Malformed(error.to_string()))?;
        let written = serde_json::to_value(&patch).map_err(|error| Refusal::Malformed(error.to_string()))?;
        if !is_form(&given, &written) {
            return Err(Refusal::Malformed("a part has not the form of the schema".to_owned()));
        }
        patch.check(hosts)?;
        Ok(patch)
    }

    /// Checks every rule of the language.
    ///
    /// # Errors
    /// The first rule that the patch breaks.
    pub fn check(&self, hosts: &AllowedHosts) -> Result<(), Refusal> {
        check::check(self, hosts)
    }

    /// The JSON schema of the language (draft 2020-12). It says the form; the limits and rules beside it are
    /// those of [`Patch::check`].
    #[must_use]
    pub fn schema() -> Value {
        let mut schema = schemars::schema_for!(Self);
        schema.insert("$id".to_owned(), "https://evoloop.dev/patch.schema.json".into());
        schema.insert("title".to_owned(), "Evoloop patch, version 1".into());
        schema.to_value()
    }
}

/// Whether JSON is what the patch read from it is written as; empty lists and objects may be absent there.
fn is_form(given: &Value, written: &Value) -> bool {
    match (given, written) {
        (Value::Object(given), Value::Object(written)) => {
            let is_empty = |value: &Value| {
                value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(serde_json::Map::is_empty)
            };
            let same = |(key, value)| written.get(key).map_or(is_empty(value), |other| is_form(value, other));
            given.iter().all(same) && written.keys().all(|key| given.contains_key(key))
        }
        (Value::Array(given), Value::Array(written)) => {
            given.len() == written.len() && given.iter().zip(written).all(|(value, other)| is_form(value, other))
        }
        _ => given == written,
    }
}
