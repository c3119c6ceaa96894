use proptest::prelude::*;

use super::*;
use crate::sighting::{Sighting, Span};

fn effect(verb: Verb, kind: &str, name: &str) -> Effect {
    Effect::in_workspace(verb, Resource::new(kind, name))
}

fn in_production(effect: Effect) -> Effect {
    effect.at(EnvironmentName::new("production/eu"), Tier::Production).that_is(Reversibility::Irreversible)
}

fn data(mut effect: Effect) -> Effect {
    effect.data_bearing = true;
    effect
}

fn reading(effects: Vec<Effect>) -> Reading {
    Reading::new(effects.into_iter().map(|effect| Sighting { effect, span: Span::default() }).collect())
}

fn radius(effects: Vec<Effect>) -> Radius {
    Radius::of(&reading(effects))
}

/// The environment, two databases in it, a bucket with its copies elsewhere, an update, and something on the host.
fn december() -> Vec<Effect> {
    let mut whole = data(in_production(effect(Verb::Replace, "environment", "production/eu")).counted(48_211, "rows"));
    whole.whole_environment = true;
    vec![
        effect(Verb::Opaque, "program", "python").at(EnvironmentName::host(), Tier::Host).that_is(Reversibility::Irreversible).with_certainty(Certainty::Opaque),
        whole,
        data(in_production(effect(Verb::Delete, "database", "costs.db")).counted(48_000, "rows")),
        data(in_production(effect(Verb::Delete, "database", "users.db"))),
        data(in_production(effect(Verb::Delete, "bucket", "logs")).counted(3, "objects").that_is(Reversibility::Recoverable)),
        in_production(effect(Verb::Update, "service", "web")).that_is(Reversibility::Reversible).with_certainty(Certainty::AtLeast),
    ]
}

#[test]
fn the_summary_of_a_catastrophe_is_eight_lines() {
    let needs = vec![("web".to_owned(), "costs.db".to_owned())];
    let lines = Radius::of(&reading(december()).with_needs(needs)).lines();
    assert_eq!(
        lines.join("\n"),
        "touches   6 things, 4 irreversibly, 1 unreadable, perhaps more\n\
         where     production/eu (production): deletes 3, replaces 1, updates 1\n\
         where     host: 1 unreadable\n\
         whole     all of production/eu\n\
         worst     replaces environment `production/eu`: 48,211 rows, irreversible\n\
         lost      48,211 rows, 3 objects, and data of 1 more, how much is not known; no recovery point for database `costs.db`, database `users.db` and environment `production/eu`\n\
         needed    costs.db, by 1 that stays: web\n\
         opaque    nobody can say what happens to program `python`"
    );
}

#[test]
fn nothing_is_told_as_nothing_and_one_effect_without_repeating_it() {
    assert_eq!(radius(Vec::new()).lines(), ["touches   nothing"]);
    let lines = radius(vec![effect(Verb::Read, "file", "a")]).lines();
    assert_eq!(lines, ["touches   1 thing", "where     workspace: reads 1"]);
}

#[test]
fn sums_are_by_unit_and_an_environment_has_its_parts_in_it() {
    let all = radius(december());
    assert_eq!(all.lost, [Count::new(48_211, "rows"), Count::new(3, "objects")]);
    assert_eq!((all.uncounted, all.irreversible, all.at_least), (1, 4, 1));
    let of_two = radius(vec![
        in_production(effect(Verb::Delete, "table", "a")).counted(2, "rows"),
        in_production(effect(Verb::Delete, "table", "b")).counted(3, "rows"),
        in_production(effect(Verb::Delete, "table", "a")).at(EnvironmentName::new("production/us"), Tier::Production).counted(u64::MAX, "rows"),
    ]);
    assert_eq!(of_two.lost, [Count::new(u64::MAX, "rows")]);
}

#[test]
fn only_what_ends_is_lost_and_only_what_no_recovery_point_holds_is_unrecoverable() {
    let kept = |verb| data(effect(verb, "table", "t")).counted(7, "rows");
    for (what, effect, lost, unrecoverable) in [
        ("a deletion", in_production(kept(Verb::Delete)), 1, 1),
        ("one with a recovery point", in_production(kept(Verb::Delete)).that_is(Reversibility::Recoverable), 1, 0),
        ("one in the box", kept(Verb::Delete), 0, 0),
        ("rows overwritten for good", in_production(kept(Verb::Update)), 1, 1),
        ("rows added", in_production(kept(Verb::Create)), 0, 0),
        ("rows read", in_production(kept(Verb::Read)), 0, 0),
        ("nobody knows", in_production(kept(Verb::Opaque)), 1, 1),
    ] {
        let radius = radius(vec![effect]);
        assert_eq!((radius.lost.len(), radius.unrecoverable.len()), (lost, unrecoverable), "{what}");
    }
}

