//! Pages from a grammar, whole and broken.

use super::compare;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use std::cell::Cell;
use std::cell::RefCell;
use std::collections::BTreeMap;

const TAGS: &[&str] = &[
    "div",
    "p",
    "span",
    "a",
    "b",
    "i",
    "em",
    "ul",
    "li",
    "ol",
    "dl",
    "dt",
    "dd",
    "h1",
    "h2",
    "table",
    "tbody",
    "thead",
    "tr",
    "td",
    "th",
    "caption",
    "colgroup",
    "col",
    "select",
    "option",
    "optgroup",
    "form",
    "button",
    "input",
    "img",
    "br",
    "hr",
    "section",
    "article",
    "svg",
    "path",
    "g",
    "title",
    "desc",
    "foreignObject",
    "script",
    "style",
    "textarea",
    "noscript",
    "iframe",
    "template",
    "pre",
    "ruby",
    "rt",
    "rp",
    "x-card",
    "label",
    "picture",
    "source",
    "video",
    "blockquote",
    "nav",
    "header",
    "main",
    "object",
    "font",
    "address",
    "center",
    "fieldset",
    "legend",
    "math",
    "strong",
    "body",
    "head",
    "html",
    "meta",
    "link",
    "wbr",
    "nobr",
    "DIV",
    "Table",
    "P",
    "marquee",
    "xmp",
    "summary",
    "details",
];

const ATTRIBUTES: &[&str] = &[
    " class=a",
    " id=\"b\"",
    " class='c d'",
    " hidden",
    " data-x",
    " href=/x/",
    " title=\"a > b\"",
    " alt=''",
    " a=1 a=2",
    " x = y",
    " y=",
    " =z",
    " checked/",
    " class=\"&amp;&lt\"",
    "\n\tid='q'",
    " type=hidden",
    " CLASS=Up",
    " onclick='a=\"b\"'",
    " a=\"b\"c=d",
    " b/=c",
    " title=&copy=1",
    " viewBox=\"0 0 1 1\"",
    " xlink:href=#a",
    " a='x&quot;y\"z'",
    " w=é",
];

const TEXTS: &[&str] = &[
    "text",
    " ",
    "\n",
    "a &amp; b",
    "&nbsp;",
    "1 < 2",
    "a<b",
    "é",
    "x\r\ny",
    "&copy",
    "&#65;",
    "&notit;",
    " \n ",
    "</",
    "<",
    "&",
    "-->",
    "&lt;p&gt;",
];

const ODD: &[&str] = &[
    "<!-- c -->",
    "<!-->",
    "<!--->",
    "<!-- a --!>",
    "<!-- -- -->",
    "<!-->x-->",
    "<!x>",
    "<?x?>",
    "</>",
    "</ x>",
    "<![CDATA[x]]>",
    "<!doctype html>",
    "<!doctype html public \"-//W3C//DTD HTML 4.01 Transitional//EN\">",
    "<!--<!-- a -->",
    "<!---- >-->",
    "<!--a--!-->",
];

const RAW: &[&str] = &[
    "x",
    "a<b>c",
    "<!-- ",
    "--> ",
    "<script>",
    "</scrip",
    "</p>",
    "</style",
    "&amp;",
    "<!--<script>",
    "</ script>",
    "<",
    "\nline",
    "<script ",
    "</script/",
    "--",
    "<!-->",
    "<!--->",
];

/// A piece of a page.
fn piece() -> impl Strategy<Value = String> {
    let tag = (select(TAGS), prop::collection::vec(select(ATTRIBUTES), 0..3), 0..12_u8);
    let leaf = prop_oneof![
        4 => select(TEXTS).prop_map(str::to_owned),
        1 => select(ODD).prop_map(str::to_owned),
        // Tags alone: what is not closed, and what was never open.
        1 => tag.clone().prop_map(|(tag, attributes, _)| format!("<{tag}{}>", attributes.concat())),
        1 => select(TAGS).prop_map(|tag| format!("</{tag}>")),
        1 => (select(TAGS), prop::collection::vec(select(RAW), 0..4)).prop_map(|(tag, raw)| {
            let tag = if tag.len() % 2 == 0 { "script" } else { "textarea" };
            format!("<{tag}>{}</{tag}>", raw.concat())
        }),
    ];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        (tag.clone(), prop::collection::vec(inner, 0..5)).prop_map(|((tag, attributes, odd), inner)| {
            let (attributes, inner) = (attributes.concat(), inner.concat());
            match odd {
                0 => format!("<{tag}{attributes}>{inner}"),
                1 => format!("<{tag}{attributes}/>{inner}</{tag}>"),
                2 => format!("<{tag}{attributes} >{inner}</{} >", tag.to_uppercase()),
                _ => format!("<{tag}{attributes}>{inner}</{tag}>"),
            }
        })
    })
}

/// Texts without tags in them.
const CALM: &[&str] =
    &["text", " ", "\n", "a &amp; b", "&nbsp;", "1 < 2", "é", "x\r\ny", "&copy", "&notit;", " \n ", "a > b"];

