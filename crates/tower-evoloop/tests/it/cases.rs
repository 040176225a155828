//! The language-neutral cases of the patch language: what the page and the patch give elsewhere, the visitor gets.

use crate::support::{Reply, Says, navigation, settings, tag, through};
use serde_json::Value;
use tower_evoloop::Hydrated;

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../domain/cases/patch.json");
/// Cases that the project promises.
const LEAST: usize = 150;

/// A page as it came, without what the layer added, and with that.
struct Came {
    page: String,
    sheet: Option<String>,
    has_comment: bool,
}

async fn shown(html: &str, patch: &Value, piece: usize) -> Came {
    let mut settings = settings();
    // Some cases look like the work of frameworks.
    settings.hydrated = Hydrated::Apply;
    let patch: &'static str = patch.to_string().leak();
    let reply = Reply::html(html).pieces(piece);
    let mut page = through(settings, Says::Json(patch), navigation(), reply).await.text().replacen(&tag(), "", 1);
    let comment = page.rfind("<!--evoloop variant-1 ");
    if let Some(at) = comment {
        page.truncate(at);
    }
    let begin = page.find("<style data-evo>").filter(|_| comment.is_some());
    let sheet = begin.map(|begin| {
        let end = begin + page[begin..].find("</style>").unwrap();
        let sheet = page[begin + "<style data-evo>".len()..end].to_owned();
        page.replace_range(begin..end + "</style>".len(), "");
        sheet
    });
    Came { page, sheet, has_comment: comment.is_some() }
}

#[tokio::test]
async fn every_case_comes_through() {
    let file: Value = serde_json::from_str(&std::fs::read_to_string(CASES).unwrap()).unwrap();
    let (mut applied, mut missed, mut left) = (0, 0, 0);
    for case in file["cases"].as_array().unwrap() {
        let (name, html) = (&case["name"], case["html"].as_str().unwrap());
        for piece in [1, 7, usize::MAX] {
            let came = shown(html, &case["patch"], piece).await;
            match case["kind"].as_str().unwrap() {
                "apply" => {
                    assert_eq!(came.page, case["expected"].as_str().unwrap(), "{name} {piece}");
                    assert_eq!(came.sheet.as_deref(), case["css"].as_str(), "{name} {piece}");
                    // What changes nothing is not acknowledged as a change.
                    let changes = case["patch"]["ops"].as_array().is_some_and(|ops| !ops.is_empty());
                    assert_eq!(came.has_comment, changes, "{name}");
                    applied += 1;
                }
                "miss" => {
                    assert_eq!(came.page, html, "{name} {piece}");
                    assert!(!came.has_comment, "{name}");
                    missed += 1;
                }
                // Nothing tells the browser that it is done, so it does it.
                "left" => {
                    assert_eq!(came.page, html, "{name} {piece}");
                    assert!(!came.has_comment, "{name}");
                    left += 1;
                }
                other => unreachable!("{other}"),
            }
        }
    }
    let all = applied + missed + left;
    assert!(all / 3 >= LEAST && missed > 0 && left > 0, "{applied} applied, {missed} missed, {left} left");
}
