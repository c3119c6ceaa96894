//! Addresses: what a name resolves to, and whether the door may connect there.
//!
//! A name is resolved once, outside the box; every address of the answer is placed, and the connection is made to one of
//! those very addresses, so that a second answer (DNS rebinding) has nobody to give it to. An address that is not plainly
//! the public internet is *inner*; cloud metadata and link-local addresses are *never* reached, whoever names them.
//! Sources: the IANA special-purpose address registries (RFC 6890 and its successors), RFC 6052 (NAT64), RFC 3056 (6to4),
//! and the cloud vendors' metadata addresses.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, ToSocketAddrs as _};

/// Turns a name into addresses. A trait, because rebinding has to be testable.
pub trait Resolve: Send + Sync {
    /// All addresses of a name, in the order to try them.
    fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// The machine's own resolver.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let mut addresses = Vec::new();
        for found in (name, 0).to_socket_addrs()? {
            if !addresses.contains(&found.ip()) {
                addresses.push(found.ip());
            }
        }
        Ok(addresses)
    }
}

/// What kind of place an address is. Ordered: later is stricter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The public internet.
    Public,
    /// This machine, a private network, or anything else that is not public. Only an exactly named registry is reached there.
    Inner,
    /// Cloud metadata, link-local, multicast, unspecified: never reached.
    Never,
}

impl Place {
    /// Where an address is.
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(four) => Self::of_four(four),
            IpAddr::V6(six) => Self::of_six(six),
        }
    }

    fn of_four(four: Ipv4Addr) -> Self {
        let [a, b, c, _] = four.octets();
        if METADATA.contains(&four) || four.is_link_local() || four.is_multicast() || four.is_broadcast() || a == 0 {
            return Self::Never;
        }
        let shared = a == 100 && (64..128).contains(&b); // RFC 6598
        let protocol = a == 192 && b == 0 && c == 0; // RFC 6890
        let benchmark = a == 198 && (18..20).contains(&b); // RFC 2544
        let reserved = a >= 240; // RFC 1112
        match four.is_loopback() || four.is_private() || shared || protocol || benchmark || reserved {
            true => Self::Inner,
            false => Self::Public,
        }
    }

    fn of_six(six: Ipv6Addr) -> Self {
        if let Some(four) = embedded_four(six) {
            return Self::of_four(four);
        }
        let [first, second, ..] = six.segments();
        if METADATA_SIX.contains(&six) || six.is_unspecified() || six.is_multicast() || six.is_unicast_link_local() {
            return Self::Never;
        }
        let teredo = first == 0x2001 && second == 0; // RFC 4380: carries any IPv4 address, obfuscated
        let local_nat64 = first == 0x64 && second == 0xff9b; // RFC 8215; the well-known prefix is unwrapped above
        let site_local = first & 0xffc0 == 0xfec0; // RFC 3879
        let discard = first == 0x100; // RFC 6666
        match six.is_loopback() || six.is_unique_local() || teredo || local_nat64 || site_local || discard {
            true => Self::Inner,
            false => Self::Public,
        }
    }
}

/// The IPv4 address that a connection to this IPv6 address would really reach.
fn embedded_four(six: Ipv6Addr) -> Option<Ipv4Addr> {
    let four = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match six.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] => Some(four(high, low)), // IPv4-mapped
        [0, 0, 0, 0, 0xffff, 0, high, low] => Some(four(high, low)), // IPv4-translated, RFC 2765
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(four(high, low)), // NAT64
        [0x2002, high, low, ..] => Some(four(high, low)),            // 6to4
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,                        // unspecified and loopback
        [0, 0, 0, 0, 0, 0, high, low] => Some(four(high, low)),      // IPv4-compatible, deprecated
        _ => None,
    }
}

/// Metadata and credential services of the clouds that are not link-local, and those that are, for the reader.
const METADATA: [Ipv4Addr; 6] = [
    Ipv4Addr::new(169, 254, 169, 254), // AWS, Azure, Google, DigitalOcean, …
    Ipv4Addr::new(169, 254, 170, 2),   // AWS ECS task credentials
    Ipv4Addr::new(169, 254, 170, 23),  // AWS EKS pod identity
    Ipv4Addr::new(100, 100, 100, 200), // Alibaba
    Ipv4Addr::new(192, 0, 0, 192),     // Oracle
    Ipv4Addr::new(168, 63, 129, 16),   // Azure wire server, a public address
];

const METADATA_SIX: [Ipv6Addr; 3] = [
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),   // AWS
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23),    // AWS EKS pod identity
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),    // Google
];

#[cfg(test)]
mod tests;
