//! What stands by signed changes beside people: environments, freezes, access, glass. With real signatures, live and in the audit.

use std::collections::BTreeSet;

use action::{
    Access, AgentName, Decision, Digest, Environment, EnvironmentName, Event, Freeze, Generation, Glass, Governance, IntentId, Moment, Quorum, Role, Tier, Verb,
};
use guard::NotEnrolled;
use guard::audit::Wrong;

use crate::duties::{away, deputy};
use crate::people::{Ledger, effects_of, enrol, person};

pub(crate) fn name(text: &str) -> EnvironmentName {
    EnvironmentName::new(text)
}

pub(crate) fn mapped(environment: &str, host: &str) -> Environment {
    let (paths, remotes, recovery, identities) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    Environment { name: name(environment), tier: Tier::Production, paths, hosts: vec![host.into()], remotes, recovery, identities, owners: Vec::new(), terms: Default::default() }
}

fn map(environment: &str) -> Governance {
    Governance::SetEnvironment { environment: Box::new(mapped(environment, "db.example")), before: None, generation: Generation(1) }
}

pub(crate) fn access(who: &str, resources: &str) -> Access {
    Access { person: person(who), agent: None, environment: name("production"), verbs: BTreeSet::from([Verb::Update]), resources: vec![resources.into()], seconds: 3600, why: "order 4711".into() }
}

pub(crate) fn grant(who: &str, resources: &str) -> Governance {
    Governance::GrantAccess { access: access(who, resources) }
}

fn freeze(from: u64, until: u64) -> Governance {
    Governance::Freeze { freeze: Freeze { environment: name("production"), from: Moment(from), until: Moment(until), why: "quarter end".into() } }
}

pub(crate) fn glass(who: &str) -> Governance {
    Governance::BreakGlass { glass: Glass { person: person(who), environment: name("production"), seconds: 1800, why: "incident 812".into() } }
}

/// Four people and production: ana is all, ben an engineer, olga an owner, adam an admin.
pub(crate) fn in_production() -> Ledger {
    let mut ledger = Ledger::of_four();
    ledger.done("ana", map("production"), &["ana", "adam"]);
    ledger
}

const PEER: Decision = Decision::Hold { quorum: Quorum::PEER };
const TWO: Decision = Decision::Hold { quorum: Quorum::TWO_WITH_OWNER };
const OWNERS: Decision = Decision::Hold { quorum: Quorum::TWO_OWNERS };
const ADMIN: Decision = Decision::Hold { quorum: Quorum::ADMIN };
const OTHER_ADMIN: Decision = Decision::Hold { quorum: Quorum::OTHER_ADMIN };
const ANYONE: Decision = Decision::Hold { quorum: Quorum::ANYONE };

#[test]
fn who_must_agree_to_what_stands_as_a_table() {
    let ledger = in_production();
    let thaw = Governance::Thaw { freeze: Freeze { environment: name("production"), from: Moment(0), until: Moment(9), why: "x".into() } };
    let revoke = Governance::RevokeAccess { person: person("ana"), access: IntentId::new("i") };
    let review = Governance::ReviewGlass { person: person("ana"), glass: IntentId::new("i"), finding: "fine".into() };
    let policy = Governance::SetPolicy { policies: Some(Digest::of_bytes(b"p")), before: None, transcript: Digest::of_bytes(b"t") };
    #[rustfmt::skip]
    let table = [
        ("ana", map("staging"), OTHER_ADMIN, "people-two-admins"),
        ("ben", map("staging"), Decision::Refuse, "people-asked-by-admin"),
        ("ana", freeze(0, 9), ADMIN, "people-admin"),
        ("ben", freeze(0, 9), Decision::Refuse, "people-asked-by-admin"),
        ("ana", thaw, OTHER_ADMIN, "people-two-admins"),
        ("ana", policy, OTHER_ADMIN, "people-two-admins"),
        ("ben", grant("ben", "database"), PEER, "access-peer"),
        ("adam", grant("adam", "database"), PEER, "access-peer"),
        ("ben", grant("ben", "*"), TWO, "access-wide"),
        ("ben", revoke, ANYONE, "leaves-the-box"),
        ("ben", glass("ben"), OWNERS, "glass-two-owners"),
        ("ben", review, PEER, "glass-review"),
        ("ana", Governance::Observe { policies: Some(Digest::of_bytes(b"p")), before: None }, ADMIN, "people-admin"),
        ("ben", Governance::Observe { policies: Some(Digest::of_bytes(b"p")), before: None }, Decision::Refuse, "people-asked-by-admin"),
        ("olga", deputy("olga", "ben"), OTHER_ADMIN, "people-two-admins"),
        ("ana", deputy("olga", "ben"), OTHER_ADMIN, "people-two-admins"),
        ("ben", deputy("olga", "ben"), Decision::Refuse, "people-asked-by-admin"),
        ("ben", Governance::EndDeputy { deputy: away("olga", "ben") }, ANYONE, "leaves-the-box"),
    ];
    for (asked_by, change, decision, rule) in table {
        let intent = ledger.intent(asked_by, change.clone());
        let verdict = ledger.world.guard.assess(&intent, &effects_of(&intent), &ledger.circumstances(&intent));
        assert_eq!((verdict.decision, verdict.reasons[0].rule.as_str()), (decision, rule), "{asked_by}: {}", change.words());
        let least = ledger.roster.ballot(&intent, &[EnvironmentName::service()].into()).least().unwrap();
        assert!(decision == Decision::Refuse || matches!(decision, Decision::Hold { quorum } if quorum.and(least) == quorum), "{}", change.words());
    }
}

