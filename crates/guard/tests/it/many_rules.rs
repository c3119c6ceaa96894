//! Ten thousand rules: they are judged by, and asking a solver about them ends at once and says why. At the bound itself it is asked.

use std::sync::atomic::{AtomicU32, Ordering};

use action::{Decision, Quorum, Tier, Verb};
use guard::{Flaw, Guard, GuardKey, Invariants, MOST_RULES, Outcome, PolicySource, diff, lint, prove};

use crate::world::{POLICIES, SCHEMA, World, effect, intent, one};

fn more(count: usize) -> String {
    let rule = |n: usize| format!("\n@id(\"ours-{n}\") @reason(\"kind {n}\") forbid (principal, action == Action::\"delete\", resource) when {{ context.kind == \"kind-{n}\" }} unless {{ context.signedByTwoPeers }};");
    (0..count).map(rule).collect()
}

fn source(policies: &str) -> PolicySource<'_> {
    PolicySource { policies, schema: SCHEMA }
}

#[test]
fn ten_thousand_rules_are_judged_by_each_of_them() {
    let policies = format!("{POLICIES}{}", more(10_000));
    let guard = Guard::new(source(&policies), GuardKey::generate([9; 32])).unwrap();
    let mut last = effect(Verb::Delete, Tier::Host);
    last.resource.kind = "kind-9999".into();
    let verdict = guard.assess(&intent("i-1"), &one(last), &World::new().circumstances);
    assert_eq!(verdict.decision, Decision::Hold { quorum: Quorum::TWO_WITH_OWNER });
    assert!(verdict.reasons.iter().any(|reason| reason.rule == "ours-9999"), "{:?}", verdict.reasons);
}

/// What a solver is asked grows with the rules, and so deep that the stack would not hold it.
#[test]
fn more_rules_than_a_question_can_hold_are_not_known_and_it_is_said() {
    let policies = format!("{POLICIES}{}", more(10_000));
    let nobody = |_: &[u8]| -> Result<String, String> { panic!("it is asked nothing") };
    let rules = POLICIES.matches("@id(").count() + 10_000;
    let says = format!("a policy of {rules} rules is more than the {MOST_RULES} that the solver is asked about at once: nothing is proved of it\nhint: join rules that differ in one word");
    let findings = lint(&source(&policies), &nobody).unwrap();
    assert_eq!(findings.len(), rules);
    assert!(findings.iter().all(|found| found.flaw == Flaw::Unproved(says.clone())), "{:?}", findings[0]);
    let invariants = Invariants::load(&source("@id(\"a\") @reason(\"b\") forbid (principal, action, resource) when { context.stopped };")).unwrap();
    let proofs = prove(&source(&policies), &invariants, &nobody).unwrap();
    assert_eq!(proofs.len(), 2);
    assert!(proofs.iter().all(|proof| proof.outcome == Outcome::Unproved(says.clone())), "{proofs:?}");
    let differences = diff(&source(POLICIES), &source(&policies), &nobody).unwrap();
    assert!(!differences.is_empty() && format!("{differences:?}").contains("more than the"), "{differences:?}");
}

/// The largest policy that is asked about, on the small stack of a test's thread.
#[test]
fn at_the_bound_the_question_is_made() {
    let count = MOST_RULES - POLICIES.matches("@id(").count();
    let policies = format!("{POLICIES}{}", more(count));
    let asked = AtomicU32::new(0);
    let solver = |script: &[u8]| {
        asked.fetch_add(1, Ordering::SeqCst);
        assert!(script.len() > 1000 * count / 100);
        Err("it has gone home".to_owned())
    };
    let differences = diff(&source(POLICIES), &source(&policies), &solver).unwrap();
    assert!(format!("{differences:?}").contains("it has gone home"), "{differences:?}");
    assert_eq!(asked.into_inner(), 1, "and nothing more is made for who does not answer");
}
