//! Whole ledgers replayed: a clean one, and one for each way in which it could have been bent.

use action::{
    BadSignature, Digest, Effects, Entry, EnvironmentName, Event, Generation, IntentId, Moment, Outcome, Permit, PersonId, Quorum, Reason,
    RefusedBy, Reply, Signed, StopScope, Tier, Verb, canonical,
};
use guard::audit::{Audit, AuditFinding, AuditReport, Wrong};
use guard::{BadAnswer, GuardKey};

use crate::world::{LATER, NOW, World, effect, enrolments, grave_work, intent, one, peer_work, signer};

fn id() -> IntentId {
    IntentId::new("i-1")
}

fn founded(world: &World) -> Event {
    Event::Founded { guard: world.guard.public_key().to_openssh().unwrap(), log: "log".into(), governed: false, places: false }
}

fn proposed(effects: &Effects) -> Event {
    Event::Proposed { intent: intent("i-1"), effects: effects.clone(), digest: Digest::of(effects).unwrap() }
}

fn assessed(world: &World, effects: &Effects) -> Event {
    Event::Assessed { intent: id(), verdict: world.assess(effects), generation: Generation(3), expires: LATER }
}

fn answered(name: &str, answer: Signed) -> Event {
    Event::Answered { intent: id(), person: PersonId::new(name), answer }
}

fn countersigned(permit: &Signed) -> Event {
    Event::Countersigned { intent: id(), permit: permit.clone() }
}

fn started(permit: &Signed) -> Event {
    Event::Started { intent: id(), permit: permit.digest() }
}

fn finished() -> Event {
    Event::Finished { intent: id(), outcome: Outcome { line: "done".into(), exit: Some(0), output: None, ms: 5 } }
}

/// A production update from founding to end: entries 0 to 4 found and enrol, 5 proposed, 6 assessed, 7 answered,
/// 8 countersigned, 9 started, 10 finished.
fn clean(world: &World) -> Vec<Event> {
    let effects = peer_work();
    let yes = world.yes("ben", &effects);
    let permit = world.permit(&effects, std::slice::from_ref(&yes)).unwrap();
    let mut events = vec![founded(world)];
    events.extend(enrolments());
    events.extend([
        proposed(&effects),
        assessed(world, &effects),
        answered("ben", yes),
        countersigned(&permit),
        started(&permit),
        finished(),
    ]);
    events
}

fn entry(event: &Event, at: Moment) -> Vec<u8> {
    canonical(&Entry { v: 1, at, event: event.clone() }).unwrap()
}

fn replay(events: &[Event]) -> AuditReport {
    let mut audit = Audit::new();
    for (index, event) in events.iter().enumerate() {
        audit.entry(index as u64, &entry(event, NOW)).ok();
    }
    audit.finish()
}

/// The first finding of a ledger that was bent by `bend`.
#[track_caller]
fn first_finding(bend: impl Fn(&World, &mut Vec<Event>)) -> AuditFinding {
    let world = World::new();
    let mut events = clean(&world);
    bend(&world, &mut events);
    replay(&events).findings.into_iter().next().expect("a finding")
}

#[track_caller]
fn answer_fault(finding: &AuditFinding) -> &BadAnswer {
    let Wrong::Answer(bad) = &finding.wrong else { panic!("{finding}") };
    bad
}

#[test]
fn a_clean_ledger_has_no_finding_and_a_population() {
    let report = replay(&clean(&World::new()));
    assert_eq!(report.findings, []);
    assert_eq!((report.entries, report.intents), (11, 1));
    assert_eq!(report.stages.into_iter().collect::<Vec<_>>(), [("finished", 1)]);
    assert_eq!(report.signers[&PersonId::new("ben")].yes, 1);
    assert_eq!((report.started_without_end.len(), report.still_held.len()), (0, 0));
}

