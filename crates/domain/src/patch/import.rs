//! Reads the changes of other tools: the declarative mutations of dom-mutator, which GrowthBook stores as well.
//!
//! What means one text, attribute, class, style or place becomes an operation; markup that replaces what is there,
//! scripts and style sheets do not, and say why. Theirs act on every match, ours on exactly one.

mod fragment;

use super::{AllowedHosts, At, Beside, Op, Patch, Refusal, Target, VERSION};
use serde::Deserialize;

/// One mutation as the others write it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Declarative {
    /// Which elements.
    pub selector: String,
    /// `html`, `class`, `position`, or the name of an attribute.
    pub attribute: String,
    /// `set`, `append` or `remove`.
    pub action: String,
    /// The new value.
    #[serde(default)]
    pub value: Option<String>,
    /// For `position`: into which element.
    #[serde(default)]
    pub parent_selector: Option<String>,
    /// For `position`: before which of its children.
    #[serde(default)]
    pub insert_before_selector: Option<String>,
}

/// A visual change of GrowthBook, or the mutations alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Given {
    Mutations(Vec<Declarative>),
    #[serde(rename_all = "camelCase")]
    Change {
        dom_mutations: Vec<Declarative>,
        #[serde(default)]
        css: Option<String>,
        #[serde(default)]
        js: Option<String>,
    },
}

/// Why a change of another tool cannot be taken over. Numbers are those of mutations, from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportRefusal {
    /// Not the JSON of mutations.
    #[error("these are no mutations: {0}")]
    Malformed(String),
    /// A script, which no patch may hold.
    #[error("scripts are never taken over; write the change as operations")]
    Script,
    /// A style sheet for the whole page.
    #[error("a style sheet acts on more than one element; write `style` operations")]
    StyleSheet,
    /// An action that this attribute does not have here.
    #[error("mutation {0}: `{1}` of `{2}` has no counterpart")]
    Action(usize, String, String),
    /// Markup that would replace what is there, or that is not among the elements which can be inserted.
    #[error(
        "mutation {0}: this markup cannot be taken over; only text replaces text, and only plain elements are added"
    )]
    Markup(usize),
    /// A place that is not in front of a sibling.
    #[error("mutation {0}: an element can only be moved in front of one of its siblings")]
    Position(usize),
    /// No value where one is needed.
    #[error("mutation {0}: the value is missing")]
    NoValue(usize),
    /// A rule of the patch language.
    #[error(transparent)]
    Rule(#[from] Refusal),
}

impl ImportRefusal {
    /// The name of the reason, as it stands in the language-neutral cases.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::Script => "script",
            Self::StyleSheet => "style_sheet",
            Self::Action(..) => "action",
            Self::Markup(_) => "markup",
            Self::Position(_) => "position",
            Self::NoValue(_) => "no_value",
            Self::Rule(refusal) => refusal.name(),
        }
    }
}

/// Turns mutations into a patch: an array of them, or GrowthBook's visual change that holds them.
///
/// # Errors
/// The first mutation that is not safe or has no counterpart, with the reason.
pub fn import(json: &str, hosts: &AllowedHosts) -> Result<Patch, ImportRefusal> {
    let given = serde_json::from_str(json).map_err(|error| ImportRefusal::Malformed(error.to_string()))?;
    let mutations = match given {
        Given::Mutations(mutations) => mutations,
        Given::Change { js: Some(js), .. } if !js.trim().is_empty() => return Err(ImportRefusal::Script),
        Given::Change { css: Some(css), .. } if !css.trim().is_empty() => return Err(ImportRefusal::StyleSheet),
        Given::Change { dom_mutations, .. } => dom_mutations,
    };
    let ops: Result<Vec<Op>, ImportRefusal> =
        mutations.iter().enumerate().map(|(index, mutation)| convert(index, mutation)).collect();
    let patch = Patch { v: VERSION, ops: ops? };
    patch.check(hosts)?;
    Ok(patch)
}

fn convert(index: usize, mutation: &Declarative) -> Result<Op, ImportRefusal> {
    let Declarative { selector, attribute, action, value, .. } = mutation;
    let target = at(selector);
    let needed = || value.clone().ok_or(ImportRefusal::NoValue(index));
    match (attribute.as_str(), action.as_str()) {
        ("html", "set") => {
            let value = fragment::text(&needed()?).ok_or(ImportRefusal::Markup(index))?;
            Ok(Op::Text { target, value })
        }
        ("html", "append") => {
            let node = fragment::node(&needed()?).ok_or(ImportRefusal::Markup(index))?;
            Ok(Op::Insert { at: At::Last(target), node })
        }
        ("class", "append") => Ok(Op::Class { target, add: names(&needed()?), remove: Vec::new() }),
        ("class", "remove") => Ok(Op::Class { target, add: Vec::new(), remove: names(&needed()?) }),
        ("position", "set") => match &mutation.insert_before_selector {
            Some(sibling) => Ok(Op::Move { target, to: Beside::Before(at(sibling)) }),
            None => Err(ImportRefusal::Position(index)),
        },
        ("style", "set" | "append") => {
            let declarations = needed()?;
            let stated = declarations.split(';').filter(|part| !part.trim().is_empty());
            let pairs = stated.map(|part| part.split_once(':').map(|(name, value)| (tidy(name), tidy(value))));
            let set: Option<_> = pairs.collect();
            Ok(Op::Style { target, set: set.ok_or(Refusal::StyleValue(index, declarations.clone()))? })
        }
        ("html" | "class" | "position", _) | (_, "append" | "remove") => {
            Err(ImportRefusal::Action(index, action.clone(), attribute.clone()))
        }
        (name, "set") => Ok(Op::Attr { target, name: name.to_owned(), value: needed()? }),
        _ => Err(ImportRefusal::Action(index, action.clone(), attribute.clone())),
    }
}

fn at(selector: &str) -> Target {
    Target { css: selector.to_owned(), n: None, tag: None, text: None, alt: Vec::new() }
}

fn names(value: &str) -> Vec<String> {
    value.split_whitespace().map(str::to_owned).collect()
}

fn tidy(text: &str) -> String {
    text.trim().to_owned()
}
