//! Why a patch is refused.

use super::{
    MAX_BYTES, MAX_CLASS_CHARS, MAX_CLASSES, MAX_DEPTH, MAX_FALLBACKS, MAX_OPS, MAX_PROPERTIES, MAX_SELECTOR_CHARS,
    MAX_VALUE_CHARS, VERSION,
};

/// Why a patch is refused. Every rule has its name, so that a refusal can be explained. Numbers are those of
/// operations, from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not the JSON of a patch; unknown operations and fields end here.
    #[error("this is not a patch: {0}")]
    Malformed(String),
    /// Another language version.
    #[error("patch version {0} is not supported; this is version {VERSION}")]
    Version(u8),
    /// More than [`MAX_OPS`].
    #[error("a patch has at most {MAX_OPS} operations")]
    TooManyOps,
    /// More than [`MAX_BYTES`].
    #[error("a patch has at most {MAX_BYTES} bytes")]
    TooLarge,
    /// An empty or overlong selector, more than [`MAX_FALLBACKS`] fallbacks, or CSS outside the subset.
    #[error(
        "operation {0}: the target needs a CSS selector of the subset, with 1 to {MAX_SELECTOR_CHARS} characters and at most {MAX_FALLBACKS} fallbacks"
    )]
    Selector(usize),
    /// A target inside markup that is never to be touched.
    #[error("operation {0}: scripts, styles and the document head cannot be changed")]
    ForbiddenTarget(usize),
    /// A value longer than [`MAX_VALUE_CHARS`].
    #[error("operation {0}: the text has more than {MAX_VALUE_CHARS} characters")]
    ValueTooLong(usize),
    /// A text that would leave nothing to read.
    #[error("operation {0}: the text is empty")]
    EmptyText(usize),
    /// Control characters or marks that reorder the text.
    #[error("operation {0}: the text has control or direction characters")]
    ControlCharacters(usize),
    /// An attribute that cannot be set, there or at all.
    #[error("operation {0}: the attribute `{1}` cannot be changed")]
    Attribute(usize, String),
    /// Neither relative nor http(s) on a host that is allowed.
    #[error("operation {0}: `{1}` is neither relative nor an http(s) address on an allowed host")]
    Address(usize, String),
    /// No property at all, or more than [`MAX_PROPERTIES`].
    #[error("operation {0}: a style has 1 to {MAX_PROPERTIES} properties")]
    PropertyCount(usize),
    /// A property that [`super::is_property`] does not know.
    #[error("operation {0}: the property `{1}` cannot be changed")]
    Property(usize, String),
    /// A value that is not plain CSS: another character, an address, or brackets that do not match or stand too deep.
    #[error("operation {0}: `{1}` is not a plain value")]
    StyleValue(usize, String),
    /// No class at all, too many, or something that is not a class name.
    #[error(
        "operation {0}: classes are 1 to {MAX_CLASSES} names to add or remove, of at most {MAX_CLASS_CHARS} characters without spaces, double quotes or backslashes"
    )]
    ClassName(usize),
    /// An element outside [`super::TAGS`].
    #[error("operation {0}: an element `{1}` cannot be inserted")]
    NodeTag(usize, String),
    /// A text or an element in one that has no content.
    #[error("operation {0}: an element `{1}` has no text and no children")]
    Nesting(usize, String),
    /// More than [`MAX_DEPTH`].
    #[error("operation {0}: an insertion has at most {MAX_DEPTH} levels of elements")]
    NodeCount(usize),
}

impl Refusal {
    /// The name of the rule, as it stands in the language-neutral cases and in JSON answers.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::Version(_) => "version",
            Self::TooManyOps => "too_many_ops",
            Self::TooLarge => "too_large",
            Self::Selector(_) => "selector",
            Self::ForbiddenTarget(_) => "forbidden_target",
            Self::ValueTooLong(_) => "value_too_long",
            Self::EmptyText(_) => "empty_text",
            Self::ControlCharacters(_) => "control_characters",
            Self::Attribute(..) => "attribute",
            Self::Address(..) => "address",
            Self::PropertyCount(_) => "property_count",
            Self::Property(..) => "property",
            Self::StyleValue(..) => "style_value",
            Self::ClassName(_) => "class_name",
            Self::NodeTag(..) => "node_tag",
            Self::Nesting(..) => "nesting",
            Self::NodeCount(_) => "node_count",
        }
    }
}
