//! Deputies and what environments ask of signatures: with real signatures, live and in the audit.

use action::{Deputy, Environment, Generation, Governance, IntentId, Moment, Role, Terms};
use guard::{NotEnrolled, NotPermitted};

use crate::people::{Ledger, effects_of, enrol, person};
use crate::standing::{access, glass, grant, in_production, mapped, name};

pub(crate) fn away(who: &str, instead: &str) -> Deputy {
    Deputy { person: person(who), deputy: person(instead), from: Moment(0), until: Moment(0).plus_seconds(Deputy::MOST_SECONDS), why: "on holiday".into() }
}

pub(crate) fn deputy(who: &str, instead: &str) -> Governance {
    // The ledgers of these tests begin at a moment of their own.
    let from = Ledger::founded().now();
    Governance::SetDeputy { deputy: Deputy { from, until: from.plus_seconds(Deputy::MOST_SECONDS), ..away(who, instead) } }
}

fn team(team: &str, joined: &[&str]) -> Governance {
    Governance::SetTeam { team: team.into(), joined: joined.iter().map(|name| person(name)).collect(), left: Vec::new() }
}

/// Production with these terms, in the place of the one without.
fn asks(terms: Terms) -> Governance {
    let before = mapped("production", "db.example");
    Governance::SetEnvironment { environment: Box::new(Environment { terms, ..before.clone() }), before: Some(Box::new(before)), generation: Generation(2) }
}

/// Whether these signatures are enough.
#[track_caller]
fn agreed(ledger: &mut Ledger, change: Governance, signers: &[&str]) -> Result<(), NotPermitted> {
    let asked_by = change.person().unwrap().as_str().to_owned();
    let (intent, _) = ledger.asked(&asked_by, change);
    signers.iter().for_each(|signer| ledger.answered(&intent, signer));
    ledger.permit(&intent).map(|_| ())
}

#[test]
fn a_deputy_counts_as_the_owner_who_is_away_and_only_so_long() {
    let mut ledger = in_production();
    ledger.done("ana", enrol("eve", &[Role::Engineer]), &["ana", "adam"]);
    assert!(agreed(&mut ledger, glass("ana"), &["ana", "ben"]).is_err(), "ben owns nothing");
    ledger.done("olga", deputy("olga", "ben"), &["olga", "adam"]);
    assert_eq!(agreed(&mut ledger, glass("ana"), &["ana", "ben"]), Ok(()));
    assert_eq!(agreed(&mut ledger, grant("ana", "*"), &["ana", "ben", "eve"]), Ok(()), "two peers, one of them for the owner");
    let alone = agreed(&mut ledger, grant("ben", "*"), &["ben", "eve", "ana"]);
    assert_eq!(alone, Ok(()), "ana is an owner herself");
    let own = agreed(&mut ledger, grant("olga", "*"), &["olga", "ben", "eve"]).unwrap_err();
    assert!(own.to_string().contains("it needs two people"), "what olga asks for nobody agrees to in her place: {own}");
    let twice = agreed(&mut ledger, glass("eve"), &["eve", "olga", "ben"]).unwrap_err();
    assert!(twice.to_string().contains("signed so far: eve (asked for it), olga (owner), ben"), "olga's duty counts once: {twice}");
    let Governance::SetDeputy { deputy: ended } = deputy("olga", "ben") else { unreachable!() };
    ledger.done("eve", Governance::EndDeputy { deputy: ended }, &["eve"]);
    assert!(agreed(&mut ledger, glass("ana"), &["ana", "ben"]).is_err(), "and it is over");
    assert_eq!(ledger.audited().findings, []);
}

