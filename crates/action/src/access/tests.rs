use proptest::prelude::*;

use super::*;
use crate::effect::Resource;
use crate::environment::Tier;

fn access() -> Access {
    Access {
        person: PersonId::new("ana"),
        agent: None,
        environment: EnvironmentName::new("production"),
        verbs: BTreeSet::from([Verb::Read, Verb::Update]),
        resources: vec!["database:orders-*".into()],
        seconds: 3600,
        why: "order 4711".into(),
    }
}

fn effect(verb: Verb, kind: &str, name: &str, environment: &str) -> Effect {
    Effect::in_workspace(verb, Resource::new(kind, name)).at(EnvironmentName::new(environment), Tier::Production)
}

#[test]
fn access_covers_what_it_names_and_nothing_beside_it() {
    let table = [
        (Verb::Read, "database", "orders-eu", "production", true),
        (Verb::Update, "database", "orders-", "production/eu", true),
        (Verb::Delete, "database", "orders-eu", "production", false),
        (Verb::Create, "database", "orders-eu", "production", false),
        (Verb::Read, "database", "my-orders-eu", "production", false),
        (Verb::Read, "table", "orders-eu", "production", false),
        (Verb::Read, "database", "orders-eu", "production-2", false),
        (Verb::Read, "database", "orders-eu", "prod", false),
        (Verb::Read, "database", "orders-eu", "unknown", false),
    ];
    for (verb, kind, name, environment, covered) in table {
        assert_eq!(access().covers(&effect(verb, kind, name, environment)), covered, "{verb} {kind}:{name} in {environment}");
    }
    let several = effect(Verb::Update, "database", "orders-eu, customers and 3 more", "production").counted(5, "paths");
    assert!(!access().covers(&several), "the others are not named");
    assert!(Access { resources: vec!["database".into()], ..access() }.covers(&several));
    let in_region = Access { environment: EnvironmentName::new("production/eu"), ..access() };
    assert!(!in_region.covers(&effect(Verb::Read, "database", "orders-eu", "production")), "a region is not all of it");
    assert!(!in_region.covers(&effect(Verb::Read, "database", "orders-eu", "production/us")));
}

#[test]
fn a_pattern_is_a_kind_a_kind_with_names_or_everything() {
    for (pattern, name, fits_it) in [
        ("database", "any", true), ("*", "any", true), ("database:*", "", true), ("database:a*c", "abc", true), ("database:a*c", "ac", true), ("database:a*c", "ab", false),
        ("database:a*b*c", "a-b-b-c", true), ("database:a*b*c", "acb", false), ("database:abc", "abc", true), ("database:abc", "abcd", false), ("database:ab*ba", "aba", false),
        ("database:a:b", "a:b", true), ("database:**", "x", true),
    ] {
        assert_eq!(fits(pattern, "database", name), fits_it, "{pattern} on {name}");
    }
    for bad in ["", ":x", "database:", "Database", "data base", "**", "database:a\u{7}", "*:x"] {
        let asked = Access { resources: vec![bad.into()], ..access() };
        assert!(matches!(asked.check(), Err(BadAccess::Pattern { .. })), "{bad}");
    }
}

proptest! {
    /// The same as the plainest reading of stars: each stands for some cut of the text.
    #[test]
    fn stars_mean_any_text(pattern in "[ab*]{0,6}", name in "[ab]{0,6}") {
        fn plain(pattern: &[u8], name: &[u8]) -> bool {
            match (pattern.split_first(), name.split_first()) {
                (None, None) => true,
                (Some((b'*', rest)), _) => (0..=name.len()).any(|cut| plain(rest, &name[cut..])),
                (Some((one, pattern)), Some((other, name))) => one == other && plain(pattern, name),
                _ => false,
            }
        }
        prop_assert_eq!(matches(&pattern, &name), plain(pattern.as_bytes(), name.as_bytes()));
    }

    /// Whatever is asked for: what passes the check covers nothing that takes signatures of its own.
    #[test]
    fn no_access_covers_what_is_lost(verbs in prop::collection::btree_set(prop::sample::select(vec![Verb::Read, Verb::Create, Verb::Update, Verb::Execute, Verb::Replace, Verb::Delete, Verb::Grant, Verb::Expose, Verb::DisableProtection, Verb::Opaque]), 0..4)) {
        let asked = Access { verbs, resources: vec!["*".into()], ..access() };
        if asked.check().is_ok() {
            for verb in [Verb::Replace, Verb::Delete, Verb::Grant, Verb::Expose, Verb::DisableProtection, Verb::Opaque, Verb::Spend] {
                prop_assert!(!asked.covers(&effect(verb, "database", "x", "production")), "{}", verb);
            }
        }
    }
}

