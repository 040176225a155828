//! What holds of every patch that was let through, found without the rules that let it through.

use domain::Patch;
use page::rewrite::{NotApplied, apply_text};
use scraper::Html;
use serde_json::Value;
use std::collections::BTreeMap;

/// The page that the patches are made for.
pub const SHOP: &str = include_str!("../pages/shop.html");

/// What became of a patch on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// It is there.
    Applied,
    /// Something that it needs is not.
    Missed,
    /// The page was not understood.
    Unsure,
}

/// Elements that run or load something, or change what the page is.
const MIGHTY: &[&str] = &[
    "script", "iframe", "frame", "object", "embed", "base", "meta", "link", "svg", "math", "template", "form", "input",
    "button", "video", "audio", "noscript", "title", "head", "body", "html", "textarea",
];

/// Looks for what must not be.
///
/// # Errors
/// What is wrong with the patch or with the page that it makes.
pub fn broken(patch: &Patch) -> Result<Became, String> {
    let written = serde_json::to_string(patch).map_err(|error| error.to_string())?;
    let again: Patch = serde_json::from_str(&written).map_err(|error| format!("it cannot be read again: {error}"))?;
    if again != *patch {
        return Err("it reads as another one than it was written".to_owned());
    }
    let value = serde_json::to_value(patch).map_err(|error| error.to_string())?;
    addresses(&value)?;
    let (page, reverse) = match apply_text(SHOP, patch) {
        Ok(applied) => applied,
        Err(NotApplied::Missed(_)) => return Ok(Became::Missed),
        Err(NotApplied::Unsure(_)) => return Ok(Became::Unsure),
        Err(NotApplied::Selector) => return Err("a selector that cannot be read".to_owned()),
    };
    if reverse.restore(&page).as_deref() != Ok(SHOP) {
        return Err("taken back, it is another page".to_owned());
    }
    look(&page)?;
    Ok(Became::Applied)
}

/// Every address in it, by the names under which they stand.
fn addresses(value: &Value) -> Result<(), String> {
    match value {
        Value::Array(entries) => entries.iter().try_for_each(addresses),
        Value::Object(fields) => {
            let is_named =
                fields.get("name").and_then(Value::as_str).is_some_and(|name| matches!(name, "href" | "src"));
            fields.iter().try_for_each(|(key, value)| match value.as_str() {
                Some(text) if matches!(key.as_str(), "href" | "src") || key == "value" && is_named => address(text),
                _ => addresses(value),
            })
        }
        _ => Ok(()),
    }
}

/// An address as a browser reads it: without white space and control characters in front, tabs and line ends gone.
fn address(text: &str) -> Result<(), String> {
    let seen = text.trim_start_matches(|c: char| c <= ' ' || c.is_whitespace() || c == '\u{feff}');
    let seen: String = seen.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    let seen = seen.to_ascii_lowercase().replace('\\', "/");
    let scheme = seen.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    });
    // Of an absolute one, what stands between the slashes and the path is the shop's host, perhaps with a port.
    let rest = seen.split_once(':').map_or("", |(_, rest)| rest).trim_start_matches('/');
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_shop =
        host == "shop.example" || host.strip_prefix("shop.example:").is_some_and(|port| port.parse::<u16>().is_ok());
    if seen.starts_with("//") || scheme.is_some_and(|scheme| !matches!(scheme, "http" | "https") || !is_shop) {
        return Err(format!("an address that leads away: {text:?}"));
    }
    Ok(())
}

/// The page as html5ever reads it.
fn look(page: &str) -> Result<(), String> {
    let (before, after) = (Html::parse_document(SHOP), Html::parse_document(page));
    if count(&before) != count(&after) {
        return Err("an element that runs or loads something has come or gone".to_owned());
    }
    for element in after.tree.values().filter_map(|node| node.as_element()) {
        for (name, value) in element.attrs() {
            let name = name.to_ascii_lowercase();
            if name.starts_with("on") || name == "style" || name == "srcdoc" {
                return Err(format!("an attribute `{name}`"));
            }
            if matches!(name.as_str(), "href" | "src" | "action" | "formaction" | "data" | "poster" | "background") {
                address(value)?;
            }
        }
    }
    let is_ours = |node: &&scraper::node::Element| node.name() == "style" && node.attr("data-evo").is_some();
    let sheets = after.tree.nodes().filter(|node| node.value().as_element().as_ref().is_some_and(is_ours));
    sheets
        .flat_map(|sheet| sheet.children())
        .try_for_each(|child| child.value().as_text().map_or(Ok(()), |text| sheet_of(text)))
}

/// How often each of the mighty elements is there.
fn count(page: &Html) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for element in page.tree.values().filter_map(|node| node.as_element()) {
        let is_other_style = element.name() == "style" && element.attr("data-evo").is_none();
        if MIGHTY.contains(&element.name()) || is_other_style {
            *counts.entry(element.name()).or_default() += 1;
        }
    }
    counts
}

/// Every rule is one of ours and loads nothing.
fn sheet_of(css: &str) -> Result<(), String> {
    for rule in css.split_inclusive('}') {
        let Some((selector, body)) = rule.split_once('{') else {
            return Err(format!("a rule without a body: {rule:?}"));
        };
        let marks = selector.trim_start_matches(":where(").trim_end_matches(')');
        let number = marks.strip_prefix("[data-evo~=\"").and_then(|rest| rest.strip_suffix("\"]"));
        let is_marked = number.is_some_and(|number| number.parse::<u8>().is_ok());
        let body = body.strip_suffix('}').unwrap_or("}").to_ascii_lowercase();
        let holds = |harm: &str| body.contains(harm);
        if !is_marked || ["url", "@", "<", "\\", "{", "}", "/*", "\"", "'", "position:"].into_iter().any(holds) {
            return Err(format!("a rule that is none of the patch: {rule:?}"));
        }
    }
    Ok(())
}
