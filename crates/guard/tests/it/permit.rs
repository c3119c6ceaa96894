//! From answers to permits: who counts, what a permit says, and what makes it void.

use action::{
    Countersigned, Decision, Digest, Effects, Generation, Moment, Namespace, NotCountersigned, Permit, PersonId, Quorum, Role, Signed,
    Tier, Verb, Verdict,
};
use guard::{BadAnswer, Guard, GuardKey, NotPermitted, PolicySource, Signer};

use crate::world::{LATER, NOW, SCHEMA, World, effect, everywhere, enrolled, grave_work, intent, one, peer_work, recorded, signer};

fn opened(world: &World, permit: &Signed) -> Permit {
    permit.open(&world.guard.public_key(), Namespace::Permit).unwrap()
}

fn people(permit: &Permit) -> Vec<&str> {
    permit.people.iter().map(PersonId::as_str).collect()
}

#[test]
fn what_the_policy_permits_needs_nobody_and_can_be_executed() {
    let world = World::new();
    let effects = one(effect(Verb::Update, Tier::Workspace));
    let signed = world.permit(&effects, &[]).unwrap();
    let permit = opened(&world, &signed);
    assert_eq!((permit.quorum, people(&permit), permit.answers.len()), (None, vec![], 0));
    assert_eq!((permit.issued, permit.expires), (NOW, NOW.plus_seconds(60)));
    let digest = Digest::of(&effects).unwrap();
    let verify = |generation, now| Countersigned::verify(intent("i-1"), digest, &signed, &world.guard.public_key(), generation, now);
    assert!(verify(Generation(3), NOW).is_ok());
    assert!(matches!(verify(Generation(4), NOW), Err(NotCountersigned::OtherGeneration { .. })));
    assert!(matches!(verify(Generation(3), NOW.plus_seconds(60)), Err(NotCountersigned::Expired { .. })));
    let other = Countersigned::verify(intent("i-2"), digest, &signed, &world.guard.public_key(), Generation(3), NOW);
    assert!(matches!(other, Err(NotCountersigned::OtherIntent { .. })));
}

#[test]
fn one_peer_permits_a_production_update() {
    let world = World::new();
    let effects = peer_work();
    let permit = opened(&world, &world.permit(&effects, &[world.yes("ben", &effects)]).unwrap());
    assert_eq!((permit.quorum, people(&permit)), (Some(Quorum::PEER), vec!["ben"]));
    assert_eq!(permit.answers, [world.yes("ben", &effects).digest()]);
    assert_eq!(permit.environment.as_str(), "production/region-1");
}

#[test]
fn the_requester_never_counts_as_a_peer() {
    let world = World::new();
    let effects = peer_work();
    let refused = world.permit(&effects, &[world.yes("ana", &effects)]).unwrap_err();
    let signed = "ana (asked for it)".to_owned();
    assert_eq!(refused, NotPermitted::QuorumNotMet { quorum: Quorum::PEER, besides: Vec::new(), signed });
    assert_eq!(
        refused.to_string(),
        "it needs one person who did not ask for it; signed so far: ana (asked for it)"
    );
}

#[test]
fn an_owner_who_asked_is_not_the_owner_who_agrees() {
    let world = World::new();
    let effects = grave_work();
    let answers = ["ana", "ben", "dora"].map(|name| world.yes(name, &effects));
    assert!(matches!(world.permit(&effects, &answers), Err(NotPermitted::QuorumNotMet { .. })));
    let answers = ["ben", "cleo"].map(|name| world.yes(name, &effects));
    assert_eq!(people(&opened(&world, &world.permit(&effects, &answers).unwrap())), ["ben", "cleo"]);
}

#[test]
fn two_keys_of_one_person_are_one_person() {
    let mut world = World::new();
    world.roster.apply(&enrolled("cleo", &signer("cleo-2"), &[Role::Owner], "ana"), NOW).unwrap();
    let effects = grave_work();
    let second = signer("cleo-2").sign(&world.answer("cleo", &effects, action::Reply::Yes)).unwrap();
    let answers = [world.yes("cleo", &effects), second];
    let refused = world.permit(&effects, &answers).unwrap_err();
    assert_eq!(refused, NotPermitted::QuorumNotMet { quorum: Quorum::TWO_WITH_OWNER, besides: Vec::new(), signed: "cleo (owner)".into() });
}

