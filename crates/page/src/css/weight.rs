//! What it may cost to ask whether a selector fits.

/// Longest selector that is looked at, in bytes. Nesting in brackets cannot be deeper.
const LONGEST: usize = 400;
/// Most combinators.
const MOST_COMBINATORS: usize = 16;

/// What asking costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Weight {
    parts: usize,
    counts_siblings: bool,
}

impl Weight {
    /// Nothing for a selector that costs too much to be asked at all: `:has` walks through everything inside.
    pub(super) fn of(selector: &str) -> Option<Self> {
        if selector.len() > LONGEST || selector.contains(":has(") {
            return None;
        }
        let parts = 1 + selector.split([' ', '>', '+', '~']).filter(|part| !part.is_empty()).count();
        // Each of the alternatives in `:is()` and its like is asked.
        let alternatives = selector.split([',', '(']).count() - 1;
        let counts_siblings = selector.contains('~') || selector.contains(":nth-") || selector.contains("-of-type");
        (parts <= MOST_COMBINATORS).then_some(Self { parts: parts + 2 * alternatives, counts_siblings })
    }

    /// Steps for one element that stands in a row of so many.
    pub(super) fn steps(self, row: impl FnOnce() -> usize) -> usize {
        if self.counts_siblings { self.parts * (1 + row()) } else { self.parts }
    }
}

#[cfg(test)]
mod tests {
    use super::Weight;

    #[test]
    fn what_asks_for_more_weighs_more() {
        let steps = |selector: &str| Weight::of(selector).map(|weight| weight.steps(|| 100));
        assert_eq!(steps(".a"), Some(2));
        assert!(steps(".a .b") > steps(".a"));
        assert!(steps(":is(.a, .b, .c) .d") > steps(":is(.a) .d"));
        assert!(steps(".a:not(.b):not(.c)") > steps(".a"));
        assert!(steps(".a ~ .b") > Some(100));
        assert_eq!(steps(".a:has(.b)"), None);
        assert_eq!(steps(&".a ".repeat(40)), None);
    }
}
