//! A script element of ours as it stands on a page.

use super::{ASSIGN_PATH, EVENT_PATH};
use serde::{Deserialize, Serialize};
use url::Url;

/// Where a script element stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Inside `<head>`.
    Head,
    /// Inside `<body>`, with content behind it.
    Body,
    /// Behind everything that a visitor sees.
    End,
}

/// A script element that loads the snippet, or would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnippetTag {
    /// Where it stands.
    pub place: Place,
    /// The address of the script, whatever attribute holds it now.
    pub address: Option<Url>,
    /// Its attributes as written, names in lower case.
    pub attributes: Vec<(String, String)>,
}

/// What made a script element wait that a browser would have run at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alteration {
    /// Cloudflare Rocket Loader.
    RocketLoader,
    /// WP Rocket.
    WpRocket,
    /// LiteSpeed Cache.
    LiteSpeed,
    /// Another tool, by a type that no browser runs or an address that was moved to another attribute.
    Other,
}

impl Alteration {
    /// The tool's name in a sentence.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RocketLoader => "Cloudflare Rocket Loader",
            Self::WpRocket => "WP Rocket",
            Self::LiteSpeed => "LiteSpeed Cache",
            Self::Other => "A tool that optimises the page",
        }
    }
}

/// Types that a browser runs.
const RUN: [&str; 6] =
    ["", "text/javascript", "application/javascript", "module", "text/ecmascript", "application/ecmascript"];
/// Attributes by which consent tools mark scripts that have to wait.
const CONSENT_MARKS: [&str; 9] = [
    "data-cookieconsent",
    "data-cookiecategory",
    "data-cookie-consent",
    "data-usercentrics",
    "data-cmp-vendor",
    "data-consent-category",
    "data-cookieyes",
    "data-category",
    "data-cookieblock-src",
];

impl SnippetTag {
    /// The value of an attribute; empty when it has none.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.trim())
    }

    /// Whether it has an attribute.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.attribute(name).is_some()
    }

    fn media_type(&self) -> String {
        self.attribute("type").unwrap_or_default().to_ascii_lowercase()
    }

    /// Whether a consent tool lets it run only after the visitor agreed.
    #[must_use]
    pub fn waits_for_consent_tool(&self) -> bool {
        let is_marked = CONSENT_MARKS.iter().any(|name| self.has(name));
        // Cookiebot's `necessary` and its like are let through.
        let is_needed = CONSENT_MARKS
            .iter()
            .filter_map(|name| self.attribute(name))
            .any(|value| matches!(value, "ignore" | "necessary"));
        self.media_type() == "text/plain" || (is_marked && !is_needed)
    }

    /// Which tool holds it back, if one does.
    #[must_use]
    pub fn alteration(&self) -> Option<Alteration> {
        let media_type = self.media_type();
        let is_rocket_loader = media_type.split_once('-').is_some_and(|(key, kind)| {
            key.len() >= 8 && key.bytes().all(|byte| byte.is_ascii_hexdigit()) && kind == "text/javascript"
        });
        if is_rocket_loader || self.attribute("data-cfasync") == Some("true") {
            Some(Alteration::RocketLoader)
        } else if media_type == "rocketlazyloadscript" || self.has("data-rocket-src") || self.has("data-rocket-type") {
            Some(Alteration::WpRocket)
        } else if media_type == "litespeed/javascript" || self.has("data-optimized") {
            Some(Alteration::LiteSpeed)
        } else if self.waits_for_consent_tool() {
            None
        } else {
            let is_moved = !self.has("src") && self.address.is_some();
            (is_moved || !RUN.contains(&media_type.as_str())).then_some(Alteration::Other)
        }
    }

    /// Where the snippet asks for a variant, and where it reports; both on the script's own origin.
    #[must_use]
    pub fn interfaces(&self) -> Option<[Url; 2]> {
        let address = self.address.as_ref()?;
        let path = |name: &str, standard: &str| {
            let path = self.attribute(name).filter(|path| path.starts_with('/')).unwrap_or(standard);
            let joined = address.join(path).ok()?;
            (joined.origin() == address.origin()).then_some(joined)
        };
        Some([path("data-assign", ASSIGN_PATH)?, path("data-event", EVENT_PATH)?])
    }
}
