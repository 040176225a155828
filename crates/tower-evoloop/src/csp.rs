//! Content policies: as little is added as lets the page work as changed.
//!
//! * The style sheet of a patch is allowed by its hash, in every policy that would stop it. Where `'unsafe-inline'` is
//!   what allows inline styles, nothing is added, because a hash would switch that off.
//! * The script tag uses a nonce that the policy has already; else the snippet's own address is added, which lets
//!   nothing run that does not run already under that address. A fresh nonce would do too, but would switch
//!   `'unsafe-inline'` off. With `'strict-dynamic'` and no nonce there is no way, and the tag is not added.
//! * What the snippet sends goes to addresses of the page's own host, which are added one by one.
//!
//! A policy for reports alone gets the same, so that it does not report what is ours.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use sha2::{Digest, Sha256};

const NAMES: [HeaderName; 2] = [header::CONTENT_SECURITY_POLICY, header::CONTENT_SECURITY_POLICY_REPORT_ONLY];
const STYLE: [&str; 3] = ["style-src-elem", "style-src", "default-src"];
const SCRIPT: [&str; 3] = ["script-src-elem", "script-src", "default-src"];
/// The snippet's panel, which it loads for the owner from its own host, with its own nonce.
const PANEL: &str = "/evoloop-debug.js";
const CONNECT: [&str; 2] = ["connect-src", "default-src"];

/// Where the page stands, as its policies see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    /// Host and port.
    pub(crate) host: &'a str,
    pub(crate) is_https: bool,
}

/// What the script tag needs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Script {
    /// It can be added, with this nonce if there is one.
    Possible(Option<String>),
    /// A policy stops it in any case.
    Impossible,
}

/// Whether the script of this path can be added.
pub(crate) fn script(headers: &HeaderMap, place: Place<'_>, path: &str) -> Script {
    let policies = policies(headers);
    let stopping: Vec<&Policy> =
        policies.iter().filter(|policy| policy.list(&SCRIPT).is_some_and(|list| !list.has_url(place, path))).collect();
    let nonce = stopping.iter().find_map(|policy| policy.list(&SCRIPT)?.nonce());
    let is_hopeless = stopping.iter().filter_map(|policy| policy.list(&SCRIPT)).any(|list| {
        let takes_nonce = nonce.as_ref().is_some_and(|nonce| list.has(&format!("'nonce-{nonce}'")));
        !takes_nonce && list.has("'strict-dynamic'")
    });
    if is_hopeless { Script::Impossible } else { Script::Possible(nonce) }
}

/// Lets the script of this path, with this nonce, load and send to these paths.
pub(crate) fn allow_script(
    headers: &mut HeaderMap,
    place: Place<'_>,
    path: &str,
    nonce: Option<&str>,
    endpoints: &[String],
) {
    if !is_host(place.host) {
        return;
    }
    change(headers, |policy| {
        let takes_nonce = |list: &List| nonce.is_some_and(|nonce| list.has(&format!("'nonce-{nonce}'")));
        for path in [path, PANEL] {
            if policy.list(&SCRIPT).is_some_and(|list| !list.has_url(place, path) && !takes_nonce(&list)) {
                // Not `script-src`, which is what workers go by where nothing else is said.
                policy.add(&SCRIPT, "script-src-elem", &format!("{}{path}", place.host));
            }
        }
        for endpoint in endpoints {
            if policy.list(&CONNECT).is_some_and(|list| !list.has_url(place, endpoint)) {
                policy.add(&CONNECT, "connect-src", &format!("{}{endpoint}", place.host));
            }
        }
    });
}

/// Lets a style sheet with this text stand in the page.
pub(crate) fn allow_sheet(headers: &mut HeaderMap, text: &str) {
    let hash = format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())));
    change(headers, |policy| {
        if policy.list(&STYLE).is_some_and(|list| !list.has_all_inline() && !list.has(&hash)) {
            policy.add(&STYLE, "style-src", &hash);
        }
    });
}

/// Only what can stand in a policy without ending it.
fn is_host(host: &str) -> bool {
    !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte))
}

fn policies(headers: &HeaderMap) -> Vec<Policy> {
    let values = headers.get_all(header::CONTENT_SECURITY_POLICY);
    let texts = values.iter().filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split(',')).map(Policy::read).collect()
}

