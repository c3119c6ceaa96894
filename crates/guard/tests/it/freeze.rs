//! What the audit says of work that began while its environment was frozen, and of reports that nothing was broken for.

use action::{
    AgentName, Decision, Deed, Digest, Effect, Effects, EnvironmentName, Event, Freeze, Generation, Glass, Governance, Intent, IntentId, Moment, Reply, Resource, SessionId,
    Signed, Tier, Verb,
};
use guard::Recorded;
use guard::audit::{AuditReport, Wrong};

use crate::people::{Ledger, person};
use crate::standing::in_production;
use crate::world::signer;

fn name(text: &str) -> EnvironmentName {
    EnvironmentName::new(text)
}

fn freeze(place: &str, from: Moment, until: Moment) -> Governance {
    Governance::Freeze { freeze: Freeze { environment: name(place), from, until, why: "quarter end".into() } }
}

/// Ben's agent runs something, which updates what is there; olga agreed and the guard signed: all that comes before it begins.
fn agreed(ledger: &mut Ledger, effects: &Effects) -> (IntentId, Signed) {
    let id = IntentId::new(format!("act-{}", ledger.now().0));
    let deed = Deed::Shell { command: "./deploy.sh".into(), cwd: ".".into(), seconds: 60, background: false };
    let intent = Intent { v: 1, id: id.clone(), session: SessionId::new("s-1"), turn: 1, asked_by: person("ben"), agent: AgentName::new("engineer"), deed };
    let (guard, circumstances, until) = (ledger.world.guard, ledger.circumstances(&intent), ledger.now().plus_seconds(1_000));
    let verdict = guard.assess(&intent, effects, &circumstances);
    ledger.put(Event::Proposed { intent: intent.clone(), effects: effects.clone(), digest: Digest::of(effects).unwrap() });
    ledger.put(Event::Assessed { intent: id.clone(), verdict: verdict.clone(), generation: Generation(0), expires: until });
    let answer = guard::question(&intent, effects, guard.policy_digest(), Generation(0), until, person("olga"), Reply::Yes, String::new()).unwrap();
    let answer = signer("olga").sign(&answer).unwrap();
    let recorded: Vec<Recorded> = matches!(verdict.decision, Decision::Hold { .. }).then(|| Recorded { at: ledger.now(), answer: answer.clone() }).into_iter().collect();
    if !recorded.is_empty() {
        ledger.put(Event::Answered { intent: id.clone(), person: person("olga"), answer });
    }
    let permit = guard.permit(&intent, effects, &verdict, &circumstances, &ledger.roster, &recorded, ledger.now(), 900).unwrap();
    ledger.put(Event::Countersigned { intent: id.clone(), permit: permit.clone() });
    (id, permit)
}

fn update(place: &str) -> Effects {
    Effects::new(vec![Effect::in_workspace(Verb::Update, Resource::new("service", "cost-explorer")).at(name(place), Tier::Production)])
}

/// It is agreed to, then there is this freeze, then it begins.
fn begun_after(change: Option<Governance>, place: &str) -> AuditReport {
    let mut ledger = in_production();
    let (id, permit) = agreed(&mut ledger, &update(place));
    if let Some(change) = change {
        ledger.done("ana", change, &["ana"]);
    }
    ledger.put(Event::Started { intent: id, permit: permit.digest() });
    ledger.audited()
}

#[test]
fn what_began_in_a_freeze_of_its_environment_is_a_finding() {
    let now = in_production().now();
    let later = |seconds: u64| now.plus_seconds(seconds);
    let table = [
        (None, "production/eu", false),
        (Some(freeze("production", now, later(900))), "production/eu", true),
        (Some(freeze("production", now, later(900))), "elsewhere", false),
        // Over before, and not begun yet.
        (Some(freeze("production", Moment(0), later(1))), "production/eu", false),
        (Some(freeze("production", later(800), later(900))), "production/eu", false),
        // From a moment between the change and the start on: who began it may have decided a moment earlier.
        (Some(freeze("production", later(10), later(900))), "production/eu", false),
    ];
    for (change, place, is_finding) in table {
        let words = change.as_ref().map(Governance::words);
        let findings = begun_after(change, place).findings;
        assert_eq!(findings.iter().filter(|found| matches!(&found.wrong, Wrong::Frozen { environment, .. } if *environment == name(place))).count(), usize::from(is_finding), "{words:?} {findings:?}");
        assert_eq!(findings.len(), usize::from(is_finding), "{words:?} {findings:?}");
    }
}

