//! How many pages the built-in copywriter can write enough for.

use super::pages::FileServer;
use super::{Manifest, Page};
use crate::failure::{About, Outcome};
use crate::shell;
use serde_json::Value;
use std::path::Path;

/// Drafts that a page needs.
const WANTED: usize = 3;
/// Of a hundred pages, how many must get them.
const LEAST: usize = 90;

/// What became of each page.
pub(super) struct Playbook(Vec<(String, usize)>);

/// Has drafts written for every page, each judged by every rule.
pub(super) fn write_all(binary: &Path, pages: &Path, manifest: &Manifest) -> Outcome<Playbook> {
    let written = manifest.pages.iter().map(|page| Ok((page.id.clone(), write(binary, pages, page)?)));
    written.collect::<Outcome<_>>().map(Playbook)
}

fn write(binary: &Path, pages: &Path, page: &Page) -> Outcome<usize> {
    let below = Path::new(&page.entry).strip_prefix(&page.id).about(&page.entry)?;
    let server = FileServer::start(pages.join(&page.id))?;
    let mut evoloop = shell::command(binary);
    evoloop.env("EVOLOOP_ALLOW_PRIVATE_HOSTS", "127.0.0.1");
    let count = WANTED.to_string();
    evoloop.args(["generate", "--json", "--playbook", "--count", &count, "--url"]).arg(server.address_of(below));
    // A page that cannot be read, and one that nothing can be written for, end with a failure.
    let printed = shell::text(&mut evoloop).unwrap_or_default();
    Ok(drafts(&printed))
}

fn drafts(printed: &str) -> usize {
    let report: Value = serde_json::from_str(printed).unwrap_or_default();
    report["variants"].as_array().map_or(0, Vec::len)
}

impl Playbook {
    /// A line a page.
    pub(super) fn print(&self) {
        println!("\ndrafts of the playbook, of {WANTED} wanted:");
        for (page, drafts) in &self.0 {
            println!("    {page:<24} {drafts}");
        }
    }

    /// Whether enough pages have enough.
    pub(super) fn verdict(&self) -> (bool, String) {
        let enough = self.0.iter().filter(|(_, drafts)| *drafts >= WANTED).count();
        let all = self.0.len();
        let sentence = format!("{WANTED} drafts of the playbook on {enough} of {all} pages, {LEAST} % wanted");
        (all > 0 && enough * 100 >= all * LEAST, sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_pages_of_ten_must_have_enough() {
        let of = |poor: usize| {
            let page = |number: usize| (format!("page-{number}"), if number < poor { 2 } else { 3 });
            Playbook((0..10).map(page).collect()).verdict().0
        };
        assert_eq!((of(0), of(1), of(2)), (true, true, false));
        assert!(!Playbook(Vec::new()).verdict().0);
    }

    #[test]
    fn what_is_no_report_has_no_drafts() {
        assert_eq!((drafts(""), drafts("{}"), drafts(r#"{"variants":[1,2]}"#)), (0, 0, 2));
    }
}
