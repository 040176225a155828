//! Telling automated browsers from people by the name that they give themselves.
//!
//! The snippet checks `navigator.webdriver`; this is the server's half. A program that names
//! itself like a browser passes: the rule keeps honest machines out of the statistics, it is no defence.

use axum::http::{HeaderMap, header};

/// Parts of names that only automated browsers and page checkers have.
const AUTOMATED: [&str; 12] = [
    "headlesschrome",
    "headlessshell",
    "phantomjs",
    "slimerjs",
    "puppeteer",
    "playwright",
    "selenium",
    "webdriver",
    "lighthouse",
    "pagespeed",
    "gtmetrix",
    "facebookexternalhit",
];

/// Words that crawlers end their names with. Some telephones are called Cubot.
const CRAWLERS: [&str; 4] = ["bot", "crawler", "spider", "slurp"];

/// Whether the request names itself as an automated browser or a crawler.
#[must_use]
pub fn is_automated(headers: &HeaderMap) -> bool {
    let name = headers.get(header::USER_AGENT).map(|value| value.as_bytes().to_ascii_lowercase()).unwrap_or_default();
    let name = String::from_utf8_lossy(&name);
    let crawls = |word: &str| word != "cubot" && CRAWLERS.iter().any(|crawler| word.ends_with(crawler));
    AUTOMATED.iter().any(|part| name.contains(part))
        || name.split(|character: char| !character.is_ascii_alphabetic()).any(crawls)
}

#[cfg(test)]
mod tests {
    use super::is_automated;
    use axum::http::{HeaderMap, HeaderValue, header};

    #[test]
    fn machines_are_told_from_people() {
        let cases = [
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
                false,
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36",
                true,
            ),
            ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", true),
            (
                "Mozilla/5.0 (Linux; Android 12; CUBOT NOTE 20) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36",
                false,
            ),
            ("Mozilla/5.0 (Linux; Android 11; CUBOT_X30) Chrome/120.0.0.0 Mobile", false),
            ("Baiduspider/2.0", true),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1", false),
            ("python-requests/2.32", false),
            ("", false),
        ];
        for (name, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(header::USER_AGENT, HeaderValue::from_static(name));
            assert_eq!(is_automated(&headers), expected, "{name}");
        }
        assert!(!is_automated(&HeaderMap::new()));
    }
}
