//! The rule as properties, over whatever people with whatever roles, whoever asks for whatever.

use action::{AgentName, Deputy, Event, IntentId, SessionId};
use proptest::prelude::*;

use super::*;

const NAMES: [&str; 5] = ["ana", "ben", "cleo", "dora", "eve"];

fn key(seed: u8) -> String {
    let text = crate::generate_person_key([seed; 32], "x").unwrap();
    ssh_key::PrivateKey::from_openssh(text).unwrap().public_key().to_openssh().unwrap()
}

/// Ana founded it; the others have any roles, and some were removed since.
fn any_roster() -> impl Strategy<Value = Roster> {
    let roles = prop::collection::vec(prop::sample::subsequence(vec![Role::Engineer, Role::Owner, Role::Admin], 1..=3), NAMES.len() - 1);
    let deputies = prop::collection::vec((any_person(), any_person()), 0..3);
    let team = prop::collection::btree_set(any_person(), 0..4);
    (roles, prop::collection::vec(any::<bool>(), NAMES.len() - 1), deputies, team).prop_map(|(roles, removed, deputies, team)| {
        let mut roster = Roster::new();
        let ana = PersonId::new("ana");
        let enrolled = |name: &str, seed: usize, roles: Vec<Role>| Event::Enrolled { person: PersonId::new(name), key: key(seed as u8), roles, by: ana.clone() };
        roster.apply(&enrolled("ana", 0, vec![Role::Engineer, Role::Owner, Role::Admin]), Moment(0)).unwrap();
        for (at, roles) in roles.into_iter().enumerate() {
            roster.apply(&enrolled(NAMES[at + 1], at + 1, roles), Moment(0)).unwrap();
        }
        let team = Governance::SetTeam { team: "t".into(), joined: team.into_iter().collect(), left: Vec::new() };
        let deputies = deputies.into_iter().map(|(person, deputy)| Governance::SetDeputy { deputy: Deputy { person, deputy, from: Moment(0), until: Moment(9), why: "x".into() } });
        for change in std::iter::once(team).chain(deputies) {
            let number = roster.changes() + 1;
            roster.take(&IntentId::new("i"), number, &change, Moment(1)).ok(); // what cannot be made is not
        }
        let gone = removed.iter().enumerate().filter(|(_, gone)| **gone).map(|(at, _)| PersonId::new(NAMES[at + 1]));
        for person in gone {
            let number = roster.changes() + 1;
            roster.take(&IntentId::new("i"), number, &Governance::Remove { person }, Moment(1)).unwrap();
        }
        roster
    })
}

fn any_person() -> impl Strategy<Value = PersonId> {
    prop::sample::select(NAMES.to_vec()).prop_map(PersonId::new)
}

fn any_change() -> impl Strategy<Value = Governance> {
    let roles = || prop::sample::subsequence(vec![Role::Engineer, Role::Owner, Role::Admin], 0..=2);
    prop_oneof![
        (any_person(), roles()).prop_map(|(person, roles)| Governance::Enrol { person, key: "k".into(), roles }),
        any_person().prop_map(|person| Governance::AddKey { person, key: "k".into() }),
        any_person().prop_map(|person| Governance::RevokeKey { person, key: "k".into(), from: Moment(0) }),
        any_person().prop_map(|person| Governance::RotateKey { person, key: "k".into(), old: "o".into(), from: Moment(0) }),
        (any_person(), roles(), roles()).prop_map(|(person, given, taken)| Governance::SetRoles { person, given, taken }),
        any_person().prop_map(|person| Governance::Remove { person }),
        (prop::collection::vec(any_person(), 0..3), prop::collection::vec(any_person(), 0..3)).prop_map(|(joined, left)| Governance::SetTeam { team: "t".into(), joined, left }),
    ]
}

fn asked(asked_by: &PersonId, change: Governance) -> Intent {
    let (id, session, agent) = (IntentId::new("i"), SessionId::new("desk"), AgentName::new("nobody"));
    Intent { v: 1, id, session, turn: 0, asked_by: asked_by.clone(), agent, deed: Deed::Govern { change } }
}

/// Work in production, whose terms are these.
fn work(asked_by: &PersonId, roster: &Roster, terms: Terms) -> Ballot {
    let mut ballot = roster.ballot(&Intent { deed: Deed::List { path: ".".into() }, ..asked(asked_by, Governance::Remove { person: asked_by.clone() }) }, &BTreeSet::new());
    if terms.other_team {
        ballot.interested.extend(roster.team_mates(asked_by));
    }
    ballot.terms = terms;
    ballot
}

