//! Verdicts only move right: one more effect, a graver tier or one graver fact never makes an intent easier.

use action::{Certainty, Decision, Effect, Effects, Resource, Reversibility, Tier, Verb};
use proptest::prelude::*;

use crate::world::{World, effect, everywhere};

fn any_verb() -> impl Strategy<Value = Verb> {
    prop::sample::select(vec![
        Verb::Read,
        Verb::Create,
        Verb::Update,
        Verb::Execute,
        Verb::Spend,
        Verb::DisableProtection,
        Verb::Grant,
        Verb::Expose,
        Verb::Replace,
        Verb::Delete,
        Verb::Opaque,
    ])
}

fn any_tier() -> impl Strategy<Value = Tier> {
    prop::sample::select(TIERS.to_vec())
}

const TIERS: [Tier; 6] = [Tier::Workspace, Tier::Host, Tier::Development, Tier::Staging, Tier::Production, Tier::Unknown];

fn any_effect() -> impl Strategy<Value = Effect> {
    let lost = prop::sample::select(vec![Reversibility::Reversible, Reversibility::Recoverable, Reversibility::Irreversible]);
    let sure = prop::sample::select(vec![Certainty::Exact, Certainty::AtLeast, Certainty::Opaque]);
    let kind = prop::sample::select(vec!["file", "database", "agent-config", "host"]);
    (any_verb(), any_tier(), lost, sure, any::<bool>(), any::<bool>(), kind).prop_map(|(verb, tier, lost, sure, data, whole, kind)| {
        let mut made = effect(verb, tier).that_is(lost).with_certainty(sure);
        made.resource = Resource::new(kind, "x");
        made.data_bearing = data;
        made.whole_environment = whole;
        made
    })
}

/// Right of, or where it was; quorums may not shrink in any field.
fn no_easier(before: Decision, after: Decision) -> bool {
    match (before, after) {
        (Decision::Hold { quorum: a }, Decision::Hold { quorum: b }) => a.and(b) == b,
        (a, b) => b >= a,
    }
}

fn judge(world: &World, effects: Vec<Effect>) -> Decision {
    world.assess(&Effects::new(effects)).decision
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_more_effect_never_makes_it_easier(effects in prop::collection::vec(any_effect(), 1..5), more in any_effect(), boxed: bool, frozen: bool) {
        let mut world = World::new();
        world.circumstances.boxed = boxed;
        world.circumstances.in_force.frozen = if frozen { everywhere() } else { Vec::new() };
        let before = judge(&world, effects.clone());
        let mut all = effects;
        all.push(more);
        prop_assert!(no_easier(before, judge(&world, all)));
    }

    #[test]
    fn a_graver_tier_never_makes_it_easier(one in any_effect(), boxed: bool) {
        let mut world = World::new();
        world.circumstances.boxed = boxed;
        let decisions: Vec<Decision> =
            TIERS.iter().map(|tier| judge(&world, vec![Effect { tier: *tier, ..one.clone() }])).collect();
        // An unbounded box is asked about like the host, never less.
        prop_assert!(decisions.windows(2).all(|pair| no_easier(pair[0], pair[1])), "{decisions:?}");
    }

    #[test]
    fn a_graver_fact_never_makes_it_easier(one in any_effect()) {
        let world = World::new();
        let before = judge(&world, vec![one.clone()]);
        let graver = [
            Effect { certainty: Certainty::Opaque, ..one.clone() },
            Effect { reversibility: Reversibility::Irreversible, ..one.clone() },
            Effect { data_bearing: true, ..one.clone() },
            Effect { whole_environment: true, ..one.clone() },
            Effect { verb: Verb::Opaque, ..one.clone() },
        ];
        for graver in graver {
            let after = judge(&world, vec![graver.clone()]);
            prop_assert!(no_easier(before, after), "{before:?} then {after:?} for {graver:?}");
            let unreadable = graver.verb == Verb::Opaque || graver.certainty == Certainty::Opaque;
            prop_assert!(!unreadable || graver.tier == Tier::Workspace || after != Decision::Permit);
        }
    }

    #[test]
    fn a_graver_hour_never_makes_it_easier(one in any_effect()) {
        let before = judge(&World::new(), vec![one.clone()]);
        for change in [
            |w: &mut World| w.circumstances.boxed = false,
            |w: &mut World| w.circumstances.in_force.frozen = everywhere(),
            |w: &mut World| w.circumstances.stopped = true,
        ] {
            let mut world = World::new();
            change(&mut world);
            prop_assert!(no_easier(before, judge(&world, vec![one.clone()])));
        }
    }

    #[test]
    fn one_no_never_permits(one in any_effect(), who in prop::sample::select(vec!["ana", "ben", "cleo", "dora"])) {
        let world = World::new();
        let effects = Effects::new(vec![one]);
        let mut answers: Vec<_> = ["ana", "ben", "cleo", "dora"].iter().map(|name| world.yes(name, &effects)).collect();
        let with_all = world.permit(&effects, &answers);
        answers.push(world.no(who, &effects));
        prop_assert!(world.permit(&effects, &answers).is_err());
        prop_assert!(with_all.is_ok() || world.assess(&effects).decision == Decision::Refuse);
    }
}