#[test]
fn what_is_open_is_listed() {
    let world = World::new();
    let events = clean(&world);
    assert_eq!(replay(&events[..10]).started_without_end, [id()]);
    assert_eq!(replay(&events[..8]).still_held, [id()]);
    assert_eq!(replay(&events[..10]).findings, []);
}

#[test]
fn a_missing_countersigned() {
    let finding = first_finding(|_, events| drop(events.remove(8)));
    assert_eq!(finding.to_string(), "entry 8, intent `i-1`: `started` cannot follow stage `held`");
    // It was started all the same, and the population says so.
    let mut events = clean(&World::new());
    events.truncate(10);
    events.remove(8);
    let report = replay(&events);
    assert_eq!((report.started_without_end, report.findings.len()), (vec![id()], 1));
}

#[test]
fn started_twice_on_one_permit() {
    let finding = first_finding(|_, events| events.insert(10, events[9].clone()));
    assert_eq!(finding.to_string(), "entry 10, intent `i-1`: `started` cannot follow stage `started`");
    let finding = first_finding(|_, events| events.push(events[9].clone()));
    assert_eq!(finding.to_string(), "entry 11, intent `i-1`: `started` cannot follow stage `finished`");
}

#[test]
fn started_on_another_permit() {
    let finding = first_finding(|_, events| events[9] = Event::Started { intent: id(), permit: Digest::of_bytes(b"other") });
    assert!(matches!(finding, AuditFinding { index: 9, wrong: Wrong::OtherPermit { .. }, .. }), "{finding}");
}

#[test]
fn swapped_effects() {
    // The list was swapped, the digest stayed.
    let finding = first_finding(|_, events| {
        let digest = Digest::of(&peer_work()).unwrap();
        events[5] = Event::Proposed { intent: intent("i-1"), effects: one(effect(Verb::Read, Tier::Workspace)), digest };
    });
    assert_eq!(finding.to_string(), "entry 5, intent `i-1`: the effects are not those that the digest names");
    // Both were swapped: the answer and the permit are for other effects.
    let finding = first_finding(|_, events| events[5] = proposed(&one(effect(Verb::Delete, Tier::Production))));
    assert!(finding.index == 7 && matches!(answer_fault(&finding), BadAnswer::OtherEffects { .. }), "{finding}");
}

#[test]
fn a_forged_answer() {
    let finding = first_finding(|world, events| {
        let mut forged = world.yes("ben", &peer_work());
        forged.text = forged.text.replace("ben", "eva");
        events[7] = answered("ben", forged);
    });
    assert_eq!((finding.index, answer_fault(&finding)), (7, &BadAnswer::Signature(BadSignature::Mismatch)));
    let finding = first_finding(|world, events| events[7] = answered("cleo", world.yes("ben", &peer_work())));
    assert_eq!(finding.to_string(), "entry 7, intent `i-1`: the entry says that `cleo` answered, but `ben` signed");
    let finding = first_finding(|world, events| {
        let answer = signer("mallory").sign(&world.answer("ben", &peer_work(), Reply::Yes)).unwrap();
        events[7] = answered("ben", answer);
    });
    assert!(matches!(answer_fault(&finding), BadAnswer::UnknownKey { .. }), "{finding}");
}

#[test]
fn an_answer_that_was_never_recorded() {
    let finding = first_finding(|_, events| drop(events.remove(7)));
    assert!(matches!(finding, AuditFinding { index: 7, wrong: Wrong::AnswerMissing { .. }, .. }), "{finding}");
}

#[test]
fn a_permit_by_another_key_or_for_another_purpose() {
    let finding = first_finding(|_, events| {
        let key = GuardKey::generate([1; 32]);
        events[0] = Event::Founded { guard: key.public().to_openssh().unwrap(), log: "log".into(), governed: false, places: false };
    });
    assert!(matches!(finding, AuditFinding { index: 8, wrong: Wrong::Permit(BadSignature::Mismatch), .. }), "{finding}");
    let finding = first_finding(|world, events| events[8] = countersigned(&world.yes("ben", &peer_work())));
    assert!(matches!(finding.wrong, Wrong::Permit(BadSignature::Namespace { .. })), "{finding}");
}