#[test]
fn access_is_there_from_its_last_signature_for_its_time_and_not_a_moment_longer() {
    let mut ledger = in_production();
    ledger.done("ben", grant("ben", "database"), &["ben", "olga"]);
    let granted = ledger.roster.standing().accesses()[0].clone();
    let (ben, engineer) = (person("ben"), AgentName::new("engineer"));
    let held = |ledger: &Ledger, at: Moment| ledger.roster.standing().access_of(&ben, &engineer, at).count();
    assert_eq!(granted.until, granted.since.plus_seconds(3600));
    assert_eq!((held(&ledger, granted.since), held(&ledger, Moment(granted.until.0 - 1)), held(&ledger, granted.until)), (1, 1, 0));
    assert_eq!(ledger.roster.standing().access_of(&person("ana"), &engineer, granted.since).count(), 0, "nobody else has it");
    ledger.done("ana", Governance::RevokeAccess { person: ben.clone(), access: granted.intent.clone() }, &["ana"]);
    assert_eq!(held(&ledger, granted.since), 0, "it is over at once");
    let again = Governance::RevokeAccess { person: ben, access: granted.intent };
    assert!(matches!(ledger.roster.check(&again), Err(NotEnrolled::NoAccess { .. })));
    assert_eq!(ledger.audited().findings, []);
}

/// Who asks signs, and a peer: neither alone, nor two others in the name of who never asked.
#[test]
fn access_takes_who_asked_and_a_peer() {
    for (change, signers, enough) in [
        (grant("ben", "database"), &["ben"][..], false),
        (grant("ben", "database"), &["olga"], false),
        (grant("ben", "database"), &["olga", "ana"], false),
        (grant("ben", "database"), &["ben", "olga"], true),
        (grant("ben", "*"), &["ben", "olga"], false),
        (grant("ben", "*"), &["ben", "ana", "olga"], true),
        (glass("ben"), &["ben", "olga"], false),
        (glass("ben"), &["ana", "olga"], false),
        (glass("ben"), &["ben", "ana", "olga"], true),
        (glass("ana"), &["ana", "olga"], true),
        (glass("ana"), &["ana", "ben"], false),
    ] {
        let mut ledger = in_production();
        let asked_by = change.person().unwrap().as_str().to_owned();
        let (intent, _) = ledger.asked(&asked_by, change.clone());
        signers.iter().for_each(|signer| ledger.answered(&intent, signer));
        assert_eq!(ledger.permit(&intent).is_ok(), enough, "{}: {signers:?}", change.words());
    }
}

#[test]
fn who_is_removed_has_nothing_and_who_is_unknown_gets_nothing() {
    let mut ledger = in_production();
    ledger.done("ben", grant("ben", "database"), &["ben", "olga"]);
    let since = ledger.roster.standing().accesses()[0].since;
    ledger.done("ana", Governance::Remove { person: person("ben") }, &["ana"]);
    assert_eq!(ledger.roster.standing().access_of(&person("ben"), &AgentName::new("engineer"), since).count(), 0);
    let refused = |change: Governance| ledger.roster.check(&change).unwrap_err();
    assert!(matches!(refused(grant("ben", "database")), NotEnrolled::Nobody { .. }));
    assert!(matches!(refused(glass("eve")), NotEnrolled::Nobody { .. }));
    let elsewhere = Governance::GrantAccess { access: Access { environment: name("staging"), ..access("ana", "database") } };
    assert!(matches!(refused(elsewhere), NotEnrolled::NoEnvironment { .. }));
    let long = Governance::GrantAccess { access: Access { seconds: 10_000_000, ..access("ana", "database") } };
    assert!(matches!(refused(long), NotEnrolled::Access(_)));
}

