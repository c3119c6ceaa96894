use action::{Environment, Generation};

use super::*;

fn facts() -> Facts {
    let environment = |name: &str, tier, host: &str| {
        let (name, hosts) = (EnvironmentName::new(name), vec![host.to_owned()]);
        (Environment { name, tier, paths: Vec::new(), hosts, remotes: Vec::new(), recovery: Vec::new(), owners: Vec::new(), terms: Default::default(), identities: Vec::new() }, Generation(1))
    };
    Facts {
        environments: vec![environment("dev", Tier::Development, "dev.example"), environment("eu", Tier::Production, "shop.example")],
        documentation_hosts: vec!["docs.rs".into(), "shop.example".into(), "localhost:8000".into()],
        reachable_hosts: vec!["npm.example".into()],
        ..Facts::default()
    }
}

fn judged(url: &str, offset: u64) -> Vec<(Verb, Tier, Reversibility)> {
    of(url, offset, &facts()).iter().map(|effect| (effect.verb, effect.tier, effect.reversibility)).collect()
}

#[test]
fn a_page_reads_its_host_and_tells_it_something_for_good() {
    let both = |tier| vec![(Verb::Read, tier, Reversibility::Reversible), (Verb::Expose, tier, Reversibility::Irreversible)];
    for (url, tier) in [
        ("https://evil.example/?q=secret", Tier::Unknown),
        ("https://dev.example:8443/", Tier::Development),
        ("https://shop.example/", Tier::Production),
        ("https://npm.example/", Tier::Unknown),
        ("https://docs.rs:8443/", Tier::Unknown),
        ("https://docs.rs.evil.example/", Tier::Unknown),
        ("http://localhost:8001/", Tier::Unknown),
    ] {
        assert_eq!(judged(url, 0), both(tier), "{url}");
    }
}

#[test]
fn a_host_that_is_named_for_documentation_gets_a_plain_request() {
    for url in ["https://docs.rs/serde", "http://localhost:8000/x"] {
        assert_eq!(judged(url, 0), [(Verb::Expose, Tier::Host, Reversibility::Reversible)], "{url}");
    }
}

#[test]
fn going_on_in_a_page_asks_nobody_for_anything() {
    let effects = of("https://evil.example/", 5, &facts());
    assert!(matches!(effects.as_slice(), [effect] if effect.tier == Tier::Workspace && effect.verb == Verb::Read), "{effects:?}");
}

#[test]
fn what_is_no_address_could_not_be_read() {
    let effects = of("https://a@b/", 0, &facts());
    assert!(matches!(effects.as_slice(), [effect] if effect.certainty == Certainty::Opaque && effect.tier == Tier::Unknown), "{effects:?}");
}

#[test]
fn a_name_that_looks_like_another_is_said_to() {
    let line = of("https://xn--80ak6aa92e.com/", 0, &facts())[0].line();
    assert!(line.contains("GET `https://xn--80ak6aa92e.com/`") && line.contains("LOOK TWICE"), "{line}");
}
