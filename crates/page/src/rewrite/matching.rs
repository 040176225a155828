//! Whether an element is the one that a selector means.

mod values;

use super::Unsure;
use super::attributes::is_space;
use super::decode::{Where, decoded};
use super::tags::Tag;
use super::tree::{Element, NONE, Tree, same_name, small, wide};
use domain::patch::{AttributeTest, Combinator, Complex, Compound, Nth, Selector, Simple};
use encoding_rs::{Encoding, UTF_8};
use std::borrow::Cow;
use std::cell::Cell;

/// Most looks at elements for one patch; no honest page and patch come near.
const MOST_STEPS: u64 = 30_000_000;

/// A page to look for elements in.
pub(super) struct Page<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) tree: &'a Tree,
    pub(super) encoding: &'static Encoding,
    steps: Cell<u64>,
    /// Something that means one thing here and another in a browser.
    doubt: Cell<Option<&'static str>>,
}

impl<'a> Page<'a> {
    pub(super) fn new(bytes: &'a [u8], tree: &'a Tree, encoding: &'static Encoding) -> Self {
        Self { bytes, tree, encoding, steps: Cell::new(0), doubt: Cell::new(None) }
    }

    /// The first elements that a selector matches, at most `most`.
    pub(super) fn matches(&self, selector: &Selector, most: usize) -> Result<Vec<u32>, Unsure> {
        self.work(u64::from(small(self.tree.elements.len())))?;
        let mut found = Vec::new();
        for (id, element) in (0_u32..).zip(&self.tree.elements) {
            if found.len() >= most {
                break;
            }
            let meant = selector.0.iter().any(|way| self.is_meant(id, element, way));
            if meant {
                found.push(id);
            }
            self.check()?;
        }
        Ok(found)
    }

    /// Whether an element may match when the whole page is there; places are not looked at.
    pub(super) fn may_match(&self, id: u32, selector: &Selector) -> bool {
        let Some(element) = self.tree.element(id) else { return false };
        selector.0.iter().any(|way| {
            way.last.0.iter().all(|simple| {
                matches!(simple, Simple::Child(_) | Simple::OfType(_) | Simple::Not(_)) || self.is(id, element, simple)
            })
        })
    }

    fn check(&self) -> Result<(), Unsure> {
        if let Some(why) = self.doubt.get() {
            return Err(Unsure { at: 0, why });
        }
        if self.steps.get() > MOST_STEPS {
            return Err(Unsure { at: 0, why: "too much to look at" });
        }
        Ok(())
    }

    /// Counts work that does not depend on selectors.
    pub(super) fn work(&self, steps: u64) -> Result<(), Unsure> {
        self.steps.set(self.steps.get() + steps);
        self.check()
    }

    /// Counts work; false when there was too much.
    fn step(&self) -> bool {
        let steps = self.steps.get() + 1;
        self.steps.set(steps);
        steps <= MOST_STEPS
    }

    #[inline]
    fn is_meant(&self, id: u32, element: &Element, way: &Complex) -> bool {
        self.is_all(id, element, &way.last) && (way.before.is_empty() || self.stands(id, &way.before))
    }

    /// Whether what is around an element fits to the rest of a selector.
    fn stands(&self, id: u32, rest: &[(Combinator, Compound)]) -> bool {
        let Some(((combinator, compound), rest)) = rest.split_first() else { return true };
        let fits = |id: u32| {
            self.step()
                && self.tree.element(id).is_some_and(|element| self.is_all(id, element, compound))
                && self.stands(id, rest)
        };
        let before = |id: u32| self.tree.element(id).map(|element| element.before).filter(|before| *before != NONE);
        match combinator {
            Combinator::Child => self.tree.parent(id).is_some_and(fits),
            Combinator::Next => before(id).is_some_and(fits),
            Combinator::Descendant => self.tree.ancestors(id).any(fits),
            Combinator::Later => std::iter::successors(before(id), |id| before(*id)).any(fits),
        }
    }

    #[inline]
    fn is_all(&self, id: u32, element: &Element, compound: &Compound) -> bool {
        compound.0.iter().all(|simple| self.is(id, element, simple))
    }