#[test]
fn one_answer_handed_in_twice_counts_once() {
    let world = World::new();
    let effects = grave_work();
    let yes = world.yes("cleo", &effects);
    assert!(matches!(world.permit(&effects, &[yes.clone(), yes.clone()]), Err(NotPermitted::QuorumNotMet { .. })));
    let permit = opened(&world, &world.permit(&effects, &[yes.clone(), yes, world.yes("ben", &effects)]).unwrap());
    assert_eq!((people(&permit), permit.answers.len()), (vec!["cleo", "ben"], 2));
}

#[test]
fn people_whose_names_look_alike_are_different_people() {
    let mut world = World::new();
    let cyrillic = "\u{430}na"; // `а` is Cyrillic
    world.roster.apply(&enrolled(cyrillic, &signer("other"), &[Role::Engineer], "ana"), NOW).unwrap();
    let effects = peer_work();
    // The look-alike is a peer of Ana's, because it is not Ana; and Ana's key cannot speak in its name.
    let by_other = signer("other").sign(&world.answer(cyrillic, &effects, action::Reply::Yes)).unwrap();
    assert!(world.permit(&effects, &[by_other]).is_ok());
    let by_ana = signer("ana").sign(&world.answer(cyrillic, &effects, action::Reply::Yes)).unwrap();
    let refused = world.permit(&effects, &[by_ana]).unwrap_err();
    assert!(matches!(refused, NotPermitted::Answer(BadAnswer::KeyOfAnother { .. })), "{refused}");
}

#[test]
fn a_no_ends_it_whoever_says_it_and_however_late() {
    let world = World::new();
    let effects = peer_work();
    for name in ["ana", "ben", "cleo", "dora"] {
        let answers = [world.yes("ben", &effects), world.yes("cleo", &effects), world.no(name, &effects)];
        let refused = world.permit(&effects, &answers).unwrap_err();
        assert_eq!(refused, NotPermitted::RefusedBy { person: PersonId::new(name), why: "not today".into() });
        assert_eq!(refused.to_string(), format!("`{name}` said no: not today"));
    }
    let late = world.permit_at(&effects, &[world.no("dora", &effects)], LATER);
    assert!(matches!(late, Err(NotPermitted::RefusedBy { .. })));
    let workspace = one(effect(Verb::Update, Tier::Workspace));
    let no = world.no("ben", &workspace);
    assert!(matches!(world.permit(&workspace, &[no]), Err(NotPermitted::RefusedBy { .. })));
}

#[test]
fn who_is_enrolled_without_a_signing_role_can_object_but_not_agree() {
    let mut world = World::new();
    world.roster.apply(&enrolled("eve", &signer("eve"), &[Role::Admin], "ana"), NOW).unwrap();
    world.roster.apply(&enrolled("robot", &signer("robot"), &[], "ana"), NOW).unwrap();
    let effects = peer_work();
    for name in ["eve", "robot"] {
        let refused = world.permit(&effects, &[world.yes(name, &effects)]).unwrap_err();
        assert_eq!(refused, NotPermitted::Answer(BadAnswer::MayNotSign { person: PersonId::new(name) }));
        assert!(matches!(world.permit(&effects, &[world.no(name, &effects)]), Err(NotPermitted::RefusedBy { .. })));
    }
}

#[test]
fn a_permit_ends_with_the_first_answer_that_ends() {
    let world = World::new();
    let effects = peer_work();
    let mut soon = world.answer("ben", &effects, action::Reply::Yes);
    soon.expires = NOW.plus_seconds(10);
    let permit = world.permit(&effects, &[signer("ben").sign(&soon).unwrap(), world.yes("cleo", &effects)]).unwrap();
    assert_eq!(opened(&world, &permit).expires, NOW.plus_seconds(10));
}

