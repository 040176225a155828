//! Random patches on random pages: what is applied can be taken back, whole or in pieces, and nothing panics.

use crate::rewrite::{in_pieces, parsed};
use encoding_rs::UTF_8;
use page::rewrite::{Compiled, Done, Outcome, apply, apply_text};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use std::cell::Cell;

const PIECES: &[&str] = &[
    "<h1>One</h1>",
    "<p>Two",
    "<p class=a>Three</p>",
    "<ul><li>A<li>B</ul>",
    "<div>",
    "</div>",
    "<div class='b c'>",
    "text",
    " ",
    "<img src=/a.png width=3 height=2>",
    "<picture><source srcset=/a><img></picture>",
    "<table><tr><td>x<td>y</table>",
    "<!-- c -->",
    "<a href=/x>y</a>",
    "<svg><g id=g /></svg>",
    "<span>z</span>",
    "&amp;",
    "<br>",
    "<select><option>1<option>2</select>",
    "\n",
    "<section><h2>T</h2><p>q</section>",
    "<dl><dt>a<dd>b</dl>",
    "<b>w</b>",
    "<template><p></template>",
    "<script>'<p>'</script>",
    "</p>",
    "<pre>\n<b>x</b>\n</pre>",
    "<body>",
    "</body>",
    "<title>t</title>",
    "<head>",
    "</head>",
    "<table><tr><td>1<tr><td>2<tbody><tr></table>",
];

const SELECTORS: &[&str] = &[
    "h1",
    "p",
    ".a",
    "li:first-child",
    "li:last-child",
    "div",
    ".b.c",
    "img",
    "td",
    "tr",
    "tbody",
    "td + td",
    "a",
    "span",
    "body",
    "option",
    "h2",
    "section > p",
    "dt",
    "dd",
    "b",
    "pre b",
    "body > *",
    "p ~ *",
    "li",
    "#g",
    "option:last-child",
    "tr:nth-child(2)",
    "div > :first-child",
];

fn target() -> impl Strategy<Value = Value> {
    (select(SELECTORS), prop::option::weighted(0.8, 0..2_u8)).prop_map(|(css, n)| match n {
        Some(n) => json!({"css": css, "n": n}),
        None => json!({"css": css}),
    })
}

fn op() -> impl Strategy<Value = Value> {
    let node = select(&["p", "span", "h2", "li", "img", "a"][..]).prop_map(|tag| match tag {
        "img" => json!({"tag": "img", "attrs": {"src": "/n.png"}}),
        tag => json!({"tag": tag, "text": "N & <n>"}),
    });
    (target(), target(), node, 0..8_u8, select(&["before", "after", "first", "last"][..])).prop_map(
        |(target, to, node, kind, place)| match kind {
            0 => json!({"op": "text", "target": target, "value": "new < &"}),
            1 => json!({"op": "attr", "target": target, "name": "title", "value": "\"q\""}),
            2 => json!({"op": "image", "target": target, "src": "/b.png"}),
            3 => json!({"op": "style", "target": target, "set": {"color": "red"}}),
            4 => json!({"op": "class", "target": target, "add": ["n"], "remove": ["a"]}),
            5 => json!({"op": "hide", "target": target}),
            6 => json!({"op": "move", "target": target, "to": {if place == "first" { "before" } else { "after" }: to}}),
            _ => json!({"op": "insert", "at": {place: target}, "node": node}),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_of_any_kind_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200), op in op()) {
        let patch = Compiled::new(&parsed(&json!({"v": 1, "ops": [op]}))).unwrap();
        let _ = apply(&bytes, UTF_8, &patch);
        let _ = in_pieces(&bytes, &patch, 5);
    }
}

#[test]
fn what_is_applied_can_be_taken_back() {
    let config =
        ProptestConfig { cases: 12_000, failure_persistence: None, max_global_rejects: 0, ..ProptestConfig::default() };
    let (applied, missed, unsure) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let pages = prop::collection::vec(select(PIECES), 0..14).prop_map(|pieces| pieces.concat());
    let doctype = select(&["", "<!doctype html>", "<!doctype html><html><head></head><body>"][..]);
    let all = (doctype, pages, prop::collection::vec(op(), 1..3), 1..40_usize);
    proptest::test_runner::TestRunner::new(config)
        .run(&all, |(doctype, page, ops, size)| {
            let page = format!("{doctype}{page}");
            let patch = parsed(&json!({"v": 1, "ops": ops}));
            let compiled = Compiled::new(&patch).unwrap();
            let (out, done) = in_pieces(page.as_bytes(), &compiled, size);
            match apply(page.as_bytes(), UTF_8, &compiled) {
                Outcome::Applied { html, .. } => {
                    applied.set(applied.get() + 1);
                    let (text, reverse) = apply_text(&page, &patch).unwrap();
                    prop_assert_eq!(text.as_bytes(), &html[..]);
                    prop_assert_eq!(reverse.restore(&text).unwrap(), &page[..]);
                    prop_assert_eq!(done, Done::Applied);
                    prop_assert_eq!(String::from_utf8(out).unwrap(), text);
                }
                Outcome::Missed(misses) => {
                    missed.set(missed.get() + 1);
                    prop_assert_eq!(done, Done::Missed(misses));
                }
                Outcome::Unsure(_) => {
                    unsure.set(unsure.get() + 1);
                    prop_assert!(matches!(done, Done::Unsure(_)));
                }
            }
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    let counts = (applied.get(), missed.get(), unsure.get());
    assert!(counts.0 > 300 && counts.1 > 500, "too few to mean anything: {counts:?}");
}
