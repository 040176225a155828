//! Which declaration wins for an element: importance, specificity, order (CSS Cascading Level 4).

use super::parse::{self, Declaration, Layers, Rule};
use super::weight::Weight;
use crate::document::ancestors;
use crate::effort::Effort;
use ego_tree::NodeId;
use scraper::{ElementRef, Selector};
use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// Deepest chain of custom properties that is followed.
const DEEPEST_VARIABLE: usize = 8;

/// Most steps for style: rules looked at, declarations read.
const MOST_STEPS: u64 = 12_000_000;
/// Most rules whose last part names nothing, which have to be asked for every element.
const MOST_UNNAMED: usize = 400;

/// Most declarations of all rules that are looked through for one purpose.
const MOST_DECLARED: usize = 100_000;

struct Styled {
    written: Rc<str>,
    selector: OnceCell<Option<Selector>>,
    specificity: (u16, u16, u16),
    order: usize,
    declarations: Rc<[Declaration]>,
    weight: Weight,
    layer: u32,
}

impl Styled {
    fn fits(&self, element: ElementRef<'_>) -> bool {
        let parsed = self.selector.get_or_init(|| Selector::parse(&on_first_visit(&self.written)).ok());
        parsed.as_ref().is_some_and(|selector| selector.matches(&element))
    }
}

/// A first visit has visited nothing, so every link is one.
fn on_first_visit(written: &str) -> Cow<'_, str> {
    if !written.contains(":link") && !written.contains(":any-link") {
        return with_languages(written);
    }
    let written = written.replace(":any-link", "[href]").replace(":link", "[href]");
    Cow::Owned(with_languages(&written).into_owned())
}

/// `:lang(zh)` asks for the nearest language that is stated, which is mostly the page's own.
fn with_languages(written: &str) -> Cow<'_, str> {
    let Some((before, rest)) = written.split_once(":lang(") else { return Cow::Borrowed(written) };
    let Some((name, after)) = rest.split_once(')') else { return Cow::Borrowed(written) };
    let name = name.trim().trim_matches(['"', '\'']);
    Cow::Owned(format!("{before}[lang|=\"{name}\"]{after}"))
}

/// All rules of a page, found by the last part of their selector.
pub(crate) struct Cascade {
    rules: Vec<Styled>,
    by_key: HashMap<String, Vec<usize>>,
    matched: RefCell<HashMap<NodeId, Rc<[usize]>>>,
    inline: RefCell<HashMap<NodeId, Rc<[Declaration]>>>,
    siblings: RefCell<HashMap<NodeId, usize>>,
    pub(crate) effort: Effort,
}

/// Important or not, inline or not, layer, specificity, order: what wins the cascade.
type Rank = (bool, bool, u32, (u16, u16, u16), usize);

