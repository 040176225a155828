//! What an owner chooses about the snippet, as attributes of its script element.

use super::{PublicPaths, SCRIPT_PATH};
use crate::SiteId;

/// Choices for the script element; all off is the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SnippetOptions {
    /// Whether the browser waits for the script, so that nobody sees the old text for a moment.
    pub block: bool,
    /// Whether nothing is stored or sent before the page calls `evoloop.consent(true)`.
    pub consent: bool,
    /// Whether visitors whose browser asks not to be tracked are left alone.
    pub respect: bool,
    /// Whether nothing is kept in the visitor's browser.
    pub stateless: bool,
}

impl SnippetOptions {
    /// The choices in an address: each is on when its parameter is there.
    #[must_use]
    pub fn chosen(is_there: impl Fn(&str) -> bool) -> Self {
        Self {
            block: is_there("block"),
            consent: is_there("consent"),
            respect: is_there("respect"),
            stateless: is_there("stateless"),
        }
    }

    /// The script element to paste into a page; `paths` are what its requests are called where they are renamed.
    #[must_use]
    pub fn element(self, public_url: &str, paths: &PublicPaths, site_id: SiteId) -> String {
        let script = paths.script.as_deref().unwrap_or(SCRIPT_PATH);
        let renamed = [("assign", &paths.assign), ("event", &paths.event), ("forget", &paths.forget)];
        let renamed: String =
            renamed.iter().filter_map(|(name, path)| Some(format!(" data-{name}=\"{}\"", path.as_ref()?))).collect();
        let wait = if self.block { "" } else { "async " };
        let chosen = [
            (self.consent, " data-consent=\"required\""),
            (self.respect, " data-respect=\"gpc dnt\""),
            (self.stateless, " data-stateless"),
            (self.block, " data-block"),
        ];
        let attributes: String = chosen.into_iter().filter(|(is_on, _)| *is_on).map(|(_, text)| text).collect();
        format!("<script {wait}src=\"{public_url}{script}\" data-site=\"{site_id}\"{renamed}{attributes}></script>")
    }
}

#[cfg(test)]
mod tests {
    use super::{PublicPaths, SnippetOptions};
    use crate::SiteId;
    use uuid::Uuid;

    #[test]
    fn choices_become_attributes() {
        let site = SiteId(Uuid::from_u128(7));
        let cases: [(&[&str], &str, &str); 6] = [
            (&[], "async ", ""),
            (&["block"], "", " data-block"),
            (&["consent"], "async ", " data-consent=\"required\""),
            (&["respect"], "async ", " data-respect=\"gpc dnt\""),
            (&["stateless"], "async ", " data-stateless"),
            (
                &["stateless", "respect", "block", "consent", "unknown"],
                "",
                " data-consent=\"required\" data-respect=\"gpc dnt\" data-stateless data-block",
            ),
        ];
        for (chosen, wait, attributes) in cases {
            let element = SnippetOptions::chosen(|name| chosen.contains(&name)).element(
                "https://e.test",
                &PublicPaths::default(),
                site,
            );
            let expected =
                format!("<script {wait}src=\"https://e.test/evoloop.js\" data-site=\"{site}\"{attributes}></script>");
            assert_eq!(element, expected, "{chosen:?}");
        }
    }
}
