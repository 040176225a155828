//! The subset of CSS selectors that targets are written in.
//!
//! Every browser reads it the same way, and so does the rewriting of HTML text, which has a tree but no
//! scripts, no states and no layout: hence no `:hover`, no `:has`, no `:is`, no namespaces.
//!
//! Grammar, after Selectors Level 4 (<https://www.w3.org/TR/selectors-4/>):
//!
//! ```text
//! selector  = complex ("," complex)*
//! complex   = compound ((" " | ">" | "+" | "~") compound)*
//! compound  = (tag | "*")? ("#" name | "." name | attribute | pseudo)*      at least one of them
//! attribute = "[" name (("=" | "~=" | "|=" | "^=" | "$=" | "*=") (name | string) "i"?)? "]"
//! pseudo    = ":first-child" | ":last-child" | ":only-child" | ":first-of-type" | ":last-of-type" | ":only-of-type"
//!           | ":nth-child(" nth ")" | ":nth-last-child(" nth ")" | ":nth-of-type(" nth ")" | ":nth-last-of-type(" nth ")"
//!           | ":not(" compound ")"                                          a compound without ":not"
//! nth       = "odd" | "even" | number | number? "n" (("+" | "-") number)?
//! ```
//!
//! What stands in quotes here is written so; tags and names of attributes in either case, and the `i` too.

use super::selector_text;

/// One or more ways down to an element; it matches when one of them does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector(pub Vec<Complex>);

/// A way down to an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complex {
    /// What the element itself must be.
    pub last: Compound,
    /// What must stand around it, the nearest first, with how it stands to what was said before it.
    pub before: Vec<(Combinator, Compound)>,
}

/// How an element stands to the one on its right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Combinator {
    /// Somewhere around it.
    Descendant,
    /// Its parent.
    Child,
    /// The sibling right in front of it.
    Next,
    /// A sibling somewhere in front of it.
    Later,
}

/// What one element must be: all of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compound(pub Vec<Simple>);

/// One thing that an element must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Simple {
    /// Anything.
    Any,
    /// A tag, in lower case.
    Tag(String),
    /// An id.
    Id(String),
    /// A class.
    Class(String),
    /// An attribute: its name in lower case, and what its value must be.
    Attribute {
        /// Name, in lower case.
        name: String,
        /// What the value must be; any when absent.
        test: Option<AttributeTest>,
    },
    /// A place among all siblings.
    Child(Nth),
    /// A place among the siblings of the same tag.
    OfType(Nth),
    /// Everything but this.
    Not(Compound),
}

/// What the value of an attribute must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeTest {
    /// `=`, or the sign in front of it: `~`, `|`, `^`, `$`, `*`.
    pub operator: char,
    /// What is compared.
    pub value: String,
    /// Whether case matters; absent when the selector leaves it to HTML.
    pub is_case_sensitive: Option<bool>,
}

/// `an+b`, counted from 1: the places that some n from 0 up gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nth {
    /// Step.
    pub step: i32,
    /// Offset.
    pub offset: i32,
    /// Whether it is counted from the end.
    pub from_end: bool,
}

impl Nth {
    /// Whether a place, counted from 1, is meant.
    #[must_use]
    pub fn holds(self, place: usize) -> bool {
        let Ok(place) = i64::try_from(place) else { return false };
        let (step, distance) = (i64::from(self.step), place - i64::from(self.offset));
        if step == 0 { distance == 0 } else { distance % step == 0 && distance / step >= 0 }
    }
}

impl Selector {
    /// Reads a selector; nothing when it is outside of the subset.
    #[must_use]
    pub fn parse(css: &str) -> Option<Self> {
        selector_text::read(css)
    }

    /// Every compound, those inside `:not` too.
    pub(super) fn names_tag(&self, is_meant: fn(&str) -> bool) -> bool {
        self.0.iter().any(|complex| {
            let compounds = std::iter::once(&complex.last).chain(complex.before.iter().map(|(_, compound)| compound));
            compounds.into_iter().any(|compound| compound.names_tag(is_meant))
        })
    }
}

impl Compound {
    fn names_tag(&self, is_meant: fn(&str) -> bool) -> bool {
        self.0.iter().any(|simple| match simple {
            Simple::Tag(tag) => is_meant(tag),
            Simple::Not(compound) => compound.names_tag(is_meant),
            _ => false,
        })
    }
}
