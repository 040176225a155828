//! Selectors proved in Chromium: what a patch is applied to must be one element, and that one.

use super::{Manifest, pages_root};
use crate::failure::{About, Outcome};
use crate::project::Project;
use crate::{shell, tools};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::fs;
use std::path::Path;

const PROVE: &str = include_str!("prove.mjs");
/// Most wrong selectors that are printed.
const MOST_PRINTED: usize = 20;
/// The slots of a report.
const SLOTS: [&str; 5] = ["headline", "subheadline", "cta", "secondary_cta", "hero_image"];

/// What Chromium found.
#[derive(Debug, Deserialize)]
pub(super) struct Proof {
    proved: usize,
    wrong: Vec<Wrong>,
}

/// A selector that does not mean exactly the one element.
#[derive(Debug, Deserialize)]
struct Wrong {
    id: String,
    css: String,
    found: usize,
    /// Whether the page's own scripts had run, which may rebuild it.
    scripts: bool,
}

/// Every selector of every report, first choices and fallbacks, in real Chromium.
pub(super) fn prove(
    project: &Project,
    work: &Path,
    manifest: &Manifest,
    reports: &Map<String, Value>,
) -> Outcome<Proof> {
    let mut pages = Vec::new();
    for page in &manifest.pages {
        let Some(report) = reports.get(&page.id) else { continue };
        let entry = Path::new(&page.entry).strip_prefix(&page.id).about(&page.entry)?;
        let root = pages_root(work).join(&page.id);
        pages.push(json!({"id": page.id, "root": root, "entry": entry, "selectors": selectors(report)}));
    }
    let file = work.join("selectors.json");
    fs::write(&file, Value::Array(pages).to_string()).about(file.display())?;
    let mut node = shell::command("node");
    node.current_dir(&project.root).env("CHROMIUM", tools::chromium()?);
    let printed = shell::text(node.args(["--input-type=module", "--eval", PROVE, "--"]).arg(&file))?;
    serde_json::from_str(&printed).about("what the browser found")
}

/// Each element's selector with its fallbacks.
fn selectors(report: &Value) -> Vec<Vec<String>> {
    let strings = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(|css| css.as_str().map(str::to_owned)).collect()
    };
    let one = |css: &Value, fallbacks: &Value| {
        let first = css.as_str()?.to_owned();
        Some(std::iter::once(first).chain(strings(fallbacks)).collect::<Vec<String>>())
    };
    let slots =
        SLOTS.iter().filter_map(|slot| one(&report["slots"][slot]["selector"], &report["slots"][slot]["fallbacks"]));
    let elements = report["inventory"]["elements"].as_array().into_iter().flatten();
    let elements = elements.filter_map(|element| one(&element["locator"]["css"], &element["locator"]["alt"]));
    slots.chain(elements).collect()
}

impl Proof {
    /// Verdicts for the table below the scores. What a page's own scripts rebuild cannot be known from its text, so
    /// that number is shown and judges nothing.
    pub(super) fn verdict(&self) -> (bool, String) {
        for wrong in self.wrong.iter().filter(|wrong| !wrong.scripts).take(MOST_PRINTED) {
            println!("    {}: `{}` means {} elements, or another one", wrong.id, wrong.css, wrong.found);
        }
        let (rebuilt, wrong) = {
            let rebuilt = self.wrong.iter().filter(|wrong| wrong.scripts).count();
            (rebuilt, self.wrong.len() - rebuilt)
        };
        let half = self.proved / 2;
        let sentence = format!(
            "{} of {half} selectors mean exactly one element in Chromium ({} after the pages' own scripts have run)",
            half.saturating_sub(wrong),
            half.saturating_sub(rebuilt),
        );
        (wrong == 0 && half > 0, sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_selectors_of_a_report_are_taken() {
        let report = json!({
            "slots": {"headline": {"selector": "#a", "fallbacks": ["h1"]}, "cta": null},
            "inventory": {"elements": [{"locator": {"css": "p", "alt": ["div > p"], "tag": "p"}}]},
        });
        assert_eq!(selectors(&report), [vec!["#a", "h1"], vec!["p", "div > p"]]);
    }

    #[test]
    fn one_wrong_selector_breaks_the_verdict() {
        let wrong = |scripts| Wrong { id: "x".into(), css: "p".into(), found: 2, scripts };
        let holds = |proved, wrong| Proof { proved, wrong }.verdict().0;
        assert!(holds(4, vec![wrong(true)]));
        assert!(!holds(4, vec![wrong(false)]));
        assert!(!holds(0, vec![]), "nothing proved is no proof");
    }
}
