//! Which rule wins, seen through the colour of the call to action.

use crate::support::read;
use page::{Stylesheet, analyze};

const SCREEN: &str = r##"<section class="hero" id="top"><h1>Boats by the hour</h1><p>Choose one and row away.</p>
    <a class="btn btn-primary md:w-1/2" id="go" href="#" data-kind="call">Row now</a></section>"##;
const RED: &str = "#ee0000";
const BLUE: &str = "#0000ee";

fn colour(css: &str) -> Option<String> {
    read(SCREEN, css).brand.primary_color
}

#[test]
fn winners() {
    let cases = [
        ("the later of equals", ".btn { background: #00e } .btn-primary { background: #e00 }", RED),
        ("the later in one rule", ".btn { background: #00e; background: #e00 }", RED),
        ("an id over classes", "#go { background: #e00 } .hero .btn.btn-primary { background: #00e }", RED),
        ("two classes over one", ".hero .btn { background: #e00 } .btn-primary { background: #00e }", RED),
        ("a class over tags", ".btn { background: #e00 } section a { background: #00e }", RED),
        ("an attribute over a tag", "[data-kind=call] { background: #e00 } a { background: #00e }", RED),
        ("importance over an id", ".btn { background: #e00 !important } #go { background: #00e }", RED),
        ("where weighs nothing", "a { background: #e00 } :where(#top .btn) { background: #00e }", RED),
        (
            "is weighs what it holds",
            ":is(#top) .btn { background: #e00 } .hero .btn.btn-primary { background: #00e }",
            RED,
        ),
        ("hover is a state", ".btn { background: #e00 } .btn:hover { background: #00e }", RED),
        ("drawn parts are others", ".btn { background: #e00 } .btn::before { background: #00e }", RED),
        ("links that were not visited", "a:link { background: #e00 } a:visited { background: #00e }", RED),
        ("children and neighbours", "section > p + a { background: #e00 } div a { background: #00e }", RED),
        ("a list of selectors", "b, .btn , i { background: #e00 }", RED),
        ("an escaped class of a utility", r".md\:w-1\/2 { background: #e00 }", RED),
        ("an escape by number", r".md\3a w-1\2f 2 { background: #e00 }", RED),
        ("everything", "* { background: #e00 }", RED),
        ("a selector nobody knows", ".btn { background: #e00 } a:-moz-thing(2) { background: #00e }", RED),
        (
            "a comment, a string and a broken rule",
            "/* .btn { background: #00e } */ p::after { content: '}' } .btn { background: #e00; : ; x }",
            RED,
        ),
        ("a rule that never ends", ".btn { background: #e00 } .btn { background: #00e ", RED),
        ("a property in capitals", ".btn { BACKGROUND: #e00 }", RED),
        ("an import before it", "@import url(x.css); .btn { background: #e00 }", RED),
    ];
    for (name, css, wanted) in cases {
        assert_eq!(colour(css).as_deref(), Some(wanted), "{name}");
    }
}

#[test]
fn at_rules() {
    let asked = [
        ("@media (min-width: 768px)", true),
        ("@media (max-width: 768px)", false),
        ("@media screen and (min-width: 40em) and (max-width: 90em)", true),
        ("@media (width >= 48rem)", true),
        ("@media (width>=1400px)", false),
        ("@media (width < 600px)", false),
        ("@media (width <= 1280px)", true),
        ("@media (width>1280px)", false),
        ("@media print", false),
        ("@media print, screen", true),
        ("@media (prefers-color-scheme: dark)", false),
        ("@media (prefers-reduced-motion:reduce)", false),
        ("@media (orientation: portrait)", false),
        ("@media not all and (monochrome)", false),
        ("@media (min-width: calc(1px))", true),
        ("@supports (display: grid)", true),
        ("@supports not (display: grid)", false),
        ("@layer components", true),
        ("@layer a { @media screen { @supports (x: y)", true),
        ("@font-face", false),
        ("@keyframes spin", false),
        ("@container (width > 10px)", false),
    ];
    for (rule, applies) in asked {
        let closing = "}".repeat(rule.matches('{').count());
        let css = format!(
            "@layer first {{ .btn {{ background: #00e }} }} {rule} {{ .btn {{ background: #e00 }} }} {closing}"
        );
        let wanted = if applies { RED } else { BLUE };
        assert_eq!(colour(&css).as_deref(), Some(wanted), "{rule}");
    }
}

