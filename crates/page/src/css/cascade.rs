//! Which declaration wins for an element: importance, specificity, order (CSS Cascading Level 4).

use super::parse::{self, Declaration, Rule};
use crate::document::ancestors;
use ego_tree::NodeId;
use scraper::{ElementRef, Selector};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Deepest chain of custom properties that is followed.
const DEEPEST_VARIABLE: usize = 8;

struct Styled {
    selector: Selector,
    specificity: (u16, u16, u16),
    order: usize,
    declarations: Vec<Declaration>,
}

/// All rules of a page, found by the last part of their selector.
pub(crate) struct Cascade {
    rules: Vec<Styled>,
    by_key: HashMap<String, Vec<usize>>,
    matched: RefCell<HashMap<NodeId, Rc<[usize]>>>,
}

/// Important or not, inline or not, specificity, order: what wins the cascade.
type Rank = (bool, (bool, (u16, u16, u16), usize));

impl Cascade {
    pub(crate) fn new<'a>(sheets: impl Iterator<Item = &'a str>) -> Self {
        let mut cascade = Self { rules: Vec::new(), by_key: HashMap::new(), matched: RefCell::default() };
        for rule in sheets.flat_map(parse::rules) {
            cascade.add(rule);
        }
        cascade
    }

    fn add(&mut self, rule: Rule) {
        // States and drawn parts are not how the element looks at first.
        let states = [":hover", ":focus", ":active", ":visited", ":before", ":after", "::", ":disabled", ":checked"];
        if states.iter().any(|state| rule.selector.contains(state)) {
            return;
        }
        // A first visit has visited nothing, so every link is one.
        let written = rule.selector.replace(":any-link", "[href]").replace(":link", "[href]");
        let Ok(selector) = Selector::parse(&written) else { return };
        let index = self.rules.len();
        self.by_key.entry(key(&rule.selector)).or_default().push(index);
        let specificity = specificity(&rule.selector);
        self.rules.push(Styled { selector, specificity, order: index, declarations: rule.declarations });
    }

    /// The winning value of a property that is declared for the element itself.
    pub(crate) fn value(&self, element: ElementRef<'_>, property: &str) -> Option<String> {
        let inline = parse::declarations(element.attr("style").unwrap_or_default());
        let declared = self.matching(element).flat_map(|rule| {
            let rank = (false, rule.specificity, rule.order);
            rule.declarations.iter().map(move |declaration| (declaration, rank))
        });
        let inline = inline.iter().map(|declaration| (declaration, (true, (0, 0, 0), usize::MAX)));
        let mut best: Option<(Rank, &str)> = None;
        for (declaration, rank) in declared.chain(inline) {
            let rank = (declaration.important, rank);
            if declaration.property == property && best.as_ref().is_none_or(|(highest, _)| rank >= *highest) {
                best = Some((rank, &declaration.value));
            }
        }
        let value = best?.1.to_owned();
        Some(self.resolved(element, &value, 0))
    }

    /// Any declaration of a property under a selector that is written exactly so.
    pub(crate) fn declared(&self, root: ElementRef<'_>, is_wanted: impl Fn(&str) -> bool) -> Vec<(String, String)> {
        let all = self.rules.iter().flat_map(|rule| &rule.declarations);
        let found = all.filter(|declaration| is_wanted(&declaration.property));
        found.map(|declaration| (declaration.property.clone(), self.resolved(root, &declaration.value, 0))).collect()
    }

    /// The rules that fit an element. Kept, because many properties of the same elements are asked for.
    fn matching(&self, element: ElementRef<'_>) -> impl Iterator<Item = &Styled> {
        let known = self.matched.borrow().get(&element.id()).cloned();
        let indices = known.unwrap_or_else(|| {
            let found: Rc<[usize]> = self.find(element).into();
            self.matched.borrow_mut().insert(element.id(), Rc::clone(&found));
            found
        });
        (0..indices.len()).map(move |place| &self.rules[indices[place]])
    }

    fn find(&self, element: ElementRef<'_>) -> Vec<usize> {
        let mut keys = vec![String::new(), element.value().name().to_owned()];
        keys.extend(element.value().classes().map(|class| format!(".{class}")));
        keys.extend(element.value().id().map(|id| format!("#{id}")));
        let indices = keys.iter().filter_map(|key| self.by_key.get(key)).flatten().copied();
        indices.filter(|index| self.rules[*index].selector.matches(&element)).collect()
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
        let rules = self.matching(element).filter_map(|rule| {
            let found = rule.declarations.iter().rev().find(|declaration| declaration.property == name)?;
            Some((rule.specificity, rule.order, found.value.clone()))
        });
        let inline = parse::declarations(element.attr("style").unwrap_or_default());
        let inline = inline.into_iter().rev().find(|declaration| declaration.property == name);
        inline
            .map(|declaration| declaration.value)
            .or_else(|| rules.max_by_key(|rule| (rule.0, rule.1)).map(|rule| rule.2))
    }
}

/// What an element must have for the rule to fit: the id, a class or the tag of the last part. Empty when only
/// the selector itself can say.
fn key(selector: &str) -> String {
    let last = last_part(selector);
    // Inside brackets and functions stand other elements' names.
    if last.contains(['(', ')', '[', ']']) {
        return String::new();
    }
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

/// What stands behind the last combinator.
fn last_part(selector: &str) -> &str {
    let mut start = 0;
    let mut escaped = false;
    for (index, c) in selector.char_indices() {
        if !escaped && matches!(c, ' ' | '>' | '+' | '~') {
            start = index + c.len_utf8();
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