#[test]
fn a_duty_is_of_its_time() {
    let mut ledger = in_production();
    let soon = ledger.now().plus_seconds(3600);
    let later = Deputy { from: soon, until: soon.plus_seconds(60), ..away("olga", "ben") };
    ledger.done("olga", Governance::SetDeputy { deputy: later.clone() }, &["olga", "adam"]);
    assert!(agreed(&mut ledger, glass("ana"), &["ana", "ben"]).is_err(), "not yet");
    let duties = |at: Moment| ledger.roster.voters(&ledger.intent("ana", glass("ana")), &Default::default(), at).into_iter().find(|voter| voter.person == person("ben")).map(|ben| (ben.owner, ben.deputy_of));
    assert_eq!(duties(Moment(soon.0 - 1)), Some((false, vec![])));
    assert_eq!(duties(soon), Some((true, vec![person("olga")])));
    assert_eq!(duties(later.until), Some((false, vec![])));
}

/// Two who did the same duty one after the other are one owner, and one of the team, whenever each said yes.
#[test]
fn deputies_one_after_the_other_do_one_duty() {
    let mut ledger = in_production();
    ledger.done("ana", enrol("eve", &[Role::Engineer]), &["ana", "adam"]);
    ledger.done("ana", team("security", &["olga", "ana"]), &["ana", "adam"]);
    ledger.done("ana", asks(Terms { teams: [("security".to_owned(), 2)].into(), ..Terms::default() }), &["ana", "adam"]);
    // Ben until his answer stands, eve from then on: entries are a second apart.
    let change = ledger.now().plus_seconds(15);
    let first = Deputy { from: ledger.now(), until: change, ..away("olga", "ben") };
    ledger.done("olga", Governance::SetDeputy { deputy: first }, &["olga", "adam"]);
    ledger.done("olga", Governance::SetDeputy { deputy: Deputy { from: change, until: change.plus_seconds(600), ..away("olga", "eve") } }, &["olga", "adam"]);
    for what in [glass("adam"), grant("adam", "database")] {
        let (intent, _) = ledger.asked("adam", what.clone());
        let mut late = Ledger::founded();
        std::mem::swap(&mut late, &mut ledger);
        late.answered(&intent, "ben");
        while late.now() < change {
            late.put(action::Event::Closed { session: action::SessionId::new("s"), how: "done".into() });
        }
        late.answered(&intent, "eve");
        assert!(late.permit(&intent).is_err(), "{}: {:?}", what.words(), late.permit(&intent).map(|_| ()));
        ledger = late;
    }
}

/// Who leaves the asker's team becomes a peer by it: where that matters one admin does not do that alone, nor with who leaves.
#[test]
fn leaving_a_team_is_no_mere_taking_away_where_teams_are_kept_apart() {
    let mut ledger = in_production();
    ledger.done("ana", team("payments", &["ana", "ben", "olga"]), &["ana", "adam"]);
    let leaves = |who: &str| Governance::SetTeam { team: "payments".into(), joined: Vec::new(), left: vec![person(who)] };
    ledger.done("ana", leaves("olga"), &["ana"]);
    ledger.done("ana", asks(Terms { other_team: true, ..Terms::default() }), &["ana", "adam"]);
    for (signers, enough) in [(&["ana"][..], false), (&["ana", "ben"], false), (&["ana", "adam"], true)] {
        let (intent, _) = ledger.asked("ana", leaves("ben"));
        signers.iter().for_each(|signer| ledger.answered(&intent, signer));
        assert_eq!(ledger.permit(&intent).is_ok(), enough, "{signers:?}");
    }
}

#[test]
fn what_is_no_deputy_says_why() {
    let mut ledger = in_production();
    ledger.done("ana", enrol("ci", &[Role::Service]), &["ana", "adam"]);
    let why = |ledger: &Ledger, change: Governance| ledger.roster.check(&change).unwrap_err();
    assert!(matches!(why(&ledger, deputy("olga", "ci")), NotEnrolled::NoSigner { .. }), "a program does nobody's duty");
    assert!(matches!(why(&ledger, deputy("olga", "adam")), NotEnrolled::NoSigner { .. }));
    assert!(matches!(why(&ledger, deputy("olga", "nobody")), NotEnrolled::Nobody { .. }));
    assert!(matches!(why(&ledger, deputy("olga", "olga")), NotEnrolled::Access(_)));
    assert!(matches!(why(&ledger, Governance::EndDeputy { deputy: away("olga", "ben") }), NotEnrolled::NoDeputy { .. }));
    ledger.done("olga", deputy("olga", "ben"), &["olga", "adam"]);
    let second = why(&ledger, deputy("olga", "ana"));
    assert!(second.to_string().contains("`ben` does `olga`'s duty until"), "{second}");
    ledger.done("ana", Governance::Remove { person: person("ben") }, &["ana"]);
    assert_eq!(ledger.roster.standing().deputies(), []);
}