#[test]
fn layers() {
    let cases = [
        ("what stands in none wins", ".btn { background: #e00 } @layer a { .hero .btn { background: #00e } }"),
        ("the later one wins", "@layer a { .hero .btn { background: #00e } } @layer b { .btn { background: #e00 } }"),
        (
            "their order is told first",
            "@layer b, a; @layer a { .btn { background: #e00 } } @layer b { .hero .btn { background: #00e } }",
        ),
        (
            "what is important wins in the first",
            "@layer a { .btn { background: #e00 !important } } @layer b { .btn { background: #00e !important } }",
        ),
        ("without a name", "@layer { .hero .btn { background: #00e } } @layer { .btn { background: #e00 } }"),
        (
            "variables too",
            "@layer a, b; @layer b { :root { --c: #e00 } } @layer a { html:root { --c: #00e } } .btn { background: var(--c) }",
        ),
    ];
    for (name, css) in cases {
        assert_eq!(colour(css).as_deref(), Some(RED), "{name}");
    }
}

#[test]
fn rules_in_rules() {
    let cases = [
        ("below", ".hero { color: #111; .btn { background: #e00 } }"),
        ("itself with more", ".btn { background: #00e; &#go { background: #e00 } }"),
        ("a child", ".hero { > .btn { background: #e00 } }"),
        ("around", ".btn { .hero & { background: #e00 } }"),
        ("a list in a list", ".none, .hero { .never, .btn { background: #e00 } }"),
        ("three deep", "body { .hero { & { .btn { background: #e00 } } } }"),
        ("a condition inside", ".btn { background: #00e; @media (min-width: 600px) { background: #e00 } }"),
        ("a condition that does not hold", ".btn { background: #e00; @media print { background: #00e } }"),
        ("a state is not seen", ".btn { background: #e00; &:hover { background: #00e } }"),
        ("what follows a rule inside", ".btn { .x { color: #00e } background: #e00 }"),
        ("a layer inside", "@layer a { .hero { .btn { background: #e00 } } }"),
    ];
    for (name, css) in cases {
        assert_eq!(colour(css).as_deref(), Some(RED), "{name}");
    }
}

#[test]
fn shorthands_and_their_parts_compete() {
    let cases = [
        ("the later shorthand", ".btn { background-color: #00e } .btn { background: #e00 }"),
        ("the later part", ".btn { background: #00e } .btn { background-color: #e00 }"),
        ("the stronger shorthand", "#go { background: #e00 } .btn { background-color: #00e }"),
        ("for any of a list", ":is(.none, .btn) { background: #e00 }"),
        ("without weight", ".btn { background: #e00 } :where(#go) { background: #00e }"),
        ("in a language", "@layer x { .btn { background: #00e } } .btn:not(:lang(zh)) { background: #e00 }"),
    ];
    for (name, css) in cases {
        assert_eq!(colour(css).as_deref(), Some(RED), "{name}");
    }
}

#[test]
fn variables() {
    let cases = [
        ("of the root", ":root { --c: #e00 } .btn { background: var(--c) }"),
        ("through another", ":root { --a: var(--b); --b: #e00 } .btn { background: var( --a ) }"),
        ("of parts", ":root { --rgb: 238, 0, 0 } .btn { --o: 1; background-color: rgba(var(--rgb), var(--o)) }"),
        ("the nearest wins", ":root { --c: #00e } .hero { --c: #e00 } .btn { background: var(--c) }"),
        ("the more specific wins", ".btn { --c: #e00; background: var(--c) } a { --c: #00e }"),
        ("a fallback", ".btn { background: var(--none, #e00) }"),
        ("a fallback in a fallback", ".btn { background: var(--none, var(--neither, #e00)) }"),
        ("names keep their case", ":root { --C: #e00; --c: #00e } .btn { background: var(--C) }"),
    ];
    for (name, css) in cases {
        assert_eq!(colour(css).as_deref(), Some(RED), "{name}");
    }
    // A circle ends.
    assert_eq!(colour(":root { --a: var(--b); --b: var(--a) } .btn { background: var(--a) }"), None);
}

#[test]
fn inline_and_embedded() {
    let inline = SCREEN.replace("id=\"go\"", "id=\"go\" style=\"--c: #e00; background: var(--c)\"");
    assert_eq!(read(&inline, "#go { background: #00e }").brand.primary_color.as_deref(), Some(RED));
    assert_eq!(read(&inline, ".btn { background: #00e !important }").brand.primary_color.as_deref(), Some(BLUE));
    let embedded = format!("<style>.btn {{ background: #e00 }}</style>{SCREEN}");
    assert_eq!(read(&embedded, ".btn { background: #00e }").brand.primary_color.as_deref(), Some(RED));
    let sheets = ["a { background: #00e }", ".btn { background: #00e }", ".btn { background: #e00 }"];
    let sheets: Vec<Stylesheet> = sheets.map(|text| Stylesheet { url: None, text: text.to_owned() }).into();
    assert_eq!(analyze(SCREEN, None, &sheets).brand.primary_color.as_deref(), Some(RED));
}
