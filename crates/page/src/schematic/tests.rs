//! Drawings of pages, hostile ones too.

use super::{is_colour, on, schematic, wrapped};
use crate::analyze;
use domain::PageModel;
use scraper::{Html, Selector};

const PAGE: &str = "<title>T & Co</title><main><h1>Ship <b>faster</b> &lt;script&gt;alert(1)&lt;/script&gt;</h1>
    <p>Everything that a small team needs to publish its product, in one place.</p>
    <a href=/go class=btn style='background:#ff0044'>Start &quot;now&quot;</a><img src=a.png alt='A \"><script>x</script>' width=600 height=400></main>";

#[test]
fn the_drawing_shows_what_was_found_and_nothing_runs_in_it() {
    let svg = schematic(&analyze(PAGE, None, &[]));
    let document = Html::parse_document(&svg);
    let count = |selector: &str| Selector::parse(selector).map(|selector| document.select(&selector).count()).ok();
    let found = ["svg", "script", "[style]", "[onload]", "image"].map(count);
    assert_eq!(found, [1, 0, 0, 0, 0].map(Some));
    assert!(svg.contains("fill=\"#ff0044\""), "{svg}");
    assert!(svg.contains("Start &quot;now&quot;") && svg.contains("&lt;script&gt;"), "{svg}");
    assert!(svg.contains("<circle"), "{svg}");
    assert!(svg.contains("<title>T &amp; Co</title>"));
}

#[test]
fn an_empty_page_is_drawn_empty() {
    let svg = schematic(&PageModel::default());
    assert!(!svg.contains("<text") && !svg.contains("<circle") && svg.ends_with("</svg>"), "{svg}");
}

#[test]
fn a_colour_of_the_page_cannot_break_out() {
    let mut model = PageModel::default();
    for colour in ["red", "#12345", "#1234567", "#12345g", "\"/><script>", "url(x)"] {
        assert!(!is_colour(colour), "{colour}");
        model.brand.primary_color = Some(colour.to_owned());
        assert!(!schematic(&model).contains(colour), "{colour}");
    }
    assert_eq!((on("#ffffff"), on("#000000"), on("#ffee00")), ("#111827", "#ffffff", "#111827"));
}

#[test]
fn texts_break_at_spaces_and_inside_what_has_none() {
    assert_eq!(wrapped("aa bb cc", 60, 20), ["aa bb", "cc"]);
    assert_eq!(wrapped(&"a".repeat(13), 60, 20), ["aaaaa", "aaaaa", "aaa"]);
    assert_eq!(wrapped("新しい製品", 60, 20), ["新し", "い製", "品"]);
    assert!(wrapped("  ", 60, 20).is_empty());
}
