//! What changes in the heads of requests and answers that pass through.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use ipnet::IpNet;
use std::net::IpAddr;

/// Headers that are between two neighbours alone.
const HOP_BY_HOP: [&str; 8] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "transfer-encoding",
    "upgrade",
];
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// Where other proxies than ours say who asks; sites believe one or another of them.
const VISITORS_ADDRESS: [&str; 3] = ["x-real-ip", "true-client-ip", "cf-connecting-ip"];
const TRAILERS: HeaderValue = HeaderValue::from_static("trailers");

/// What the proxy knows of its place.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Browsers reach it by https, whatever is in front of it.
    pub(super) is_https: bool,
    pub(super) trusted: Vec<IpNet>,
    /// The name by which the origin is asked, if it is another one than the visitor's.
    pub(super) host: Option<HeaderValue>,
}

impl Place {
    /// Says who asks, for which host and how. Of what the request says itself, only a trusted proxy's word is kept.
    pub(super) fn tell(&self, headers: &mut HeaderMap, peer: Option<IpAddr>) {
        let peer = peer.map(|peer| peer.to_canonical());
        let is_trusted = peer.is_some_and(|peer| self.trusted.iter().any(|network| network.contains(&peer)));
        let before = if is_trusted { joined(headers, &FORWARDED_FOR) } else { String::new() };
        let kept = |name: &HeaderName| headers.get(name).filter(|_| is_trusted).cloned();
        let host = kept(&FORWARDED_HOST).or_else(|| headers.get(header::HOST).cloned());
        let own_proto = HeaderValue::from_static(if self.is_https { "https" } else { "http" });
        let proto = kept(&FORWARDED_PROTO).filter(|_| !self.is_https).unwrap_or(own_proto);
        for name in [FORWARDED_FOR, FORWARDED_HOST, FORWARDED_PROTO] {
            headers.remove(name);
        }
        if !is_trusted {
            headers.remove(header::FORWARDED);
            for name in VISITORS_ADDRESS {
                headers.remove(name);
            }
        }
        let chain = match peer {
            Some(peer) if before.is_empty() => peer.to_string(),
            Some(peer) => format!("{before}, {peer}"),
            None => before,
        };
        if let Ok(chain) = HeaderValue::from_str(&chain)
            && !chain.is_empty()
        {
            headers.insert(FORWARDED_FOR, chain);
        }
        if let Some(host) = host {
            headers.insert(FORWARDED_HOST, host);
        }
        headers.insert(FORWARDED_PROTO, proto);
    }

    /// Names the origin as it wants to be named.
    pub(super) fn address(&self, headers: &mut HeaderMap) {
        if let Some(host) = &self.host {
            headers.insert(header::HOST, host.clone());
        }
    }

    /// An address on the origin becomes one on the host that the visitor knows, whether the origin goes by the address
    /// where it is reached or by the name by which it is asked.
    pub(super) fn mend_location(&self, headers: &mut HeaderMap, base: &str, host: &str, is_https: bool) {
        let Some(location) = headers.get(header::LOCATION).and_then(|value| value.to_str().ok()) else { return };
        let visitors = if is_https { "https" } else { "http" };
        let Some((scheme, rest)) = location.split_once("//") else { return };
        let scheme = if scheme.is_empty() { visitors } else { scheme.strip_suffix(':').unwrap_or_default() };
        let is_web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
        let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let authority = shortest(scheme, authority);
        // What the visitor knows already may be meant to change the scheme.
        if !is_web || host.is_empty() || authority.eq_ignore_ascii_case(host) {
            return;
        }
        let name = self.host.as_ref().and_then(|name| name.to_str().ok());
        let scheme = if format!("{scheme}://{authority}").eq_ignore_ascii_case(base) {
            visitors
        } else if name.is_some_and(|name| shortest(scheme, name).eq_ignore_ascii_case(authority)) {
            // A site that wants https gets it.
            if scheme.eq_ignore_ascii_case("https") { "https" } else { visitors }
        } else {
            return;
        };
        if let Ok(value) = HeaderValue::from_str(&format!("{scheme}://{host}{rest}")) {
            headers.insert(header::LOCATION, value);
        }
    }
}

/// The host that the visitor's browser asked; of several proxies the first one heard it.
pub(super) fn visitors_host(headers: &HeaderMap) -> String {
    let host = headers.get(FORWARDED_HOST).or_else(|| headers.get(header::HOST));
    let text = host.and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.split(',').next().unwrap_or_default().trim().to_owned()
}

fn joined(headers: &HeaderMap, name: &HeaderName) -> String {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.collect::<Vec<_>>().join(", ")
}

/// The protocol that a connection is to go over to.
pub(super) fn upgrade(headers: &HeaderMap) -> Option<HeaderValue> {
    let wants = joined(headers, &header::CONNECTION);
    let wants = wants.split(',').any(|word| word.trim().eq_ignore_ascii_case("upgrade"));
    headers.get(header::UPGRADE).filter(|_| wants).cloned()
}

