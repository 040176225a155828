//! The patch language: a variant as a small list of typed operations on the page.
//!
//! A patch holds no HTML, no script and no handler, so that whoever wrote it cannot break out of
//! the text or attribute that it changes. The same rules run when a patch is stored, when it is
//! served and in the browser. This version knows `text`, `attr` and `image`.

use serde::{Deserialize, Serialize};
use url::Url;

/// The version of the language that this crate speaks.
pub const VERSION: u8 = 1;
/// Most operations in one patch.
pub const MAX_OPS: usize = 40;
/// Largest patch, in bytes of JSON.
pub const MAX_BYTES: usize = 16 * 1024;
/// Longest text or attribute value, in characters.
pub const MAX_VALUE_CHARS: usize = 2_000;
/// Longest CSS selector, in bytes.
pub const MAX_SELECTOR_BYTES: usize = 500;
/// Attributes that an `attr` operation may set.
pub const ATTRIBUTES: &[&str] = &["alt", "title", "placeholder", "aria-label", "href", "src"];

/// A whole change of a page: every operation applies, or none does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Patch {
    /// Version of the language, 1.
    pub v: u8,
    /// The operations, in order.
    pub ops: Vec<Op>,
}

/// Which element an operation means. Exactly one element must fit, or the operation is a miss.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// CSS selector.
    pub css: String,
    /// Which of several matches is meant, from 0, when the selector is known not to be unique.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<u16>,
    /// Expected tag name in lower case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Expected text before the change, white space normalised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Selectors to try when `css` does not fit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alt: Vec<String>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum Op {
    /// Replaces the text of an element.
    Text {
        /// Where.
        target: Target,
        /// The new text.
        value: String,
    },
    /// Sets an attribute out of [`ATTRIBUTES`].
    Attr {
        /// Where.
        target: Target,
        /// Attribute name.
        name: String,
        /// The new value.
        value: String,
    },
    /// Shows another picture in the same box; clears `srcset` and `sizes`.
    Image {
        /// Where.
        target: Target,
        /// Address of the picture.
        src: String,
        /// Text alternative.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        alt: Option<String>,
    },
}

impl Op {
    /// Where the operation acts.
    #[must_use]
    pub fn target(&self) -> &Target {
        match self {
            Self::Text { target, .. } | Self::Attr { target, .. } | Self::Image { target, .. } => target,
        }
    }
}

/// Why a patch is refused. Every rule has its name, so that a refusal can be explained.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not the JSON of a patch; unknown operations and fields end here.
    #[error("this is not a patch: {0}")]
    Malformed(String),
    /// Another language version.
    #[error("patch version {0} is not supported; this is version {VERSION}")]
    Version(u8),
    /// More than [`MAX_OPS`].
    #[error("a patch has at most {MAX_OPS} operations")]
    TooManyOps,
    /// More than [`MAX_BYTES`].
    #[error("a patch has at most {MAX_BYTES} bytes")]
    TooLarge,
    /// An empty or overlong selector, or more than four fallbacks.
    #[error(
        "operation {0}: the target needs a CSS selector of 1 to {MAX_SELECTOR_BYTES} bytes and at most 4 fallbacks"
    )]
    Selector(usize),
    /// A target inside markup that is never to be touched.
    #[error("operation {0}: scripts, styles and the document head cannot be changed")]
    ForbiddenTarget(usize),
    /// A value longer than [`MAX_VALUE_CHARS`].
    #[error("operation {0}: the text has more than {MAX_VALUE_CHARS} characters")]
    ValueTooLong(usize),
    /// A text operation that would leave nothing to read.
    #[error("operation {0}: the text is empty")]
    EmptyText(usize),
    /// Control characters or marks that reorder the text.
    #[error("operation {0}: the text has control or direction characters")]
    ControlCharacters(usize),
    /// An attribute outside [`ATTRIBUTES`].
    #[error("operation {0}: the attribute `{1}` cannot be changed")]
    Attribute(usize, String),
    /// Not an http(s) address, or on a host that is not allowed.
    #[error("operation {0}: `{1}` is not an http(s) address on an allowed host")]
    Address(usize, String),
}

/// Hosts that addresses in a patch may point to: the site's own and those named by its owner.
#[derive(Debug, Clone, Default)]
pub struct AllowedHosts(Vec<String>);

impl AllowedHosts {
    /// Allows these hosts, given without a port.
    #[must_use]
    pub fn new(hosts: impl IntoIterator<Item = String>) -> Self {
        Self(hosts.into_iter().map(|host| host.to_lowercase()).collect())
    }

