//! A patch in words, for people.

use super::{At, Beside, Node, Op, Patch};
use crate::word_diff::{Run, word_diff};

/// One operation beside what the page says: where, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The selector of the element.
    pub css: String,
    /// What stands there now, as far as the patch knows.
    pub old: String,
    /// What will stand there.
    pub new: String,
}

impl Change {
    /// The words that stay, go and come.
    #[must_use]
    pub fn runs(&self) -> Vec<Run> {
        word_diff(&self.old, &self.new)
    }
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { css, old, new } = self;
        if old.is_empty() { write!(f, "{css}: {new}") } else { write!(f, "{css}: “{old}” becomes “{new}”") }
    }
}

impl Patch {
    /// What the patch changes, an entry for each operation.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        self.ops.iter().map(Op::change).collect()
    }
}

impl Op {
    /// What the operation changes.
    #[must_use]
    pub fn change(&self) -> Change {
        let (old, new) = match self {
            Self::Text { target, value } => (target.text.clone().unwrap_or_default(), value.clone()),
            Self::Attr { name, value, .. } => (String::new(), format!("{name} = {value}")),
            Self::Image { src, .. } => (String::new(), format!("picture {src}")),
            Self::Style { set, .. } => {
                let set: Vec<String> = set.iter().map(|(property, value)| format!("{property}: {value}")).collect();
                (String::new(), format!("style {}", set.join("; ")))
            }
            Self::Class { add, remove, .. } => {
                let added = add.iter().map(|name| format!("+{name}"));
                let all: Vec<String> = added.chain(remove.iter().map(|name| format!("-{name}"))).collect();
                (String::new(), format!("classes {}", all.join(" ")))
            }
            Self::Hide { target } => (target.text.clone().unwrap_or_default(), "hidden".to_owned()),
            Self::Move { to, .. } => {
                let (how, anchor) = match to {
                    Beside::Before(anchor) => ("before", anchor),
                    Beside::After(anchor) => ("after", anchor),
                };
                (String::new(), format!("moved {how} {}", anchor.css))
            }
            Self::Insert { at, node } => {
                let how = match at {
                    At::Before(_) => "before",
                    At::After(_) => "after",
                    At::First(_) => "first in",
                    At::Last(_) => "last in",
                };
                (String::new(), format!("new {} {how} it: {}", node.tag, words(node)))
            }
        };
        Change { css: self.target().css.clone(), old, new }
    }

    /// Every text that the operation puts on the page, which is copy and judged as such.
    #[must_use]
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Text { value, .. } => vec![value],
            Self::Attr { name, value, .. } if !matches!(name.as_str(), "href" | "src") => vec![value],
            Self::Image { alt: Some(alt), .. } => vec![alt],
            Self::Insert { node, .. } => node_texts(node),
            _ => Vec::new(),
        }
    }
}

impl Op {
    /// Every address that the operation puts on the page.
    #[must_use]
    pub fn addresses(&self) -> Vec<&str> {
        match self {
            Self::Attr { name, value, .. } if matches!(name.as_str(), "href" | "src") => vec![value],
            Self::Image { src, .. } => vec![src],
            Self::Insert { node, .. } => node_addresses(node),
            _ => Vec::new(),
        }
    }
}

fn node_addresses(node: &Node) -> Vec<&str> {
    let own = node.attrs.iter().filter(|(name, _)| matches!(name.as_str(), "href" | "src"));
    own.map(|(_, value)| value.as_str()).chain(node.children.iter().flat_map(node_addresses)).collect()
}

fn node_texts(node: &Node) -> Vec<&str> {
    let spoken = node.attrs.iter().filter(|(name, _)| matches!(name.as_str(), "alt" | "title" | "aria-label"));
    let own = node.text.iter().chain(spoken.map(|(_, value)| value)).map(String::as_str);
    own.chain(node.children.iter().flat_map(node_texts)).collect()
}

fn words(node: &Node) -> String {
    let texts = node_texts(node);
    if texts.is_empty() { node.attrs.get("src").cloned().unwrap_or_default() } else { texts.join(" ") }
}
