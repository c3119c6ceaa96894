use super::*;

fn naming(rules: &[(&str, u16)], host: &str, port: u16) -> Option<Naming> {
    let open = rules.iter().map(|(host, port)| HostRule::new(host, *port).unwrap()).collect();
    DoorRules::opening(open).naming(&Host::parse(host).unwrap(), port)
}

#[test]
fn a_rule_names_one_host_at_one_port() {
    assert_eq!(naming(&[("PyPI.org.", 443)], "pypi.org", 443), Some(Naming::Exact));
    assert_eq!(naming(&[("pypi.org", 443)], "pypi.org", 80), None);
    for other in ["xpypi.org", "a.pypi.org", "pypi.org.evil.example", "org"] {
        assert_eq!(naming(&[("pypi.org", 443)], other, 443), None, "{other}");
    }
    assert_eq!(naming(&[("::1", 8080)], "[::1]", 8080), Some(Naming::Exact));
    assert_eq!(naming(&[("127.0.0.1", 8080)], "127.0.0.1", 8080), Some(Naming::Exact));
}

#[test]
fn a_suffix_names_what_is_below_it_and_not_itself() {
    assert_eq!(naming(&[("*.corp.example", 443)], "npm.corp.example", 443), Some(Naming::Suffix));
    assert_eq!(naming(&[("*.corp.example", 443)], "a.b.corp.example", 443), Some(Naming::Suffix));
    assert_eq!(naming(&[("*.corp.example", 443)], "corp.example", 443), None);
    assert_eq!(naming(&[("*.corp.example", 443)], "evilcorp.example", 443), None);
    assert_eq!(naming(&[("*.corp.example", 443), ("a.corp.example", 443)], "a.corp.example", 443), Some(Naming::Exact));
}

#[test]
fn too_much_or_nothing_cannot_be_opened() {
    for odd in ["*", "*.", "*.com", "*.1.2.3.4", "a.*.example", "http://a.example", "a.example:443", "user@a.example", "", "bücher.example"] {
        assert!(HostRule::new(odd, 443).is_err(), "{odd}");
    }
    assert!(HostRule::new("a.example", 0).is_err());
    let raw = DoorRules::opening(vec![HostRule { host: "*.com".into(), port: 443 }]);
    assert!(raw.normalised().is_err(), "rules made by hand are checked too");
}

#[test]
fn hosts_without_the_proxy_are_read_as_no_proxy_is() {
    let direct = |entries: &[&str], host: &str| {
        let direct = entries.iter().map(ToString::to_string).collect();
        DoorRules { direct, ..DoorRules::default() }.is_direct(&Host::parse(host).unwrap())
    };
    assert!(direct(&["corp.example"], "corp.example"));
    assert!(direct(&["corp.example"], "npm.corp.example"));
    assert!(direct(&[".Corp.Example"], "npm.corp.example"));
    assert!(direct(&["*.corp.example"], "npm.corp.example"));
    assert!(direct(&["*"], "anything.example"));
    assert!(direct(&["127.0.0.1"], "127.0.0.1"));
    assert!(!direct(&["", "corp.example"], "evilcorp.example"));
    assert!(!direct(&[], "corp.example"));
}

#[test]
fn a_rule_is_written_as_policy_names_it() {
    for (host, port, text) in [("PyPI.org", 443, "pypi.org"), ("a.example", 8080, "a.example:8080"), ("*.b.example", 443, "*.b.example"), ("::1", 443, "[::1]"), ("::1", 80, "[::1]:80")] {
        assert_eq!(HostRule::new(host, port).unwrap().to_string(), text);
    }
}