impl Cascade {
    pub(crate) fn new<'a>(sheets: impl Iterator<Item = &'a str>) -> Self {
        let mut cascade = Self {
            rules: Vec::new(),
            by_key: HashMap::new(),
            matched: RefCell::default(),
            inline: RefCell::default(),
            siblings: RefCell::default(),
            effort: Effort::new(MOST_STEPS),
        };
        let mut layers = Layers::default();
        for sheet in sheets {
            for rule in parse::rules(sheet, &mut layers) {
                cascade.add(rule);
            }
        }
        cascade
    }

    fn add(&mut self, rule: Rule) {
        // States and drawn parts are not how the element looks at first.
        let states = [":hover", ":focus", ":active", ":visited", ":before", ":after", "::", ":disabled", ":checked"];
        if states.iter().any(|state| rule.selector.contains(state)) {
            return;
        }
        let Some(weight) = Weight::of(&on_first_visit(&rule.selector)) else { return };
        let index = self.rules.len();
        let key = key(&rule.selector);
        self.by_key.entry(key).or_default().push(index);
        let specificity = specificity(&rule.selector);
        self.rules.push(Styled {
            written: rule.selector,
            selector: OnceCell::new(),
            specificity,
            order: index,
            declarations: rule.declarations,
            weight,
            layer: rule.layer,
        });
    }

    /// The winning value of a property that is declared for the element itself.
    pub(crate) fn value(&self, element: ElementRef<'_>, property: &str) -> Option<String> {
        let inline = self.inline(element);
        let matching = self.matching(element);
        if !self.effort.take(inline.len() + matching.len()) {
            return None;
        }
        let declared = matching.iter().map(|index| &self.rules[*index]).flat_map(|rule| {
            rule.declarations.iter().map(move |declaration| {
                // What is important wins in the first layer instead of in the last.
                let layer = if declaration.important { u32::MAX - rule.layer } else { rule.layer };
                (declaration, (declaration.important, false, layer, rule.specificity, rule.order))
            })
        });
        let inline = inline
            .iter()
            .map(|declaration| (declaration, (declaration.important, true, u32::MAX, (u16::MAX, 0, 0), usize::MAX)));
        let mut best: Option<(Rank, &str)> = None;
        for (declaration, rank) in declared.chain(inline) {
            if declaration.property != property {
                continue;
            }
            if best.as_ref().is_none_or(|(highest, _)| rank >= *highest) {
                best = Some((rank, &declaration.value));
            }
        }
        let value = best?.1.to_owned();
        Some(self.resolved(element, &value, 0))
    }

    /// Any declaration of a property under a selector that is written exactly so.
    pub(crate) fn declared(&self, root: ElementRef<'_>, is_wanted: impl Fn(&str) -> bool) -> Vec<(String, String)> {
        let affordable = self.rules.iter().take_while(|rule| self.effort.take(1 + rule.declarations.len() / 4));
        let found =
            affordable.flat_map(|rule| rule.declarations.iter()).filter(|declaration| is_wanted(&declaration.property));
        found
            .take(MOST_DECLARED)
            .map(|declaration| (declaration.property.clone(), self.resolved(root, &declaration.value, 0)))
            .collect()
    }

    /// The rules that fit an element. Kept, because many properties of the same elements are asked for.
    fn matching(&self, element: ElementRef<'_>) -> Rc<[usize]> {
        let known = self.matched.borrow().get(&element.id()).cloned();
        known.unwrap_or_else(|| {
            let found: Rc<[usize]> = self.find(element).into();
            self.matched.borrow_mut().insert(element.id(), Rc::clone(&found));
            found
        })
    }

    fn find(&self, element: ElementRef<'_>) -> Vec<usize> {
        let mut found = Vec::new();
        // A class is looked for among all of the element's, and what stands around on the whole way up.
        let crowd = 1 + element.value().classes().count() / 32 + element.ancestors().count() / 100;
        let mut look = |key: &str, most: usize| {
            for index in self.by_key.get(key).into_iter().flatten().take(most) {
                let rule = &self.rules[*index];
                if !self.effort.take(crowd * rule.weight.steps(|| self.place(element))) {
                    return;
                }
                if rule.fits(element) {
                    found.push(*index);
                }
            }
        };
        look("", MOST_UNNAMED);
        look(element.value().name(), usize::MAX);
        let mut name = String::new();
        let id = element.value().id().map(|id| ('#', id));
        for (mark, written) in element.value().classes().map(|class| ('.', class)).chain(id) {
            name.clear();
            name.push(mark);
            name.push_str(written);
            look(&name, usize::MAX);
        }
        found
    }

    /// How many elements stand before this one in its row, or after: what counting in it costs.
    fn place(&self, element: ElementRef<'_>) -> usize {
        let Some(parent) = element.parent() else { return 0 };
        *self.siblings.borrow_mut().entry(parent.id()).or_insert_with(|| parent.children().count())
    }

    fn inline(&self, element: ElementRef<'_>) -> Rc<[Declaration]> {
        let Some(style) = element.attr("style") else { return Rc::default() };
        let known = self.inline.borrow().get(&element.id()).cloned();
        known.unwrap_or_else(|| {
            let is_affordable = self.effort.take(1 + style.len() / 16);
            let found: Rc<[Declaration]> =
                if is_affordable { parse::declarations(style).into() } else { Rc::default() };
            self.inline.borrow_mut().insert(element.id(), Rc::clone(&found));
            found
        })
    }

    /// Replaces `var(--name, fallback)` by what the element sees.
    fn resolved(&self, element: ElementRef<'_>, value: &str, depth: usize) -> String {
        let Some(start) = value.find("var(").filter(|_| depth < DEEPEST_VARIABLE) else { return value.to_owned() };
        let inner_start = start + 4;
        let mut level = 1;
        let close = value[inner_start..].char_indices().find_map(|(index, c)| {
            level += i32::from(c == '(') - i32::from(c == ')');
            (level == 0).then_some(inner_start + index)
        });
        let Some(close) = close else { return value.to_owned() };
        let (name, fallback) = value[inner_start..close].split_once(',').unwrap_or((&value[inner_start..close], ""));
        let replaced = self.variable(element, name.trim()).unwrap_or_else(|| fallback.trim().to_owned());
        let next = format!("{}{replaced}{}", &value[..start], &value[close + 1..]);
        self.resolved(element, &next, depth + 1)
    }

    fn variable(&self, element: ElementRef<'_>, name: &str) -> Option<String> {
        std::iter::once(element).chain(ancestors(element)).find_map(|element| self.raw(element, name))
    }

    fn raw(&self, element: ElementRef<'_>, name: &str) -> Option<String> {
        let matching = self.matching(element);
        if !self.effort.take(1 + matching.len()) {
            return None;
        }
        let rules = matching.iter().map(|index| &self.rules[*index]).filter_map(|rule| {
            let found = rule.declarations.iter().rev().find(|declaration| declaration.property == name)?;
            Some((rule.layer, rule.specificity, rule.order, &found.value))
        });
        let inline = self.inline(element);
        let inline = inline.iter().rev().find(|declaration| declaration.property == name);
        inline
            .map(|declaration| declaration.value.clone())
            .or_else(|| rules.max_by_key(|rule| (rule.0, rule.1, rule.2)).map(|rule| rule.3.clone()))
    }
}

