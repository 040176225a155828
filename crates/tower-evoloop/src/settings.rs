//! What the layer is told.

use std::time::Duration;

/// The paths that the snippet asks, by the attribute that renames them.
const ENDPOINTS: [(&str, &str); 3] =
    [("data-assign", "/v1/assign"), ("data-event", "/v1/event"), ("data-forget", "/v1/forget")];

/// What happens to pages that a framework takes over in the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hydrated {
    /// They are left to the snippet, which waits for the framework: a framework that finds other elements than it
    /// rendered throws them away.
    #[default]
    Leave,
    /// They are changed like all others.
    Apply,
}

/// What the layer is told. Begin with [`Settings::new`].
#[derive(Debug, Clone)]
pub struct Settings {
    /// The site.
    pub site_id: String,
    /// Path of the snippet on the page's own host.
    pub script: String,
    /// Further names of the paths that the snippet asks, by the name of the tag's attribute: `data-assign`,
    /// `data-event`, `data-forget`.
    pub renamed: Vec<(&'static str, String)>,
    /// Longest time that a page is held for the change.
    pub hold: Duration,
    /// Longest page that is held, in bytes.
    pub max_held: usize,
    /// Bytes that are held of all pages together; for which there is no room, they pass as they are.
    pub max_held_together: usize,
    /// What happens to pages that a framework takes over.
    pub hydrated: Hydrated,
    /// Whether nothing may be kept before the visitor agreed: then only those are assigned whom the snippet gave the
    /// visitor's cookie.
    pub consent_required: bool,
    /// Whether nothing may be kept at all: then the snippet decides, and no cookie is set.
    pub stateless: bool,
    /// Whether visitors who send `Sec-GPC: 1` are left alone.
    pub respect_gpc: bool,
    /// Whether visitors who send `DNT: 1` are left alone.
    pub respect_dnt: bool,
}

impl Settings {
    /// The usual ones.
    #[must_use]
    pub fn new(site_id: impl Into<String>) -> Self {
        Self {
            site_id: site_id.into(),
            script: "/evoloop.js".to_owned(),
            renamed: Vec::new(),
            hold: Duration::from_secs(1),
            max_held: 4 << 20,
            max_held_together: 256 << 20,
            hydrated: Hydrated::Leave,
            consent_required: false,
            stateless: false,
            respect_gpc: false,
            respect_dnt: false,
        }
    }

    /// The paths that the snippet asks, under the names that it uses.
    pub(crate) fn endpoints(&self) -> Vec<String> {
        let name = |(attribute, standard): (&str, &str)| {
            let renamed = self.renamed.iter().find(|(known, _)| *known == attribute);
            renamed.map_or_else(|| standard.to_owned(), |(_, path)| path.clone())
        };
        ENDPOINTS.into_iter().map(name).collect()
    }

    /// The snippet's script tag, with the nonce of the page's content policy if it needs one.
    pub(crate) fn script_tag(&self, nonce: Option<&str>) -> String {
        let mut tag = format!("<script async src=\"{}\" data-site=\"{}\"", quoted(&self.script), quoted(&self.site_id));
        for (attribute, path) in &self.renamed {
            tag.push_str(&format!(" {attribute}=\"{}\"", quoted(path)));
        }
        if self.consent_required {
            tag.push_str(" data-consent=\"required\"");
        }
        if self.stateless {
            tag.push_str(" data-stateless");
        }
        let respected: Vec<&str> = [(self.respect_gpc, "gpc"), (self.respect_dnt, "dnt")]
            .into_iter()
            .filter_map(|(is_respected, name)| is_respected.then_some(name))
            .collect();
        if !respected.is_empty() {
            tag.push_str(&format!(" data-respect=\"{}\"", respected.join(" ")));
        }
        if let Some(nonce) = nonce {
            tag.push_str(&format!(" nonce=\"{}\"", quoted(nonce)));
        }
        tag.push_str("></script>");
        tag
    }
}

fn quoted(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}
