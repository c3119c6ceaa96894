//! Environments as they are mapped: names that are ours, and all the places of one.

use action::{Environment, EnvironmentName, Terms, Tier};

#[test]
fn our_own_names_are_reserved_and_no_others() {
    for ours in [EnvironmentName::workspace(), EnvironmentName::worktree(), EnvironmentName::host(), EnvironmentName::unknown(), EnvironmentName::service()] {
        assert!(ours.is_reserved(), "{ours}");
    }
    for theirs in ["production", "staging/eu", "hosts"] {
        assert!(!EnvironmentName::new(theirs).is_reserved(), "{theirs}");
    }
}

#[test]
fn the_places_of_an_environment_are_its_paths_hosts_remotes_and_identities() {
    let text = |word: &str| vec![word.to_owned()];
    let environment = Environment {
        name: EnvironmentName::new("production"),
        tier: Tier::Production,
        paths: text("/srv"),
        hosts: text("db.example"),
        remotes: text("git@example.com:shop.git"),
        recovery: text("/backup"),
        identities: text("aws:123456789012"),
        owners: Vec::new(),
        terms: Terms::default(),
    };
    let mut places: Vec<&str> = environment.places().map(String::as_str).collect();
    places.sort_unstable();
    assert_eq!(places, ["/srv", "aws:123456789012", "db.example", "git@example.com:shop.git"], "recovery points are no places of it");
}
