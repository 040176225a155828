//! Tables of heads of requests and answers.

use super::*;

type Lines = [(&'static str, &'static str)];

fn of(lines: &Lines) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(*name, HeaderValue::from_static(value));
    }
    headers
}

#[test]
fn navigations_are_told_from_other_requests() {
    const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    let cases: [(Method, &Lines, bool); 11] = [
        (Method::GET, &[HTML], true),
        (Method::HEAD, &[HTML], true),
        (Method::POST, &[HTML], false),
        (Method::GET, &[("accept", "*/*")], false),
        (Method::GET, &[], false),
        (Method::GET, &[("sec-fetch-dest", "document")], true),
        (Method::GET, &[HTML, ("sec-fetch-dest", "document")], true),
        (Method::GET, &[HTML, ("sec-fetch-dest", "empty")], false),
        (Method::GET, &[HTML, ("sec-fetch-dest", "iframe")], false),
        (Method::GET, &[HTML, ("range", "bytes=0-9")], false),
        (Method::GET, &[("accept", "application/json"), ("accept", "Text/HTML")], true),
    ];
    for (method, lines, expected) in cases {
        assert_eq!(is_navigation(&method, &of(lines)), expected, "{method} {lines:?}");
    }
}

#[test]
fn the_origin_is_asked_for_the_whole_page_in_a_known_coding() {
    let cases = [
        ("gzip, deflate, br, zstd", "gzip, deflate, br, zstd"),
        ("gzip;q=0.5, dcb, br;q=1.0", "gzip;q=0.5, br;q=1.0"),
        ("compress", "identity"),
        ("*", "identity"),
        ("", "identity"),
    ];
    for (asked, expected) in cases {
        let mut headers = of(&[("accept-encoding", asked), ("if-none-match", "\"a\""), ("if-modified-since", "x")]);
        ask_for_whole(&mut headers);
        assert_eq!(headers.get("accept-encoding").map(HeaderValue::as_bytes), Some(expected.as_bytes()), "{asked}");
        assert_eq!(headers.len(), 1);
    }
    let mut silent = HeaderMap::new();
    ask_for_whole(&mut silent);
    assert!(silent.is_empty());
}

#[test]
fn clients_say_which_codings_they_take() {
    let cases = [
        ("gzip, br", "gzip", true),
        ("gzip, br", "zstd", false),
        ("gzip;q=0", "gzip", false),
        ("GZIP; q=0.2", "gzip", true),
        ("*", "br", true),
        ("x-gzip", "gzip", true),
        ("", "gzip", false),
    ];
    for (said, coding, expected) in cases {
        assert_eq!(accepts(&of(&[("accept-encoding", said)]), coding), expected, "{said} {coding}");
    }
}

#[test]
fn pages_are_told_from_other_answers() {
    const HTML: (&str, &str) = ("content-type", "text/html; charset=utf-8");
    let cases: [(u16, &Lines, bool); 12] = [
        (200, &[HTML], true),
        (200, &[("content-type", "TEXT/HTML")], true),
        (404, &[HTML], false),
        (206, &[HTML], false),
        (304, &[HTML], false),
        (302, &[HTML], false),
        (200, &[("content-type", "application/json")], false),
        (200, &[("content-type", "text/htmlx")], false),
        (200, &[], false),
        (200, &[HTML, ("content-disposition", "attachment; filename=a.html")], false),
        (200, &[HTML, ("cache-control", "max-age=1, no-transform")], false),
        (200, &[HTML, ("cache-control", "no-cache"), ("content-disposition", "inline")], true),
    ];
    for (status, lines, expected) in cases {
        let status = StatusCode::from_u16(status).unwrap_or_default();
        assert_eq!(is_page(status, &of(lines)), expected, "{status} {lines:?}");
    }
}

#[test]
fn what_depends_on_the_visitor_is_private() {
    let cases: [(&Lines, &str, &str); 6] = [
        (&[], "private, no-cache", "Cookie"),
        (&[("cache-control", "public, max-age=600"), ("etag", "\"a\"")], "private, no-cache", "Cookie"),
        (&[("cache-control", "max-age=0, No-Store")], "private, no-cache, no-store", "Cookie"),
        (&[("vary", "Accept-Encoding"), ("expires", "x")], "private, no-cache", "Accept-Encoding|Cookie"),
        (&[("vary", "accept, cookie"), ("cdn-cache-control", "max-age=9")], "private, no-cache", "accept, cookie"),
        (&[("vary", "*"), ("last-modified", "x"), ("repr-digest", "x")], "private, no-cache", "*"),
    ];
    for (lines, cache, vary) in cases {
        let mut headers = of(lines);
        make_private(&mut headers);
        assert_eq!(headers.get("cache-control").map(HeaderValue::as_bytes), Some(cache.as_bytes()), "{lines:?}");
        let varies: Vec<&str> = headers.get_all("vary").iter().filter_map(|value| value.to_str().ok()).collect();
        assert_eq!(varies.join("|"), vary, "{lines:?}");
        assert_eq!(headers.keys_len(), 2, "{lines:?}");
    }
}