#[test]
fn a_freeze_that_began_by_itself_is_known_some_seconds_later() {
    let mut ledger = in_production();
    let (from, until) = (ledger.now().plus_seconds(20), ledger.now().plus_seconds(900));
    ledger.done("ana", freeze("production", from, until), &["ana"]);
    let (id, permit) = agreed(&mut ledger, &update("production/eu"));
    while ledger.now() < from.plus_seconds(5) {
        ledger.put(Event::Closed { session: SessionId::new("other"), how: "done".into() });
    }
    ledger.put(Event::Started { intent: id, permit: permit.digest() });
    let found = ledger.audited().findings;
    assert!(matches!(found.as_slice(), [one] if matches!(one.wrong, Wrong::Frozen { .. })), "{found:?}");
    assert!(found[0].to_string().contains("when `production/eu` was frozen and no glass was broken there for who asked"), "{}", found[0]);
}

#[test]
fn broken_glass_passes_for_who_it_was_broken_for_and_where() {
    for (who, place, is_finding) in [("ben", "production", false), ("ana", "production", true)] {
        let mut ledger = in_production();
        let (id, permit) = agreed(&mut ledger, &update("production/eu"));
        ledger.done("ana", freeze("production", ledger.now(), ledger.now().plus_seconds(900)), &["ana"]);
        let glass = Governance::BreakGlass { glass: Glass { person: person(who), environment: name(place), seconds: 600, why: "incident 812".into() } };
        ledger.done(who, glass, if who == "ben" { &["ben", "ana", "olga"] } else { &["ana", "olga"] });
        ledger.put(Event::Started { intent: id, permit: permit.digest() });
        assert_eq!(ledger.audited().findings.len(), usize::from(is_finding), "{who}: {:?}", ledger.audited().findings);
    }
}

#[test]
fn what_stays_in_the_box_is_in_no_freeze() {
    let inside = Effects::new(vec![Effect::in_workspace(Verb::Execute, Resource::new("program", "make"))]);
    let mut ledger = in_production();
    ledger.done("ana", freeze("production", ledger.now(), ledger.now().plus_seconds(900)), &["ana"]);
    let (id, permit) = agreed(&mut ledger, &inside);
    ledger.put(Event::Started { intent: id, permit: permit.digest() });
    assert_eq!(ledger.audited().findings, []);
}

#[test]
fn a_report_is_opened_by_broken_glass_and_by_nothing_else() {
    let glass = Governance::BreakGlass { glass: Glass { person: person("ana"), environment: name("production"), seconds: 600, why: "incident 812".into() } };
    let change = freeze("production", Moment(0), Moment(9));
    for (change, signers, is_finding) in [(glass, &["ana", "olga"][..], false), (change, &["ana"], true)] {
        let mut ledger = in_production();
        let (intent, _) = ledger.asked("ana", change.clone());
        signers.iter().for_each(|one| ledger.answered(&intent, one));
        let permit = ledger.permit(&intent).unwrap();
        ledger.started(&intent, &permit);
        ledger.put(Event::CorrectionOpened { intent: intent.id.clone(), title: "it was an emergency".into() });
        ledger.governed(&intent, change).unwrap();
        let found = ledger.audited().findings;
        assert_eq!(found.iter().filter(|found| matches!(found.wrong, Wrong::NothingToCorrect)).count(), usize::from(is_finding), "{found:?}");
        assert_eq!(found.len(), usize::from(is_finding), "{found:?}");
    }
}
