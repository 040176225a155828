//! Requests a second and address on `/v1`.
//!
//! A token bucket an address, holding one second's worth. Behind a reverse proxy the address is
//! the first one from the right of `X-Forwarded-For` that is no trusted proxy: what stands left
//! of it is the client's own claim.

use axum::http::HeaderMap;
use ipnet::IpNet;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Addresses that are remembered; beyond that, full buckets are forgotten.
const MOST_ADDRESSES: usize = 50_000;

/// The limit and what every address has left of it.
pub struct RateLimit {
    per_second: f64,
    trusted_proxies: Vec<IpNet>,
    buckets: Mutex<HashMap<IpAddr, Bucket>>,
}

struct Bucket {
    left: f64,
    at: Instant,
}

impl RateLimit {
    /// A limit; 0 requests a second means none.
    #[must_use]
    pub fn new(per_second: u32, trusted_proxies: Vec<IpNet>) -> Self {
        Self { per_second: f64::from(per_second), trusted_proxies, buckets: Mutex::default() }
    }

    /// Takes one request from an address; `false` when it has none left.
    pub fn take(&self, address: IpAddr, now: Instant) -> bool {
        if self.per_second <= 0.0 {
            return true;
        }
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let refilled = |bucket: &Bucket| {
            let since = now.saturating_duration_since(bucket.at).as_secs_f64();
            (bucket.left + since * self.per_second).min(self.per_second)
        };
        if buckets.len() >= MOST_ADDRESSES {
            buckets.retain(|_, bucket| refilled(bucket) < self.per_second);
        }
        let left = buckets.get(&address).map_or(self.per_second, refilled);
        let allowed = left >= 1.0;
        buckets.insert(address, Bucket { left: if allowed { left - 1.0 } else { left }, at: now });
        allowed
    }

    /// Takes one request of a peer, if there is a limit and it is known who asks; `false` when it has none left.
    pub fn admits(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> bool {
        match peer {
            Some(peer) if self.per_second > 0.0 => self.take(self.address(peer, headers), Instant::now()),
            _ => true,
        }
    }

    /// The address that a request counts for.
    #[must_use]
    pub fn address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let trusted = |address: IpAddr| self.trusted_proxies.iter().any(|network| network.contains(&address));
        let mut address = peer.to_canonical();
        let hops = headers.get_all("x-forwarded-for");
        let hops: Vec<&str> =
            hops.iter().filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(',')).collect();
        for hop in hops.iter().rev() {
            match hop.trim().parse::<IpAddr>() {
                Ok(before) if trusted(address) => address = before.to_canonical(),
                _ => break,
            }
        }
        network_of(address)
    }
}

/// One customer of a provider has a whole /64 of IPv6 addresses, so that is what is counted.
fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
mod tests {
    use super::RateLimit;
    use axum::http::{HeaderMap, HeaderValue};
    use std::net::IpAddr;
    use std::time::{Duration, Instant};

    const PROXY: [u8; 4] = [10, 0, 0, 1];

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let limit = RateLimit::new(3, Vec::new());
        let (somebody, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let start = Instant::now();
        let taken: Vec<bool> = (0..5).map(|_| limit.take(somebody, start)).collect();
        assert_eq!(taken, [true, true, true, false, false]);
        assert!(limit.take(other, start));
        assert!(limit.take(somebody, start + Duration::from_millis(400)));
        assert!(!limit.take(somebody, start + Duration::from_millis(400)));
        assert!(RateLimit::new(0, Vec::new()).take(somebody, start));
    }

    #[test]
    fn only_trusted_proxies_can_name_another_address() {
        let forwarded = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", HeaderValue::from_static(text));
            headers
        };
        let limit = RateLimit::new(1, "10.0.0.0/8".parse().into_iter().collect());
        let (proxy, stranger) = (IpAddr::from(PROXY), IpAddr::from([198, 51, 100, 9]));
        let client = IpAddr::from([203, 0, 113, 7]);
        let cases = [
            (proxy, "203.0.113.7", client),
            (proxy, "1.2.3.4, 203.0.113.7", client),
            (proxy, "1.2.3.4, 203.0.113.7, 10.9.9.9", client),
            (proxy, "nonsense", proxy),
            (stranger, "203.0.113.7", stranger),
        ];
        for (peer, text, expected) in cases {
            assert_eq!(limit.address(peer, &forwarded(text)), expected, "{peer} {text}");
        }
        assert_eq!(limit.address(proxy, &HeaderMap::new()), proxy);
        let six = |text: &str| text.parse::<IpAddr>().map(|address| limit.address(address, &HeaderMap::new())).ok();
        assert_eq!(six("2001:db8::1"), six("2001:db8::2"));
    }
}
