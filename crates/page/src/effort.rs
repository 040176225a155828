//! A bound on work: pages that ask for more than any honest page get a poorer answer, not a slower one.

use std::cell::Cell;

/// Steps of work that are left, and how many were done.
///
/// A step is about one rule looked at for one element, one node walked over or one candidate proved.
#[derive(Debug)]
pub(crate) struct Effort {
    most: u64,
    done: Cell<u64>,
}

impl Effort {
    pub(crate) const fn new(most: u64) -> Self {
        Self { most, done: Cell::new(0) }
    }

    /// Takes so many steps, if that many are left. A refusal takes nothing.
    pub(crate) fn take(&self, steps: usize) -> bool {
        let done = self.done.get().saturating_add(u64::try_from(steps).unwrap_or(u64::MAX));
        let is_within = done <= self.most;
        if is_within {
            self.done.set(done);
        }
        is_within
    }

    /// How many steps were done.
    #[cfg(test)]
    pub(crate) fn done(&self) -> u64 {
        self.done.get()
    }
}

#[cfg(test)]
mod tests {
    use crate::Stylesheet;
    use crate::document::Document;
    use crate::model::read;

    const HERO: &str = "<section class=hero><h1 class=x>Boats by the hour</h1><p class=x>Choose one and row away.</p>\
        <a class='btn x' href=/x>Row now</a></section>";

    /// Steps for style, for text and for selectors, and how many elements were built.
    fn work(html: &str, css: &str) -> [u64; 4] {
        let document = Document::parse(html, &[Stylesheet { url: None, text: css.to_owned() }]);
        let model = read(&document);
        assert_eq!(model.headline.map(|headline| headline.text).as_deref(), Some("Boats by the hour"));
        let nodes = u64::try_from(document.html.tree.values().len()).unwrap_or(u64::MAX);
        [document.cascade.effort.done(), document.reading.done(), document.index().steps(), nodes]
    }

    fn is_bounded(name: &str, html: &str, css: &str) {
        let [style, text, selectors, nodes] = work(&format!("{HERO}{html}"), css);
        assert!(
            style <= 12_000_000 && text <= 4_000_000 && selectors <= 3_000_000,
            "{name}: {style} {text} {selectors}"
        );
        assert!(nodes <= 260_000, "{name}: {nodes} nodes");
    }

    #[test]
    fn an_ordinary_page_stays_far_below() {
        let row = "<div class='row item'><h2>Part</h2><p class=lead>Some words, and <a class=btn href=x>a button</a></p></div>";
        let css =
            ".row .lead { color: #123456 } a.btn { padding: 1px; background: red } h2 { font-size: 2rem }".repeat(50);
        let [style, text, selectors, _] = work(&format!("{HERO}{}", row.repeat(300)), &css);
        assert!(style < 1_500_000, "{style}");
        assert!(text < 500_000, "{text}");
        assert!(selectors < 1_500_000, "{selectors}");
    }

    #[test]
    fn hostile_pages_end_at_the_bounds() {
        is_bounded("100,000 nested tags", &"<div class=x>".repeat(100_000), ".x { color: red }");
        let attributes: String = (0..100_000).map(|n| format!(" data-a{n}={n}")).collect();
        is_bounded("attributes without end", &format!("<div{attributes}>x</div>"), "");
        let rules: String = (0..3_000).map(|n| format!(".x{{color:#{n:06x}}}")).collect();
        is_bounded("one class", &"<p class=x>word</p>".repeat(100_000), &rules);
        let chains: String = (0..500).map(|n| format!(".x ~ .x ~ .y ~ .x:nth-child({n}n+1){{top:{n}px}}")).collect();
        is_bounded("selectors that explode", &"<p class=x>word</p>".repeat(20_000), &chains);
        is_bounded("what stands inside", &"<p class=x>word</p>".repeat(20_000), ".x:has(.x ~ .y) { color: red }");
        let list = (0..20_000).map(|n| format!(".a{n}")).collect::<Vec<_>>().join(",");
        is_bounded("a long list", "", &format!("{list}{{{}}}", "color:red;".repeat(5_000)));
        let classes = (0..20_000).map(|n| format!("c{n}")).collect::<Vec<_>>().join(" ");
        let rules: String = (0..20_000).map(|n| format!(".c{n}{{top:1px}}")).collect();
        is_bounded("classes without end", &format!("<p class='{classes}'>word</p>"), &rules);
        let slides = "<div class=item><h2>Slide</h2><p>Some words here</p></div>".repeat(20_000);
        is_bounded("slides", &format!("<div class=carousel-inner>{slides}</div>"), "");
    }

    #[test]
    fn hostile_styles_and_rows_end_at_the_bounds() {
        let asked = "<p class=x>word</p>".repeat(3_000);
        let negations: String = (0..20_000).map(|n| format!(".x:not(.y{n}):not([a=b]){{top:1px}}")).collect();
        is_bounded("selectors of what is not", &asked, &negations);
        let names = (0..20).map(|n| format!(".a{n}")).collect::<Vec<_>>().join(",");
        let choices: String = (0..3_000).map(|n| format!(":is({names}) .x{{top:{n}px}}")).collect();
        is_bounded("alternatives", &asked, &choices);
        let chain: String = (0..20_000).map(|n| format!(":root{{--v{n}:var(--v{})}}", n + 1)).collect();
        is_bounded("variables in a chain", "", &format!("{chain}.x{{color:var(--v0)}}"));
        let media: String = (0..20_000).map(|n| format!("@media (min-width:{n}px){{.x{{top:1px}}}}")).collect();
        is_bounded("media queries", "", &media);
        is_bounded("links", &"<a href=/x>link</a>".repeat(60_000), "a{color:blue}");
        is_bounded("parts of a page", &"<h3 class=title>Part</h3><p>Words about it</p>".repeat(20_000), "");
        is_bounded("templates", &"<template><div>".repeat(20_000), "");
        is_bounded("one long style", &format!("<p style='{}'>word</p>", "a:b;".repeat(500_000)), "");
        is_bounded("one long attribute", &format!("<p title='{}'>word</p>", "word ".repeat(500_000)), "");
        is_bounded("comments that never close", &"<!-- ".repeat(400_000), &"/* ".repeat(400_000));
        is_bounded("rules in rules", "", &format!("{}color:red{}", ".x,.y{&,.z{".repeat(20_000), "}".repeat(40_000)));
        let list = (0..200).map(|n| format!("&.a{n}")).collect::<Vec<_>>().join(",");
        is_bounded("lists in lists", "", &format!(".x,.y{{{list}{{{list}{{{list}{{color:red}}}}}}}}"));
        let mixes = "color-mix(in srgb, blue, ".repeat(2_000);
        let sizes = format!(".x{{font-size:{};color:{mixes}red}}", "calc(".repeat(10_000));
        is_bounded("functions in functions", "<h2 class=x>go on with it</h2>", &sizes);
        is_bounded("heroes in heroes", &"<section class=hero><h2>Part</h2><p>Some words.</p>".repeat(400), "");
        is_bounded("bars in bars", &"<nav class=menu><a href=x>one</a>".repeat(500), "");
    }
}
