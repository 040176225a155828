//! The rules of the language.

use super::{
    ATTRIBUTES, AllowedHosts, MAX_BYTES, MAX_CLASS_CHARS, MAX_CLASSES, MAX_DEPTH, MAX_FALLBACKS, MAX_OPS,
    MAX_PROPERTIES, MAX_SELECTOR_CHARS, MAX_VALUE_CHARS, NODE_ATTRIBUTES, Node, Op, Patch, Refusal, Selector, TAGS,
    Target, VERSION, VOID_TAGS, style,
};

pub(super) fn check(patch: &Patch, hosts: &AllowedHosts) -> Result<(), Refusal> {
    if patch.v != VERSION {
        return Err(Refusal::Version(patch.v));
    }
    if patch.ops.len() > MAX_OPS {
        return Err(Refusal::TooManyOps);
    }
    if serde_json::to_vec(patch).map_or(true, |json| json.len() > MAX_BYTES) {
        return Err(Refusal::TooLarge);
    }
    patch.ops.iter().enumerate().try_for_each(|(index, op)| Checker { index, hosts }.op(op))
}

/// Checks one operation.
struct Checker<'a> {
    index: usize,
    hosts: &'a AllowedHosts,
}

impl Checker<'_> {
    fn op(&self, op: &Op) -> Result<(), Refusal> {
        op.targets().into_iter().try_for_each(|target| self.target(target))?;
        match op {
            Op::Text { value, .. } => self.text(value),
            Op::Attr { name, value, .. } if ATTRIBUTES.contains(&name.as_str()) => self.attribute_value(name, value),
            Op::Attr { name, .. } => Err(Refusal::Attribute(self.index, name.clone())),
            Op::Image { src, alt, .. } => {
                self.attribute_value("src", src)?;
                self.value(alt.as_deref().unwrap_or_default())
            }
            Op::Style { set, .. } => {
                if set.is_empty() || set.len() > MAX_PROPERTIES {
                    return Err(Refusal::PropertyCount(self.index));
                }
                set.iter().try_for_each(|(property, value)| self.property(property, value))
            }
            Op::Class { add, remove, .. } => {
                let fits = add.len() <= MAX_CLASSES && remove.len() <= MAX_CLASSES && add.len() + remove.len() > 0;
                if fits && add.iter().chain(remove).all(|name| is_class(name)) {
                    Ok(())
                } else {
                    Err(Refusal::ClassName(self.index))
                }
            }
            Op::Hide { .. } | Op::Move { .. } => Ok(()),
            Op::Insert { node, .. } => self.node(node, 1),
        }
    }

    fn target(&self, target: &Target) -> Result<(), Refusal> {
        if target.alt.len() > MAX_FALLBACKS {
            return Err(Refusal::Selector(self.index));
        }
        for css in std::iter::once(&target.css).chain(&target.alt) {
            let selector = Some(css).filter(|css| css.chars().count() <= MAX_SELECTOR_CHARS);
            let selector = selector.and_then(|css| Selector::parse(css)).ok_or(Refusal::Selector(self.index))?;
            if selector.names_tag(is_forbidden) {
                return Err(Refusal::ForbiddenTarget(self.index));
            }
        }
        if target.tag.as_deref().is_some_and(is_forbidden) {
            return Err(Refusal::ForbiddenTarget(self.index));
        }
        Ok(())
    }

    fn text(&self, value: &str) -> Result<(), Refusal> {
        self.value(value)?;
        if is_blank(value) { Err(Refusal::EmptyText(self.index)) } else { Ok(()) }
    }

    fn value(&self, value: &str) -> Result<(), Refusal> {
        if value.chars().count() > MAX_VALUE_CHARS {
            return Err(Refusal::ValueTooLong(self.index));
        }
        if value.chars().any(|c| c.is_control() || reorders(c)) {
            return Err(Refusal::ControlCharacters(self.index));
        }
        Ok(())
    }

    fn attribute_value(&self, name: &str, value: &str) -> Result<(), Refusal> {
        self.value(value)?;
        if matches!(name, "href" | "src") && !self.hosts.allow(value) {
            return Err(Refusal::Address(self.index, value.to_owned()));
        }
        Ok(())
    }

    fn property(&self, property: &str, value: &str) -> Result<(), Refusal> {
        if !style::is_property(property) {
            return Err(Refusal::Property(self.index, property.to_owned()));
        }
        if style::is_value(value) { Ok(()) } else { Err(Refusal::StyleValue(self.index, value.to_owned())) }
    }

    fn node(&self, node: &Node, depth: usize) -> Result<(), Refusal> {
        let tag = node.tag.as_str();
        if !TAGS.contains(&tag) {
            return Err(Refusal::NodeTag(self.index, tag.to_owned()));
        }
        if depth > MAX_DEPTH {
            return Err(Refusal::NodeCount(self.index));
        }
        if VOID_TAGS.contains(&tag) && (node.text.is_some() || !node.children.is_empty()) {
            return Err(Refusal::Nesting(self.index, tag.to_owned()));
        }
        node.text.as_deref().map_or(Ok(()), |text| self.value(text))?;
        node.attrs.iter().try_for_each(|(name, value)| {
            if NODE_ATTRIBUTES.contains(&name.as_str()) {
                self.attribute_value(name, value)
            } else {
                Err(Refusal::Attribute(self.index, name.clone()))
            }
        })?;
        node.children.iter().try_for_each(|child| self.node(child, depth + 1))
    }
}

/// White space as a browser's `trim` has it, so that the same texts are blank there.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

fn is_blank(text: &str) -> bool {
    text.chars().all(is_space)
}

fn is_forbidden(tag: &str) -> bool {
    matches!(
        tag.to_ascii_lowercase().as_str(),
        "script" | "style" | "head" | "meta" | "link" | "iframe" | "object" | "base"
    )
}

/// Marks that reorder the text around them.
fn reorders(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_class(name: &str) -> bool {
    let plain = |c: char| !is_space(c) && !c.is_control() && !reorders(c) && !matches!(c, '"' | '\\');
    (1..=MAX_CLASS_CHARS).contains(&name.chars().count()) && name.chars().all(plain)
}
