//! Content security policies: whether they let the snippet load and talk.
//!
//! Follows the matching of Content Security Policy Level 3, as far as it concerns an external script and its requests.

use url::Url;

/// What is asked about a page's policies.
#[derive(Debug, Clone, Copy)]
pub struct PolicyQuestion<'a> {
    /// The page.
    pub page: &'a Url,
    /// The script.
    pub script: &'a Url,
    /// The nonce that its element bears.
    pub nonce: Option<&'a str>,
    /// The hashes that its element bears.
    pub integrity: Option<&'a str>,
    /// Whether another script put it into the page; a policy may trust scripts to do so.
    pub is_injected: bool,
    /// Where it talks to.
    pub interfaces: &'a [Url],
}

/// What a policy forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// The script does not load from its host.
    Script,
    /// The script does not load without a nonce.
    Nonce,
    /// The script cannot talk to its server.
    Requests,
}

/// What the policies forbid, each obstacle once. All of them apply; a text may hold several, by commas.
#[must_use]
pub fn obstacles<'a>(policies: impl IntoIterator<Item = &'a str>, question: &PolicyQuestion<'_>) -> Vec<Obstacle> {
    let mut found = Vec::new();
    for policy in policies.into_iter().flat_map(|policies| policies.split(',')) {
        if let Some(sources) = directive(policy, &["script-src-elem", "script-src", "default-src"])
            && let Some(obstacle) = script_obstacle(&sources, question)
        {
            found.push(obstacle);
        }
        if let Some(sources) = directive(policy, &["connect-src", "default-src"])
            && !question.interfaces.iter().all(|url| sources.iter().any(|source| matches(source, url, question.page)))
        {
            found.push(Obstacle::Requests);
        }
    }
    let mut once = Vec::new();
    for obstacle in found {
        if !once.contains(&obstacle) {
            once.push(obstacle);
        }
    }
    once
}

/// The sources of the first of these directives that the policy has. Of a directive that stands twice the first counts.
fn directive<'p>(policy: &'p str, names: &[&str]) -> Option<Vec<&'p str>> {
    let find = |name: &&str| {
        policy.split(';').find_map(|directive| {
            let mut words = directive.split_ascii_whitespace();
            words.next().filter(|own| own.eq_ignore_ascii_case(name)).map(|_| words.collect())
        })
    };
    names.iter().find_map(find)
}

fn script_obstacle(sources: &[&str], question: &PolicyQuestion<'_>) -> Option<Obstacle> {
    let quoted = |word: &str| sources.iter().any(|source| source.eq_ignore_ascii_case(word));
    let bears_nonce = question.nonce.filter(|nonce| !nonce.is_empty()).is_some_and(|nonce| {
        sources.iter().any(|source| inside(source, "'nonce-").is_some_and(|wanted| wanted == nonce))
    });
    let hashes = || question.integrity.unwrap_or_default().split_ascii_whitespace();
    let bears_hash = question.integrity.is_some()
        && hashes().all(|hash| sources.iter().any(|source| inside(source, "'") == Some(hash)));
    if bears_nonce || bears_hash {
        return None;
    }
    let wants_nonce = sources.iter().any(|source| inside(source, "'nonce-").is_some());
    if quoted("'strict-dynamic'") {
        // Hosts mean nothing then.
        return (!question.is_injected).then_some(Obstacle::Nonce);
    }
    if sources.iter().any(|source| matches(source, question.script, question.page)) {
        return None;
    }
    let names_hosts = sources.iter().any(|source| !source.starts_with('\''));
    Some(if wants_nonce && !names_hosts && !quoted("'self'") { Obstacle::Nonce } else { Obstacle::Script })
}

/// What stands in a quoted source behind its beginning.
fn inside<'s>(source: &'s str, beginning: &str) -> Option<&'s str> {
    let head = source.get(..beginning.len())?;
    head.eq_ignore_ascii_case(beginning).then(|| source[beginning.len()..].strip_suffix('\'')).flatten()
}

/// Whether a source of a policy means an address.
fn matches(source: &str, url: &Url, page: &Url) -> bool {
    if source == "*" {
        return matches!(url.scheme(), "http" | "https" | "ws" | "wss") || url.scheme() == page.scheme();
    }
    if source.eq_ignore_ascii_case("'self'") {
        return is_same_or_safer(page.scheme(), url.scheme())
            && page.host_str() == url.host_str()
            && (page.port_or_known_default() == url.port_or_known_default()
                || (page.port(), url.port()) == (None, None));
    }
    if source.starts_with('\'') {
        return false;
    }
    if let Some(scheme) = source.strip_suffix(':') {
        return is_same_or_safer(&scheme.to_ascii_lowercase(), url.scheme());
    }
    let (scheme, rest) = match source.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None => (page.scheme().to_owned(), source),
    };
    let (place, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (place, None),
    };
    is_same_or_safer(&scheme, url.scheme()) && is_host(host, url) && is_port(port, url) && is_path(path, url)
}

/// A source without `s` means the safe scheme too.
fn is_same_or_safer(allowed: &str, scheme: &str) -> bool {
    allowed == scheme || matches!((allowed, scheme), ("http" | "ws" | "wss", "https") | ("ws", "wss" | "http"))
}

fn is_host(pattern: &str, url: &Url) -> bool {
    let (pattern, host) = (pattern.to_ascii_lowercase(), url.host_str().unwrap_or_default().to_ascii_lowercase());
    match pattern.strip_prefix('*') {
        Some("") => true,
        Some(ending) => host.ends_with(ending) && host.len() > ending.len() && ending.starts_with('.'),
        None => host == pattern,
    }
}

fn is_port(pattern: Option<&str>, url: &Url) -> bool {
    match pattern {
        Some("*") => true,
        Some("80") if url.scheme() == "https" => matches!(url.port_or_known_default(), Some(80 | 443)),
        Some(port) => url.port_or_known_default().is_some_and(|own| own.to_string() == port),
        // Without a port the usual one of the scheme is meant.
        None => url.port().is_none(),
    }
}

fn is_path(pattern: &str, url: &Url) -> bool {
    if pattern.is_empty() || pattern == "/" {
        return true;
    }
    if pattern.ends_with('/') { url.path().starts_with(pattern) } else { url.path() == pattern }
}
