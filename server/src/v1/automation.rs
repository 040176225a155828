//! Telling automated browsers from people by the name that they give themselves.
//!
//! The snippet checks `navigator.webdriver`; this is the server's half. A program that names
//! itself like a browser passes: the rule keeps honest machines out of the statistics, it is no defence.

use axum::http::{HeaderMap, HeaderValue, header};

/// Parts of names that only automated browsers and page checkers have.
const AUTOMATED: [&str; 13] = [
    // Our own reader of pages, whose browser runs the snippet.
    "evoloop",
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
    let name = headers.get(header::USER_AGENT).map(HeaderValue::as_bytes).unwrap_or_default();
    // Every part is made of letters alone, so it lies within one word.
    name.split(|byte| !byte.is_ascii_alphabetic()).any(|word| crawls(word) || AUTOMATED.iter().any(|it| has(word, it)))
}

fn crawls(word: &[u8]) -> bool {
    let ends_with = |crawler: &&str| {
        let end = word.len().checked_sub(crawler.len()).and_then(|start| word.get(start..));
        end.is_some_and(|end| end.eq_ignore_ascii_case(crawler.as_bytes()))
    };
    CRAWLERS.iter().any(ends_with) && !word.eq_ignore_ascii_case(b"cubot")
}

fn has(word: &[u8], part: &str) -> bool {
    word.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
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
            ("Mozilla/5.0 (compatible; Evoloop/0.1.0; +https://optimiser.site/)", true),
            ("Some-PlayWRIGHTed/1.0", true),
            ("Bot", true),
            ("robots 1.0; bo", false),
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
