//! Which declaration wins for an element: importance, specificity, order (CSS Cascading Level 4).

use super::parse::{self, Declaration, Rule};
use crate::document::ancestors;
use scraper::{ElementRef, Selector};
use std::collections::HashMap;

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
}

/// Important or not, inline or not, specificity, order: what wins the cascade.
type Rank = (bool, (bool, (u16, u16, u16), usize));

impl Cascade {
    pub(crate) fn new<'a>(sheets: impl Iterator<Item = &'a str>) -> Self {
        let mut cascade = Self { rules: Vec::new(), by_key: HashMap::new() };
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
        let Ok(selector) = Selector::parse(&rule.selector) else { return };
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

    fn matching(&self, element: ElementRef<'_>) -> impl Iterator<Item = &Styled> {
        let mut keys = vec![String::new(), element.value().name().to_owned()];
        keys.extend(element.value().classes().map(|class| format!(".{class}")));
        keys.extend(element.value().id().map(|id| format!("#{id}")));
        let indices: Vec<usize> = keys.iter().filter_map(|key| self.by_key.get(key)).flatten().copied().collect();
        let rules = indices.into_iter().map(|index| &self.rules[index]);
        rules.filter(move |rule| rule.selector.matches(&element)).collect::<Vec<_>>().into_iter()
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

/// What an element must have for the rule to fit: the id, a class or the tag of the last part.
fn key(selector: &str) -> String {
    let last = selector.rsplit([' ', '>', '+', '~']).next().unwrap_or_default();
    // Inside brackets and functions stand other elements' names.
    let plain = last.split(['[', ':']).next().unwrap_or_default();
    if last.contains(['(', ')']) || last.contains(']') && !last.contains('[') {
        return String::new();
    }
    if let Some((_, id)) = plain.split_once('#') {
        return format!("#{}", id.split('.').next().unwrap_or_default());
    }
    if let Some((_, class)) = plain.split_once('.') {
        return format!(".{}", class.split('.').next().unwrap_or_default());
    }
    if plain == "*" { String::new() } else { plain.to_lowercase() }
}

/// Ids, classes with attributes and states, tags.
fn specificity(selector: &str) -> (u16, u16, u16) {
    let (mut ids, mut classes, mut tags) = (0, 0, 0);
    let mut before = ' ';
    for c in selector.chars() {
        match c {
            '#' => ids += 1,
            '.' | '[' | ':' => classes += 1,
            c if c.is_ascii_alphabetic() && matches!(before, ' ' | '>' | '+' | '~' | '(') => tags += 1,
            _ => {}
        }
        before = c;
    }
    (ids, classes, tags)
}
