//! Finds what a patch means on a page, before anything changes.

use super::compiled::Compiled;
use super::decode::{Where, decoded, is_blank, normalised};
use super::matching::Page;
use super::place::Place;
use super::tags::Tag;
use super::tree::{Text, wide};
use super::{Miss, Part, Stop, Unsure, Why};
use domain::patch::{At, Beside, Op, Target};
use std::collections::BTreeMap;

/// More matches than a number of a match can mean.
const MOST_MATCHES: usize = 65_537;

/// The elements that the operations of a patch mean.
pub(super) struct Found {
    /// For each operation, where it acts, and where it is moved to.
    pub(super) elements: Vec<(u32, Option<u32>)>,
}

impl Found {
    pub(super) fn on(page: &Page<'_>, patch: &Compiled) -> Result<Self, Stop> {
        let mut search = Search { page, patch, matches: BTreeMap::new() };
        let (mut elements, mut misses) = (Vec::new(), Vec::new());
        for (index, op) in patch.ops.iter().enumerate() {
            let mut found = Vec::new();
            let parts = [Part::Target, Part::Beside].into_iter();
            let numbers = patch.targets.get(index).into_iter().flatten();
            for ((part, target), selectors) in parts.zip(op.targets()).zip(numbers) {
                match search.find(target, selectors)? {
                    Ok(id) => found.push(id),
                    Err(why) => misses.push(Miss { op: index, part, why }),
                }
            }
            if let [first, rest @ ..] = found.as_slice() {
                elements.push((*first, rest.first().copied()));
            }
        }
        if misses.is_empty() {
            let found = Self { elements };
            misses = found.places(page, patch)?;
            if misses.is_empty() {
                found.can_be_written(page, patch)?;
                return Ok(found);
            }
        }
        Err(Stop::Missed(misses))
    }

    /// What does not work though every element is there.
    fn places(&self, page: &Page<'_>, patch: &Compiled) -> Result<Vec<Miss>, Stop> {
        let mut misses = Vec::new();
        for (index, (op, (id, beside))) in patch.ops.iter().zip(&self.elements).enumerate() {
            let mut miss = |why| misses.push(Miss { op: index, part: Part::Target, why });
            match op {
                Op::Image { .. } if !page.is_html(*id, Tag::Img) => miss(Why::Kind),
                Op::Text { .. } if one_parent(page, *id)?.is_none() => miss(Why::Kind),
                Op::Move { .. } => {
                    let sibling = beside.unwrap_or(*id);
                    let parents = (page.tree.parent(*id), page.tree.parent(sibling));
                    if sibling == *id || parents.0.is_none() || parents.0 != parents.1 {
                        misses.push(Miss { op: index, part: Part::Beside, why: Why::Place });
                    }
                }
                _ => {}
            }
        }
        Ok(misses)
    }

    /// What a browser does, but text cannot say: moves that follow each other, and what a parser would not read back
    /// as it was inserted.
    fn can_be_written(&self, page: &Page<'_>, patch: &Compiled) -> Result<(), Unsure> {
        let ops = || patch.ops.iter().zip(&self.elements);
        let moves = |id: u32| ops().filter(|(op, found)| matches!(op, Op::Move { .. }) && found.0 == id).count();
        let start = |id| page.tree.element(id).map_or(0, |element| wide(element.start));
        for (op, (id, beside)) in ops() {
            let is_followed = match op {
                Op::Move { .. } => moves(*id) > 1 || beside.is_some_and(|sibling| moves(sibling) > 0),
                Op::Insert { at, .. } => !is_inside(at) && moves(*id) > 0,
                _ => false,
            };
            if is_followed {
                return Err(Unsure { at: start(*id), why: "an element is moved, and seen from where it was" });
            }
            let Op::Insert { at, node } = op else { continue };
            let mut around: Vec<&str> = page.tree.ancestors(*id).map(|id| page.name(id)).collect();
            around.reverse();
            if is_inside(at) {
                around.push(page.name(*id));
            }
            if !Place::new(around).keeps(node) {
                return Err(Unsure { at: start(*id), why: "an element is inserted where a parser would not leave it" });
            }
        }
        Ok(())
    }
}

fn is_inside(at: &At) -> bool {
    matches!(at, At::First(_) | At::Last(_))
}

/// A search for all targets of a patch; each selector is looked up once.
struct Search<'a> {
    page: &'a Page<'a>,
    patch: &'a Compiled,
    matches: BTreeMap<usize, Vec<u32>>,
}

