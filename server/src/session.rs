//! The session cookie, for the one plain route that needs it.

use axum::http::{HeaderMap, header};

/// Name of the cookie; the prefix makes browsers refuse it from anywhere but this very host.
#[must_use]
pub fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-evoloop" } else { "evoloop_session" }
}

/// The session's token, if the request has one.
#[must_use]
pub fn token(headers: &HeaderMap, secure: bool) -> Option<&str> {
    let name = cookie_name(secure);
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::token;
    use axum::http::{HeaderMap, HeaderValue, header};

    #[test]
    fn the_cookie_is_found_by_its_whole_name() {
        let cases = [
            ("__Host-evoloop=abc", true, Some("abc")),
            ("a=1; __Host-evoloop=abc; b=2", true, Some("abc")),
            ("evoloop_session=abc", true, None),
            ("evoloop_session=abc", false, Some("abc")),
            ("x__Host-evoloop=abc", true, None),
            ("", true, None),
        ];
        for (text, secure, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_static(text));
            assert_eq!(token(&headers, secure), expected, "{text}");
        }
    }
}
