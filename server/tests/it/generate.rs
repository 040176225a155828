//! `evoloop generate`, as a person runs it: no database, no account.

use crate::cli::run;
use serde_json::Value;
use std::fs;
use std::path::Path;

const PAGE: &str = r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Kettle | Tea in a hurry</title>
<meta name="description" content="A kettle that hurries."></head><body><main>
<h1>Boil water in two minutes</h1><p class="lead">A kettle for people who are always late. It uses 40 % less power.</p>
<a class="btn btn-primary" href="/order">Order yours today</a>
<h2>Tea before the train leaves</h2><p>Send it back within 30 days, no questions asked.</p></main></body></html>"#;

async fn generate(folder: &Path, arguments: &[&str]) -> (bool, String, String) {
    fs::write(folder.join("index.html"), PAGE).unwrap();
    let mut all = vec!["generate", "--url", "index.html"];
    all.extend_from_slice(arguments);
    run("sqlite:unused.db", folder, &all).await
}

#[tokio::test]
async fn a_page_on_the_disk_gets_variants() {
    let folder = tempfile::tempdir().unwrap();
    let (ok, printed, stderr) = generate(folder.path(), &["--json", "--playbook", "--count", "4"]).await;
    assert!(ok, "{stderr}");
    let report: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!((&report["author"], &report["calls"]), (&Value::from("playbook"), &Value::from(0)));
    let variants = report["variants"].as_array().unwrap();
    assert_eq!(variants.len(), 4, "{printed}");
    for variant in variants {
        assert_eq!(variant["patch"]["v"], 1);
        assert!(!variant["patch"]["ops"].as_array().unwrap().is_empty());
        assert!(variant["reasoning"].as_str().is_some_and(|text| !text.is_empty()));
        assert!(variant["hypothesis"].as_str().is_some_and(|text| !text.is_empty()));
    }
    assert!(!folder.path().join("unused.db").exists(), "writing needs no database");
    let (ok, table, _) = generate(folder.path(), &["--playbook", "--forbid", "minutes"]).await;
    assert!(ok && table.contains("1. ") && table.contains("   why: "), "{table}");
    assert!(!table.contains("two minutes"), "{table}");
}

#[tokio::test]
async fn a_page_without_texts_fails_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("empty.html"), "<html></html>").unwrap();
    let arguments = ["generate", "--json", "--playbook", "--url", "empty.html"];
    let (ok, printed, _) = run("sqlite:unused.db", folder.path(), &arguments).await;
    assert!(!ok);
    let report: Value = serde_json::from_str(&printed).unwrap();
    assert!(
        report["error"].as_str().is_some_and(|text| text.starts_with("There is nothing on this page")),
        "{printed}"
    );
}
