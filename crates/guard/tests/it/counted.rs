//! Who is counted, and when again: what a mutated guard got away with.

use std::collections::BTreeSet;

use action::{Access, Decision, Environment, EnvironmentName, Event, Generation, Governance, Moment, PersonId, Quorum, Role, Signed, Tier, Verb};
use guard::{Guard, GuardKey, NotPermitted, PolicySource, Roster};

use crate::people::{Ledger, effects_of, enrol, person};
use crate::standing::in_production;
use crate::world::{NOW, POLICIES, SCHEMA, World, effect, enrolled, enrolments, grave_work, intent, one, peer_work, recorded, signer};

fn service() -> BTreeSet<EnvironmentName> {
    BTreeSet::from([EnvironmentName::service()])
}

fn access(resources: &str) -> Governance {
    let (environment, verbs) = (EnvironmentName::new("production"), BTreeSet::from([Verb::Update]));
    Governance::GrantAccess { access: Access { person: person("ben"), agent: None, environment, verbs, resources: vec![resources.into()], seconds: 3600, why: "order 4711".into() } }
}

/// Production with otto as its only owner; olga owns other places.
fn ottos() -> Ledger {
    let mut ledger = in_production();
    ledger.done("ana", enrol("otto", &[Role::Owner]), &["ana", "adam"]);
    let before = ledger.roster.standing().environment(&EnvironmentName::new("production")).unwrap().clone();
    let environment = Environment { owners: vec![person("otto")], ..before.clone() };
    ledger.done("ana", Governance::SetEnvironment { environment: Box::new(environment), before: Some(Box::new(before)), generation: Generation(2) }, &["ana", "adam"]);
    ledger
}

/// The change itself lands at the service; whose place it is about are the owners.
#[test]
fn access_is_agreed_to_by_the_owners_of_its_environment_and_not_of_the_service() {
    let ledger = ottos();
    let asked = ledger.intent("ben", access("*"));
    let owners: Vec<PersonId> = ledger.roster.voters(&asked, &service(), ledger.now()).into_iter().filter(|voter| voter.owner).map(|voter| voter.person).collect();
    assert_eq!(owners, [person("otto")]);
}

#[test]
fn wide_access_takes_two_with_an_owner_and_narrow_access_a_peer() {
    let ledger = in_production();
    let least = |change: Governance| ledger.roster.ballot(&ledger.intent("ben", change), &service()).least();
    assert_eq!((least(access("*")), least(access("database"))), (Some(Quorum::TWO_WITH_OWNER), Some(Quorum::PEER)));
}

/// Before anybody is asked it is known whether there are people who could agree: enrolled, with a voice, and with a key.
#[test]
fn whether_anybody_could_agree_is_counted_over_those_who_count_and_have_a_key() {
    let mut ledger = Ledger::founded();
    let could = |ledger: &Ledger, quorum| {
        let asked = ledger.intent("ana", access("database"));
        ledger.roster.ballot(&asked, &service()).could_meet(quorum, &ledger.roster, ledger.now())
    };
    assert_eq!((could(&ledger, Quorum::ANYONE), could(&ledger, Quorum::PEER)), (true, false), "ana alone");
    ledger.done("ana", enrol("ci", &[Role::Service]), &["ana"]);
    assert!(!could(&ledger, Quorum::PEER), "a service account has no voice");
    ledger.done("ana", enrol("olga", &[Role::Owner]), &["ana"]);
    assert!(could(&ledger, Quorum::PEER));
    let key = signer("olga").public_key().to_openssh().unwrap();
    ledger.done("ana", Governance::RevokeKey { person: person("olga"), key, from: Moment(0) }, &["ana"]);
    assert!(!could(&ledger, Quorum::PEER), "nor has who has no key left");
}

#[test]
fn it_is_said_of_each_who_signed_why_they_are_no_peer() {
    let ledger = in_production();
    let (circumstances, asked) = (|intent: &action::Intent| ledger.circumstances(intent), ledger.intent("ana", Governance::SetRoles { person: person("olga"), given: vec![Role::Admin], taken: vec![] }));
    let signed = |people: &[&str]| {
        let people: Vec<PersonId> = people.iter().map(|name| person(name)).collect();
        ledger.world.guard.if_signed_by(&asked, &effects_of(&asked), &circumstances(&asked), &ledger.roster, Some(Quorum::OTHER_ADMIN), &people, ledger.now())
    };
    let Err(NotPermitted::QuorumNotMet { signed: words, .. }) = signed(&["ana", "olga", "ben"]) else { panic!("it would pass") };
    assert_eq!(words, "ana (asked for it), olga (gains by it), ben");
    assert_eq!(signed(&["ana", "adam"]), Ok(()));
}

/// Without a quorum of the verdict's the least still stands.
#[test]
fn what_would_come_of_signatures_is_told_by_the_least_as_well() {
    let ledger = in_production();
    let asked = ledger.intent("ana", Governance::SetRoles { person: person("ben"), given: vec![Role::Owner], taken: vec![] });
    let signed = |people: &[&str]| {
        let people: Vec<PersonId> = people.iter().map(|name| person(name)).collect();
        ledger.world.guard.if_signed_by(&asked, &effects_of(&asked), &ledger.circumstances(&asked), &ledger.roster, None, &people, ledger.now())
    };
    assert!(matches!(signed(&["ana", "olga"]), Err(NotPermitted::QuorumNotMet { quorum: Quorum::OTHER_ADMIN, .. })));
    assert_eq!(signed(&["ana", "adam"]), Ok(()));
}