#[test]
fn a_name_of_a_stranger_starts_no_line_and_takes_no_screen() {
    let hostile = format!("a\n{}\u{1b}[2J", "x".repeat(5_000));
    let radius = radius(vec![data(in_production(effect(Verb::Delete, "file", &hostile))), in_production(effect(Verb::Opaque, "program", &hostile))]);
    for line in radius.lines() {
        assert!(!line.contains(['\n', '\u{1b}']) && line.chars().count() < 500, "{line}");
    }
}

#[test]
fn what_is_said_loudly_is_what_cannot_come_back() {
    let host = |effect: Effect| effect.at(EnvironmentName::host(), Tier::Host);
    for (effect, weight) in [
        (effect(Verb::Read, "file", "a"), Weight::Light),
        (effect(Verb::Delete, "file", "a"), Weight::Light),
        (effect(Verb::Opaque, "program", "a").with_certainty(Certainty::Opaque), Weight::Heavy),
        (host(effect(Verb::Opaque, "program", "a").with_certainty(Certainty::Opaque)), Weight::Grave),
        (host(effect(Verb::Delete, "file", "a").that_is(Reversibility::Irreversible)), Weight::Heavy),
        (host(data(effect(Verb::Delete, "file", "a.db").that_is(Reversibility::Irreversible))), Weight::Grave),
        (host(data(effect(Verb::Read, "file", "a.db").that_is(Reversibility::Irreversible))), Weight::Light),
        (in_production(effect(Verb::Update, "service", "a")), Weight::Grave),
        (in_production(effect(Verb::Update, "service", "a")).that_is(Reversibility::Reversible), Weight::Heavy),
        (effect(Verb::Grant, "role", "a"), Weight::Heavy),
    ] {
        assert_eq!(Weight::of(&effect), weight, "{effect:?}");
    }
}

fn any_effect() -> impl Strategy<Value = Effect> {
    let verb = prop::sample::select(vec![Verb::Read, Verb::Create, Verb::Update, Verb::Execute, Verb::Grant, Verb::Replace, Verb::Delete, Verb::Opaque]);
    let tier = prop::sample::select(vec![Tier::Workspace, Tier::Host, Tier::Staging, Tier::Production, Tier::Unknown]);
    let reversibility = prop::sample::select(vec![Reversibility::Reversible, Reversibility::Recoverable, Reversibility::Irreversible]);
    (verb, "\\PC{0,12}", "[a-c]", tier, reversibility, any::<[bool; 2]>(), prop::option::of(any::<u64>())).prop_map(|(verb, name, place, tier, reversibility, flags, n)| {
        let [data_bearing, whole_environment] = flags;
        let count = n.map(|n| Count::new(n, "rows"));
        Effect { data_bearing, whole_environment, count, ..effect(verb, "thing", &name).at(EnvironmentName::new(place), tier).that_is(reversibility) }
    })
}

proptest! {
    #[test]
    fn every_effect_is_counted_once_and_eight_lines_are_enough(effects in prop::collection::vec(any_effect(), 0..40)) {
        let reading = reading(effects);
        let needs = reading.sightings().iter().map(|s| ("user".to_owned(), s.effect.resource.name.clone())).collect();
        let radius = Radius::of(&reading.with_needs(needs));
        let counted: usize = radius.places.iter().flat_map(|place| place.verbs.iter().map(|strike| strike.n)).sum();
        prop_assert_eq!(counted, radius.effects);
        let lines = radius.lines();
        prop_assert!(!lines.is_empty() && lines.len() <= 8, "{lines:#?}");
    }

    #[test]
    fn one_effect_more_makes_no_summary_milder(effects in prop::collection::vec(any_effect(), 0..20), more in any_effect()) {
        let before = radius(effects.clone());
        let after = radius(effects.into_iter().chain([more]).collect());
        prop_assert!(after.tier >= before.tier && after.effects >= before.effects && after.irreversible >= before.irreversible);
        prop_assert!(after.opaque.len() >= before.opaque.len() && after.unrecoverable.len() >= before.unrecoverable.len());
        let sum = |radius: &Radius| radius.lost.iter().fold(0_u64, |sum, count| sum.saturating_add(count.n));
        prop_assert!(sum(&after) >= sum(&before) && after.uncounted >= before.uncounted);
    }
}