impl Search<'_> {
    fn find(&mut self, target: &Target, selectors: &[usize]) -> Result<Result<u32, Why>, Stop> {
        let mut reason = None;
        for (place, number) in selectors.iter().enumerate() {
            let n = target.n.filter(|_| place == 0);
            match self.one(target, *number, n)? {
                Ok(id) => return Ok(Ok(id)),
                Err(why) => reason = reason.or(Some(why)),
            }
        }
        Ok(Err(reason.unwrap_or(Why::None)))
    }

    fn one(&mut self, target: &Target, number: usize, n: Option<u16>) -> Result<Result<u32, Why>, Stop> {
        if !self.matches.contains_key(&number)
            && let Some(selector) = self.patch.selectors.get(number)
        {
            self.matches.insert(number, self.page.matches(selector, MOST_MATCHES)?);
        }
        let matches = self.matches.get(&number).map(Vec::as_slice).unwrap_or_default();
        let found = match (n, matches) {
            (Some(n), matches) => matches.get(usize::from(n)).copied().ok_or(Why::None),
            (None, []) => Err(Why::None),
            (None, [id]) => Ok(*id),
            (None, _) => Err(Why::Several),
        };
        let id = match found {
            Ok(id) => id,
            Err(why) => return Ok(Err(why)),
        };
        let page = self.page;
        if page.is_never_touched(id)
            || page.tree.element(id).is_some_and(|found| found.attribute(page.bytes, domain::patch::MARK).is_some())
        {
            return Ok(Err(Why::Kind));
        }
        if target.tag.as_deref().is_some_and(|tag| !tag.eq_ignore_ascii_case(page.name(id))) {
            return Ok(Err(Why::Tag));
        }
        if let Some(text) = &target.text
            && page.content(id)? != normalised(text)
        {
            return Ok(Err(Why::Text));
        }
        Ok(Ok(id))
    }
}

/// The pieces of a text node, in order.
pub(super) type Pieces = Vec<u32>;

/// The text nodes that a `text` operation acts on, when they have one parent and it may be touched.
pub(super) fn one_parent(page: &Page<'_>, id: u32) -> Result<Option<Vec<Pieces>>, Stop> {
    let mut nodes: BTreeMap<u32, (bool, Pieces)> = BTreeMap::new();
    for place in page.tree.texts_of(id) {
        let Some(text) = page.tree.texts.get(place) else { break };
        let node = nodes.entry(text.node).or_default();
        node.0 = node.0 || !page.piece(text)?.chars().all(is_blank);
        node.1.push(super::tree::small(place));
    }
    let written: Vec<Pieces> =
        nodes.into_values().filter(|(is_written, _)| *is_written).map(|(_, pieces)| pieces).collect();
    let parent_of = |pieces: &Pieces| {
        let first = pieces.first().and_then(|place| page.tree.texts.get(wide(*place)));
        first.map(|text| text.parent)
    };
    let Some(parent) = written.first().and_then(parent_of) else { return Ok(None) };
    let fits = written.iter().all(|pieces| parent_of(pieces) == Some(parent)) && !page.is_never_touched(parent);
    Ok(fits.then_some(written))
}

impl Page<'_> {
    /// The tag of an element in lower case, as far as it matters to the language.
    pub(super) fn name(&self, id: u32) -> &str {
        let Some(element) = self.tree.element(id) else { return "" };
        if element.tag == Tag::Other {
            std::str::from_utf8(element.name(self.bytes)).unwrap_or_default()
        } else {
            element.tag.name()
        }
    }

    pub(super) fn is_html(&self, id: u32, tag: Tag) -> bool {
        self.tree.element(id).is_some_and(|element| element.tag == tag && !element.kind.is_foreign)
    }

    /// Whether an element is, or stands in, what no patch changes.
    pub(super) fn is_never_touched(&self, id: u32) -> bool {
        let is_shut = |id: u32| self.tree.element(id).is_some_and(|element| element.tag.is_never_touched());
        is_shut(id) || self.tree.ancestors(id).any(is_shut)
    }

    /// What a piece of text says.
    pub(super) fn piece(&self, text: &Text) -> Result<std::borrow::Cow<'_, str>, Stop> {
        self.work(u64::from(text.end - text.start) / 64)?;
        let bytes = self.bytes.get(wide(text.start)..wide(text.end)).unwrap_or_default();
        let place = if text.has_references { Where::Text } else { Where::RawText };
        Ok(decoded(bytes, self.encoding, place))
    }

    /// The text content of an element, normalised.
    fn content(&self, id: u32) -> Result<String, Stop> {
        let mut content = String::new();
        for text in self.tree.texts.get(self.tree.texts_of(id)).unwrap_or_default() {
            content.push_str(&self.piece(text)?);
        }
        Ok(normalised(&content))
    }
}

/// The sides of a place.
pub(super) fn is_before(to: &Beside) -> bool {
    matches!(to, Beside::Before(_))
}
