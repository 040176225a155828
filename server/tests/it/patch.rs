//! `evoloop patch`, as a person runs it.

use crate::cli::run;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const PAGE: &str = "<!doctype html><html><head><title>T</title></head><body><h1 class=big>Old &amp; tired</h1>\n<p>One<p>Two</body></html>\n";

fn folder(patch: &Value) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("page.html"), PAGE).unwrap();
    fs::write(folder.path().join("patch.json"), patch.to_string()).unwrap();
    folder
}

async fn patch(folder: &Path, arguments: &[&str]) -> (bool, String, String) {
    let all: Vec<&str> = std::iter::once("patch").chain(arguments.iter().copied()).collect();
    run("sqlite:unused.db", folder, &all).await
}

fn sound() -> Value {
    json!({"v": 1, "ops": [
        {"op": "text", "target": {"css": "h1", "text": "Old & tired"}, "value": "New <b>"},
        {"op": "hide", "target": {"css": "p:first-of-type"}},
    ]})
}

#[tokio::test]
async fn a_patch_is_applied_to_a_file_and_taken_back() {
    let folder = folder(&sound());
    let path = folder.path();
    let arguments = ["apply", "--html", "page.html", "--patch", "patch.json", "--reverse-out", "back.json"];
    let (ok, patched, stderr) = patch(path, &arguments).await;
    assert!(ok, "{stderr}");
    let expected = "<!doctype html><html><head><title>T</title><style data-evo>[data-evo~=\"1\"]{display:none!important}</style></head><body><h1 class=big data-evo=\"0\">New &lt;b&gt;</h1>\n<p data-evo=\"1\">One<p>Two</body></html>\n";
    assert_eq!(patched, expected);
    fs::write(path.join("patched.html"), &patched).unwrap();
    let (ok, back, stderr) = patch(path, &["revert", "--html", "patched.html", "--reverse", "back.json"]).await;
    assert!(ok, "{stderr}");
    assert_eq!(back, PAGE);
    let (ok, _, stderr) = patch(path, &["revert", "--html", "page.html", "--reverse", "back.json"]).await;
    assert!(!ok && stderr.contains("not the page that the patch made"), "{stderr}");
    let (ok, printed, _) = patch(path, &["apply", "--html", "page.html", "--patch", "patch.json", "--json"]).await;
    let printed: Value = serde_json::from_str(&printed).unwrap();
    assert!(ok && printed["html"] == expected && printed["reverse"]["v"] == 1, "{printed}");
}

#[tokio::test]
async fn what_is_missing_or_not_understood_is_named() {
    let missing =
        json!({"v": 1, "ops": [{"op": "hide", "target": {"css": "p"}}, {"op": "hide", "target": {"css": "h2"}}]});
    let folder = folder(&missing);
    let arguments = ["apply", "--html", "page.html", "--patch", "patch.json", "--json"];
    let (ok, printed, _) = patch(folder.path(), &arguments).await;
    let printed: Value = serde_json::from_str(&printed).unwrap();
    assert!(!ok);
    assert_eq!(printed["reason"], "missed");
    let misses = json!([{"op": 0, "part": "target", "why": "several"}, {"op": 1, "part": "target", "why": "none"}]);
    assert_eq!(printed["misses"], misses);
    let (ok, printed, stderr) = patch(folder.path(), arguments.get(..5).unwrap()).await;
    assert!(!ok && printed.is_empty() && stderr.contains("missed: "), "{stderr}");
    fs::write(folder.path().join("page.html"), "<p>One</p></p>").unwrap();
    let (ok, printed, _) = patch(folder.path(), &arguments).await;
    let printed: Value = serde_json::from_str(&printed).unwrap();
    assert!(!ok && printed["reason"] == "unsure", "{printed}");
    // A browser puts a block into a paragraph, text cannot.
    let block = json!({"v": 1, "ops": [{"op": "insert", "at": {"last": {"css": "p"}}, "node": {"tag": "div"}}]});
    fs::write(folder.path().join("page.html"), "<p>One</p>").unwrap();
    fs::write(folder.path().join("patch.json"), block.to_string()).unwrap();
    let (ok, printed, _) = patch(folder.path(), &arguments).await;
    let printed: Value = serde_json::from_str(&printed).unwrap();
    assert!(!ok && printed["reason"] == "unsure", "{printed}");
}

#[tokio::test]
async fn patches_are_checked_and_shown() {
    let folder = folder(&sound());
    let (ok, printed, stderr) = patch(folder.path(), &["check", "--patch", "patch.json", "--json"]).await;
    assert!(ok, "{stderr}");
    assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), json!({"ok": true, "ops": 2}));
    let (ok, printed, _) = patch(folder.path(), &["show", "--patch", "patch.json"]).await;
    assert!(ok && printed.contains("text: h1: “Old & tired” becomes “New <b>”\n"), "{printed}");
    let link =
        json!({"v": 1, "ops": [{"op": "attr", "target": {"css": "a"}, "name": "href", "value": "https://a.example/"}]});
    fs::write(folder.path().join("patch.json"), link.to_string()).unwrap();
    let (ok, _, stderr) = patch(folder.path(), &["check", "--patch", "patch.json"]).await;
    assert!(!ok && stderr.contains("address: "), "{stderr}");
    let (ok, printed, _) = patch(folder.path(), &["check", "--patch", "patch.json", "--json"]).await;
    assert!(!ok && printed.contains("\"reason\": \"address\""), "{printed}");
    let (ok, _, stderr) =
        patch(folder.path(), &["check", "--patch", "patch.json", "--hosts", "b.example,a.example"]).await;
    assert!(ok, "{stderr}");
    // The order of fields is nothing that a person has to know.
    fs::write(folder.path().join("patch.json"), r#"{"ops":[{"target":{"n":1,"css":"li"},"op":"hide"}],"v":1}"#)
        .unwrap();
    let (ok, printed, stderr) = patch(folder.path(), &["check", "--patch", "patch.json"]).await;
    assert!(ok, "{printed} {stderr}");
    let (ok, _, stderr) = patch(folder.path(), &["check", "--patch", "nowhere.json"]).await;
    assert!(!ok && stderr.contains("nowhere.json"), "{stderr}");
}

#[tokio::test]
async fn mutations_of_others_are_taken_over_or_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let write = |mutations: Value| fs::write(folder.path().join("m.json"), mutations.to_string()).unwrap();
    write(json!([{"selector": "h1", "attribute": "html", "action": "set", "value": "Hello"}]));
    let (ok, printed, stderr) = patch(folder.path(), &["import", "--from", "m.json"]).await;
    assert!(ok, "{stderr}");
    let expected = json!({"v": 1, "ops": [{"op": "text", "target": {"css": "h1"}, "value": "Hello"}]});
    assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), expected);
    write(json!({"domMutations": [], "js": "alert(1)"}));
    let (ok, _, stderr) = patch(folder.path(), &["import", "--from", "m.json"]).await;
    assert!(!ok && stderr.contains("script: "), "{stderr}");
}

#[tokio::test]
async fn the_schema_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let (ok, printed, stderr) = patch(folder.path(), &["schema"]).await;
    assert!(ok, "{stderr}");
    assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), domain::Patch::schema());
}
