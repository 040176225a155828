//! The brand's colour: where it is looked for, and in which order.

use crate::support::read;

fn primary(html: &str, css: &str) -> Option<String> {
    read(html, css).brand.primary_color
}

const SCREEN: &str = r##"<nav class="bar"><a class="btn btn-primary top">Log in</a></nav><section class="hero"><h1>Boats by the hour</h1>
    <p>Choose one and row away.</p><a class="btn go" href="#">Row now</a><a class="btn other">Look around</a></section>"##;

#[test]
fn places_in_order() {
    let cases = [
        ("the call to action", ".go { background: #aa3300 } .top { background: #0000ff }", Some("#aa3300")),
        ("its gradient", ".go { background-image: linear-gradient(90deg, #aa3300, #ff0080) }", Some("#aa3300")),
        (
            "the second call, when the first has no hue",
            ".go { background: #222 } .other { background: #00aa33 }",
            Some("#00aa33"),
        ),
        (
            "another primary button of the page",
            ".go { background: white } .top { background: #0055cc }",
            Some("#0055cc"),
        ),
        ("a variable named for it", ":root { --primary: #cc0055 } h1 { color: #00cc55 }", Some("#cc0055")),
        ("the headline", "h1 { color: #00cc55 }", Some("#00cc55")),
        ("the call's border", ".go { background: none; border-color: #5500cc }", Some("#5500cc")),
        ("the call's text", ".go { color: #5500cc }", Some("#5500cc")),
        (
            "the hue that is named most often",
            ".a { background: #338855 } .b { color: #338855 } .c { color: #aa0000 }",
            Some("#338855"),
        ),
        ("shades of grey are no brand", ".go { background: #333 } h1 { color: #777 } body { background: white }", None),
        ("no style at all", "", None),
    ];
    for (name, css, wanted) in cases {
        assert_eq!(primary(SCREEN, css).as_deref(), wanted, "{name}");
    }
}

#[test]
fn theme_colour_and_links() {
    let themed = format!(r##"<head><meta name="theme-color" content="#123abc"></head>{SCREEN}"##);
    assert_eq!(primary(&themed, "").as_deref(), Some("#123abc"));
    let linked = "<h1>Words and more words</h1><p>A <a href=x>link</a></p>";
    assert_eq!(primary(linked, "a { color: teal }").as_deref(), Some("#008080"));
}

#[test]
fn notations() {
    let cases = [
        ("#e74", "#ee7744"),
        ("#E74C3C", "#e74c3c"),
        ("#e74c3cff", "#e74c3c"),
        ("#e74f", "#ee7744"),
        ("tomato", "#ff6347"),
        ("RebeccaPurple", "#663399"),
        ("rgb(231, 76, 60)", "#e74c3c"),
        ("rgb(231 76 60 / 90%)", "#e74c3c"),
        ("rgba(231,76,60,.8)", "#e74c3c"),
        ("rgb(100% 0% 0%)", "#ff0000"),
        ("hsl(6, 78%, 57%)", "#e74e3c"),
        ("hsl(120deg 100% 25%)", "#008000"),
        ("hsla(240, 100%, 50%, 1)", "#0000ff"),
        ("oklch(0.628 0.2577 29.23)", "#ff0000"),
        ("oklch(62.8% 64.4% 29.23deg)", "#ff0000"),
        ("oklab(0.452 -0.0325 -0.3115)", "#0000ff"),
        ("oklch(0.52 0.1765 none)", "#b32c65"),
        ("lab(54.29% 80.81 69.89)", "#ff0000"),
        ("lch(54.29 106.84 40.85deg)", "#ff0000"),
        ("hwb(120 20% 20%)", "#33cc33"),
        ("color(srgb 1 0.5 0)", "#ff8000"),
        ("color-mix(in srgb, #ff0000 50%, #0000ff)", "#800080"),
        ("color-mix(in oklab, rgb(255 0 0), transparent 20%)", "#ff0000"),
        ("light-dark(#e74c3c, #00ff00)", "#e74c3c"),
        ("hsl(0.5turn 100% 25%)", "#008080"),
    ];
    for (written, wanted) in cases {
        let found = primary(SCREEN, &format!(".go {{ background-color: {written} }}"));
        let near = found.as_deref().is_some_and(|found| distance(found, wanted) <= 3);
        assert!(near, "{written} was read as {found:?}, not {wanted}");
    }
}

#[test]
fn what_is_no_colour() {
    let through = [
        "transparent",
        "rgba(255,0,0,0)",
        "rgb(255 0 0 / 0%)",
        "hsl(6 78% 57% / .1)",
        "#ff000010",
        "#ff",
        "inherit",
        "redwood",
        "rgb(1)",
        "hsl(,)",
        "oklch(1)",
        "oklab(none)",
        "url(red.png)",
        "var(--nowhere)",
        "var(",
        "color-mix(",
        "\u{1f3a8}",
    ];
    for written in through {
        assert_eq!(primary(SCREEN, &format!(".go {{ background: {written} }}")), None, "{written}");
    }
}

/// Largest difference of a channel.
fn distance(a: &str, b: &str) -> u8 {
    let channel = |text: &str, index: usize| u8::from_str_radix(&text[index..index + 2], 16).unwrap();
    [1, 3, 5].map(|index| channel(a, index).abs_diff(channel(b, index))).into_iter().max().unwrap()
}