/// A page with pieces of one kind inside of the right parents, so that more of them are in order.
pub(super) fn orderly() -> impl Strategy<Value = String> {
    let text = select(CALM).prop_map(str::to_owned);
    let attributes = || prop::collection::vec(select(ATTRIBUTES), 0..3).prop_map(|all| all.concat());
    let line = prop_oneof![
        3 => text,
        2 => (select(&["span", "b", "a", "em", "i", "small", "code", "label", "x-y"][..]), attributes(), select(CALM))
            .prop_map(|(tag, attributes, text)| format!("<{tag}{attributes}>{text}</{tag}>")),
        1 => attributes().prop_map(|attributes| format!("<img{attributes}>")),
        1 => select(&["<br>", "<br/>", "<wbr>", "<!-- x -->", "<input>", "<svg><path/><title>t</title></svg>", "<template><p>x</template>"][..]).prop_map(str::to_owned),
    ];
    let lines = || prop::collection::vec(line.clone(), 0..4).prop_map(|all| all.concat());
    let block = prop_oneof![
        (select(&["p", "h1", "h2", "div", "section", "pre"][..]), attributes(), lines(), any::<bool>()).prop_map(
            |(tag, attributes, inner, closed)| {
                let end = if closed || tag != "p" { format!("</{tag}>") } else { String::new() };
                format!("<{tag}{attributes}>{inner}{end}")
            }
        ),
        (select(&["ul", "ol"][..]), prop::collection::vec((lines(), any::<bool>()), 0..4)).prop_map(|(tag, items)| {
            let items: String = items
                .into_iter()
                .map(|(item, closed)| format!("<li>{item}{}", if closed { "</li> " } else { "" }))
                .collect();
            format!("<{tag}>{items}</{tag}>")
        }),
        prop::collection::vec((lines(), lines()), 0..3).prop_map(|pairs| {
            let pairs: String = pairs.into_iter().map(|(term, text)| format!("<dt>{term}<dd>{text}")).collect();
            format!("<dl>{pairs}</dl>")
        }),
        prop::collection::vec((prop::collection::vec(lines(), 0..3), 0..4_u8), 0..3).prop_map(|rows| {
            let mut table = "<table>".to_owned();
            for (cells, how) in rows {
                table.push_str(["<tr>", "<tbody><tr>", "<thead>\n<tr>", ""][usize::from(how)]);
                for cell in cells {
                    table.push_str(&format!("<td>{cell}{}", ["</td>", "", "</td> ", ""][usize::from(how)]));
                }
                table.push_str(["</tr>", "", "</tr>\n</thead>", ""][usize::from(how)]);
            }
            table + "</table>"
        }),
        prop::collection::vec(select(CALM), 0..3).prop_map(|options| {
            let options: String = options.into_iter().map(|option| format!("<option>{option}")).collect();
            format!("<select>{options}</select>")
        }),
    ];
    let nested = block.prop_recursive(3, 24, 4, |inner| {
        (
            select(&["div", "section", "form", "ul><li", "blockquote", "td", "center"][..]),
            prop::collection::vec(inner, 1..4),
        )
            .prop_map(|(tag, inner)| {
                let inner = inner.concat();
                match tag {
                    "ul><li" => format!("<ul><li>{inner}</ul>"),
                    "td" => format!("<table><tr><td>{inner}</table>"),
                    tag => format!("<{tag}>{inner}</{tag}>"),
                }
            })
    });
    let begin = select(
        &[
            "<!doctype html><html lang=de><head><title>T</title><meta charset=utf-8></head><body>",
            "<!DOCTYPE html>\n<title>T</title>\n",
            "",
            "<html><head><script>a<b</script></head>\n<script>x</script>\n<body class=q>\n",
            "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\" \"http://www.w3.org/TR/html4/strict.dtd\"><head>\n<link rel=a>\n<body>",
        ][..],
    );
    let end = select(
        &["", "</body></html>", "</body>\n</html>\n", "\n</body>\n<!-- x -->\n</html><!-- y -->\n", "</html>"][..],
    );
    (begin, prop::collection::vec(nested, 0..5), end)
        .prop_map(|(begin, blocks, end)| format!("{begin}{}{end}", blocks.concat()))
}

fn run(cases: u32, pages: impl Strategy<Value = String>) -> (u32, u32) {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 20_000, ..Config::default() };
    let (sure, all) = (Cell::new(0), Cell::new(0));
    let whys: RefCell<BTreeMap<&str, u32>> = RefCell::default();
    TestRunner::new(config)
        .run(&pages, |page| {
            all.set(all.get() + 1);
            match compare(&page) {
                Ok(_) => sure.set(sure.get() + 1),
                Err(unsure) => *whys.borrow_mut().entry(unsure.why).or_default() += 1,
            }
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    eprintln!("sure of {} in {} pages; else {:#?}", sure.get(), all.get(), whys.borrow());
    (sure.get(), all.get())
}

#[test]
fn broken_pages_are_read_as_by_a_full_parser_or_not_at_all() {
    let pieces = prop::collection::vec(piece(), 0..6).prop_map(|pieces| pieces.concat());
    let doctype = select(&["", "<!doctype html>", "<!doctype html><body>"][..]);
    let (sure, all) = run(3_000, (doctype, pieces).prop_map(|(doctype, pieces)| format!("{doctype}{pieces}")));
    assert!(sure * 5 > all, "too few pages to compare: {sure} of {all}");
}

#[test]
fn orderly_pages_are_read_as_by_a_full_parser() {
    let (sure, all) = run(3_000, orderly());
    assert!(sure * 5 > all * 4, "sure of only {sure} of {all}");
}

#[test]
fn pages_that_chance_has_found_are_read_as_by_a_full_parser_or_not_at_all() {
    for page in ["<svg><tbody>text</body><!-->x-->", "<template/><div><a><object></template>a &amp; b"] {
        // It panics where the trees differ.
        let _ = compare(page);
    }
}
