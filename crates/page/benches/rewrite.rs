//! How fast a patch is applied to the text of a large page, beside `lol_html` with the same targets in the same run.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a bench fails by panicking")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use domain::Patch;
use domain::patch::AllowedHosts;
use encoding_rs::UTF_8;
use lol_html::html_content::ContentType;
use lol_html::{RewriteStrSettings, element, rewrite_str};
use page::rewrite::{Compiled, Outcome, apply};
use serde_json::json;
use std::fmt::Write;
use std::hint::black_box;

/// A shop's page of about a megabyte: scripts, drawings, cards with long class lists.
fn large_page() -> String {
    let mut page =
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Kettles</title>\n".to_owned();
    let script =
        "window.data=window.data||[];function track(a,b){if(a<b){data.push({name:'view',at:Date.now(),a:a})}}\n";
    write!(
        page,
        "<script>{}</script>\n<style>{}</style>\n</head>\n<body class=\"home\">\n",
        script.repeat(900),
        ".card{margin:0 auto;padding:1rem}\n".repeat(1500)
    )
    .unwrap();
    page.push_str("<main><h1 class=\"headline\">Boil water in two minutes</h1>\n<p id=\"lead\">A kettle for people who are late.</p>\n<a class=\"btn btn-primary\" href=\"/order\">Order yours today</a>\n");
    for card in 0..950 {
        write!(
            page,
            "<article class=\"card rounded-lg shadow-md md:flex lg:w-1/3\" data-id=\"{card}\">\n  <a href=\"/kettles/{card}?from=home&amp;place={card}\" class=\"block hover:opacity-75\">\n    <img src=\"/img/{card}.webp\" srcset=\"/img/{card}@2x.webp 2x\" alt=\"Kettle {card}\" width=\"320\" height=\"240\" loading=\"lazy\">\n    <svg viewBox=\"0 0 24 24\" class=\"icon\"><path d=\"M12 2C6.48 2 2 6.48 2 12s4.48 10 10 10 10-4.48 10-10S17.52 2 12 2zm0 18c-4.41 0-8-3.59-8-8\"/></svg>\n  </a>\n  <div class=\"p-4\"><h3 class=\"text-xl font-bold\">Kettle number {card}</h3>\n  <p class=\"text-gray-600\">Boils a litre in {card} seconds, keeps it warm for an hour &mdash; and looks good while it does.</p>\n  <ul><li>Steel<li>Two years<li>Free returns</ul></div>\n</article>\n"
        )
        .unwrap();
    }
    page.push_str("<img id=\"hero\" src=\"/hero.jpg\" width=\"800\" height=\"500\">\n</main>\n</body></html>\n");
    page
}

fn patch() -> Compiled {
    let patch = json!({"v": 1, "ops": [
        {"op": "text", "target": {"css": "h1.headline", "text": "Boil water in two minutes"}, "value": "Tea in two minutes"},
        {"op": "text", "target": {"css": "#lead"}, "value": "For everyone who is late."},
        {"op": "attr", "target": {"css": "a.btn-primary"}, "name": "href", "value": "/buy"},
        {"op": "class", "target": {"css": "body"}, "add": ["evo"]},
        {"op": "image", "target": {"css": "img#hero"}, "src": "/new.jpg"},
    ]});
    Compiled::new(&Patch::parse(&patch.to_string(), &AllowedHosts::default()).unwrap()).unwrap()
}

/// The same elements changed by selectors of lol_html.
fn reference(page: &str) -> String {
    let handlers = vec![
        element!("h1.headline", |found| {
            found.set_inner_content("Tea in two minutes", ContentType::Text);
            Ok(found.set_attribute("data-evo", "0")?)
        }),
        element!("#lead", |found| {
            found.set_inner_content("For everyone who is late.", ContentType::Text);
            Ok(found.set_attribute("data-evo", "1")?)
        }),
        element!("a.btn-primary", |found| Ok(found.set_attribute("href", "/buy")?)),
        element!("body", |found| Ok(found.set_attribute("class", "home evo")?)),
        element!("img#hero", |found| Ok(found.set_attribute("src", "/new.jpg")?)),
    ];
    rewrite_str(page, RewriteStrSettings { element_content_handlers: handlers, ..RewriteStrSettings::new() }).unwrap()
}

fn rewriting(criterion: &mut Criterion) {
    let (page, patch) = (large_page(), patch());
    let Outcome::Applied { html, .. } = apply(page.as_bytes(), UTF_8, &patch) else {
        panic!("the patch fits to the page")
    };
    let theirs = reference(&page);
    for changed in ["Tea in two minutes</h1>", "href=\"/buy\"", "src=\"/new.jpg\"", "class=\"home evo\""] {
        assert!(String::from_utf8_lossy(&html).contains(changed) && theirs.contains(changed), "{changed}");
    }
    let mut group = criterion.benchmark_group("rewrite");
    group.throughput(Throughput::Bytes(page.len().try_into().unwrap()));
    group.bench_function("evoloop", |bencher| bencher.iter(|| apply(black_box(page.as_bytes()), UTF_8, &patch)));
    group.bench_function("lol_html", |bencher| bencher.iter(|| reference(black_box(&page))));
    group.finish();
}

criterion_group!(benches, rewriting);
criterion_main!(benches);
