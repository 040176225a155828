//! The two first-party cookies.

use http::{HeaderMap, HeaderValue, header};

/// Name of the cookie with the visitor's id.
pub const VISITOR_COOKIE: &str = "evoloop_visitor";
/// Name of the cookie with the token of the last assignment.
pub const TOKEN_COOKIE: &str = "evoloop_token";

/// Four hundred days, the longest that browsers keep a cookie.
const MAX_AGE_S: u32 = 34_560_000;
/// Longest values that are believed to be ours.
const LONGEST: usize = 512;
/// Random bytes of a visitor's id.
const ID_BYTES: usize = 16;

/// What the browser sent of ours.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Cookies {
    pub(crate) visitor: Option<String>,
    pub(crate) token: Option<String>,
}

impl Cookies {
    /// Of several with one name the first counts, which is the most specific one.
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        let mut found = Self::default();
        let texts = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        for (name, value) in texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('=')) {
            let value = value.trim().trim_matches('"');
            match name.trim() {
                VISITOR_COOKIE if is_visitor(value) => found.visitor.get_or_insert_with(|| value.to_owned()),
                TOKEN_COOKIE if is_token(value) => found.token.get_or_insert_with(|| value.to_owned()),
                _ => continue,
            };
        }
        found
    }
}

/// An id for a visitor who has none; `None` when the system gives no random bytes.
pub(crate) fn new_visitor() -> Option<String> {
    let mut bytes = [0_u8; ID_BYTES];
    getrandom::fill(&mut bytes).ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The header that makes a browser keep a value of ours.
pub(crate) fn kept(name: &str, value: &str, is_https: bool) -> Option<HeaderValue> {
    let secure = if is_https { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{name}={value}; Path=/; Max-Age={MAX_AGE_S}; SameSite=Lax{secure}")).ok()
}

/// As the public API takes them.
fn is_visitor(value: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    (1..=64).contains(&value.len()) && value.bytes().all(fits)
}

pub(crate) fn is_token(value: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte);
    (1..=LONGEST).contains(&value.len()) && value.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_found_among_others() {
        let cases: [(&[&str], Option<&str>, Option<&str>); 8] = [
            (&[], None, None),
            (&["a=b; evoloop_visitor=v1; evoloop_token=1.2"], Some("v1"), Some("1.2")),
            (&["evoloop_visitor=v1", "evoloop_token=t"], Some("v1"), Some("t")),
            (&["evoloop_visitor=\"v1\""], Some("v1"), None),
            (&["evoloop_visitor=first; evoloop_visitor=second"], Some("first"), None),
            (&["evoloop_visitor=<script>; evoloop_token="], None, None),
            (&["evoloop_visitors=v1; xevoloop_visitor=v2"], None, None),
            (&["evoloop_visitor=; evoloop_visitor=v2"], Some("v2"), None),
        ];
        for (lines, visitor, token) in cases {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::COOKIE, HeaderValue::from_static(line));
            }
            let found = Cookies::read(&headers);
            assert_eq!((found.visitor.as_deref(), found.token.as_deref()), (visitor, token), "{lines:?}");
        }
    }

    #[test]
    fn a_cookie_is_secure_with_https_alone() {
        let text = |is_https| kept(VISITOR_COOKIE, "v", is_https).map(|value| value.to_str().map(str::to_owned));
        let plain = "evoloop_visitor=v; Path=/; Max-Age=34560000; SameSite=Lax";
        assert_eq!(text(false).and_then(Result::ok).as_deref(), Some(plain));
        assert_eq!(text(true).and_then(Result::ok), Some(format!("{plain}; Secure")));
        assert_ne!(new_visitor(), new_visitor());
        assert!(new_visitor().is_some_and(|id| is_visitor(&id)));
    }
}