/// Those of these people whose yes counts, as a permit counts them.
fn tally(people: &[&PersonId], ballot: &Ballot, roster: &Roster) -> Tally {
    Tally::of_people(people.iter().copied().filter(|person| ballot.counts(person, roster)), ballot, roster, Moment(2))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn past_its_founding_nobody_gives_alone_and_one_who_gains_agrees_to_nothing(roster in any_roster(), by in any_person(), change in any_change()) {
        let intent = asked(&by, change.clone());
        let ballot = roster.ballot(&intent, &BTreeSet::from([EnvironmentName::service()]));
        let gains = change.gainers();
        prop_assume!(!gains.is_empty() && !roster.is_founding());
        let everybody: Vec<PersonId> = NAMES.iter().map(|name| PersonId::new(*name)).collect();
        for one in &everybody {
            prop_assert!(!ballot.is_met_by(&tally(&[one], &ballot, &roster), &roster), "{one} alone: {}", change.words());
            for other in everybody.iter().filter(|other| *other != one) {
                if ballot.is_met_by(&tally(&[one, other], &ballot, &roster), &roster) {
                    let peers: Vec<&PersonId> = [one, other].into_iter().filter(|person| **person != by && !gains.contains(person)).collect();
                    prop_assert!(!peers.is_empty(), "a peer agreed");
                    prop_assert!([one, other].iter().any(|person| roster.holds(person, Role::Admin)), "an admin agreed");
                    prop_assert!([one, other].contains(&&by) || !roster.may_answer(&by, true), "who asked signed it, and is nobody whose name another used");
                    let admin_peer = peers.iter().any(|person| roster.holds(person, Role::Admin));
                    prop_assert!(admin_peer || !roster.has_admin_besides(&by), "an admin who is a peer, where there is one");
                }
            }
        }
    }

    #[test]
    fn any_admin_takes_away_alone_and_nobody_else_does_but_of_their_own(roster in any_roster(), by in any_person(), change in any_change()) {
        prop_assume!(change.gainers().is_empty());
        let intent = asked(&by, change.clone());
        let ballot = roster.ballot(&intent, &BTreeSet::from([EnvironmentName::service()]));
        for name in NAMES {
            let one = PersonId::new(name);
            let own = matches!(&change, Governance::RevokeKey { person, .. } if *person == one && by == one && roster.may_sign(&one));
            prop_assert_eq!(ballot.is_met_by(&tally(&[&one], &ballot, &roster), &roster), roster.holds(&one, Role::Admin) || own, "{}: {}", one, change.words());
        }
    }

    #[test]
    fn one_more_signature_never_makes_it_less(roster in any_roster(), by in any_person(), change in any_change(), first in any_person(), second in any_person(), third in any_person()) {
        let ballot = roster.ballot(&asked(&by, change), &BTreeSet::from([EnvironmentName::service()]));
        let met = |people: &[&PersonId]| ballot.is_met_by(&tally(people, &ballot, &roster), &roster);
        prop_assert!(!met(&[&first]) || met(&[&first, &second]));
        prop_assert!(!met(&[&first, &second]) || met(&[&first, &second, &third]));
        prop_assert!(!met(&[]), "without a signature nothing changes");
    }

    /// Who does another's duty is one person with one voice: never more owners than people, never an owner by the duty of somebody who
    /// asked, who signed, or who owns nothing.
    #[test]
    fn a_deputy_never_makes_two_of_one(roster in any_roster(), by in any_person(), people in prop::collection::btree_set(any_person(), 0..=5)) {
        let ballot = work(&by, &roster, Terms::default());
        let voices: Vec<&PersonId> = people.iter().filter(|person| ballot.counts(person, &roster)).collect();
        let tally = tally(&voices, &ballot, &roster);
        let met = |owners: u8| tally.meets(Quorum { owners, people: 0, ..Quorum::ANYONE });
        let most = (0..=6).take_while(|owners| met(*owners)).last().unwrap_or_default();
        prop_assert_eq!(tally.people.len(), voices.len());
        // The duties that stand behind them: each signer's own, and of those who are away and did not sign.
        let away = |person: &PersonId| roster.standing().does_duty_of(person, Moment(2)).filter(|away| **away != by && !voices.contains(away)).cloned().collect::<Vec<_>>();
        let duties: BTreeSet<PersonId> = voices.iter().flat_map(|person| away(person).into_iter().chain([(*person).clone()])).collect();
        let owned = duties.iter().filter(|person| roster.holds(person, Role::Owner)).count();
        prop_assert!(usize::from(most) <= owned.min(voices.len()), "{most} owners of {owned} duties");
    }

    /// Terms only ever ask for more, and one more signature never makes less of it.
    #[test]
    fn terms_only_ask_for_more(roster in any_roster(), by in any_person(), people in prop::collection::vec(any_person(), 0..5), one in any_person(), other_team in any::<bool>(), share in 0_u8..3) {
        let terms = Terms { other_team, hardware: false, teams: [("t".to_owned(), share)].into() };
        let (plain, strict) = (work(&by, &roster, Terms::default()), work(&by, &roster, terms.clone()));
        let count = |ballot: &Ballot, people: &[&PersonId]| tally(people, ballot, &roster);
        let people: Vec<&PersonId> = people.iter().collect();
        let more: Vec<&PersonId> = people.iter().copied().chain([&one]).collect();
        for quorum in [Quorum::ANYONE, Quorum::PEER, Quorum::TWO_WITH_OWNER, Quorum::TWO_OWNERS] {
            let met = |ballot: &Ballot, people: &[&PersonId]| ballot.suffices(quorum, &count(ballot, people), &roster);
            prop_assert!(!met(&strict, &people) || met(&plain, &people), "{}", quorum.words());
            prop_assert!(!met(&strict, &people) || met(&strict, &more), "{}", quorum.words());
            let on_hardware = Ballot { terms: Terms { hardware: true, ..terms.clone() }, ..strict.clone() };
            prop_assert!(quorum.people < 2 || !met(&on_hardware, &people), "nobody here has a hardware key");
            prop_assert!(quorum.people >= 2 || met(&on_hardware, &people) == met(&strict, &people), "one signature may be of a key in a file");
        }
    }
}