fn change(headers: &mut HeaderMap, mut edit: impl FnMut(&mut Policy)) {
    for name in &NAMES {
        let header::Entry::Occupied(mut entry) = headers.entry(name) else { continue };
        for value in entry.iter_mut() {
            let Ok(text) = value.to_str() else { continue };
            let edited: Vec<String> = text
                .split(',')
                .map(|text| {
                    let mut policy = Policy::read(text);
                    edit(&mut policy);
                    if policy.is_changed { policy.text() } else { text.to_owned() }
                })
                .collect();
            if let Ok(edited) = HeaderValue::from_str(&edited.join(",")) {
                *value = edited;
            }
        }
    }
}

/// One policy: its directives in order, of which the first with a name counts.
struct Policy {
    directives: Vec<(String, Vec<String>)>,
    is_changed: bool,
}

impl Policy {
    fn read(text: &str) -> Self {
        let directives = text.split(';').filter_map(|directive| {
            let mut words = directive.split_ascii_whitespace().map(str::to_owned);
            Some((words.next()?, words.collect()))
        });
        Self { directives: directives.collect(), is_changed: false }
    }

    fn text(&self) -> String {
        let directives: Vec<String> = self
            .directives
            .iter()
            .map(|(name, words)| [std::slice::from_ref(name), words].concat().join(" "))
            .collect();
        directives.join("; ")
    }

    fn place(&self, chain: &[&str]) -> Option<usize> {
        chain.iter().find_map(|wanted| self.directives.iter().position(|(name, _)| name.eq_ignore_ascii_case(wanted)))
    }

    /// The list that decides: of the first directive of the chain that is there.
    fn list(&self, chain: &[&str]) -> Option<List<'_>> {
        self.place(chain).and_then(|place| self.directives.get(place)).map(|(_, words)| List(words))
    }

    /// Adds a source where it counts; what is said for everything is not changed, but said again for this alone.
    fn add(&mut self, chain: &[&str], own: &str, source: &str) {
        let Some(mut place) = self.place(chain) else { return };
        let Some((name, words)) = self.directives.get(place) else { return };
        let is_for_more = name.eq_ignore_ascii_case("default-src")
            || (own == "script-src-elem" && name.eq_ignore_ascii_case("script-src"));
        if is_for_more {
            let copy = (own.to_owned(), words.clone());
            place = self.directives.len();
            self.directives.push(copy);
        }
        if let Some((_, words)) = self.directives.get_mut(place) {
            words.retain(|word| !word.eq_ignore_ascii_case("'none'"));
            words.push(source.to_owned());
            self.is_changed = true;
        }
    }
}

/// The sources of a directive.
struct List<'a>(&'a [String]);

impl List<'_> {
    fn has(&self, source: &str) -> bool {
        // Nonces and hashes are compared with their case.
        let exact = source.starts_with("'nonce-") || source.starts_with("'sha");
        self.0.iter().any(|word| if exact { word == source } else { word.eq_ignore_ascii_case(source) })
    }

    fn nonce(&self) -> Option<String> {
        self.0.iter().find_map(|word| {
            let (head, rest) = word.split_at_checked("'nonce-".len())?;
            let nonce = rest.strip_suffix('\'')?;
            head.eq_ignore_ascii_case("'nonce-").then(|| nonce.to_owned())
        })
    }

    fn has_all_inline(&self) -> bool {
        let is_exact = |word: &String| {
            let word = word.to_ascii_lowercase();
            word.starts_with("'nonce-") || word.starts_with("'sha")
        };
        self.has("'unsafe-inline'") && !self.0.iter().any(is_exact)
    }

    /// Whether an address of the page's own host is allowed. One that is, in a way that is not known here, is
    /// added once more, which changes nothing.
    fn has_url(&self, place: Place<'_>, path: &str) -> bool {
        if self.has("'strict-dynamic'") {
            return false;
        }
        self.0.iter().any(|word| {
            let word = word.to_ascii_lowercase();
            let scheme_fits = |scheme: &str| scheme == "http" || (scheme == "https" && place.is_https);
            match word.as_str() {
                "'self'" | "*" => true,
                _ if word.ends_with(':') => scheme_fits(word.trim_end_matches(':')),
                _ => {
                    let (scheme, rest) = word.split_once("://").unwrap_or(("http", &word));
                    let (host, beginning) = match rest.find('/') {
                        Some(slash) => rest.split_at(slash),
                        None => (rest, ""),
                    };
                    let own = place.host.to_ascii_lowercase();
                    let host_fits = match host.strip_prefix('*') {
                        Some(end) => end.starts_with('.') && own.ends_with(end),
                        None => host == own,
                    };
                    let path_fits = beginning.is_empty()
                        || (beginning.ends_with('/') && path.starts_with(beginning))
                        || beginning == path;
                    scheme_fits(scheme) && host_fits && path_fits
                }
            }
        })
    }
}

#[cfg(test)]
mod tests;
