//! Which style sheets a caller should bring.

use page::{stylesheet_addresses, stylesheet_imports, stylesheet_references};
use url::Url;

const LINKS: &str = r#"<head><link rel="stylesheet" href=" a.css "><link rel="Alternate Stylesheet" href="no.css">
    <link rel="preload stylesheet" href="/b.css"><link rel="stylesheet" media="print" href="print.css"><link rel="icon" href="i.ico">
    <link rel="stylesheet" href="//cdn.example/c.css"><link rel="stylesheet" href="data:text/css,x"><link rel="stylesheet" href="a.css">
    <link rel="stylesheet"><link rel="stylesheet" href="http://["></head>"#;

#[test]
fn addresses() {
    let base = Url::parse("https://site.example/en/index.html").unwrap();
    let found: Vec<String> = stylesheet_addresses(LINKS, &base).iter().map(Url::to_string).collect();
    assert_eq!(found, ["https://site.example/en/a.css", "https://site.example/b.css", "https://cdn.example/c.css"]);
    let moved: Vec<String> =
        stylesheet_addresses(&format!("<base href='/de/'>{LINKS}"), &base).iter().map(Url::to_string).collect();
    assert_eq!(moved[0], "https://site.example/de/a.css");
    let many: String = (0..30).map(|number| format!("<link rel=stylesheet href={number}.css>")).collect();
    assert_eq!(stylesheet_addresses(&many, &base).len(), 8);
}

#[test]
fn references_as_written() {
    let found = stylesheet_references(LINKS);
    assert_eq!(found, ["a.css", "/b.css", "//cdn.example/c.css", "data:text/css,x", "a.css", "http://["]);
}

#[test]
fn what_a_style_sheet_takes_in() {
    let sheet = "@charset 'utf-8'; /* first; */ @layer a, b; @import url(\"a.css\"); @import 'b.css' screen;
        @import \"no.css\" print; @import url(c.css) layer(x); @import ; .x { color: red } @import 'late.css';";
    assert_eq!(stylesheet_imports(sheet), ["a.css", "b.css", "c.css"]);
    assert!(stylesheet_imports(".x { color: red } @import 'late.css';").is_empty());
    assert_eq!(stylesheet_imports(&"@import 'a.css';".repeat(100)).len(), 8);
    let found =
        stylesheet_references("<style>@import url(d.css); p { color: red }</style><link rel=stylesheet href=a.css>");
    assert_eq!(found, ["a.css", "d.css"]);
}