#[test]
fn a_quorum_that_was_not_met() {
    // The key was enrolled without a signing role at that time.
    let finding = first_finding(|_, events| {
        if let Event::Enrolled { roles, .. } = &mut events[2] {
            *roles = vec![];
        }
    });
    assert_eq!(finding.to_string(), "entry 7, intent `i-1`: `ben` holds no role that may sign");
    // A grave verdict, but the guard signed a permit for the milder one.
    let finding = first_finding(|world, events| {
        let Event::Assessed { verdict, .. } = &mut events[6] else { panic!("assessed") };
        *verdict = world.assess(&grave_work());
    });
    assert_eq!(finding.to_string(), "entry 8, intent `i-1`: the permit asks for fewer people than the verdict did");
    // Signed by the very person who asked: a guard whose roster knew somebody else as requester.
    let finding = first_finding(|world, events| {
        let mut asked = intent("i-1");
        asked.asked_by = PersonId::new("ben");
        let effects = peer_work();
        let policy = world.guard.policy_digest();
        let answer =
            guard::question(&asked, &effects, policy, Generation(3), LATER, PersonId::new("ben"), Reply::Yes, String::new()).unwrap();
        let yes = signer("ben").sign(&answer).unwrap();
        let permit = forged_permit(&asked, &effects, policy, &yes);
        events[5] = Event::Proposed { intent: asked, digest: Digest::of(&effects).unwrap(), effects };
        events[7] = answered("ben", yes);
        events[8] = countersigned(&permit);
    });
    assert!(
        matches!(&finding.wrong, Wrong::QuorumNotMet { quorum: Quorum::PEER, signed } if signed == "ben (asked for it)"),
        "{finding}"
    );
}

/// What a guard that was taken over would sign: well-formed, by the right key, and wrong.
fn forged_permit(intent: &action::Intent, effects: &Effects, policy: Digest, yes: &Signed) -> Signed {
    signed_by_guard(&canonical_text(&Permit {
        v: 1,
        intent: Digest::of(intent).unwrap(),
        effects: Digest::of(effects).unwrap(),
        policy,
        environment: effects.environment(),
        generation: Generation(3),
        quorum: Some(Quorum::PEER),
        people: vec![PersonId::new("ben")],
        answers: vec![yes.digest()],
        issued: NOW,
        expires: LATER,
    }))
}

fn canonical_text(permit: &Permit) -> String {
    String::from_utf8(canonical(permit).unwrap()).unwrap()
}

pub(crate) fn signed_by_guard(text: &str) -> Signed {
    let key = ssh_key::PrivateKey::from_openssh(GuardKey::generate([9; 32]).to_openssh().unwrap()).unwrap();
    let signature = key.sign("countersign-permit", ssh_key::HashAlg::Sha512, text.as_bytes()).unwrap();
    Signed { text: text.into(), signature: signature.to_pem(ssh_key::LineEnding::LF).unwrap() }
}

/// The clean ledger's permit, changed and signed again by the guard's own key.
#[track_caller]
fn finding_of_permit(change: impl Fn(&mut Permit)) -> Wrong {
    let finding = first_finding(|world, events| {
        let Event::Countersigned { permit, .. } = &events[8] else { panic!("countersigned") };
        let mut permit: Permit = permit.open(&world.guard.public_key(), action::Namespace::Permit).unwrap();
        change(&mut permit);
        events[8] = countersigned(&signed_by_guard(&canonical_text(&permit)));
    });
    assert_eq!(finding.index, 8, "{finding}");
    finding.wrong
}

