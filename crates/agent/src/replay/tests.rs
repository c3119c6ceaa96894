use action::{Generation, Landing, Parent, Governance, PersonId, Role};
use guard::{GuardKey, PolicySource};

use super::*;
use crate::samples::{Sample, session};

const POLICIES: &str = include_str!("../../../../policies/default.cedar");

fn guard_of(policies: &str) -> Guard {
    let source = PolicySource { policies, schema: include_str!("../../../../policies/schema.cedarschema") };
    Guard::with_registries(source, ["npm.example"], GuardKey::generate([3; 32])).unwrap().naming_documentation(["docs.example"]).unwrap()
}

/// The shipped policy and one more rule.
fn with(rule: &str) -> Guard {
    guard_of(&format!("{POLICIES}\n@id(\"ours\") @reason(\"because\") {rule}"))
}

fn all(sample: &Sample) -> Vec<Past> {
    let mut all = Vec::new();
    past(sample.book(), Moment(0), &mut |past| {
        all.push(past);
        Ok(())
    })
    .unwrap();
    all
}

/// What comes of every decision under another policy.
fn replayed(sample: &Sample, new: &Guard) -> Vec<Replayed> {
    let mut backtest = Backtest::new(&sample.office.guard, new);
    all(sample).iter().map(|past| backtest.replay(past)).collect()
}

fn flip(replayed: &Replayed) -> (Decision, Decision) {
    match replayed {
        Replayed::Flipped { was, would } => (was.decision, would.decision),
        other => panic!("{other:?}"),
    }
}

fn shell(command: &str) -> Deed {
    Deed::Shell { command: command.into(), cwd: ".".into(), seconds: 1, background: false }
}

/// Writes down what a session's agent asked for, judged like this.
fn write(sample: &Sample, intent: Intent, effects: Effects, digest: Option<Digest>, change: impl FnOnce(Verdict) -> Verdict) {
    let verdict = change(sample.office.assess(&intent, &effects, true, 0));
    let (id, digest) = (intent.id.clone(), digest.unwrap_or_else(|| Digest::of(&effects).unwrap()));
    let expires = sample.office.hold_expiry();
    sample.write(&[Event::Proposed { intent, effects, digest }, Event::Assessed { intent: id, verdict, generation: Generation(0), expires }]);
}

const HOLD: fn(Quorum) -> Decision = |quorum| Decision::Hold { quorum };

#[test]
fn under_the_policy_in_force_everything_comes_out_as_it_is_recorded() {
    let sample = Sample::new();
    sample.held_landing();
    sample.held_change(action::Tier::Production);
    sample.propose(shell("make"));
    sample.propose(Deed::Reach { host: "npm.example".into(), port: 443 });
    sample.propose(Deed::Reach { host: "other.example".into(), port: 443 });
    sample.propose_as("mallory", shell("make"));
    let decisions: Vec<bool> = all(&sample).iter().map(|past| past.verdict.decision == Decision::Refuse).collect();
    assert_eq!(decisions, [false, false, false, false, false, true]);
    let same = replayed(&sample, &guard_of(POLICIES));
    assert!(same.iter().all(|one| *one == Replayed::Same), "{same:?}");
}

#[test]
fn what_another_policy_decides_otherwise_is_told_and_nothing_else() {
    let sample = Sample::new();
    sample.held_landing();
    sample.propose(shell("make"));
    let stricter = replayed(&sample, &with("forbid (principal, action, resource) when { resource.tier == Tier::\"host\" } unless { context.signedByPeer };"));
    assert_eq!((flip(&stricter[0]), &stricter[1]), ((HOLD(Quorum::ANYONE), HOLD(Quorum::PEER)), &Replayed::Same));
    let refusing = replayed(&sample, &with("forbid (principal, action, resource);"));
    assert_eq!(refusing.iter().map(flip).collect::<Vec<_>>(), [(HOLD(Quorum::ANYONE), Decision::Refuse), (Decision::Permit, Decision::Refuse)]);
    let milder = replayed(&sample, &guard_of("@id(\"all\") @reason(\"x\") permit (principal, action, resource);"));
    assert_eq!((flip(&milder[0]), &milder[1]), ((HOLD(Quorum::ANYONE), Decision::Permit), &Replayed::Same));
}

