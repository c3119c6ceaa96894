use action::{AgentName, Deed, Effect, EnvironmentName, Event, Generation, IntentId, Moment, Resource, SessionId, Tier, Verb};

use super::*;
use crate::{Electorate, GuardKey, PolicySource};

fn guard() -> Guard {
    let source = PolicySource { policies: include_str!("../../../../policies/default.cedar"), schema: include_str!("../../../../policies/schema.cedarschema") };
    Guard::new(source, GuardKey::generate([1; 32])).unwrap()
}

/// Ana asks and is an owner too; ben is an engineer, olga an owner, adam administers only, and bot is a program.
fn roster() -> Roster {
    let mut roster = Roster::new();
    let people = [
        ("ana", vec![Role::Engineer, Role::Owner, Role::Admin]),
        ("ben", vec![Role::Engineer]),
        ("olga", vec![Role::Owner]),
        ("adam", vec![Role::Admin]),
        ("bot", vec![Role::Service]),
    ];
    for (seed, (person, roles)) in people.into_iter().enumerate() {
        let key = ssh_key::PrivateKey::from_openssh(crate::generate_person_key([u8::try_from(seed).unwrap(); 32], person).unwrap()).unwrap();
        let key = key.public_key().to_openssh().unwrap();
        roster.apply(&Event::Enrolled { person: PersonId::new(person), key, roles, by: PersonId::new("ana") }, Moment(1)).unwrap();
    }
    roster
}

fn asked(verb: Verb, tier: Tier) -> (Intent, Effects, Circumstances) {
    let (asked_by, agent) = (PersonId::new("ana"), AgentName::new("engineer"));
    let deed = Deed::Shell { command: "./x".into(), cwd: ".".into(), seconds: 1, background: false };
    let circumstances = Circumstances { asked_by: asked_by.clone(), agent: agent.clone(), boxed: true, in_force: Default::default(), generation: Generation(1), stopped: false, electorate: Electorate::default(), terms: Default::default() };
    let intent = Intent { v: 1, id: IntentId::new("i"), session: SessionId::new("s"), turn: 1, asked_by, agent, deed };
    let effect = Effect::in_workspace(verb, Resource::new("file", "x")).at(EnvironmentName::new("place"), tier);
    (intent, Effects::new(vec![effect]), circumstances)
}

#[test]
fn whose_yes_counts_is_told_before_anybody_signs() {
    let (intent, effects, _) = asked(Verb::Update, Tier::Production);
    let told: Vec<(String, bool, bool, bool)> = roster().voters(&intent, &effects.places(), Moment(0)).into_iter().map(|voter| (voter.person.to_string(), voter.peer, voter.owner, voter.admin)).collect();
    let expected = [("ana", false, true, true), ("ben", true, false, false), ("olga", true, true, false)];
    assert_eq!(told, expected.map(|(name, peer, owner, admin)| (name.to_owned(), peer, owner, admin)), "who only administers, and a program, sign no change");
}

#[test]
fn signatures_that_are_supposed_are_counted_as_a_permit_counts_them() {
    let (guard, roster) = (guard(), roster());
    let table: [(Verb, Tier, Quorum, &[&str], bool); 9] = [
        (Verb::Update, Tier::Host, Quorum::ANYONE, &["ana"], true),
        (Verb::Update, Tier::Production, Quorum::PEER, &["ana"], false),
        (Verb::Update, Tier::Production, Quorum::PEER, &["ben"], true),
        (Verb::Update, Tier::Production, Quorum::PEER, &["adam"], false),
        (Verb::Update, Tier::Production, Quorum::PEER, &["bot"], false),
        (Verb::Delete, Tier::Production, Quorum::TWO_WITH_OWNER, &["ana", "ben"], false),
        (Verb::Delete, Tier::Production, Quorum::TWO_WITH_OWNER, &["ben", "ben"], false),
        (Verb::Delete, Tier::Production, Quorum::TWO_WITH_OWNER, &["ben", "olga"], true),
        (Verb::Delete, Tier::Production, Quorum::ANYONE, &["ben"], false), // met, and still the policy stands against it
    ];
    for (verb, tier, quorum, people, enough) in table {
        let (intent, effects, circumstances) = asked(verb, tier);
        let people: Vec<PersonId> = people.iter().map(|name| PersonId::new(*name)).collect();
        let said = guard.if_signed_by(&intent, &effects, &circumstances, &roster, Some(quorum), &people, Moment(0));
        assert_eq!(said.is_ok(), enough, "{verb} in {tier} by {people:?}: {said:?}");
    }
}
