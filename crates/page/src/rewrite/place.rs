//! Where text can say that an element stands: a browser puts one anywhere, a parser mends what it reads.

use domain::patch::Node;

/// Whether an element is a block of the page and no part of a line.
fn is_flow(tag: &str) -> bool {
    !matches!(tag, "span" | "a" | "strong" | "em" | "b" | "i" | "small" | "img" | "br")
}

/// What is around an inserted element: the tags from the outermost one to its parent.
#[derive(Debug, Clone)]
pub(super) struct Place<'a>(Vec<&'a str>);

impl<'a> Place<'a> {
    /// A place inside these elements, the outermost first.
    pub(super) fn new(around: Vec<&'a str>) -> Self {
        Self(around)
    }

    /// Whether a new element and all that is in it stay where they are written.
    pub(super) fn keeps(&self, node: &'a Node) -> bool {
        let inside = self.inside(&node.tag);
        self.takes(&node.tag) && node.children.iter().all(|child| inside.keeps(child))
    }

    fn inside(&self, tag: &'a str) -> Self {
        let mut around = self.0.clone();
        around.push(tag);
        Self(around)
    }

    /// Whether an element can stand here and stays here: a parser ends paragraphs, links and lists on its own.
    fn takes(&self, tag: &str) -> bool {
        let parent = self.0.last().copied().unwrap_or_default();
        let within = |tag: &str| self.0.contains(&tag);
        let is_heading = |tag: &str| matches!(tag.as_bytes(), [b'h', b'1'..=b'6']);
        let closed = matches!(
            parent,
            "table" | "thead" | "tbody" | "tfoot" | "tr" | "colgroup" | "select" | "optgroup" | "option" | "textarea"
        ) || matches!(
            parent,
            "pre" | "listing" | "img" | "br" | "hr" | "input" | "button" | "head" | "html"
        );
        let drawn = within("svg") || within("math");
        let in_line = within("p") || self.0.iter().any(|around| is_heading(around)) || within("span");
        !closed
            && !drawn
            && (!is_flow(tag) || !in_line)
            && (tag != "a" || !within("a"))
            && ((tag == "li") == matches!(parent, "ul" | "ol"))
    }
}