#[test]
fn a_mapping_is_for_what_was_there_when_it_was_signed() {
    let mut ledger = in_production();
    let before = mapped("production", "db.example");
    let otherwise = |host: &str, generation: u64| Governance::SetEnvironment { environment: Box::new(mapped("production", host)), before: Some(Box::new(before.clone())), generation: Generation(generation) };
    assert!(matches!(ledger.roster.check(&otherwise("new.example", 3)), Err(NotEnrolled::EnvironmentMoved { .. })));
    let stale = otherwise("late.example", 2);
    ledger.done("ana", otherwise("new.example", 2), &["ana", "adam"]);
    assert_eq!(ledger.roster.standing().generation(&name("production")), Generation(2));
    assert!(matches!(ledger.roster.check(&stale), Err(NotEnrolled::EnvironmentMoved { .. })), "it was mapped otherwise meanwhile");
    let gone = Governance::RemoveEnvironment { environment: Box::new(mapped("production", "new.example")), generation: Generation(3) };
    ledger.done("ana", gone, &["ana", "adam"]);
    assert_eq!((ledger.roster.standing().environments().count(), ledger.roster.standing().generation(&name("production"))), (0, Generation(3)));
    let back = |generation: u64| Governance::SetEnvironment { environment: Box::new(mapped("production", "db.example")), before: None, generation: Generation(generation) };
    assert!(ledger.roster.check(&back(1)).is_err(), "an old permit does not come back with it");
    ledger.done("ana", back(4), &["ana", "adam"]);
    for bad in ["workspace", "host", "worktree", "service", "unknown"] {
        assert!(matches!(ledger.roster.check(&map(bad)), Err(NotEnrolled::NameOfOurs { .. })), "{bad}");
    }
    assert_eq!(ledger.audited().findings, []);
}

#[test]
fn an_unsigned_mapping_counts_only_in_old_ledgers() {
    let mapping = || Event::Mapped { environment: mapped("production", "evil.example"), generation: Generation(1), by: person("ana") };
    let mut ledger = Ledger::founded();
    ledger.put(mapping());
    assert_eq!(ledger.roster.standing().environments().count(), 0);
    let wrong = ledger.audited().findings.remove(0).wrong;
    assert_eq!(wrong, Wrong::Enrolment(NotEnrolled::MappedUnsigned { environment: name("production") }));
    let mut old = Ledger::founded_as(false);
    old.put(mapping());
    assert_eq!(old.roster.standing().environments().count(), 1);
    // From the first signed one on, only signed ones count there as well.
    old.done("ana", map("staging"), &["ana"]);
    old.put(Event::Mapped { environment: mapped("staging", "evil.example"), generation: Generation(9), by: person("ana") });
    assert_eq!(old.roster.standing().generation(&name("staging")), Generation(1));
    assert_eq!(old.audited().findings.len(), 1);
}

#[test]
fn the_owners_of_an_environment_are_the_only_owners_there() {
    let mut ledger = in_production();
    ledger.done("ana", enrol("otto", &[Role::Owner]), &["ana", "adam"]);
    let owned = Environment { owners: vec![person("otto"), person("ana")], ..mapped("production", "db.example") };
    let change = |environment| Governance::SetEnvironment { environment: Box::new(environment), before: Some(Box::new(mapped("production", "db.example"))), generation: Generation(2) };
    let by_an_engineer = Environment { owners: vec![person("ben")], ..owned.clone() };
    assert!(matches!(ledger.roster.check(&change(by_an_engineer)), Err(NotEnrolled::NoOwner { .. })));
    ledger.done("ana", change(owned), &["ana", "adam"]);
    for (signers, enough) in [(&["ben", "ana", "olga"][..], true), (&["ben", "olga", "adam"], false), (&["ben", "olga", "otto"], true)] {
        let (intent, _) = ledger.asked("ben", grant("ben", "*"));
        signers.iter().filter(|signer| **signer != "adam").for_each(|signer| ledger.answered(&intent, signer));
        assert_eq!(ledger.permit(&intent).is_ok(), enough, "{signers:?}");
    }
    let (intent, _) = ledger.asked("ana", glass("ana"));
    ["ana", "olga"].iter().for_each(|signer| ledger.answered(&intent, signer));
    assert!(ledger.permit(&intent).is_err(), "olga owns other places");
    ledger.answered(&intent, "otto");
    assert!(ledger.permit(&intent).is_ok());
}