/// What nobody has to sign for passes; where somebody did, the policy is asked about that, and may mind.
#[test]
fn a_signature_that_was_not_needed_is_told_to_the_policy_as_well() {
    let minds = format!("{POLICIES}\n@id(\"minds\") @reason(\"nobody signs for this\") forbid (principal, action, resource) when {{ resource.tier == Tier::\"workspace\" && context.signed }};");
    let guard = Guard::new(PolicySource { policies: &minds, schema: SCHEMA }, GuardKey::generate([9; 32])).unwrap();
    let (world, work) = (World::new(), one(effect(Verb::Update, Tier::Workspace)));
    let verdict = guard.assess(&intent("i-1"), &work, &world.circumstances);
    assert_eq!(verdict.decision, Decision::Permit);
    let answer = guard::question(&intent("i-1"), &work, guard.policy_digest(), Generation(3), crate::world::LATER, person("ben"), action::Reply::Yes, String::new()).unwrap();
    let permit = |answers: &[Signed]| guard.permit(&intent("i-1"), &work, &verdict, &world.circumstances, &world.roster, &recorded(answers), NOW, 60);
    assert!(permit(&[]).is_ok());
    let held = permit(&[signer("ben").sign(&answer).unwrap()]).unwrap_err();
    assert!(matches!(&held, NotPermitted::StillHeld { reasons } if reasons.iter().any(|reason| reason.rule == "minds")), "{held}");
}

/// The same people with these roles, as they are when the permit is about to be used.
fn now(roles: &[(&str, &[Role])]) -> Roster {
    let mut roster = Roster::new();
    for event in enrolments() {
        roster.apply(&event, NOW).unwrap();
    }
    for (name, roles) in roles {
        let event: Event = enrolled(name, &signer(name), roles, "ana");
        roster.apply(&event, NOW).unwrap();
    }
    roster
}

/// Each alone: other people, a quorum that is not met any more.
#[test]
fn who_agreed_must_be_the_same_and_enough_when_the_permit_is_used() {
    let world = World::new();
    let still = |work: &action::Effects, answers: &[Signed], roster: &Roster| {
        let permit = world.permit(work, answers).unwrap();
        world.guard.still_agreed(&intent("i-1"), work, &permit, &recorded(answers), roster)
    };
    let (peers, grave) = (peer_work(), grave_work());
    let two: Vec<Signed> = ["ben", "dora"].map(|name| world.yes(name, &peers)).into();
    assert_eq!(still(&peers, &two, &now(&[])), Ok(()));
    // One would be enough, but it is not what was agreed: dora's voice counts no more.
    let lost = still(&peers, &two, &now(&[("dora", &[Role::Admin])])).unwrap_err();
    assert_eq!(lost.to_string(), "ben, dora agreed, and of these only ben still count: a key was revoked or a person removed meanwhile");
    // The same two people, of whom none is an owner any more.
    let with_owner: Vec<Signed> = ["ben", "cleo"].map(|name| world.yes(name, &grave)).into();
    assert_eq!(still(&grave, &with_owner, &now(&[])), Ok(()));
    assert!(matches!(still(&grave, &with_owner, &now(&[("cleo", &[Role::Engineer])])), Err(NotPermitted::NotAgreedAnyMore { .. })));
}

/// What stands at a moment is what the guard is told, of each kind.
#[test]
fn what_is_in_force_is_told_as_it_stands() {
    let mut ledger = in_production();
    let production = EnvironmentName::new("production");
    ledger.done("ben", access("database"), &["ben", "olga"]);
    let glass = action::Glass { person: person("ben"), environment: production.clone(), seconds: 600, why: "incident 812".into() };
    ledger.done("ben", Governance::BreakGlass { glass }, &["ben", "ana", "olga"]);
    let freeze = action::Freeze { environment: production.clone(), from: Moment(0), until: ledger.now().plus_seconds(900), why: "quarter end".into() };
    ledger.done("ana", Governance::Freeze { freeze }, &["ana"]);
    let told = |who: &str| guard::InForce::of(ledger.roster.standing(), &person(who), &action::AgentName::new("engineer"), ledger.now(), ledger.roster.latest());
    let ben = told("ben");
    assert_eq!((ben.frozen, ben.access.len(), ben.glass), (vec![production.clone()], 1, vec![production.clone()]));
    let ana = told("ana");
    assert_eq!((ana.frozen, ana.access.len(), ana.glass), (vec![production], 0, vec![]));
}

#[test]
fn a_guard_names_its_rules_in_the_order_of_the_text() {
    let rules = World::new().guard.rules();
    let named: Vec<&str> = POLICIES.lines().filter_map(|line| line.strip_prefix("@id(\"")?.strip_suffix("\")")).collect();
    assert_eq!(rules.iter().map(|rule| rule.rule.as_str()).collect::<Vec<_>>(), named);
}

/// Under other hosts of documentation another thing is permitted, so it is another policy.
#[test]
fn hosts_that_are_named_for_documentation_are_part_of_the_policy() {
    let guard = || Guard::new(PolicySource { policies: POLICIES, schema: SCHEMA }, GuardKey::generate([9; 32])).unwrap();
    let named = |hosts: &[&str]| guard().naming_documentation(hosts.iter().copied()).unwrap().policy_digest();
    assert_eq!(named(&[]), guard().policy_digest());
    assert!(named(&["docs.rs"]) != named(&[]) && named(&["docs.rs"]) != named(&["docs.example"]));
    assert_eq!(named(&["DOCS.rs"]), named(&["docs.rs"]));
}
