//! Pages that nobody wrote for readers: any text, tag soup, endless nesting, millions of bytes.

use crate::support::{prove_selectors, read};
use page::{stylesheet_addresses, stylesheet_references};
use proptest::prelude::*;
use std::time::{Duration, Instant};
use url::Url;

/// What no page may take, without optimisation and on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn survives(name: &str, html: &str, css: &str) {
    let start = Instant::now();
    let _ = read(html, css);
    assert!(start.elapsed() < PATIENCE, "{name} took {:?}", start.elapsed());
}

#[test]
fn deep_nesting() {
    for tag in [
        "div",
        "b",
        "a href=x",
        "span class=hero",
        "table",
        "svg",
        "ul><li",
        "button",
        "section class=carousel",
        "form",
        "font size=1",
        "template",
    ] {
        let open = format!("<{tag}>").repeat(10_000);
        survives(
            tag,
            &format!("<h1>Boats by the hour</h1><p>Choose one and row away.</p>{open}<h1>Deep down below</h1>"),
            "a b { color: red } * { margin: 0 }",
        );
    }
}

#[test]
fn what_stands_before_a_bound_is_read() {
    let model =
        read(&format!("<h1>Boats by the hour</h1><p>Choose one and row away.</p>{}", "<div>".repeat(10_000)), "");
    assert_eq!(model.headline.unwrap().text, "Boats by the hour");
}

#[test]
fn what_lies_below_the_bound_is_not_read() {
    let page = |depth: usize| {
        read(&format!("{}<h1>Boats by the hour</h1><p>Choose one and row away.</p>", "<div>".repeat(depth)), "")
    };
    assert_eq!(page(50).headline.map(|headline| headline.text).as_deref(), Some("Boats by the hour"));
    assert_eq!(page(10_000).headline, None);
}

#[test]
fn attributes_without_end_are_left_out_and_the_page_goes_on() {
    let many: String = (0..2_000).map(|n| format!(" data-a{n}='> {n}'")).collect();
    let script = "<script>if (a<b || c<d) { x = '<p '; } // <div a b c d e</script><!-- <p a b c";
    let html = format!(
        "<body class=x{many}>{script}{many} --><textarea><b {many}</textarea><h1 id=t title='1 > 0'{many}>Boats by the hour</h1><p>Choose one and row away.</p>"
    );
    let model = read(&html, "");
    assert_eq!(model.headline.as_ref().map(|slot| slot.text.as_str()), Some("Boats by the hour"));
    assert_eq!(model.headline.unwrap().locator.css, "#t");
    assert_eq!(model.subheadline.unwrap().text, "Choose one and row away.");
    // What a picture holds may be long and is one attribute.
    let picture = format!("data:image/png;base64,{}", "AAAA ".repeat(2_000));
    let html = format!(
        "<section class=hero><h1>Boats by the hour</h1><p>Choose one of them.</p><img src='{picture}' alt='A boat'></section>"
    );
    assert_eq!(read(&html, "").hero_image.map(|image| image.alt).as_deref(), Some("A boat"));
}

#[test]
fn large_pages() {
    let row = "<div class='row item'><p class=lead>Some words of a long page, and <a class=btn href=x>a button</a></p><h2>Part</h2></div>";
    let text = "word ".repeat(420_000);
    let css = ".row .lead { color: #123456 } .item > p { background: red } a.btn { padding: 1px }";
    survives("rows", &row.repeat(2_000_000 / row.len()), css);
    survives("one text", &format!("<h1>{text}</h1><p>{text}</p>"), css);
    survives(
        "one attribute",
        &format!("<h1 class='{text}' id='{text}'>Boats by the hour</h1><p>Choose one of them.</p>"),
        css,
    );
    survives("opened and never closed", &"<p><div class=x>".repeat(125_000), css);
    survives("end tags alone", &"</div></p>".repeat(200_000), css);
    survives(
        "formatting that is taken up again",
        &format!(
            "{}{}",
            (0..20_000).map(|n| format!("<font size={n}>")).collect::<String>(),
            "<p>x</p>".repeat(150_000)
        ),
        css,
    );
    survives(
        "a large style",
        "<h1>Boats by the hour</h1>",
        &".a > b:not(.c) { color: var(--x, #123456) }".repeat(45_000),
    );
    survives("braces", "<h1>Boats by the hour</h1>", &"{".repeat(500_000));
    survives(
        "brackets",
        "<h1 style='color:((((((('>Boats by the hour</h1>",
        &format!("h1 {{ color: {} }}", "(".repeat(500_000)),
    );
}

