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

/// An address on the origin becomes one on the host that the visitor knows.
pub(super) fn mend_location(headers: &mut HeaderMap, base: &str, host: &str, is_https: bool) {
    let Some(location) = headers.get(header::LOCATION).and_then(|value| value.to_str().ok()) else { return };
    let Some(rest) = location.strip_prefix(base).filter(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
    else {
        return;
    };
    let scheme = if is_https { "https" } else { "http" };
    if host.is_empty() {
        return;
    }
    if let Ok(value) = HeaderValue::from_str(&format!("{scheme}://{host}{rest}")) {
        headers.insert(header::LOCATION, value);
    }
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
        ];
        let place = |is_https| Place { is_https, trusted: vec!["10.0.0.0/8".parse().unwrap()], host: None };
        let cases = [
            (
                false,
                "10.1.2.3",
                "forwarded: for=203.0.113.9; host: shop.example; x-forwarded-for: 203.0.113.9, 10.1.2.3; \
                 x-forwarded-host: www.shop.example; x-forwarded-proto: https",
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
            ("http://127.0.0.1:8080/a?b", "https://shop.example/a?b"),
            ("http://127.0.0.1:8080", "https://shop.example"),
            ("http://127.0.0.1:80801/a", "http://127.0.0.1:80801/a"),
            ("/a", "/a"),
            ("https://elsewhere.example/", "https://elsewhere.example/"),
        ];
        for (location, expected) in cases {
            let mut headers = of(&[("location", location)]);
            mend_location(&mut headers, "http://127.0.0.1:8080", "shop.example", true);
            assert_eq!(shown(&headers), format!("location: {expected}"));
        }
    }
}
