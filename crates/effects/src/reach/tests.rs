use action::{Certainty, Environment, EnvironmentName, Generation, Tier, Verb};

use super::of;
use crate::facts::Facts;

fn facts() -> Facts {
    let production = Environment {
        name: EnvironmentName::new("production"),
        tier: Tier::Production,
        paths: vec![],
        hosts: vec!["cost.example.com".into(), "registry.example.com:5000".into()],
        remotes: vec![],
        recovery: vec![],
        owners: Vec::new(),
        terms: Default::default(),
        identities: Vec::new(),
    };
    Facts {
        environments: vec![(production, Generation(1))],
        reachable_hosts: vec!["crates.io".into(), "*.crates.io".into(), "cost.example.com".into()],
        ..Facts::default()
    }
}

#[test]
fn hosts_that_policy_names_are_part_of_the_box() {
    let effects = of("static.crates.io", 443, &facts());
    assert_eq!(effects[0].line(), "reads host `static.crates.io:443` in workspace: through the dependency door");
}

#[test]
fn an_environment_stays_one_whatever_else_names_it() {
    let effects = of("COST.example.com", 443, &facts());
    assert_eq!((effects[0].verb, effects[0].tier, effects[0].certainty), (Verb::Opaque, Tier::Production, Certainty::Opaque));
    assert_eq!(of("registry.example.com", 5000, &facts())[0].tier, Tier::Production);
}

#[test]
fn any_other_host_leads_nobody_knows_where() {
    for host in ["evil.example", "crates.io.evil.example", "xcrates.io"] {
        let effects = of(host, 443, &facts());
        assert_eq!((effects[0].verb, effects[0].tier, effects[0].certainty), (Verb::Expose, Tier::Unknown, Certainty::Opaque), "{host}");
    }
    assert_eq!(of("registry.example.com", 443, &facts())[0].tier, Tier::Unknown);
}
