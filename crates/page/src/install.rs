//! The snippet as it stands in the text of a page, and what else there decides whether it runs.

use crate::document::ancestors;
use crate::tree;
use domain::SiteId;
use domain::install::{PageScripts, Place, SCRIPT_PATH, SnippetTag};
use scraper::{ElementRef, Html, Node};
use url::Url;

/// Most elements of ours that are looked at.
const MOST: usize = 20;
/// Most policies of a page.
const MOST_POLICIES: usize = 20;
/// Longest value of an attribute, in bytes.
const LONGEST: usize = 2_048;

/// Attributes that hold a script's address; tools that delay scripts move it.
const ADDRESSES: [&str; 8] = [
    "src",
    "data-src",
    "data-rocket-src",
    "data-litespeed-src",
    "data-cookieblock-src",
    "data-cmp-src",
    "data-suppressedsrc",
    "data-lazy-src",
];

/// Addresses of tag managers, and their names.
const MANAGERS: [(&str, &str); 6] = [
    ("googletagmanager.com/gtm.js", "Google Tag Manager"),
    ("googletagmanager.com/ns.html", "Google Tag Manager"),
    ("tags.tiqcdn.com/utag", "Tealium"),
    ("assets.adobedtm.com/", "Adobe Launch"),
    ("cdn.matomo.cloud/", "Matomo Tag Manager"),
    (".containers.piwik.pro", "Piwik PRO Tag Manager"),
];

/// What only stands on pages that ask for a proof of being a person.
const CHALLENGES: [&str; 6] = [
    "_cf_chl_opt",
    "captcha-delivery.com",
    "_Incapsula_Resource",
    "px-captcha",
    "awsWafCookieDomainList",
    "/_sec/cp_challenge",
];

/// Elements that a visitor sees although they hold no text.
const SEEN: [&str; 8] = ["img", "picture", "video", "svg", "canvas", "iframe", "input", "button"];
/// Elements whose text nobody sees.
const UNSEEN: [&str; 6] = ["script", "style", "noscript", "template", "title", "textarea"];

/// Reads what a page's text says about scripts.
#[must_use]
pub fn page_scripts(html: &str, url: &Url) -> PageScripts {
    let (html, _) = tree::parse(html);
    let mut found = PageScripts::default();
    let base = base(&html, url);
    // Elements of ours whose place is not known yet, because nothing that is seen came behind them so far.
    let mut tags: Vec<SnippetTag> = Vec::new();
    let mut is_open = 0;
    for node in html.tree.root().descendants() {
        if let Node::Text(text) = node.value() {
            let around = node.parent().and_then(ElementRef::wrap);
            let name = around.map_or("", |around| around.value().name());
            if name == "script" || name == "noscript" {
                find_in_text(text, &mut found);
            }
            if !UNSEEN.contains(&name) && !text.trim().is_empty() {
                is_open = close(&mut tags, is_open);
            }
        }
        let Some(element) = ElementRef::wrap(node) else { continue };
        match element.value().name() {
            "script" => {
                let address = element.attr("src").unwrap_or_default();
                find_in_text(address, &mut found);
                if tags.len() < MOST
                    && let Some(tag) = snippet(element, &base)
                {
                    tags.push(tag);
                }
            }
            "meta" if is_policy(element) && found.policies.len() < MOST_POLICIES => {
                found.policies.extend(element.attr("content").map(clipped));
            }
            "iframe"
                if element.attr("src").is_some_and(|address| CHALLENGES.iter().any(|sign| address.contains(sign))) =>
            {
                found.is_challenge = true;
            }
            name if SEEN.contains(&name) => is_open = close(&mut tags, is_open),
            _ => {}
        }
    }
    found.snippets = tags;
    found
}

/// Something that is seen stands behind these elements, so they do not stand at the end.
fn close(tags: &mut [SnippetTag], from: usize) -> usize {
    for tag in tags.iter_mut().skip(from).filter(|tag| tag.place == Place::End) {
        tag.place = Place::Body;
    }
    tags.len()
}

fn base(html: &Html, url: &Url) -> Url {
    let mut elements = html.tree.root().descendants().filter_map(ElementRef::wrap);
    let stated = elements.find(|element| element.value().name() == "base" && element.attr("href").is_some());
    let stated = stated.and_then(|element| url.join(element.attr("href")?.trim()).ok());
    stated.unwrap_or_else(|| url.clone())
}

/// The element as a tag of ours, if it is one: by the name of the script, or by a site's key.
fn snippet(element: ElementRef<'_>, base: &Url) -> Option<SnippetTag> {
    let address = ADDRESSES.iter().find_map(|name| element.attr(name));
    let address = address.and_then(|address| base.join(address.trim()).ok());
    let is_named = address.as_ref().is_some_and(|address| address.path().ends_with(SCRIPT_PATH));
    let has_key = || element.attr("data-site").is_some_and(|key| key.trim().parse::<SiteId>().is_ok());
    let in_template = || ancestors(element).any(|around| around.value().name() == "template");
    let is_ours = is_named || address.is_some() && has_key();
    if !is_ours || in_template() {
        return None;
    }
    let in_head = ancestors(element).any(|around| around.value().name() == "head");
    let place = if in_head { Place::Head } else { Place::End };
    let attributes = element.value().attrs().map(|(name, value)| (name.to_ascii_lowercase(), clipped(value))).collect();
    Some(SnippetTag { place, address, attributes })
}

fn is_policy(element: ElementRef<'_>) -> bool {
    element.attr("http-equiv").is_some_and(|name| name.trim().eq_ignore_ascii_case("content-security-policy"))
        && ancestors(element).any(|around| around.value().name() == "head")
}

fn find_in_text(text: &str, found: &mut PageScripts) {
    if let Some((_, name)) = MANAGERS.iter().find(|(address, _)| text.contains(address)) {
        let container = container(text).map_or_else(|| (*name).to_owned(), |id| format!("{name} {id}"));
        if found.tag_manager.as_ref().is_none_or(|known| known.len() < container.len()) {
            found.tag_manager = Some(container);
        }
    }
    found.is_challenge |= CHALLENGES.iter().any(|sign| text.contains(sign));
}

/// The first container of Google Tag Manager that a text names.
fn container(text: &str) -> Option<&str> {
    let at = text.find("GTM-")?;
    let length = text[at + 4..].bytes().take_while(u8::is_ascii_alphanumeric).count();
    (4..=12).contains(&length).then(|| &text[at..at + 4 + length])
}

fn clipped(value: &str) -> String {
    value[..value.floor_char_boundary(LONGEST.min(value.len()))].to_owned()
}