#[test]
fn a_freeze_is_quick_and_a_thaw_is_slow() {
    let mut ledger = in_production();
    let now = ledger.now();
    ledger.done("ana", freeze(now.0, now.0 + 1_000_000), &["ana"]);
    let frozen = |ledger: &Ledger, at: u64| ledger.roster.standing().frozen(Moment(at), Moment(0)).count();
    assert_eq!((frozen(&ledger, now.0 - 1), frozen(&ledger, now.0), frozen(&ledger, now.0 + 1_000_000)), (0, 1, 0));
    let thaw = |until: u64| Governance::Thaw { freeze: Freeze { environment: name("production"), from: now, until: Moment(until), why: "quarter end".into() } };
    assert!(matches!(ledger.roster.check(&thaw(now.0 + 9)), Err(NotEnrolled::NotFrozen { .. })), "another freeze");
    let (intent, _) = ledger.asked("ana", thaw(now.0 + 1_000_000));
    ledger.answered(&intent, "ana");
    assert!(ledger.permit(&intent).is_err(), "nobody thaws alone");
    ledger.done("ana", thaw(now.0 + 1_000_000), &["ana", "adam"]);
    assert_eq!(frozen(&ledger, now.0 + 1), 0);
    assert_eq!(ledger.audited().findings, []);
}

#[test]
fn broken_glass_is_whole_again_by_itself_and_a_review_is_owed_that_another_signs() {
    let mut ledger = in_production();
    ledger.done("ana", glass("ana"), &["ana", "olga"]);
    let broken = ledger.roster.standing().glasses()[0].clone();
    let through = |at: Moment, who: &str| ledger.roster.standing().broken_for(&person(who), at).count();
    assert_eq!((through(broken.since, "ana"), through(broken.until, "ana"), through(broken.since, "ben")), (1, 0, 0));
    let review = |who: &str, finding: &str| Governance::ReviewGlass { person: person(who), glass: broken.intent.clone(), finding: finding.into() };
    for bad in [review("ben", "fine"), review("ana", " ")] {
        assert!(matches!(ledger.roster.check(&bad), Err(NotEnrolled::NoReviewOwed { .. })), "{}", bad.words());
    }
    let (intent, _) = ledger.asked("ana", review("ana", "one fix"));
    ledger.answered(&intent, "ana");
    assert!(ledger.permit(&intent).is_err(), "nobody clears themselves");
    ledger.done("ana", review("ana", "one fix"), &["ana", "ben"]);
    assert_eq!(ledger.roster.standing().glasses()[0].finding.as_deref(), Some("one fix"));
    assert!(ledger.roster.check(&review("ana", "once more")).is_err());
    assert_eq!(ledger.audited().findings, []);
}

/// Whoever can write entries, and has no key of these people, gives nobody anything.
#[test]
fn an_entry_without_signatures_grants_nothing() {
    for change in [grant("ben", "database"), glass("ben"), map("staging"), Governance::SetPolicy { policies: Some(Digest::of_bytes(b"p")), before: None, transcript: Digest::of_bytes(b"t") }] {
        let mut ledger = in_production();
        let before = ledger.roster.standing().clone();
        let (intent, _) = ledger.asked("ana", change.clone());
        assert!(ledger.governed(&intent, change.clone()).is_err(), "{}", change.words());
        assert_eq!(*ledger.roster.standing(), before, "{}", change.words());
        assert!(!ledger.audited().findings.is_empty(), "{}", change.words());
    }
}

/// Whatever stands in a roster is in what the guard seals of it, and comes back.
#[test]
fn a_sealed_roster_is_the_same_roster() {
    let mut ledger = in_production();
    ledger.done("ben", grant("ben", "database"), &["ben", "olga"]);
    ledger.done("ana", freeze(0, 9), &["ana"]);
    ledger.done("ana", glass("ana"), &["ana", "olga"]);
    ledger.done("ana", Governance::SetTeam { team: "web".into(), joined: vec![person("ben")], left: vec![] }, &["ana", "adam"]);
    ledger.done("ana", Governance::Remove { person: person("ben") }, &["ana"]);
    let policy = Governance::SetPolicy { policies: Some(Digest::of_bytes(b"p")), before: None, transcript: Digest::of_bytes(b"t") };
    ledger.done("ana", policy, &["ana", "adam"]);
    let (intent, _) = ledger.asked("ana", map("staging"));
    assert!(ledger.governed(&intent, map("staging")).is_err(), "a number that is spent");
    let key = guard::GuardKey::generate([9; 32]);
    let sealed = guard::Sealed::new(7, Digest::of_bytes(b"root"), Digest::of_bytes(b"changes"), vec![(1, Moment(2))], ledger.roster.clone());
    let signed = key.seal(&sealed).unwrap();
    assert_eq!(key.unseal(&signed).unwrap(), sealed);
    assert_eq!(guard::GuardKey::generate([8; 32]).unseal(&signed), None);
}
