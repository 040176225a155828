//! Addresses of sites.

use domain::SiteUrl;
use domain::site::InvalidSiteUrl;

#[test]
fn an_address_is_accepted_or_refused_with_its_reason() {
    use InvalidSiteUrl as E;
    let cases = [
        ("https://example.com", Ok("https://example.com/")),
        ("  example.com/pricing#top ", Ok("https://example.com/pricing")),
        // On one's own machine nobody has a certificate, unless they say so.
        ("127.0.0.1:8080/x", Ok("http://127.0.0.1:8080/x")),
        ("localhost:3000", Ok("http://localhost:3000/")),
        ("[::1]:3000", Ok("http://[::1]:3000/")),
        ("https://localhost:3000", Ok("https://localhost:3000/")),
        ("192.168.0.1:8080", Ok("https://192.168.0.1:8080/")),
        ("http://127.0.0.1:8080/x?y=1", Ok("http://127.0.0.1:8080/x?y=1")),
        ("ftp://example.com/", Err(E::Scheme)),
        ("https://user:secret@example.com/", Err(E::Credentials)),
        ("https://user@example.com/", Err(E::Credentials)),
        ("https://", Err(E::Malformed)),
        ("", Err(E::Malformed)),
        ("https://exa mple.com", Err(E::Malformed)),
    ];
    for (text, expected) in cases {
        let url = text.parse::<SiteUrl>();
        assert_eq!(url.as_ref().map(SiteUrl::as_str), expected.as_ref().copied(), "{text:?}");
    }
    let long = format!("https://example.com/{}", "a".repeat(2048));
    assert_eq!(long.parse::<SiteUrl>(), Err(E::TooLong));
    let url: SiteUrl = "https://Example.com:8443/a".parse().unwrap();
    assert_eq!((url.host().as_str(), url.to_string().as_str()), ("example.com", "https://example.com:8443/a"));
    assert_eq!(url.as_url().port(), Some(8443));
}