#[test]
fn variables_that_grow() {
    let css: String = (0..40).map(|n| format!(":root {{ --v{n}: var(--v{0}) var(--v{0}) }} ", n + 1)).collect();
    survives("doubling", "<h1>Boats by the hour</h1>", &format!("{css} h1 {{ color: var(--v0) }}"));
}

/// Pieces of which pages are made, in any order.
fn soup() -> impl Strategy<Value = String> {
    let tag = prop::sample::select(vec![
        "h1",
        "h2",
        "h3",
        "p",
        "div",
        "a",
        "button",
        "section",
        "header",
        "nav",
        "footer",
        "span",
        "b",
        "img",
        "table",
        "td",
        "ul",
        "li",
        "form",
        "svg",
        "template",
        "select",
        "br",
        "main",
        "body",
        "html",
        "center",
        "font",
        "video",
        "title",
        "style",
        "x-y",
        "foo:bar",
        "a\"b",
        "foreignObject",
        "math",
    ]);
    let name = prop::sample::select(vec![
        "hero",
        "btn",
        "btn-primary",
        "carousel",
        "item",
        "active",
        "nav",
        "hidden",
        "title",
        "logo",
        "lead",
        "mb-3",
        "md:w-1/2",
        "1a",
        "a.b",
        "é",
        "",
        "sr-only",
        "slides",
        "modal",
        "css-1a2b3c4",
    ]);
    let text = prop::sample::select(vec![
        "Boats by the hour",
        "Row now",
        "紙船",
        "\u{202e}x",
        "&lt;",
        "&#0;",
        "<",
        "]]>",
        "<!--",
        "1",
        " ",
    ]);
    let open = (tag.clone(), name.clone(), name.clone(), any::<bool>()).prop_map(|(tag, class, id, quoted)| {
        if quoted {
            format!("<{tag} class=\"{class} {id}\" id=\"{id}\" href=x src=y alt=z>")
        } else {
            format!("<{tag} class={class} style='display:block;color:red'>")
        }
    });
    let close = tag.prop_map(|tag| format!("</{tag}>"));
    prop::collection::vec(prop_oneof![3 => open, 2 => close, 3 => text.prop_map(str::to_owned)], 0..60)
        .prop_map(|pieces| pieces.concat())
}

fn any_css() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        ".hero",
        "#btn",
        "h1",
        "{",
        "}",
        "(",
        ")",
        "color",
        ":",
        "var(--a)",
        "--a",
        ";",
        "#e74c3c",
        "rgb(1 2 3)",
        "oklch(",
        "@media",
        "@layer x",
        "(min-width:",
        "9px",
        "\\",
        "\\31 ",
        "::",
        "[a=b]",
        "url(",
        "\"",
        "/*",
        "*/",
        "background",
        "font",
        "font-size",
        "clamp(1rem,2vw,3px)",
        ",",
        ">",
        "é",
        "!important",
        "display:none",
    ]);
    prop::collection::vec(piece, 0..50).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(html in any::<String>(), css in any::<String>()) {
        prove_selectors(&html, &read(&html, &css));
    }

    #[test]
    fn any_soup(html in soup(), css in any_css()) {
        prove_selectors(&html, &read(&html, &css));
    }

    #[test]
    fn any_links(html in soup(), href in any::<String>()) {
        let html = format!("{html}<base href='{href}'><link rel=stylesheet href='{href}'>");
        let base = Url::parse("https://site.example/").unwrap();
        prop_assert!(stylesheet_addresses(&html, &base).len() <= 8);
        let _ = stylesheet_references(&html);
    }
}
