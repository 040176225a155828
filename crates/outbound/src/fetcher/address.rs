//! Which addresses are on the public internet.

use ipnet::{Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Every IPv4 range that is not the public internet, by IANA's special-purpose registry
/// (October 2025), and one address of a cloud that answers with secrets.
const NOT_PUBLIC_V4: [Ipv4Net; 19] = [
    v4([0, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    v4([100, 64, 0, 0], 10),
    v4([127, 0, 0, 0], 8),
    // Azure's WireServer: a public address that every virtual machine there can reach.
    v4([168, 63, 129, 16], 32),
    v4([169, 254, 0, 0], 16),
    v4([172, 16, 0, 0], 12),
    v4([192, 0, 0, 0], 24),
    v4([192, 0, 2, 0], 24),
    v4([192, 31, 196, 0], 24),
    v4([192, 52, 193, 0], 24),
    v4([192, 88, 99, 0], 24),
    v4([192, 168, 0, 0], 16),
    v4([192, 175, 48, 0], 24),
    v4([198, 18, 0, 0], 15),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
    v4([224, 0, 0, 0], 4),
    v4([240, 0, 0, 0], 4),
];

/// The only IPv6 range that is assigned for the public internet. Naming what is allowed closes
/// translated, tunnelled, compatible, local and future forms together.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0], 3);

/// Parts of [`GLOBAL_V6`] that lead somewhere else.
const NOT_PUBLIC_V6: [Ipv6Net; 5] = [
    // IETF protocols, among them Teredo, whose addresses hold an IPv4 address.
    v6([0x2001, 0, 0], 23),
    // Documentation.
    v6([0x2001, 0xdb8, 0], 32),
    // 6to4, whose addresses hold an IPv4 address.
    v6([0x2002, 0, 0], 16),
    // AS112.
    v6([0x2620, 0x4f, 0x8000], 48),
    // Documentation.
    v6([0x3fff, 0, 0], 20),
];

const fn v4(octets: [u8; 4], prefix: u8) -> Ipv4Net {
    let [a, b, c, d] = octets;
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(start: [u16; 3], prefix: u8) -> Ipv6Net {
    let [a, b, c] = start;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix)
}

/// Whether an address is on the public internet, so that reading it tells nothing about a
/// private network.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => is_public_v4(mapped),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !NOT_PUBLIC_V4.iter().any(|range| range.contains(&address))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    GLOBAL_V6.contains(&address) && !NOT_PUBLIC_V6.iter().any(|range| range.contains(&address)) && !is_isatap(address)
}

/// ISATAP interface identifiers (RFC 5214) hold an IPv4 address, under any prefix.
fn is_isatap(address: Ipv6Addr) -> bool {
    let [_, _, _, _, marker, kind, _, _] = address.segments();
    kind == 0x5efe && matches!(marker, 0x0000 | 0x0200)
}