    /// A relative address stays on the page's own host; an absolute one must be http(s) and listed.
    fn allow(&self, address: &str) -> bool {
        let address = address.trim();
        // The browser strips these before it looks for a scheme, so they could hide one.
        if address.chars().any(|c| c.is_control()) || address.contains('\\') {
            return false;
        }
        match Url::parse(address) {
            Ok(url) => {
                matches!(url.scheme(), "http" | "https")
                    && url.host_str().is_some_and(|host| self.0.iter().any(|allowed| allowed == host))
            }
            Err(url::ParseError::RelativeUrlWithoutBase) => !address.starts_with("//"),
            Err(_) => false,
        }
    }
}

impl Patch {
    /// The patch that changes nothing, which the control serves.
    #[must_use]
    pub fn empty() -> Self {
        Self { v: VERSION, ops: Vec::new() }
    }

    /// Reads and checks a patch.
    ///
    /// # Errors
    /// The first rule that the patch breaks.
    pub fn parse(json: &str, hosts: &AllowedHosts) -> Result<Self, Refusal> {
        if json.len() > MAX_BYTES {
            return Err(Refusal::TooLarge);
        }
        let patch: Self = serde_json::from_str(json).map_err(|error| Refusal::Malformed(error.to_string()))?;
        patch.check(hosts)?;
        Ok(patch)
    }

    /// Checks every rule of the language.
    ///
    /// # Errors
    /// The first rule that the patch breaks.
    pub fn check(&self, hosts: &AllowedHosts) -> Result<(), Refusal> {
        if self.v != VERSION {
            return Err(Refusal::Version(self.v));
        }
        if self.ops.len() > MAX_OPS {
            return Err(Refusal::TooManyOps);
        }
        if serde_json::to_vec(self).map_or(true, |json| json.len() > MAX_BYTES) {
            return Err(Refusal::TooLarge);
        }
        self.ops.iter().enumerate().try_for_each(|(index, op)| check_op(index, op, hosts))
    }
}

fn check_op(index: usize, op: &Op, hosts: &AllowedHosts) -> Result<(), Refusal> {
    check_target(index, op.target())?;
    match op {
        Op::Text { value, .. } => {
            check_value(index, value)?;
            if value.trim().is_empty() { Err(Refusal::EmptyText(index)) } else { Ok(()) }
        }
        Op::Attr { name, value, .. } => {
            if !ATTRIBUTES.contains(&name.as_str()) {
                return Err(Refusal::Attribute(index, name.clone()));
            }
            check_value(index, value)?;
            if matches!(name.as_str(), "href" | "src") { check_address(index, value, hosts) } else { Ok(()) }
        }
        Op::Image { src, alt, .. } => {
            check_value(index, src)?;
            check_value(index, alt.as_deref().unwrap_or_default())?;
            check_address(index, src, hosts)
        }
    }
}

fn check_target(index: usize, target: &Target) -> Result<(), Refusal> {
    let selectors = || std::iter::once(&target.css).chain(&target.alt);
    let sound = |css: &String| !css.trim().is_empty() && css.len() <= MAX_SELECTOR_BYTES;
    if target.alt.len() > 4 || !selectors().all(sound) {
        return Err(Refusal::Selector(index));
    }
    // Read by simple words, on purpose too strict: no landing-page text stands in these elements.
    let forbidden = |css: &String| {
        css.to_lowercase()
            .split(|c: char| !(c.is_ascii_alphanumeric() || "-_.#".contains(c)))
            .any(|word| matches!(word, "script" | "style" | "head" | "meta" | "link" | "iframe" | "object" | "base"))
    };
    if selectors().any(forbidden) || target.tag.as_ref().is_some_and(forbidden) {
        return Err(Refusal::ForbiddenTarget(index));
    }
    Ok(())
}

fn check_value(index: usize, value: &str) -> Result<(), Refusal> {
    if value.chars().count() > MAX_VALUE_CHARS {
        return Err(Refusal::ValueTooLong(index));
    }
    let reorders = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if value.chars().any(|c| c.is_control() || reorders(c)) {
        return Err(Refusal::ControlCharacters(index));
    }
    Ok(())
}

fn check_address(index: usize, address: &str, hosts: &AllowedHosts) -> Result<(), Refusal> {
    if hosts.allow(address) { Ok(()) } else { Err(Refusal::Address(index, address.to_owned())) }
}
