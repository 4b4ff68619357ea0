//! Which addresses a webhook may reach. An office names the URL, so without this it could make the district's machines
//! talk to each other, or to themselves.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// Networks of IPv4 that are not the public internet (IANA special-purpose registry).
const SPECIAL_V4: [(Ipv4Addr, u8); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// The public part of IPv6; everything outside is local, private or reserved.
const GLOBAL_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// What lies inside it and is special all the same: protocol assignments with Teredo, documentation, 6to4.
const SPECIAL_V6: [(Ipv6Addr, u8); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// The addresses that may be reached.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reachable {
    allowed: Vec<IpNet>,
}

impl Reachable {
    /// Public addresses, and those in the networks `cidrs`, such as `10.8.0.0/16`.
    ///
    /// # Errors
    /// The first text that is no network.
    pub(crate) fn new(cidrs: &[String]) -> Result<Self, String> {
        let read = |text: &String| text.trim().parse().map_err(|_| text.clone());
        Ok(Self { allowed: cidrs.iter().map(read).collect::<Result<_, _>>()? })
    }

    /// Whether `address` may be reached.
    pub(crate) fn permits(&self, address: IpAddr) -> bool {
        // `::ffff:10.0.0.1` reaches 10.0.0.1.
        let address = address.to_canonical();
        is_public(address) || self.allowed.iter().any(|network| network.contains(&address))
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !SPECIAL_V4.iter().any(|network| within_v4(address, *network)),
        IpAddr::V6(address) => {
            within_v6(address, GLOBAL_V6) && !SPECIAL_V6.iter().any(|network| within_v6(address, *network))
        }
    }
}

fn within_v4(address: Ipv4Addr, (network, length): (Ipv4Addr, u8)) -> bool {
    (address.to_bits() ^ network.to_bits()).leading_zeros() >= length.into()
}

fn within_v6(address: Ipv6Addr, (network, length): (Ipv6Addr, u8)) -> bool {
    (address.to_bits() ^ network.to_bits()).leading_zeros() >= length.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(cidrs: &[&str], address: &str) -> bool {
        let cidrs: Vec<String> = cidrs.iter().map(|cidr| (*cidr).to_owned()).collect();
        Reachable::new(&cidrs).unwrap().permits(address.parse().unwrap())
    }

    #[test]
    fn public_addresses_are_reached_and_all_others_are_not() {
        for public in
            ["1.1.1.1", "103.28.12.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2404:6800::1"]
        {
            assert!(permits(&[], public), "{public}");
        }
        for special in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "198.19.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "64:ff9b::a00:1",
            "2001::1",
            "2001:db8::1",
            "2002:a00:1::",
        ] {
            assert!(!permits(&[], special), "{special}");
        }
    }

    #[test]
    fn an_allowed_network_opens_its_addresses_and_no_others() {
        assert!(permits(&["10.8.0.0/16"], "10.8.3.4") && permits(&["10.8.0.0/16"], "::ffff:10.8.3.4"));
        assert!(!permits(&["10.8.0.0/16"], "10.9.3.4") && !permits(&["10.8.0.0/16"], "127.0.0.1"));
        assert!(permits(&["192.168.0.0/24", "fd00::/8"], "fd12::1"));
    }

    #[test]
    fn what_is_no_network_is_named() {
        let cidrs = ["10.8.0.0/16".to_owned(), "intranet".to_owned()];
        assert_eq!(Reachable::new(&cidrs).unwrap_err(), "intranet");
    }
}
