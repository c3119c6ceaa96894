use action::{Certainty, Deed, Effect, EnvironmentName, Generation, IntentId, Resource, Reversibility, SessionId};
use proptest::prelude::*;

use super::*;
use crate::{GuardKey, PolicySource};

const POLICIES: &str = include_str!("../../../../policies/default.cedar");
const SCHEMA: &str = include_str!("../../../../policies/schema.cedarschema");
const TIERS: [Tier; 6] = [Tier::Workspace, Tier::Host, Tier::Development, Tier::Staging, Tier::Production, Tier::Unknown];

fn guard(policies: &str) -> Guard {
    Guard::with_registries(PolicySource { policies, schema: SCHEMA }, ["npm.example"], GuardKey::generate([1; 32])).unwrap()
}

fn intent(by_hand: bool) -> Intent {
    let deed = match by_hand {
        true => Deed::Hand { root: String::new(), cwd: "/".into(), tool: "Bash".into(), acts: Vec::new(), input: action::Digest::of_bytes(b"") },
        false => Deed::Shell { command: "./x".into(), cwd: ".".into(), seconds: 1, background: false },
    };
    let (asked_by, agent) = (PersonId::new("ana"), AgentName::new("engineer"));
    Intent { v: 1, id: IntentId::new("i"), session: SessionId::new("s"), turn: 1, asked_by, agent, deed }
}

fn circumstances(boxed: bool, stopped: bool) -> Circumstances {
    let (asked_by, agent) = (PersonId::new("ana"), AgentName::new("engineer"));
    Circumstances { asked_by, agent, boxed, in_force: Default::default(), generation: Generation(1), stopped, electorate: Electorate::default(), terms: Default::default() }
}

fn any_effect() -> impl Strategy<Value = Effect> {
    let verbs = vec![Verb::Read, Verb::Create, Verb::Execute, Verb::Expose, Verb::Delete, Verb::Opaque];
    let sure = vec![Certainty::Exact, Certainty::AtLeast, Certainty::Opaque];
    let lost = vec![Reversibility::Reversible, Reversibility::Irreversible];
    let what = prop::sample::select(vec![("file", "x"), ("host", "npm.example"), ("host", "other.example"), ("secret", "x")]);
    (prop::sample::select(verbs), prop::sample::select(TIERS.to_vec()), prop::sample::select(sure), prop::sample::select(lost), any::<bool>(), any::<bool>(), what).prop_map(
        |(verb, tier, sure, lost, data, whole, (kind, name))| {
            let mut effect = Effect::in_workspace(verb, Resource::new(kind, name)).at(EnvironmentName::new("place"), tier).with_certainty(sure).that_is(lost);
            effect.data_bearing = data;
            effect.whole_environment = whole;
            effect
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Remembered answers are the guard's answers, whatever was asked before.
    #[test]
    fn a_replay_says_what_the_guard_says(all in prop::collection::vec((prop::collection::vec(any_effect(), 0..3), any::<bool>(), any::<bool>(), any::<bool>()), 1..12)) {
        let guard = guard(POLICIES);
        let mut replay = Replay::new(&guard);
        for (effects, boxed, stopped, by_hand) in all.iter().chain(&all) {
            let (intent, effects, circumstances) = (intent(*by_hand), Effects::new(effects.clone()), circumstances(*boxed, *stopped));
            prop_assert_eq!(replay.assess(&intent, &effects, &circumstances), guard.assess(&intent, &effects, &circumstances));
        }
    }
}

#[test]
fn the_same_question_in_the_same_circumstances_is_asked_once() {
    let guard = guard(POLICIES);
    let mut replay = Replay::new(&guard);
    let file = |name: &str| Effects::new(vec![Effect::in_workspace(Verb::Update, Resource::new("file", name))]);
    for number in 0..50 {
        replay.assess(&intent(false), &file(&number.to_string()), &circumstances(true, false));
    }
    assert_eq!(replay.asked(), 1, "names are not seen by the policy");
    replay.assess(&intent(false), &file("a"), &circumstances(false, false));
    replay.assess(&intent(false), &file("a"), &circumstances(true, true));
    replay.assess(&intent(true), &file("a"), &circumstances(true, true));
    assert!(replay.asked() >= 4, "other circumstances are another question: {}", replay.asked());
}

/// A rule may name the person and the agent: an answer for one is none for another.
#[test]
fn an_answer_for_one_person_is_none_for_another() {
    let guard = guard(&format!("{POLICIES}\n@id(\"not-ben\") @reason(\"because\") forbid (principal, action, resource) when {{ principal.person == \"ben\" || principal.role == \"reviewer\" }};"));
    let mut replay = Replay::new(&guard);
    for (person, agent, refused) in [("ana", "engineer", false), ("ben", "engineer", true), ("ana", "reviewer", true), ("ana", "engineer", false)] {
        let (asked_by, agent) = (PersonId::new(person), AgentName::new(agent));
        let intent = Intent { asked_by: asked_by.clone(), agent: agent.clone(), ..intent(false) };
        let verdict = replay.assess(&intent, &Effects::default(), &Circumstances { asked_by, agent, ..circumstances(true, false) });
        assert_eq!(verdict.decision == action::Decision::Refuse, refused, "{person}: {verdict:?}");
    }
}

#[test]
fn what_a_deed_does_by_its_nature_is_a_use_of_a_right() {
    let deed = Deed::Reach { host: "x.example".into(), port: 443 };
    assert_eq!(uses(&Intent { deed, ..intent(false) }, &Effects::default()), [(Verb::Expose, Tier::Host)]);
    assert_eq!(uses(&intent(false), &Effects::default()), [(Verb::Execute, Tier::Workspace)]);
}