#[test]
fn a_permit_for_anything_else_than_was_proposed_and_judged() {
    let other = Digest::of_bytes(b"other");
    type Change = fn(&mut Permit, Digest);
    let changes: [(&str, Change); 6] = [
        ("version", |p, _| p.v = 2),
        ("intent", |p, d| p.intent = d),
        ("effects", |p, d| p.effects = d),
        ("policy", |p, d| p.policy = d),
        ("environment", |p, _| p.environment = EnvironmentName::new("staging")),
        ("generation", |p, _| p.generation = Generation(4)),
    ];
    for (what, change) in changes {
        assert_eq!(finding_of_permit(|p| change(p, other)), Wrong::PermitForOther { what });
    }
}

#[test]
fn a_permit_that_misnames_who_signed_or_when() {
    let more = finding_of_permit(|p| p.people.push(PersonId::new("cleo")));
    assert_eq!(more, Wrong::PeopleDiffer { counted: "ben".into() });
    let nobody = finding_of_permit(|p| p.people.clear());
    assert_eq!(nobody, Wrong::PeopleDiffer { counted: "ben".into() });
    let without = finding_of_permit(|p| {
        p.people.clear();
        p.answers.clear();
    });
    assert_eq!(without, Wrong::QuorumNotMet { quorum: Quorum::PEER, signed: "nobody".into() });
    assert_eq!(finding_of_permit(|p| p.quorum = None), Wrong::QuorumLowered);
    assert_eq!(finding_of_permit(|p| p.quorum = Some(Quorum::ANYONE)), Wrong::QuorumLowered);
    assert_eq!(finding_of_permit(|p| p.issued = LATER), Wrong::HeldTooLong { expires: LATER, issued: LATER });
    let expired = first_finding(|world, events| {
        let effects = peer_work();
        let mut answer = world.answer("ben", &effects, Reply::Yes);
        answer.expires = NOW;
        let yes = signer("ben").sign(&answer).unwrap();
        events[8] = countersigned(&forged_permit(&intent("i-1"), &effects, world.guard.policy_digest(), &yes));
        events[7] = answered("ben", yes);
    });
    assert_eq!((expired.index, expired.wrong), (8, Wrong::AnswerExpired { person: PersonId::new("ben") }));
}

#[test]
fn a_permit_in_other_bytes() {
    let finding = first_finding(|_, events| {
        let Event::Countersigned { permit, .. } = &events[8] else { panic!("countersigned") };
        let spaced = signed_by_guard(&format!("{} ", permit.text));
        events[8] = countersigned(&spaced);
    });
    assert!(matches!(&finding.wrong, Wrong::Permit(BadSignature::Content { why }) if why.contains("canonical")), "{finding}");
}

#[test]
fn a_refusal_that_went_on() {
    let finding = first_finding(|world, events| {
        let Event::Assessed { verdict, .. } = &mut events[6] else { panic!("assessed") };
        *verdict = action::Verdict::refuse(world.guard.policy_digest(), "frozen", "there is a freeze");
        events.remove(7);
    });
    assert_eq!(finding.to_string(), "entry 7, intent `i-1`: `countersigned` cannot follow stage `forbidden`");
    let finding = first_finding(|world, events| events.insert(8, answered("dora", world.no("dora", &peer_work()))));
    assert_eq!(finding.to_string(), "entry 9, intent `i-1`: it was countersigned although `dora` said no");
    let finding = first_finding(|_, events| {
        let reasons = vec![Reason { rule: "no".into(), text: "no".into() }];
        events.insert(8, Event::Refused { intent: id(), by: RefusedBy::Void, reasons });
    });
    assert_eq!(finding.to_string(), "entry 9, intent `i-1`: `countersigned` cannot follow stage `refused`");
}

