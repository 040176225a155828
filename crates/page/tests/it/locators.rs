//! Selectors: the steadiest that means one element, with fallbacks, at the place where a text can be changed.

use crate::support::{prove_selectors, read};

fn headline(html: &str) -> domain::TextSlot {
    let model = read(html, "");
    prove_selectors(html, &model);
    model.headline.unwrap()
}

#[test]
fn the_steadiest_wins() {
    let cases = [
        ("an id", r#"<div class="hero"><h1 id="title" class="big">Boats by the hour</h1></div>"#, "#title"),
        (
            "an attribute for tests",
            r#"<div class="hero"><h1 data-testid="head">Boats by the hour</h1></div>"#,
            "h1[data-testid=\"head\"]",
        ),
        ("a class", r#"<div class="hero"><h1 class="mb-4 hero-title">Boats by the hour</h1></div>"#, "h1.hero-title"),
        (
            "a named ancestor, where only utilities stand",
            r#"<div class="hero"><h1 class="mb-4 text-center">Boats by the hour</h1></div>"#,
            "div.hero h1",
        ),
        (
            "an id twice is none",
            r#"<div class="hero"><h1 id="t">Boats by the hour</h1><i id="t">x</i></div>"#,
            "div.hero h1",
        ),
        (
            "a name made by a build",
            r#"<div class="sc-a1b2c3d4"><h1 class="css-1x2y3z">Boats by the hour</h1></div>"#,
            "h1",
        ),
        (
            "a name that needs escapes",
            r#"<div class="hero"><h1 id="1st" class="md:big">Boats by the hour</h1></div>"#,
            "div.hero h1",
        ),
        (
            "two classes together",
            r#"<div class="a"><h1 class="b c">Boats by the hour</h1><h1 class="b">B 2</h1><h1 class="c">C 3</h1></div>"#,
            "h1.b.c",
        ),
        (
            "an id that is called like a look",
            r#"<div><div id="my-nav"><h1>Boats by the hour</h1></div></div>"#,
            "#my-nav h1",
        ),
        (
            "a place",
            "<div><div><h1>Boats by the hour</h1></div><div><h1>2</h1></div></div>",
            "body > div > div:nth-of-type(1) > h1",
        ),
    ];
    for (name, html, wanted) in cases {
        assert_eq!(headline(html).locator.css, wanted, "{name}");
    }
}

#[test]
fn fallbacks_are_few_and_true() {
    let slot =
        headline(r#"<main id="m"><div class="hero"><h1 id="title" class="big">Boats by the hour</h1></div></main>"#);
    assert_eq!(slot.locator.alt, ["h1.big", "div.hero h1"]);
    assert_eq!(slot.locator.tag, "h1");
}

#[test]
fn where_a_text_can_be_changed() {
    let cases = [
        ("its own text", "<h1>Boats by the hour</h1>", true, "h1"),
        (
            "the innermost element that holds all of it",
            "<h1><a href=/x><span>Boats by the hour</span></a></h1>",
            true,
            "span",
        ),
        ("a comment beside it", "<h1><!-- x -->Boats by the hour</h1>", true, "h1"),
        ("mixed content", "<h1>Boats <b>by the</b> hour</h1>", false, "h1"),
        ("a line break", "<h1>Boats<br>by the hour</h1>", false, "h1"),
        ("a picture's text", "<h1><img src=x.png alt='Boats by the hour'></h1>", false, "h1"),
    ];
    for (name, html, plain, tag) in cases {
        let html = format!("<section class=hero>{html}<p>Choose one and row away.</p></section>");
        let slot = headline(&html);
        assert_eq!(slot.text, "Boats by the hour", "{name}");
        assert_eq!((slot.plain_text, slot.locator.tag.as_str()), (plain, tag), "{name}");
    }
}
