//! What the layer is told.

use std::time::Duration;

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
    /// Paths that the snippet sends to.
    pub endpoints: Vec<String>,
    /// Longest time that a page is held for the change.
    pub hold: Duration,
    /// Longest page that is held, in bytes.
    pub max_held: usize,
    /// What happens to pages that a framework takes over.
    pub hydrated: Hydrated,
    /// Whether nothing may be kept before the visitor agreed: then only those are assigned whom the snippet gave the
    /// visitor's cookie.
    pub consent_required: bool,
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
            endpoints: vec!["/v1/assign".to_owned(), "/v1/event".to_owned()],
            hold: Duration::from_secs(1),
            max_held: 4 << 20,
            hydrated: Hydrated::Leave,
            consent_required: false,
            respect_gpc: false,
            respect_dnt: false,
        }
    }

    /// The snippet's script tag, with the nonce of the page's content policy if it needs one.
    pub(crate) fn script_tag(&self, nonce: Option<&str>) -> String {
        let mut tag = format!("<script async src=\"{}\" data-site=\"{}\"", quoted(&self.script), quoted(&self.site_id));
        if self.consent_required {
            tag.push_str(" data-consent=\"required\"");
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