#[test]
fn stopped_and_went_on() {
    let all = StopScope::All;
    let session = StopScope::Session { session: action::SessionId::new("s-1") };
    let this = StopScope::Intent { intent: id() };
    for scope in [all, session, this] {
        let stop = Event::Stopped { scope, by: PersonId::new("cleo") };
        for place in [8, 9] {
            // More than a second later it goes on; within that second another process may not have seen the stop.
            let (late, soon) = (NOW.plus_seconds(2), NOW.plus_seconds(1));
            let finding = replay_later(place, &stop, late).findings.into_iter().next().unwrap();
            assert_eq!((finding.index, finding.wrong), (place as u64 + 1, Wrong::Stopped { stopped: NOW, at: late }));
            assert_eq!(replay_later(place, &stop, soon).findings, []);
        }
        assert_eq!(replay_later(10, &stop, NOW.plus_seconds(2)).findings, [], "it was running already, and ends");
    }
    let other = Event::Stopped { scope: StopScope::Intent { intent: IntentId::new("i-2") }, by: PersonId::new("cleo") };
    assert_eq!(replay_later(8, &other, NOW.plus_seconds(2)).findings, []);
}

#[test]
fn stopped_with_the_session_that_it_works_for() {
    let session = |name: &str| action::SessionId::new(name);
    let opened = |name: &str, parent| Event::Opened {
        session: session(name),
        person: PersonId::new("ana"),
        agent: action::AgentName::new("engineer"),
        root: "/srv/app".into(),
        model: "scripted/one".into(),
        level: "full".into(),
        parent,
    };
    let subagent = |of: &str| Some(action::Parent::Subagent { session: session(of), intent: IntentId::new("i-0") });
    let stop = Event::Stopped { scope: StopScope::Session { session: session("s-top") }, by: PersonId::new("cleo") };
    let late = |parents: Vec<Event>| {
        let mut events = clean(&World::new());
        let stopped_at = 8 + parents.len();
        events.splice(8..8, parents.into_iter().chain([stop.clone()]));
        let mut audit = Audit::new();
        for (index, event) in events.iter().enumerate() {
            let at = if index > stopped_at { NOW.plus_seconds(2) } else { NOW };
            audit.entry(index as u64, &entry(event, at)).ok();
        }
        audit.finish().findings.iter().any(|finding| matches!(finding.wrong, Wrong::Stopped { .. }))
    };
    assert!(late(vec![opened("s-1", subagent("s-between")), opened("s-between", Some(action::Parent::Part { session: session("s-top") }))]));
    assert!(!late(vec![opened("s-1", Some(action::Parent::Fork { session: session("s-top") }))]), "a fork goes on by itself");
    assert!(!late(vec![opened("s-1", subagent("s-other")), opened("s-other", subagent("s-1"))]), "a ring has an end");
}

/// A clean ledger with `event` put in at `place`, and all that comes after it written at `after`.
fn replay_later(place: usize, event: &Event, after: Moment) -> AuditReport {
    let mut events = clean(&World::new());
    events.insert(place, event.clone());
    let mut audit = Audit::new();
    for (index, event) in events.iter().enumerate() {
        audit.entry(index as u64, &entry(event, if index > place { after } else { NOW })).ok();
    }
    audit.finish()
}

#[test]
fn an_older_generation_was_executed() {
    let mapped = |generation, by: &str| Event::Mapped {
        environment: action::Environment {
            name: EnvironmentName::new("production/region-1"),
            tier: Tier::Production,
            paths: vec!["/srv/region-1".into()],
            hosts: vec![],
            remotes: vec![],
            recovery: vec![],
            owners: Vec::new(),
            terms: Default::default(),
            identities: Vec::new(),
        },
        generation: Generation(generation),
        by: PersonId::new(by),
    };
    let world = World::new();
    let mut events = clean(&world);
    events.insert(5, mapped(3, "ana"));
    assert_eq!(replay(&events).findings, []);
    events.insert(10, mapped(4, "ben")); // ben landed a change in between
    let report = replay(&events);
    assert_eq!(
        report.findings[0].to_string(),
        "entry 11, intent `i-1`: it was started for generation 3 of an environment that is at 4"
    );
    let back = first_finding(|_, events| events.splice(5..5, [mapped(3, "ana"), mapped(2, "ana")]).for_each(drop));
    assert_eq!(back.to_string(), "entry 6: `production/region-1` went back from generation 3 to 2");
    let not_his = first_finding(|_, events| events.insert(5, mapped(1, "ben")));
    assert_eq!(not_his.to_string(), "entry 5: `ben` mapped `production/region-1` but is not an admin");
}

