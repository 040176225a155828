//! `evoloop analyze` and `evoloop stats eval`, as a person runs them.

use crate::cli::run;
use domain::page_model::Fingerprint;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;

const PAGE: &str = r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Kettle</title>
<meta name="description" content="A kettle that hurries.">
<link rel="stylesheet" href="/css/shop.css"><link rel="stylesheet" href="near%20by.css?v=2">
<link rel="stylesheet" href="https://elsewhere.example/far.css"></head><body><main>
<h1>Boil water in two minutes</h1><p class="lead">A kettle for people who are always late.</p>
<a class="btn btn-primary" href="/order">Order yours today</a>
<img src="/kettle.jpg" alt="A kettle" width="800" height="500"><section><h2>Ships the same day</h2>
<div>€ 49</div></section></main></body></html>"#;

fn site() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("css")).unwrap();
    fs::write(folder.path().join("css/shop.css"), ".btn-primary { background: #c02040; color: #fff }").unwrap();
    fs::write(folder.path().join("near by.css"), "body { font-family: Lora, serif }").unwrap();
    fs::write(folder.path().join("index.html"), PAGE).unwrap();
    folder
}

async fn analyze(folder: &Path, arguments: &[&str]) -> (bool, String, String) {
    let mut all = vec!["analyze"];
    all.extend_from_slice(arguments);
    run("sqlite:unused.db", folder, &all).await
}

#[tokio::test]
async fn a_page_on_the_disk_is_read_with_its_style_sheets() {
    let folder = site();
    let (ok, printed, stderr) = analyze(folder.path(), &["--json", "index.html", "--root", "."]).await;
    assert!(ok, "{stderr}");
    let found: Value = serde_json::from_str(&printed).unwrap();
    let text = |text: &str, selector: &str, fallbacks: &[&str], tag: &str| {
        let fingerprint = json!({"hash": Fingerprint::of(text).hash, "lead": text});
        json!({"text": text, "selector": selector, "fallbacks": fallbacks, "tag": tag, "plain_text": true, "fingerprint": fingerprint})
    };
    assert_eq!(
        found["slots"],
        json!({
            "headline": text("Boil water in two minutes", "h1", &["body > main > h1"], "h1"),
            "subheadline": text("A kettle for people who are always late.", "p", &["body > main > p"], "p"),
            "cta": text("Order yours today", "a.btn", &["a.btn-primary", "a"], "a"),
            "secondary_cta": null,
            "hero_image": {"src": "/kettle.jpg", "alt": "A kettle", "selector": "img", "fallbacks": ["body > main > img"], "tag": "img"},
        })
    );
    let facts = [
        ("title", json!("Kettle")),
        ("lang", json!("en")),
        ("description", json!("A kettle that hurries.")),
        ("direction", json!("ltr")),
        (
            "sentences",
            json!(["Boil water in two minutes", "A kettle for people who are always late.", "Ships the same day"]),
        ),
    ];
    for (name, wanted) in facts {
        assert_eq!(found[name], wanted, "{name}");
    }
    let brand = &found["brand"];
    assert_eq!(
        (&brand["primary_color"], &brand["heading_font"], &brand["body_font"]),
        (&json!("#c02040"), &json!("Lora"), &json!("Lora"))
    );
    assert_eq!(
        brand["palette"],
        json!([{"role": "button", "hex": "#c02040"}, {"role": "button_text", "hex": "#ffffff"}])
    );
    assert_eq!((&found["tone"]["sentences"], &found["tone"]["words_per_sentence"]), (&json!(3), &json!(6)));
    let elements = found["inventory"]["elements"].as_array().unwrap();
    let all: Vec<_> = elements.iter().map(|element| (&element["text"], &element["kind"], &element["locked"])).collect();
    assert_eq!(
        all,
        [
            (&json!("Ships the same day"), &json!("heading"), &Value::Null),
            (&json!("€ 49"), &json!("text"), &json!("price"))
        ]
    );
    assert_eq!(elements[0]["locator"]["css"], json!("h2"));
    assert!(!folder.path().join("unused.db").exists(), "reading a page needs no database");

    // Without the root, what begins with a slash is nowhere; what stands beside the page still is.
    let (_, printed, _) = analyze(folder.path(), &["--json", "index.html"]).await;
    let found: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!((&found["brand"]["primary_color"], &found["brand"]["body_font"]), (&Value::Null, &json!("Lora")));

    let (ok, table, _) = analyze(folder.path(), &["index.html", "--root", "."]).await;
    assert!(ok && table.contains("Boil water in two minutes  [h1]") && table.contains("1 free, 1 locked"), "{table}");
}