    fn is(&self, id: u32, element: &Element, simple: &Simple) -> bool {
        match simple {
            Simple::Any => true,
            Simple::Tag(tag) => self.has_tag(element, tag),
            Simple::Id(name) => {
                let value = self.value(element.id);
                self.compare(value, name, !self.tree.is_quirky)
            }
            Simple::Class(name) => self.has_class(element, name),
            Simple::Attribute { name, test } => self.has_attribute(element, name, test.as_ref()),
            Simple::Child(nth) => {
                let place = if nth.from_end {
                    let parent = self.tree.element(element.parent);
                    parent.map_or(1, |parent| parent.children + 1 - element.place)
                } else {
                    element.place
                };
                nth.holds(wide(place))
            }
            Simple::OfType(nth) => self.is_nth_of_type(id, element, *nth),
            Simple::Not(compound) => self.step() && !self.is_all(id, element, compound),
        }
    }

    fn has_tag(&self, element: &Element, tag: &str) -> bool {
        let known = Tag::of(tag.as_bytes());
        if known != element.tag || known == Tag::Other && !same_name(element.name(self.bytes), tag.as_bytes()) {
            return false;
        }
        if element.kind.is_foreign && values::is_mixed_tag(tag) {
            self.doubt.set(Some("a selector with the tag of a drawing that has capital letters"));
        }
        true
    }

    fn value(&self, (start, end): (u32, u32)) -> &'a [u8] {
        self.bytes.get(wide(start)..wide(end)).unwrap_or_default()
    }

    fn text(&self, value: &'a [u8]) -> Cow<'a, str> {
        decoded(value, self.encoding, Where::Value)
    }

    /// Whether bytes mean what they are.
    fn is_plain(&self, value: &[u8]) -> bool {
        (self.encoding == UTF_8 || value.is_ascii()) && memchr::memchr2(b'&', b'\r', value).is_none()
    }

    fn compare(&self, value: &'a [u8], wanted: &str, with_case: bool) -> bool {
        if value.is_empty() {
            return false;
        }
        if self.is_plain(value) && with_case {
            return value == wanted.as_bytes();
        }
        let value = self.text(value);
        if with_case { value == wanted } else { value.eq_ignore_ascii_case(wanted) }
    }

    fn has_class(&self, element: &Element, wanted: &str) -> bool {
        let value = self.value(element.class);
        if value.is_empty() {
            return false;
        }
        let with_case = !self.tree.is_quirky;
        if self.is_plain(value) {
            let is_wanted = |name: &[u8]| {
                name.len() == wanted.len()
                    && if with_case { name == wanted.as_bytes() } else { same_name(name, wanted.as_bytes()) }
            };
            return value.split(|byte| is_space(*byte)).any(is_wanted);
        }
        let value = self.text(value);
        let mut names = value.split(|c: char| c.is_ascii_whitespace());
        names.any(|name| if with_case { name == wanted } else { name.eq_ignore_ascii_case(wanted) })
    }

    fn has_attribute(&self, element: &Element, name: &str, test: Option<&AttributeTest>) -> bool {
        self.step();
        if element.kind.is_foreign {
            // These have a namespace there.
            if name == "xmlns" || ["xlink:", "xml:", "xmlns:"].iter().any(|prefix| name.starts_with(prefix)) {
                return false;
            }
        }
        let Some(attribute) = element.attribute(self.bytes, name) else { return false };
        if element.kind.is_foreign && values::is_mixed_attribute(name) {
            self.doubt.set(Some("a selector with an attribute of a drawing that has capital letters"));
        }
        let Some(test) = test else { return true };
        let value = self.text(self.bytes.get(attribute.value).unwrap_or_default());
        let with_case =
            test.is_case_sensitive.unwrap_or_else(|| element.kind.is_foreign || !values::is_without_case(name));
        if with_case {
            values::fits(&value, test.operator, &test.value)
        } else {
            values::fits(&value.to_ascii_lowercase(), test.operator, &test.value.to_ascii_lowercase())
        }
    }

    fn is_nth_of_type(&self, id: u32, element: &Element, nth: Nth) -> bool {
        let before = |id: u32| self.tree.element(id).map(|element| element.before).filter(|before| *before != NONE);
        let name = element.name(self.bytes);
        let is_same = |other: u32| {
            self.tree.element(other).is_some_and(|other| {
                other.kind.is_foreign == element.kind.is_foreign
                    && other.tag.is_same(other.name(self.bytes), element.tag, name)
            })
        };
        let first = if nth.from_end {
            let parent = self.tree.element(element.parent);
            parent.map_or(id, |parent| parent.last)
        } else {
            id
        };
        let mut count = 0;
        let mut at = Some(first);
        while let Some(other) = at.filter(|_| self.step()) {
            count += usize::from(is_same(other));
            if nth.from_end && other == id {
                break;
            }
            at = before(other);
        }
        nth.holds(count)
    }
}