#[test]
fn executed_too_late() {
    let world = World::new();
    let events = clean(&world);
    let mut audit = Audit::new();
    for (index, event) in events.iter().enumerate() {
        let at = if index == 9 { LATER } else { NOW };
        let result = audit.entry(index as u64, &entry(event, at));
        assert_eq!(result.is_err(), index == 9, "{result:?}");
    }
    assert!(matches!(audit.finish().findings[0].wrong, Wrong::PermitExpired { .. }));
}

#[test]
fn enrolled_by_nobody_who_may() {
    let finding = first_finding(|_, events| {
        if let Event::Enrolled { by, .. } = &mut events[3] {
            *by = PersonId::new("ben");
        }
    });
    assert_eq!(finding.to_string(), "entry 3: `ben` enrolled `cleo` but is not an admin");
}

#[test]
fn bytes_that_are_not_exactly_an_entry() {
    let world = World::new();
    let good = String::from_utf8(entry(&founded(&world), NOW)).unwrap();
    for bad in [
        String::new(),
        "{}".into(),
        format!("{good} "),
        good.replacen('{', "{\"hidden\":1,", 1),
        good.replace("\"v\":1", "\"v\":2"),
    ] {
        let mut audit = Audit::new();
        let finding = audit.entry(0, bad.as_bytes()).unwrap_err();
        assert!(matches!(finding.wrong, Wrong::Unreadable { .. }), "{bad}: {finding}");
    }
    let mut audit = Audit::new();
    assert!(matches!(audit.entry(1, good.as_bytes()).unwrap_err().wrong, Wrong::Gap { expected: 0 }));
    let mut audit = Audit::new();
    let not_founded = audit.entry(0, &entry(&enrolments()[0], NOW)).unwrap_err();
    assert_eq!(not_founded.wrong, Wrong::Founding);
    let twice = first_finding(|world, events| events.insert(3, founded(world)));
    assert_eq!((twice.index, twice.wrong), (3, Wrong::Founding));
}

#[test]
fn effects_too_many_for_an_entry_are_read_from_their_blob() {
    let world = World::new();
    let whole = Effects::new((0..50).map(|i| effect(Verb::Update, Tier::Workspace).noted(i.to_string())).collect());
    let digest = Digest::of(&whole).unwrap();
    let part = Effects::new(whole.iter().take(3).cloned().collect());
    let permit = world.permit(&whole, &[]).unwrap();
    let events = [
        founded(&world),
        Event::Proposed { intent: intent("i-1"), effects: part.clone(), digest },
        assessed(&world, &whole),
        countersigned(&permit),
        started(&permit),
    ];
    let with_part = |part: &Effects, blob: Option<Vec<u8>>| {
        let mut events = events.clone();
        events[1] = Event::Proposed { intent: intent("i-1"), effects: part.clone(), digest };
        let mut audit = Audit::with_blobs(move |_| blob.clone());
        let results: Vec<bool> = events.iter().enumerate().map(|(i, e)| audit.entry(i as u64, &entry(e, NOW)).is_ok()).collect();
        results
    };
    let with = |blob| with_part(&part, blob);
    assert_eq!(with(Some(canonical(&whole).unwrap())), [true; 5]);
    assert!(!with(None)[1]);
    assert!(!with(Some(canonical(&peer_work()).unwrap()))[1]);
    assert!(!with(Some(canonical(&part).unwrap()))[1], "a blob that is not the one named");
    let blob = || Some(canonical(&whole).unwrap());
    let foreign = Effects::new(part.iter().cloned().chain([effect(Verb::Read, Tier::Workspace)]).collect());
    assert!(!with_part(&foreign, blob())[1], "an effect that is not in the whole");
    let without_worst = Effects::new(whole.iter().skip(1).take(3).cloned().collect());
    assert!(!with_part(&without_worst, blob())[1], "the worst effect is left out");
}
