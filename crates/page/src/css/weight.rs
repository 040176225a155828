//! What it may cost to ask whether a selector fits.

use scraper::Selector;
use scraper::selector::ToCss;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Longest selector of a style sheet that is looked at, in bytes. Nesting in brackets cannot be deeper.
const LONGEST: usize = 400;
/// Most combinators.
const MOST_COMBINATORS: usize = 16;

/// What asking costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Weight {
    parts: usize,
    /// How many of the parts count the elements of a row.
    counts: usize,
    /// At how many depths of brackets something walks along rows or up the page: inside of a walk the next one starts
    /// anew with every element.
    levels: u32,
}

impl Weight {
    /// Nothing for a selector of a style sheet that costs too much to be asked at all.
    pub(super) fn of(selector: &str) -> Option<Self> {
        let is_short = selector.len() <= LONGEST && combined(selector) <= MOST_COMBINATORS;
        if is_short { Self::of_any_length(selector) } else { None }
    }

    /// Nothing for a selector that is never asked: `:has` walks through everything inside, and comments hide it.
    pub(crate) fn of_any_length(selector: &str) -> Option<Self> {
        let read = as_read(selector).filter(|read| !read.contains(":has("))?;
        // Each of the alternatives in `:is()` and its like is asked.
        let alternatives = selector.split([',', '(']).count() - 1;
        let (tildes, levels) = walks(selector);
        let counts = tildes + read.matches(":nth-").count() + read.matches("-of-type").count();
        Some(Self { parts: combined(selector) + 2 * alternatives, counts, levels })
    }

    /// Steps for one element that stands in a row of so many.
    pub(super) fn steps(self, row: impl FnOnce() -> usize) -> usize {
        if self.counts > 0 { self.parts * (1 + row()) } else { self.parts }
    }

    /// Steps for one element that stands so deep, at the most: `rows` are all those that it and what is around it
    /// stand in.
    pub(crate) fn most_steps(self, rows: usize, depth: usize) -> usize {
        if self.levels > 1 {
            return self.parts.saturating_mul((1 + depth).saturating_add(rows).saturating_pow(self.levels));
        }
        self.parts.saturating_mul(1 + depth / 16).saturating_add(self.counts.saturating_mul(rows))
    }
}

/// Compounds, with one more.
fn combined(selector: &str) -> usize {
    let is_between = |c: char| c.is_ascii_whitespace() || matches!(c, '>' | '+' | '~');
    1 + selector.split(is_between).filter(|part| !part.is_empty()).count()
}

/// The names in it as the parser reads them: in any case, and with escapes of letters. Nothing where they stay hidden.
fn as_read(selector: &str) -> Option<Cow<'_, str>> {
    if selector.contains("/*") {
        return None;
    }
    let mut escaped = selector.split('\\').skip(1);
    if escaped.any(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric())) {
        return Selector::parse(selector).ok().map(|parsed| Cow::Owned(parsed.to_css_string().to_ascii_lowercase()));
    }
    let has_capitals = selector.bytes().any(|byte| byte.is_ascii_uppercase());
    Some(if has_capitals { Cow::Owned(selector.to_ascii_lowercase()) } else { Cow::Borrowed(selector) })
}

/// How many combinators walk along a row, and at how many depths of brackets one walks along it or up the page.
fn walks(selector: &str) -> (usize, u32) {
    let (mut tildes, mut depth, mut walked) = (0, 0_usize, BTreeSet::new());
    let (mut quote, mut in_attribute, mut before) = (None, false, ',');
    let mut characters = selector.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\\' => drop(characters.next()),
            _ if quote == Some(c) => quote = None,
            _ if quote.is_some() => {}
            '"' | '\'' => quote = Some(c),
            ']' => in_attribute = false,
            _ if in_attribute => {}
            '[' => in_attribute = true,
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '~' => {
                tildes += 1;
                walked.insert(depth);
            }
            c if c.is_ascii_whitespace() => {
                // Beside another combinator, a comma or a bracket it says nothing.
                let is_alone = |c: char| !c.is_ascii_whitespace() && !matches!(c, ',' | '(' | ')' | '>' | '+' | '~');
                let after = characters.peek().copied().unwrap_or(',');
                if (is_alone(before) || before == ')') && is_alone(after) {
                    walked.insert(depth);
                }
            }
            _ => {}
        }
        // Of several blanks the last one decides, by what stands before all of them.
        if !c.is_ascii_whitespace() {
            before = c;
        }
    }
    (tildes, u32::try_from(walked.len()).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::Weight;

    #[test]
    fn what_asks_for_more_weighs_more() {
        let steps = |selector: &str| Weight::of(selector).map(|weight| weight.steps(|| 100));
        assert_eq!(steps(".a"), Some(2));
        assert!(steps(".a .b") > steps(".a"));
        assert_eq!(steps(".a\n.b\t.c"), steps(".a .b .c"));
        assert!(steps(":is(.a, .b, .c) .d") > steps(":is(.a) .d"));
        assert!(steps(".a:not(.b):not(.c)") > steps(".a"));
        assert!(steps(".a ~ .b") > Some(100));
        for counting in ["a:NTH-child(2)", r"a:n\74h-child(2)", "a:last-of-TYPE"] {
            assert!(steps(counting) > Some(100), "{counting}");
        }
        assert_eq!(steps(&".a ".repeat(40)), None);
        assert!(steps(r".\31 0 .a").is_some() && steps(r".\[\&\:has\(b\)\]\:c").is_some());
    }

    #[test]
    fn what_asks_about_everything_inside_is_never_asked() {
        for selector in
            [".a:has(.b)", ".a:HAS(.b)", r".a:h\61s(.b)", r".a:\48 as(.b)", r".a:\has(.b)", ".a:/**/has(.b)"]
        {
            assert_eq!(Weight::of(selector), None, "{selector}");
            assert_eq!(Weight::of_any_length(selector), None, "{selector}");
        }
    }

    #[test]
    fn walks_inside_of_walks_multiply() {
        let steps = |selector: &str| Weight::of(selector).map(|weight| weight.most_steps(1000, 100));
        for plain in ["a > b", ".a ~ .b", ":is(h1, h2) .b", "li:not( .a )", "[a='~ ('] b", "p:nth-child(2n + 1)"] {
            assert!(steps(plain) < Some(10_000), "{plain}");
        }
        for product in [":not(.a ~ .b) ~ .c", r":not(.x\) ~ .a) ~ .b", ":is(.a .b) .c", ":is(a   b)  c"] {
            assert!(steps(product) > Some(1_000_000), "{product}");
        }
        assert!(steps(":not(:not(.a ~ .b) ~ .c) ~ .d") > Some(1_000_000_000));
    }
}