#[test]
fn who_is_in_a_team_with_the_asker_is_no_peer_where_that_is_asked() {
    let mut ledger = in_production();
    ledger.done("ana", team("payments", &["ben", "olga"]), &["ana", "adam"]);
    assert_eq!(agreed(&mut ledger, grant("ben", "database"), &["ben", "olga"]), Ok(()));
    ledger.done("ana", asks(Terms { other_team: true, ..Terms::default() }), &["ana", "adam"]);
    let mates = agreed(&mut ledger, grant("ben", "database"), &["ben", "olga"]).unwrap_err();
    assert!(mates.to_string().ends_with("and who is in a team with the person who asked does not agree as a peer; signed so far: ben (asked for it), olga (is in a team with who asked)"), "{mates}");
    assert_eq!(agreed(&mut ledger, grant("ben", "database"), &["ben", "ana"]), Ok(()));
    assert_eq!(ledger.audited().findings, []);
}

#[test]
fn so_many_of_a_team_agree_where_that_is_asked() {
    let mut ledger = in_production();
    let of = |people: u8| Terms { teams: [("security".to_owned(), people)].into(), ..Terms::default() };
    let small = ledger.roster.check(&asks(of(1))).unwrap_err();
    assert!(small.to_string().starts_with("1 of team `security` must agree there, and 0 in it could"), "{small}");
    ledger.done("ana", team("security", &["olga"]), &["ana", "adam"]);
    assert!(ledger.roster.check(&asks(of(2))).is_err() && ledger.roster.check(&asks(of(0))).is_err());
    ledger.done("ana", asks(of(1)), &["ana", "adam"]);
    assert!(agreed(&mut ledger, grant("ben", "database"), &["ben", "ana"]).is_err());
    assert_eq!(agreed(&mut ledger, grant("ben", "database"), &["ben", "olga"]), Ok(()));
    assert!(agreed(&mut ledger, grant("olga", "database"), &["olga", "ana"]).is_err(), "olga is no peer in her own");
    let revoke = Governance::RevokeAccess { person: person("ben"), access: IntentId::new("i") };
    assert_eq!(agreed(&mut ledger, revoke, &["ben"]), Ok(()), "what one signature does, one signature does");
    ledger.done("olga", deputy("olga", "ana"), &["olga", "adam"]);
    assert_eq!(agreed(&mut ledger, grant("ben", "database"), &["ben", "ana"]), Ok(()), "ana is there for olga's team too");
    assert_eq!(ledger.audited().findings, []);
}

#[test]
fn the_hold_says_what_is_asked_and_of_what_takes_one_signature_nothing_is() {
    let mut ledger = in_production();
    ledger.done("ana", asks(Terms { hardware: true, other_team: true, ..Terms::default() }), &["ana", "adam"]);
    let asked = |change: Governance| {
        let intent = ledger.intent("ben", change);
        let verdict = ledger.world.guard.assess(&intent, &effects_of(&intent), &ledger.circumstances(&intent));
        verdict.reasons.into_iter().filter(|reason| reason.rule == "environment-asks").map(|reason| reason.text).collect::<Vec<_>>()
    };
    let team = "who is in a team with the person who asked does not agree as a peer";
    assert_eq!(asked(grant("ben", "*")), [format!("{team}; what takes two people is signed with hardware keys")]);
    assert_eq!(asked(grant("ben", "database")), [team]);
    assert_eq!(asked(Governance::RevokeAccess { person: person("ben"), access: IntentId::new("i") }), Vec::<String>::new());
    let elsewhere = Governance::GrantAccess { access: action::Access { environment: name("staging"), ..access("ben", "*") } };
    assert_eq!(asked(elsewhere), Vec::<String>::new());
}
