use action::{Environment, EnvironmentName, Generation, Tier};

use super::{clean_remote, host_fits, host_of_url, is_loopback, of_host, of_identity, of_path, of_remote, recovery_outside, split_host};
use crate::facts::Facts;

fn environment(name: &str, tier: Tier) -> Environment {
    Environment { name: EnvironmentName::new(name), tier, paths: vec![], hosts: vec![], remotes: vec![], recovery: vec![], owners: Vec::new(), terms: Default::default(), identities: Vec::new() }
}

fn facts(environments: Vec<Environment>) -> Facts {
    Facts { environments: environments.into_iter().map(|e| (e, Generation(1))).collect(), ..Facts::default() }
}

#[test]
fn the_longest_prefix_of_whole_components_wins() {
    let mut production = environment("production", Tier::Production);
    production.paths = vec!["/srv/apps".into(), "/srv/apps/".into()];
    let mut staging = environment("staging", Tier::Staging);
    staging.paths = vec!["/srv/apps/../apps/stage".into()];
    let facts = facts(vec![production, staging]);
    let name = |path: &str| of_path(&facts, path).map(|(e, _)| e.name.as_str().to_owned());
    assert_eq!(name("/srv/apps/stage/x").as_deref(), Some("staging"));
    assert_eq!(name("/srv/apps/staging/x").as_deref(), Some("production"));
    assert_eq!(name("/srv/apps").as_deref(), Some("production"));
    assert_eq!(name("/srv"), None);
}

#[test]
fn of_two_equal_mappings_the_graver_counts() {
    let mut development = environment("dev", Tier::Development);
    let mut production = environment("production", Tier::Production);
    for e in [&mut development, &mut production] {
        e.paths = vec!["/srv/x".into()];
        e.hosts = vec!["db.example.com".into()];
        e.remotes = vec!["git@example.com:a/b.git".into()];
    }
    let facts = facts(vec![production, development]);
    assert_eq!(of_path(&facts, "/srv/x/y").map(|(e, _)| e.tier), Some(Tier::Production));
    assert_eq!(of_host(&facts, "db.example.com", None).map(|e| e.tier), Some(Tier::Production));
    assert_eq!(of_remote(&facts, "https://example.com/a/b", None).map(|e| e.tier), Some(Tier::Production));
}

#[test]
fn hosts_fit_by_name_suffix_and_port() {
    for (pattern, host, port, fits) in [
        ("crates.io", "CRATES.io.", Some(443), true),
        ("crates.io", "evil-crates.io", None, false),
        ("*.crates.io", "static.crates.io", Some(443), true),
        ("*.crates.io", "crates.io", None, false),
        ("*.crates.io", ".crates.io", None, false),
        ("db:5432", "db", Some(5432), true),
        ("db:5432", "db", Some(22), false),
        ("db:5432", "db", None, true),
        ("[::1]:80", "::1", Some(80), true),
    ] {
        assert_eq!(host_fits(pattern, host, port), fits, "{pattern} {host} {port:?}");
    }
}

#[test]
fn the_host_of_a_url_is_what_a_client_would_connect_to() {
    for (url, host, port) in [
        ("https://good.example@evil.example/x", "evil.example", Some(443)),
        ("http://evil.example#@good.example/", "evil.example", Some(80)),
        ("http://evil.example\\@good.example/", "evil.example", Some(80)),
        ("evil.example:8080/path", "evil.example", Some(8080)),
        ("postgres://u:p@db.example/x", "db.example", Some(5432)),
        ("http://[::1]:9/x", "::1", Some(9)),
    ] {
        assert_eq!(host_of_url(url), Some((host.to_owned(), port)), "{url}");
    }
    assert_eq!(host_of_url("https:///x"), None);
    assert_eq!(split_host("user@h:22"), ("h".into(), Some(22)));
}

#[test]
fn loopback_is_only_what_surely_is() {
    for host in ["localhost", "127.0.0.1", "127.9.9.9", "::1", "app.localhost"] {
        assert!(is_loopback(host), "{host}");
    }
    for host in ["127.0.0.1.evil.example", "localhost.evil.example", "2130706433", "127.evil.example", "127.0.0.256"] {
        assert!(!is_loopback(host), "{host}");
    }
}

#[test]
fn spellings_of_one_remote_are_one() {
    let spellings = [
        "git@Example.com:ops/prod.git",
        "ssh://git@example.com/ops/prod",
        "ssh://git@example.com:22/ops/prod.git",
        "https://token:x@example.com/ops/prod.git/",
        "example.com:ops/prod",
    ];
    for spelling in spellings {
        assert_eq!(clean_remote(spelling), "example.com/ops/prod", "{spelling}");
    }
    assert_eq!(clean_remote("file:///srv/git/../git/x.git"), "/srv/git/x");
    assert_ne!(clean_remote("https://example.com:8443/ops/prod"), "example.com/ops/prod");
}

#[test]
fn a_branch_can_be_an_environment_of_its_own() {
    let mut production = environment("production", Tier::Production);
    production.remotes = vec!["git@example.com:a/b.git#main".into()];
    let mut shared = environment("dev", Tier::Development);
    shared.remotes = vec!["git@example.com:a/b.git".into()];
    let facts = facts(vec![production, shared]);
    let tier = |branch| of_remote(&facts, "https://example.com/a/b", branch).map(|e| e.tier);
    assert_eq!(tier(Some("main")), Some(Tier::Production));
    assert_eq!(tier(Some("topic")), Some(Tier::Development));
    assert_eq!(tier(None), Some(Tier::Production), "an unknown branch may be the gravest");
}

#[test]
fn a_recovery_point_inside_the_blast_radius_does_not_count() {
    let mut production = environment("production", Tier::Production);
    production.paths = vec!["/srv/prod".into()];
    production.recovery = vec!["/srv/prod/backups".into(), "/backups/prod".into()];
    let mut facts = facts(vec![production.clone()]);
    facts.recovery_points = vec!["/srv/prod/backups/one".into(), "/backups/other/two".into(), "/backups/prod/../../srv/prod/x".into()];
    assert_eq!(recovery_outside(&facts, &production, "/srv/prod"), None);
    facts.recovery_points.push("/backups/prod/three".into());
    assert_eq!(recovery_outside(&facts, &production, "/srv/prod"), Some("/backups/prod/three"));
    assert_eq!(recovery_outside(&facts, &production, "/backups"), None, "the change set itself covers it");
}

#[test]
fn an_account_is_found_by_its_name_the_very_region_first() {
    let mapped = |name: &str, tier, identities: &[&str]| Environment { identities: identities.iter().map(|i| (*i).to_owned()).collect(), ..environment(name, tier) };
    let facts = facts(vec![
        mapped("production", Tier::Production, &["aws:1"]),
        mapped("staging/eu", Tier::Staging, &["aws:1/eu-west-1", "aws:2/eu-west-1"]),
        mapped("production/us", Tier::Production, &["aws:2/us-east-1", "state:9d7e"]),
    ]);
    let name = |identity: &str| of_identity(&facts, identity).map(|e| e.name.to_string());
    assert_eq!(name("aws:1/eu-west-1").as_deref(), Some("staging/eu"));
    assert_eq!(name("aws:1/us-east-1").as_deref(), Some("production"));
    assert_eq!(name("aws:2").as_deref(), Some("production/us"), "without a region it is the gravest of them");
    assert_eq!(name("state:9d7e").as_deref(), Some("production/us"));
    assert_eq!(name("aws:11"), None);
    assert_eq!(name("aws:2/ap-south-1"), None);
}
