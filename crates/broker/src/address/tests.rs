use super::*;

fn check(expected: Place, addresses: &[&str]) {
    for text in addresses {
        assert_eq!(Place::of(text.parse().unwrap()), expected, "{text}");
    }
}

#[test]
fn the_public_internet_is_public() {
    check(Place::Public, &["1.1.1.1", "203.0.113.80", "172.32.0.1", "100.128.0.1", "192.1.0.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]);
}

#[test]
fn private_networks_and_this_machine_are_inner() {
    check(Place::Inner, &["127.0.0.1", "127.255.0.9", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "198.18.0.1", "240.0.0.1"]);
    check(Place::Inner, &["::1", "fc00::1", "fd12:3456::1", "fec0::1", "2001:0:1::1", "64:ff9b:1::1", "100::1"]);
}

#[test]
fn metadata_link_local_multicast_and_nothing_are_never_reached() {
    check(Place::Never, &["169.254.169.254", "169.254.170.2", "169.254.1.1", "168.63.129.16", "100.100.100.200", "192.0.0.192"]);
    check(Place::Never, &["0.0.0.0", "0.1.2.3", "224.0.0.1", "239.1.1.1", "255.255.255.255"]);
    check(Place::Never, &["::", "fe80::1", "ff02::1", "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254"]);
}

#[test]
fn an_address_inside_an_address_is_placed_by_the_inner_one() {
    check(Place::Never, &["::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "::169.254.169.254", "::ffff:0:169.254.169.254"]);
    check(Place::Inner, &["::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::10.0.0.1"]);
}

#[test]
fn the_machines_resolver_knows_this_machine() {
    let found = SystemResolver.resolve("localhost").unwrap();
    assert!(!found.is_empty() && found.iter().all(IpAddr::is_loopback), "{found:?}");
}
