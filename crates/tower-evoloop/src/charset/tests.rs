//! Tables of encodings as pages name them.

use super::*;
use http::HeaderValue;

/// Name of the encoding, and length of the byte order mark.
type Found = Option<(&'static str, usize)>;

fn found(content_type: &'static str, page: &[u8]) -> Found {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    find(&headers, page).map(|charset| (charset.encoding.name(), charset.mark))
}

#[test]
fn encodings_are_found_as_browsers_do() {
    let cases: [(&str, &[u8], Found); 24] = [
        ("text/html; charset=utf-8", b"", Some(("UTF-8", 0))),
        ("text/html;charset=\"Shift_JIS\"", b"", Some(("Shift_JIS", 0))),
        ("text/html; charset=latin1", b"<meta charset=utf-8>", Some(("windows-1252", 0))),
        ("text/html; charset=latin1", b"\xef\xbb\xbf<p>", Some(("UTF-8", 3))),
        ("text/html; charset=utf-16", b"<p>", None),
        ("text/html; charset=utf-8", b"\xff\xfe<\0p\0", None),
        ("text/html; charset=utf-8", b"\xfe\xff\0<", None),
        ("text/html; charset=iso-2022-jp", b"<p>", None),
        ("text/html; charset=no-such", b"<meta charset=utf-8>", None),
        ("text/html; charset=", b"<meta charset=utf-8>", Some(("UTF-8", 0))),
        ("text/html", b"<p>", None),
        ("text/html", b"<!doctype html><html lang=a><head><meta charset='big5'>", Some(("Big5", 0))),
        ("text/html", b"<META CHARSET=UTF-8>", Some(("UTF-8", 0))),
        ("text/html", b"<meta content='text/html; charset=euc-kr' http-equiv=Content-Type>", Some(("EUC-KR", 0))),
        ("text/html", b"<meta content='text/html; charset=euc-kr'>", None),
        ("text/html", b"<!-- <meta charset=big5> --><meta charset=gbk>", Some(("GBK", 0))),
        ("text/html", b"<p title='<meta charset=big5>'><meta charset=gbk>", Some(("GBK", 0))),
        ("text/html", b"<metax charset=big5>", None),
        ("text/html", b"<meta charset=utf-16le>", Some(("UTF-8", 0))),
        ("text/html", b"<meta charset=x-user-defined>", Some(("windows-1252", 0))),
        ("text/html", b"<meta charset=nonsense><meta charset=utf-8>", Some(("UTF-8", 0))),
        ("text/html", b"<meta charset=utf-8", None),
        ("text/html", b"a < b </ p ><?xml?><meta charset=utf-8>", Some(("UTF-8", 0))),
        ("text/html; CHARSET=replacement", b"", None),
    ];
    for (content_type, page, expected) in cases {
        assert_eq!(found(content_type, page), expected, "{content_type} {:?}", String::from_utf8_lossy(page));
    }
    let late = [&[b' '; PRESCAN - 10][..], b"<meta charset=utf-8>"].concat();
    assert_eq!(found("text/html", &late), None);
}