#[tokio::test]
async fn a_root_is_not_left() {
    let folder = site();
    let inside = folder.path().join("css");
    let page = PAGE.replace("/css/shop.css", "/../css/shop.css").replace("near%20by.css", "../near%20by.css");
    fs::write(inside.join("page.html"), page).unwrap();
    let (_, printed, _) = analyze(&inside, &["--json", "page.html", "--root", "."]).await;
    let found: Value = serde_json::from_str(&printed).unwrap();
    assert_ne!(found["brand"]["body_font"], json!("Lora"));
}

#[tokio::test]
async fn what_cannot_be_read_is_told() {
    let folder = site();
    let cases = [
        (vec!["--json", "missing.html"], "missing.html"),
        (vec!["--json", "css"], "css"),
        (vec!["--json", "http://127.0.0.1:9/"], "could not be reached"),
    ];
    for (arguments, expected) in cases {
        let (ok, printed, stderr) = analyze(folder.path(), &arguments).await;
        assert!(!ok && printed.is_empty() && stderr.contains(expected), "{arguments:?}: {stderr}");
    }
}

/// Serves a page that its scripts would fill, and a robots.txt, on loopback.
async fn shell(robots: &'static str) -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let page = || async { axum::response::Html("<div id=root></div><script>start()</script>") };
    let router = axum::Router::new()
        .route("/", axum::routing::get(page))
        .route("/robots.txt", axum::routing::get(move || async move { robots }));
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

#[tokio::test]
async fn a_page_that_is_empty_or_closed_to_robots_says_what_to_do() {
    let folder = site();
    let cases = [("", "set EVOLOOP_CHROMIUM to its path"), ("User-agent: *\nDisallow: /", "`User-agent: Evoloop`")];
    for (robots, expected) in cases {
        let address = shell(robots).await;
        let url = format!("http://{address}/");
        let (ok, _, stderr) = analyze(folder.path(), &["--allow-private-hosts", &address, &url]).await;
        assert!(!ok && stderr.contains(expected), "{stderr}");
    }
}

#[tokio::test]
async fn what_was_found_is_drawn_where_no_picture_is_taken() {
    let folder = site();
    let (ok, _, stderr) = analyze(folder.path(), &["index.html", "--root", ".", "--screenshots", "shots"]).await;
    assert!(ok, "{stderr}");
    let drawing = fs::read_to_string(folder.path().join("shots/schematic.svg")).unwrap();
    assert!(drawing.contains(">Boil water in two<") && drawing.contains("#c02040"), "{drawing}");
}

#[test]
fn vectors_are_judged_by_exit_status() {
    let folder = tempfile::tempdir().unwrap();
    let vector = |kind: &str, cdf: f64| {
        json!({"format": "evoloop-stats-vectors/1", "vectors": [{
            "name": "v", "kind": kind, "input": {"alpha": 1.0, "beta": 1.0, "x": 0.25},
            "expect": {"cdf": cdf}, "tolerance": {"abs": 1e-12, "rel": 0.0},
        }]})
        .to_string()
    };
    let cases = [
        (vector("beta_cdf", 0.25), 0, Some((true, Value::Null))),
        (vector("beta_cdf", 0.26), 1, Some((false, Value::Null))),
        (vector("a kind of tomorrow", 0.25), 1, Some((false, json!("not implemented")))),
        ("{}".to_owned(), 2, None),
        ("no json".to_owned(), 2, None),
    ];
    for (text, status, expected) in cases {
        let file = folder.path().join("vectors.json");
        fs::write(&file, &text).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_evoloop")).args(["stats", "eval"]).arg(&file).output().unwrap();
        assert_eq!(output.status.code(), Some(status), "{text}");
        match expected {
            None => assert!(output.stdout.is_empty()),
            Some((pass, error)) => {
                let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
                assert_eq!(printed["format"], "evoloop-stats-results/1");
                assert_eq!(printed["results"][0]["pass"], pass, "{text}");
                assert_eq!(printed["results"][0]["error"], error, "{text}");
            }
        }
    }
    let missing = Command::new(env!("CARGO_BIN_EXE_evoloop")).args(["stats", "eval", "nowhere.json"]).output().unwrap();
    assert_eq!(missing.status.code(), Some(2));
}