/// Whether the kernel bounded the box is not on the ledger: it is taken for known only where just one of the two gives what is recorded.
#[test]
fn what_is_not_recorded_is_not_guessed() {
    let sample = Sample::new();
    sample.held_landing(); // held the same with a box and without
    sample.propose(shell("make")); // permitted only in one
    let unboxed = replayed(&sample, &with("forbid (principal, action, resource) when { !context.boxed };"));
    assert!(matches!(unboxed[0], Replayed::Not(why) if why.contains("not recorded")), "{unboxed:?}");
    assert_eq!(unboxed[1], Replayed::Same);
    let boxed = replayed(&sample, &with("forbid (principal, action, resource) when { context.boxed };"));
    assert!(matches!(boxed[0], Replayed::Not(_)));
    assert_eq!(flip(&boxed[1]), (Decision::Permit, Decision::Refuse));
    // By hand there is none, and that is certain.
    let sample = Sample::new();
    let landing = Deed::Land { root: sample.root().to_str().unwrap().into(), change: sample.change("a.txt", None, Some("two")), landing: Landing::ByHand };
    sample.propose(landing);
    assert!(matches!(replayed(&sample, &with("forbid (principal, action, resource) when { !context.boxed };"))[0], Replayed::Flipped { .. }));
    assert_eq!(replayed(&sample, &with("forbid (principal, action, resource) when { context.boxed };"))[0], Replayed::Same);
}

#[test]
fn what_does_not_come_out_as_it_is_recorded_is_no_flip() {
    let sample = Sample::new();
    let put = |change: fn(Verdict) -> Verdict| write(&sample, sample.intent(shell("make")), Effects::default(), None, change);
    put(|verdict| Verdict { decision: Decision::Refuse, ..verdict });
    put(|verdict| Verdict { reasons: Vec::new(), ..verdict });
    put(|verdict| Verdict { reasons: vec![Reason { rule: "of-another-program".into(), text: "?".into() }], decision: HOLD(Quorum::PEER), ..verdict });
    let (effects, other) = (Effects::new(vec![action::Effect::in_workspace(action::Verb::Read, action::Resource::new("file", "a"))]), Digest::of_bytes(b"other"));
    write(&sample, sample.intent(shell("cat a")), effects, Some(other), |verdict| verdict);
    let replayed = replayed(&sample, &with("forbid (principal, action, resource);"));
    assert!(replayed.iter().all(|one| matches!(one, Replayed::Not(_))), "{replayed:?}");
    assert!(matches!(replayed[3], Replayed::Not(why) if why.contains("not on the ledger whole")));
}

#[test]
fn under_another_policy_than_that_of_then_the_one_in_force_is_compared() {
    let sample = Sample::new();
    write(&sample, sample.intent(shell("make")), Effects::default(), None, |verdict| Verdict { policy: Digest::of_bytes(b"older"), decision: Decision::Refuse, ..verdict });
    let past = all(&sample).remove(0);
    let (same, refusing) = (guard_of(POLICIES), with("forbid (principal, action, resource) when { resource.tier == Tier::\"workspace\" };"));
    let mut backtest = Backtest::new(&sample.office.guard, &same);
    assert!(!backtest.is_in_force(&past));
    assert_eq!(backtest.replay(&past), Replayed::Same);
    let replayed = Backtest::new(&sample.office.guard, &refusing).replay(&past);
    assert!(matches!(replayed, Replayed::Not(_)), "permitted in a box, held without one, and nothing says which it was: {replayed:?}");
}

/// What the service adds to a verdict stays, whatever a policy says.
#[test]
fn what_is_held_or_refused_beside_the_policy_stays_so() {
    let sample = Sample::new();
    let beside = |rule: &str, decision| {
        let policy = sample.office.guard.policy_digest();
        let says = Verdict { decision, reasons: vec![Reason { rule: rule.into(), text: "as it was".into() }], policy };
        write(&sample, sample.intent(shell("make")), Effects::default(), None, |verdict| verdict.and(says));
    };
    beside("supervised", HOLD(Quorum::ANYONE));
    beside("kept-out", Decision::Refuse);
    let held = replayed(&sample, &with("forbid (principal, action, resource) unless { context.signed };"));
    assert_eq!(held, [Replayed::Same, Replayed::Same]);
    let refused = replayed(&sample, &with("forbid (principal, action, resource);"));
    assert_eq!((flip(&refused[0]), &refused[1]), ((HOLD(Quorum::ANYONE), Decision::Refuse), &Replayed::Same));
}