#[test]
fn what_could_not_be_judged_or_would_stand_is_no_access() {
    let bad = |asked: Access| asked.check().unwrap_err();
    assert!(access().check().is_ok());
    assert!(matches!(bad(Access { verbs: BTreeSet::from([Verb::Delete]), ..access() }), BadAccess::Verb { verb: Verb::Delete }));
    assert!(matches!(bad(Access { verbs: BTreeSet::new(), ..access() }), BadAccess::Nothing));
    assert!(matches!(bad(Access { resources: Vec::new(), ..access() }), BadAccess::Nothing));
    assert!(matches!(bad(Access { why: " \n".into(), ..access() }), BadAccess::NoReason));
    for seconds in [0, 24 * 3600 + 1, u64::MAX] {
        assert!(matches!(bad(Access { seconds, ..access() }), BadAccess::Long { .. }), "{seconds}");
    }
    assert!(Access { seconds: 24 * 3600, ..access() }.check().is_ok());
}

#[test]
fn everything_and_long_are_wide() {
    assert!(!access().is_wide());
    assert!(!Access { seconds: 4 * 3600, ..access() }.is_wide());
    assert!(Access { seconds: 4 * 3600 + 1, ..access() }.is_wide());
    assert!(Access { resources: vec!["file".into(), "*".into()], ..access() }.is_wide());
    assert!(!Access { resources: vec!["file:a".into(); 4], ..access() }.is_wide() && Access { resources: vec!["file:a".into(); 5], ..access() }.is_wide());
    assert!(!Access { resources: vec!["file".into(), "table:a".into()], ..access() }.is_wide() && Access { resources: vec!["file".into(), "table:*".into()], ..access() }.is_wide());
}

#[test]
fn access_is_one_persons_and_perhaps_one_agents() {
    let (ana, ben, engineer, claude) = (PersonId::new("ana"), PersonId::new("ben"), AgentName::new("engineer"), AgentName::new("claude"));
    assert!(access().is_for(&ana, &engineer) && access().is_for(&ana, &claude) && !access().is_for(&ben, &engineer));
    let of_claude = Access { agent: Some(claude.clone()), ..access() };
    assert!(of_claude.is_for(&ana, &claude) && !of_claude.is_for(&ana, &engineer) && !of_claude.is_for(&ben, &claude));
    assert_eq!(of_claude.holder(), "ana by the agent claude");
    assert_eq!(access().words(), "read, update database:orders-* in production for 1 h");
}

#[test]
fn a_freeze_holds_from_its_first_moment_to_before_its_last() {
    let freeze = Freeze { environment: EnvironmentName::new("production"), from: Moment(10), until: Moment(20), why: "quarter end".into() };
    assert!(freeze.check().is_ok());
    let (here, region, other) = (EnvironmentName::new("production"), EnvironmentName::new("production/eu"), EnvironmentName::new("staging"));
    for (at, holds) in [(9, false), (10, true), (19, true), (20, false)] {
        assert_eq!((freeze.holds(&here, Moment(at)), freeze.holds(&region, Moment(at)), freeze.holds(&other, Moment(at))), (holds, holds, false), "{at}");
    }
    assert!(matches!(Freeze { until: Moment(10), ..freeze.clone() }.check(), Err(BadAccess::Backwards { .. })));
    assert!(matches!(Freeze { why: String::new(), ..freeze }.check(), Err(BadAccess::NoReason)));
}

#[test]
fn spans_are_said_as_people_say_them() {
    for (seconds, words) in [(0, "0 s"), (45, "45 s"), (60, "1 min"), (90, "90 s"), (5400, "90 min"), (3600, "1 h"), (86_400, "24 h")] {
        assert_eq!(span(seconds), words);
    }
}

#[test]
fn kinds_have_letters_digits_and_dashes() {
    for good in ["s3", "s3-bucket:*", "mcp-server", "*", "file:a b"] {
        assert!(is_pattern(good), "{good}");
    }
    for bad in ["", ":x", "S3", "s_3", "file:", "a.b:*", "file:a\nb"] {
        assert!(!is_pattern(bad), "{bad}");
    }
}

/// What a star has passed over is not found once more behind it.
#[test]
fn each_part_of_a_pattern_is_found_behind_the_one_before() {
    for (pattern, name, is_so) in [("*ab*b", "xab", false), ("*ab*b", "xabb", true), ("a*a", "a", false), ("a*b*a", "aba", true), ("*b*b", "ab", false)] {
        assert_eq!(matches(pattern, name), is_so, "{pattern} {name}");
    }
}

#[test]
fn glass_is_broken_for_four_hours_at_most_and_for_a_reason() {
    let glass = |seconds, why: &str| Glass { person: PersonId::new("ana"), environment: EnvironmentName::new("production"), seconds, why: why.into() };
    for seconds in [1, 3605, 4 * 3600] {
        assert_eq!(glass(seconds, "incident 812").check(), Ok(()), "{seconds}");
    }
    for seconds in [0, 4 * 3600 + 1] {
        assert_eq!(glass(seconds, "incident 812").check(), Err(BadAccess::LongGlass { seconds }));
    }
    assert_eq!(glass(60, " ").check(), Err(BadAccess::NoReason));
}