/// What an element must have for the rule to fit: the id, a class or the tag of the last part. Empty when only
/// the selector itself can say.
pub(crate) fn key(selector: &str) -> String {
    // What stands in brackets asks for more, or names other elements.
    let last = before_brackets(last_part(selector));
    let mut names: Vec<String> = vec![String::new()];
    let mut characters = last.chars();
    while let Some(c) = characters.next() {
        match c {
            '#' | '.' | ':' => names.push(c.to_string()),
            // Frameworks of utility classes write `.md\:flex`. Escapes by number are rare enough to be looked at.
            '\\' => match characters.next() {
                Some(escaped) if !escaped.is_ascii_hexdigit() => push(&mut names, escaped),
                _ => return String::new(),
            },
            c => push(&mut names, c),
        }
    }
    let of_kind = |kind: char| names.iter().find(|name| name.starts_with(kind)).cloned();
    let tag = || names.first().filter(|tag| *tag != "*").map(|tag| tag.to_lowercase());
    of_kind('#').or_else(|| of_kind('.')).or_else(tag).unwrap_or_default()
}

fn push(names: &mut [String], c: char) {
    if let Some(name) = names.last_mut() {
        name.push(c);
    }
}

/// What stands before the first bracket that is none of a name's own characters: `.w-\[10px\]` is one name.
fn before_brackets(part: &str) -> &str {
    let mut escaped = false;
    let end = part.char_indices().find_map(|(index, c)| {
        let ends = !escaped && matches!(c, '(' | '[');
        escaped = c == '\\' && !escaped;
        ends.then_some(index)
    });
    &part[..end.unwrap_or(part.len())]
}

/// What stands behind the last combinator.
fn last_part(selector: &str) -> &str {
    let (mut start, mut escaped, mut depth) = (0, false, 0_usize);
    for (index, c) in selector.char_indices() {
        match c {
            _ if escaped => {}
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            ' ' | '>' | '+' | '~' if depth == 0 => start = index + c.len_utf8(),
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    &selector[start..]
}

/// Ids, classes with attributes and states, tags. What stands in `:where()` has no weight.
fn specificity(selector: &str) -> (u16, u16, u16) {
    let (mut ids, mut classes, mut tags) = (0_u16, 0_u16, 0_u16);
    let mut before = ' ';
    // Depth of brackets, and the depth from which nothing counts.
    let (mut depth, mut weightless, mut in_attribute) = (0_u32, None, false);
    for (index, c) in selector.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => {
                depth = depth.saturating_sub(1);
                weightless = weightless.filter(|from| depth > *from);
            }
            ']' => in_attribute = false,
            _ if weightless.is_some() || in_attribute || before == '\\' => {}
            ':' if selector[index..].starts_with(":where(") => weightless = Some(depth),
            // Functions of selectors weigh what stands inside.
            ':' if [":is(", ":not(", ":has("].iter().any(|name| selector[index..].starts_with(name)) => {}
            '#' => ids += 1,
            '[' => {
                classes += 1;
                in_attribute = true;
            }
            '.' | ':' => classes += 1,
            c if c.is_ascii_alphabetic() && matches!(before, ' ' | '>' | '+' | '~' | '(' | ',') => tags += 1,
            _ => {}
        }
        before = c;
    }
    (ids, classes, tags)
}
