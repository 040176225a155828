//! Tables of content policies, before and after.

use super::*;

const PLACE: Place<'_> = Place { host: "shop.example", is_https: true };
/// Of the text `x`.
const HASH: &str = "'sha256-LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE='";

fn with(policies: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for policy in policies {
        if let Ok(value) = HeaderValue::from_str(policy) {
            headers.append(header::CONTENT_SECURITY_POLICY, value);
        }
    }
    headers
}

fn said(headers: &HeaderMap) -> String {
    let values = headers.get_all(header::CONTENT_SECURITY_POLICY);
    values.iter().filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(" | ")
}

#[test]
fn a_sheet_is_allowed_by_its_hash_where_it_would_be_stopped() {
    let cases: [(&[&str], &str); 17] = [
        (&[], ""),
        (&["img-src 'self'"], "img-src 'self'"),
        (&["style-src 'self'"], "style-src 'self' HASH"),
        (&["style-src 'none'"], "style-src HASH"),
        (&["style-src"], "style-src HASH"),
        (&["style-src 'self' 'unsafe-inline'"], "style-src 'self' 'unsafe-inline'"),
        (&["STYLE-SRC 'UNSAFE-INLINE'"], "STYLE-SRC 'UNSAFE-INLINE'"),
        (&["style-src 'unsafe-inline' 'nonce-a'"], "style-src 'unsafe-inline' 'nonce-a' HASH"),
        (&["style-src 'unsafe-inline' 'sha256-b='"], "style-src 'unsafe-inline' 'sha256-b=' HASH"),
        (&["style-src HASH 'self'"], "style-src HASH 'self'"),
        (&["default-src 'self'"], "default-src 'self'; style-src 'self' HASH"),
        (&["default-src 'none'; img-src *"], "default-src 'none'; img-src *; style-src HASH"),
        (&["default-src 'unsafe-inline'"], "default-src 'unsafe-inline'"),
        (&["style-src 'none'; style-src-elem a.example"], "style-src 'none'; style-src-elem a.example HASH"),
        (&["style-src 'self'; style-src-elem 'unsafe-inline'"], "style-src 'self'; style-src-elem 'unsafe-inline'"),
        (
            &["style-src 'self', default-src a", "style-src b"],
            "style-src 'self' HASH,default-src a; style-src a HASH | style-src b HASH",
        ),
        (&["style-src 'self'; style-src 'unsafe-inline'"], "style-src 'self' HASH; style-src 'unsafe-inline'"),
    ];
    for (policies, expected) in cases {
        let policies: Vec<String> = policies.iter().map(|policy| policy.replace("HASH", HASH)).collect();
        let mut headers = with(&policies.iter().map(String::as_str).collect::<Vec<_>>());
        allow_sheet(&mut headers, "x");
        assert_eq!(said(&headers), expected.replace("HASH", HASH), "{policies:?}");
    }
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_SECURITY_POLICY_REPORT_ONLY, HeaderValue::from_static("style-src a"));
    allow_sheet(&mut headers, "x");
    let value = headers.get(header::CONTENT_SECURITY_POLICY_REPORT_ONLY).and_then(|value| value.to_str().ok());
    assert_eq!(value, Some(format!("style-src a {HASH}").as_str()));
}

#[test]
fn a_script_is_allowed_without_opening_the_policy() {
    let cases: [(&[&str], Script, &str); 16] = [
        (&[], Script::Possible(None), ""),
        (&["script-src 'self'"], Script::Possible(None), "script-src 'self'"),
        (&["script-src https:"], Script::Possible(None), "script-src https:"),
        (&["script-src https://SHOP.example/"], Script::Possible(None), "script-src https://SHOP.example/"),
        (&["script-src *.example"], Script::Possible(None), "script-src *.example"),
        (
            &["script-src cdn.example"],
            Script::Possible(None),
            "script-src cdn.example; script-src-elem cdn.example shop.example/e.js",
        ),
        (
            &["script-src 'unsafe-inline'"],
            Script::Possible(None),
            "script-src 'unsafe-inline'; script-src-elem 'unsafe-inline' shop.example/e.js",
        ),
        (&["script-src-elem 'none'"], Script::Possible(None), "script-src-elem shop.example/e.js"),
        (
            &["default-src 'none'"],
            Script::Possible(None),
            "default-src 'none'; script-src-elem shop.example/e.js; connect-src shop.example/v1/event",
        ),
        (
            &["script-src 'nonce-Ab1' 'strict-dynamic'"],
            Script::Possible(Some("Ab1".to_owned())),
            "script-src 'nonce-Ab1' 'strict-dynamic'",
        ),
        (&["script-src 'nonce-Ab1' 'self'"], Script::Possible(None), "script-src 'nonce-Ab1' 'self'"),
        (&["script-src 'strict-dynamic' 'sha256-a='"], Script::Impossible, ""),
        (&["script-src 'nonce-a' 'strict-dynamic', script-src 'nonce-b' 'strict-dynamic'"], Script::Impossible, ""),
        (
            &["script-src 'nonce-a'", "script-src 'nonce-b'"],
            Script::Possible(Some("a".to_owned())),
            "script-src 'nonce-a' | script-src 'nonce-b'; script-src-elem 'nonce-b' shop.example/e.js",
        ),
        (&["connect-src api.example"], Script::Possible(None), "connect-src api.example shop.example/v1/event"),
        (&["connect-src 'self'; script-src 'self'"], Script::Possible(None), "connect-src 'self'; script-src 'self'"),
    ];
    for (policies, expected, allowed) in cases {
        let mut headers = with(policies);
        let found = script(&headers, PLACE, "/e.js");
        assert_eq!(found, expected, "{policies:?}");
        if let Script::Possible(nonce) = found {
            allow_script(&mut headers, PLACE, "/e.js", nonce.as_deref(), &["/v1/event".to_owned()]);
            assert_eq!(said(&headers), allowed, "{policies:?}");
        }
    }
}

#[test]
fn a_host_that_would_end_the_policy_is_not_written_into_it() {
    for host in ["a.example; script-src *", "a, b", "", "a b"] {
        let mut headers = with(&["script-src 'none'"]);
        allow_script(&mut headers, Place { host, is_https: true }, "/e.js", None, &[]);
        assert_eq!(said(&headers), "script-src 'none'", "{host}");
    }
}
