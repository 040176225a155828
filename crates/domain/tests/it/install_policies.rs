//! Content policies, as browsers match them.

use domain::install::{Obstacle, PolicyQuestion, obstacles};
use url::Url;

const SCRIPT: &str = "https://loop.test/evoloop.js";

/// A policy, and what it forbids a script from `loop.test` on a page of `shop.test`.
type Case = (&'static str, &'static [Obstacle]);

const HOSTS: [Case; 30] = [
    ("", &[]),
    ("img-src 'none'", &[]),
    ("default-src *", &[]),
    ("default-src 'self' https://loop.test", &[]),
    ("default-src 'self'", &[Obstacle::Script, Obstacle::Requests]),
    ("default-src 'none'", &[Obstacle::Script, Obstacle::Requests]),
    ("default-src", &[Obstacle::Script, Obstacle::Requests]),
    ("script-src 'self'", &[Obstacle::Script]),
    ("connect-src 'self'", &[Obstacle::Requests]),
    ("script-src loop.test; connect-src 'self'", &[Obstacle::Requests]),
    ("script-src LOOP.test; connect-src https:", &[]),
    ("script-src *.test", &[]),
    ("script-src *.loop.test", &[Obstacle::Script]),
    ("script-src https://*.loop.test https://loop.test/evoloop.js", &[]),
    ("script-src https://loop.test/scripts/", &[Obstacle::Script]),
    ("script-src https://loop.test/", &[]),
    ("script-src https://loop.test:8443", &[Obstacle::Script]),
    ("script-src https://loop.test:443 ", &[]),
    ("script-src https://loop.test:*", &[]),
    ("script-src http://loop.test", &[]),
    ("script-src http:", &[]),
    ("script-src data:", &[Obstacle::Script]),
    ("SCRIPT-SRC 'self'; script-src *", &[Obstacle::Script]),
    ("script-src 'self'; script-src-elem https:", &[]),
    ("script-src https:; script-src-elem 'self'", &[Obstacle::Script]),
    ("script-src https:, script-src 'self'", &[Obstacle::Script]),
    ("default-src https:; connect-src https://loop.test/v1/", &[]),
    ("connect-src https://loop.test/v1/assign", &[Obstacle::Requests]),
    ("connect-src https://loop.test/v1/assign https://loop.test/v1/event", &[]),
    ("script-src 'unsafe-inline' 'unsafe-eval'", &[Obstacle::Script]),
];

fn found(policies: &[&str], nonce: Option<&str>, integrity: Option<&str>, is_injected: bool) -> Vec<Obstacle> {
    let (page, script) = (Url::parse("https://shop.test/").unwrap(), Url::parse(SCRIPT).unwrap());
    let interfaces = ["/v1/assign", "/v1/event"].map(|path| script.join(path).unwrap());
    let question =
        PolicyQuestion { page: &page, script: &script, nonce, integrity, is_injected, interfaces: &interfaces };
    obstacles(policies.iter().copied(), &question)
}

#[test]
fn hosts_are_matched() {
    for (policy, expected) in HOSTS {
        assert_eq!(found(&[policy], None, None, false), expected, "{policy}");
    }
    assert_eq!(found(&["script-src https:", "script-src 'self'"], None, None, false), [Obstacle::Script], "both apply");
}

#[test]
fn nonces_and_hashes_are_matched() {
    const HASH: &str = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let hashed = format!("script-src '{HASH}'");
    /// A policy, the element's nonce and integrity, whether a script inserted it, and what is forbidden.
    type Borne<'a> = (&'a str, Option<&'a str>, Option<&'a str>, bool, &'a [Obstacle]);
    let cases: [Borne<'_>; 12] = [
        ("script-src 'nonce-abc'", None, None, false, &[Obstacle::Nonce]),
        ("script-src 'nonce-abc'", Some("abc"), None, false, &[]),
        ("script-src 'nonce-abc'", Some("ABC"), None, false, &[Obstacle::Nonce]),
        ("script-src 'nonce-abc'", Some(""), None, false, &[Obstacle::Nonce]),
        ("script-src 'nonce-abc' https://loop.test", None, None, false, &[]),
        ("script-src 'nonce-abc' https://other.test", None, None, false, &[Obstacle::Script]),
        ("script-src 'strict-dynamic' 'nonce-abc' https:", None, None, false, &[Obstacle::Nonce]),
        ("script-src 'strict-dynamic' 'nonce-abc' https:", Some("abc"), None, false, &[]),
        ("script-src 'strict-dynamic' 'nonce-abc'", None, None, true, &[]),
        (&hashed, None, Some(HASH), false, &[]),
        (&hashed, None, None, false, &[Obstacle::Script]),
        ("script-src 'none'", Some("abc"), Some(HASH), false, &[Obstacle::Script]),
    ];
    for (policy, nonce, integrity, is_injected, expected) in cases {
        assert_eq!(found(&[policy], nonce, integrity, is_injected), expected, "{policy} {nonce:?}");
    }
}