/// A subagent may do no more than those that it works for: their roles are judged as well.
#[test]
fn agents_that_it_worked_for_are_judged_again_too() {
    let sample = Sample::new();
    let digest = Digest::of_bytes(b"");
    let order = Deed::Delegate { number: 1, agent: AgentName::new("tester"), within: vec![AgentName::new("engineer")], reads_only: false, about: "x".into(), task: digest, from: digest };
    let order = sample.propose(order);
    let (below, person) = (SessionId::new("s2"), PersonId::new("ana"));
    let parent = Some(Parent::Subagent { session: session(), intent: order });
    let opened = Event::Opened { session: below.clone(), person, agent: AgentName::new("tester"), root: "/".into(), model: "m".into(), level: "l".into(), parent };
    sample.write(&[opened]);
    write(&sample, Intent { session: below, agent: AgentName::new("tester"), ..sample.intent(shell("make")) }, Effects::default(), None, |verdict| verdict);
    let last = all(&sample).pop().unwrap();
    assert_eq!(last.within, [AgentName::new("engineer")]);
    let rule = with("forbid (principal, action == Action::\"execute\", resource) when { principal.role == \"engineer\" };");
    assert_eq!(replayed(&sample, &rule).last().map(flip), Some((Decision::Permit, Decision::Refuse)));
}

/// A change of people is judged with the people as they were, not as they are.
#[test]
fn people_are_those_of_that_time() {
    let sample = Sample::new();
    let change = || Governance::SetRoles { person: PersonId::new("ben"), given: vec![Role::Owner], taken: Vec::new() };
    people::propose(&sample.office, &PersonId::new("ana"), change()).unwrap();
    let key = crate::samples::key_of("adam").public_key().to_openssh().unwrap();
    sample.write(&[Event::Enrolled { person: PersonId::new("adam"), key, roles: vec![Role::Admin], by: PersonId::new("ana") }]);
    people::propose(&sample.office, &PersonId::new("ana"), change()).unwrap();
    let quorums: Vec<Decision> = all(&sample).iter().map(|past| past.verdict.decision).collect();
    assert_eq!(quorums, [HOLD(Quorum::ADMIN), HOLD(Quorum::OTHER_ADMIN)], "the two were judged by different people");
    assert_eq!(replayed(&sample, &guard_of(POLICIES)), [Replayed::Same, Replayed::Same]);
    // A policy that asks for nothing changes nothing: the guard's own least stays.
    let lax = POLICIES.replace("@id(\"people-two-admins\")", "@id(\"people-two-admins\") //").replace("unless { context.signedByTwo && context.signedByOtherAdmin };", "unless { context.signed };");
    assert!(replayed(&sample, &guard_of(&lax)).iter().all(|one| *one == Replayed::Same), "{:?}", replayed(&sample, &guard_of(&lax)));
}

/// A stop that came may have reached it or not; one that came before its session began did not.
#[test]
fn a_stop_in_between_is_one_more_thing_that_may_have_been() {
    let sample = Sample::new();
    let reach = || Deed::Reach { host: "other.example".into(), port: 443 };
    sample.propose(reach());
    sample.write(&[Event::Stopped { scope: StopScope::All, by: PersonId::new("ana") }]);
    sample.propose(reach()); // judged as stopped: the sample counts all stops
    let late = SessionId::new("late");
    let opened = Event::Opened { session: late.clone(), person: PersonId::new("ana"), agent: AgentName::new("engineer"), root: "/".into(), model: "m".into(), level: "l".into(), parent: None };
    sample.write(&[opened]);
    let known = all(&sample);
    assert_eq!(known.iter().map(|past| (past.perhaps_stopped, past.verdict.decision)).collect::<Vec<_>>(), [(false, HOLD(Quorum::TWO_WITH_OWNER)), (true, Decision::Refuse)]);
    assert_eq!(replayed(&sample, &guard_of(POLICIES)), [Replayed::Same, Replayed::Same]);
    let without = POLICIES.replace("when { context.stopped };", "when { context.stopped && context.frozen };");
    assert_eq!(flip(&replayed(&sample, &guard_of(&without))[1]), (Decision::Refuse, HOLD(Quorum::TWO_WITH_OWNER)));
}

#[test]
fn only_what_was_decided_since_is_read() {
    let sample = Sample::new();
    sample.propose(shell("make"));
    sample.later(60);
    let since = sample.book().now();
    sample.propose(shell("make test"));
    let mut lines = Vec::new();
    past(sample.book(), since, &mut |past| {
        lines.push(past.intent.deed.line());
        Ok(())
    })
    .unwrap();
    assert_eq!(lines, ["run make test"]);
}