#[test]
fn what_became_graver_since_the_verdict_counts() {
    let mut world = World::new();
    let effects = peer_work();
    let verdict = world.assess(&effects);
    let answers = [world.yes("ben", &effects)];
    world.circumstances.in_force.frozen = everywhere();
    fn again(world: &World, verdict: &Verdict, effects: &Effects, answers: &[Signed]) -> Result<Signed, NotPermitted> {
        world.guard.permit(&intent("i-1"), effects, verdict, &world.circumstances, &world.roster, &recorded(answers), NOW, 60)
    }
    let refused = again(&world, &verdict, &effects, &answers).unwrap_err();
    assert!(refused.to_string().contains("there is a freeze"), "{refused}");
    world.circumstances.in_force.frozen = Vec::new();
    world.circumstances.stopped = true;
    assert!(matches!(again(&world, &verdict, &effects, &answers), Err(NotPermitted::Forbidden { .. })));
    world.circumstances.stopped = false;
    // A verdict that was tampered with to be milder is not believed; one that was graver than now is kept to.
    let mut mild = verdict.clone();
    mild.decision = Decision::Permit;
    assert!(matches!(again(&world, &mild, &effects, &[]), Err(NotPermitted::QuorumNotMet { quorum: Quorum::PEER, .. })));
    let mut grave = verdict.clone();
    grave.decision = Decision::Hold { quorum: Quorum::TWO_WITH_OWNER };
    assert!(matches!(again(&world, &grave, &effects, &answers), Err(NotPermitted::QuorumNotMet { .. })));
    grave.decision = Decision::Refuse;
    assert!(matches!(again(&world, &grave, &effects, &answers), Err(NotPermitted::Forbidden { .. })));
    // Under another policy nothing of it counts.
    let mut old = verdict;
    old.policy = Digest::of_bytes(b"another policy");
    assert!(matches!(again(&world, &old, &effects, &answers), Err(NotPermitted::OtherPolicy { .. })));
}

/// The quorum is a number; the policy has the last word on who it was.
#[test]
fn a_rule_against_those_who_really_signed_still_holds_it() {
    let policies = "@id(\"all\") @reason(\"all\") permit (principal, action, resource);
        @id(\"ask\") @reason(\"a peer must agree\") forbid (principal, action, resource) unless { context.signedByPeer };
        @id(\"owners\") @reason(\"an owner agrees with a second peer only\")
        forbid (principal, action, resource) when { context.signedByOwner } unless { context.signedByTwoPeers };";
    let guard = Guard::new(PolicySource { policies, schema: SCHEMA }, GuardKey::generate([2; 32])).unwrap();
    let world = World::new();
    let (intent, effects) = (intent("i-1"), peer_work());
    let verdict = guard.assess(&intent, &effects, &world.circumstances);
    assert_eq!(verdict.decision, Decision::Hold { quorum: Quorum::PEER });
    let permit = |names: &[&str]| {
        let yes = |name: &&str| {
            let (policy, who) = (guard.policy_digest(), PersonId::new(*name));
            let answer = guard::question(&intent, &effects, policy, Generation(3), LATER, who, action::Reply::Yes, String::new());
            signer(name).sign(&answer.unwrap()).unwrap()
        };
        let answers: Vec<Signed> = names.iter().map(yes).collect();
        guard.permit(&intent, &effects, &verdict, &world.circumstances, &world.roster, &recorded(&answers), NOW, 60)
    };
    assert!(permit(&["ben"]).is_ok());
    let held = permit(&["cleo"]).unwrap_err();
    assert_eq!(held.to_string(), "the policy still holds it: an owner agrees with a second peer only [owners]");
    assert!(permit(&["cleo", "ben"]).is_ok());
}

#[test]
fn refused_work_is_not_permitted_by_any_number_of_people() {
    let world = World::new();
    let mut lost = effect(Verb::Delete, Tier::Production).that_is(action::Reversibility::Irreversible);
    lost.data_bearing = true;
    let effects = one(lost);
    let all = ["ana", "ben", "cleo", "dora"].map(|name| world.yes(name, &effects));
    let refused = world.permit(&effects, &all).unwrap_err();
    assert!(refused.to_string().contains("no recovery point"), "{refused}");
}

#[test]
fn a_person_removed_between_signing_and_permit_does_not_count() {
    let mut world = World::new();
    let effects = peer_work();
    let yes = world.yes("ben", &effects);
    world.roster.apply(&enrolled("ben", &signer("ben"), &[], "ana"), NOW).unwrap();
    assert_eq!(
        world.permit(&effects, &[yes]).unwrap_err(),
        NotPermitted::Answer(BadAnswer::MayNotSign { person: PersonId::new("ben") })
    );
    // Another agrees in their place.
    let (yes, others) = (world.yes("ben", &effects), world.yes("dora", &effects));
    assert!(world.permit(&effects, &[yes, others]).is_ok());
}

#[test]
fn a_key_that_signs_through_the_public_enum_is_the_same_key() {
    let world = World::new();
    let Signer::KeyFile(key) = signer("ben") else { panic!("a key file signs with a key") };
    assert_eq!(world.roster.person_of(key.public_key()), Some(&PersonId::new("ben")));
    assert_eq!(world.roster.keys_of(&PersonId::new("ben")).len(), 1);
    assert_eq!(Moment(0).plus_seconds(1), Moment(1000));
}