/// Removes what is between two neighbours alone.
pub(super) fn strip_hop_by_hop(headers: &mut HeaderMap) {
    let takes_trailers =
        joined(headers, &header::TE).split(',').any(|word| word.trim().eq_ignore_ascii_case("trailers"));
    let named = joined(headers, &header::CONNECTION);
    for name in named.split(',').map(str::trim).filter_map(|name| HeaderName::from_bytes(name.as_bytes()).ok()) {
        headers.remove(name);
    }
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
    if takes_trailers {
        headers.insert(header::TE, TRAILERS);
    }
}

/// Makes the connection go over to another protocol.
pub(super) fn set_upgrade(headers: &mut HeaderMap, protocol: HeaderValue) {
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, protocol);
}

/// Host and port, without a port that the scheme has anyway.
fn shortest<'a>(scheme: &str, authority: &'a str) -> &'a str {
    let usual = if scheme.eq_ignore_ascii_case("https") { ":443" } else { ":80" };
    authority.strip_suffix(usual).unwrap_or(authority)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn of(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    fn shown(headers: &HeaderMap) -> String {
        let mut lines: Vec<String> =
            headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
        lines.sort();
        lines.join("; ")
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let asked = [
            ("host", "shop.example"),
            ("x-forwarded-for", "203.0.113.9"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "www.shop.example"),
            ("forwarded", "for=203.0.113.9"),
            ("x-real-ip", "203.0.113.9"),
        ];
        let place = |is_https| Place { is_https, trusted: vec!["10.0.0.0/8".parse().unwrap()], host: None };
        let cases = [
            (
                false,
                "10.1.2.3",
                "forwarded: for=203.0.113.9; host: shop.example; x-forwarded-for: 203.0.113.9, 10.1.2.3; \
                 x-forwarded-host: www.shop.example; x-forwarded-proto: https; x-real-ip: 203.0.113.9",
            ),
            (
                false,
                "198.51.100.7",
                "host: shop.example; x-forwarded-for: 198.51.100.7; x-forwarded-host: shop.example; \
                 x-forwarded-proto: http",
            ),
            (
                true,
                "::ffff:198.51.100.7",
                "host: shop.example; x-forwarded-for: 198.51.100.7; x-forwarded-host: shop.example; \
                 x-forwarded-proto: https",
            ),
        ];
        for (is_https, peer, expected) in cases {
            let mut headers = of(&asked);
            place(is_https).tell(&mut headers, Some(peer.parse().unwrap()));
            assert_eq!(shown(&headers), expected, "{peer}");
        }
    }

    #[test]
    fn what_is_between_neighbours_stays_there() {
        let mut headers = of(&[
            ("connection", "close, X-Secret"),
            ("x-secret", "a"),
            ("keep-alive", "timeout=5"),
            ("te", "gzip, trailers"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "websocket"),
            ("accept", "*/*"),
        ]);
        assert_eq!(upgrade(&headers), None);
        strip_hop_by_hop(&mut headers);
        assert_eq!(shown(&headers), "accept: */*; te: trailers");
        let headers = of(&[("connection", "keep-alive, Upgrade"), ("upgrade", "websocket")]);
        assert_eq!(upgrade(&headers), Some(HeaderValue::from_static("websocket")));
    }

    #[test]
    fn addresses_on_the_origin_are_not_shown() {
        let cases = [
            ("http://127.0.0.1:8080/a?b", true, "https://shop.example/a?b"),
            ("http://127.0.0.1:8080", true, "https://shop.example"),
            ("http://127.0.0.1:80801/a", true, "http://127.0.0.1:80801/a"),
            ("/a", true, "/a"),
            ("/a//b", true, "/a//b"),
            ("a?b=http://inner.example/", true, "a?b=http://inner.example/"),
            ("https://elsewhere.example/", true, "https://elsewhere.example/"),
            ("http://inner.example/a#b", true, "https://shop.example/a#b"),
            ("http://INNER.example:80?a", false, "http://shop.example?a"),
            ("//inner.example/a", true, "https://shop.example/a"),
            ("http://inner.example.com/", true, "http://inner.example.com/"),
            ("http://inner.example@evil.example/", true, "http://inner.example@evil.example/"),
            ("http://inner.example:81/", true, "http://inner.example:81/"),
            // Whoever asks for https would be asked again and again.
            ("https://inner.example/a", false, "https://shop.example/a"),
            ("https://shop.example/a", false, "https://shop.example/a"),
            ("ftp://inner.example/a", false, "ftp://inner.example/a"),
        ];
        let host = Some(HeaderValue::from_static("inner.example"));
        let place = Place { is_https: false, trusted: Vec::new(), host };
        for (location, is_https, expected) in cases {
            let mut headers = of(&[("location", location)]);
            place.mend_location(&mut headers, "http://127.0.0.1:8080", "shop.example", is_https);
            assert_eq!(shown(&headers), format!("location: {expected}"), "{location}");
        }
    }
}
