//! Rules that decide nothing, found with the real solver.

use guard::{Finding, Flaw, PolicySource, lint};

use crate::proof::solve;
use crate::world::{POLICIES, SCHEMA};

fn found(policies: &str) -> Vec<Finding> {
    lint(&PolicySource { policies, schema: SCHEMA }, &solve).unwrap()
}

fn names(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.rule.rule.as_str()).collect()
}

/// The shipped policy with one more rule at its end, and what is found of that rule.
fn of(rule: &str) -> Option<Flaw> {
    let findings = found(&format!("{POLICIES}\n@id(\"ours\") @reason(\"because\") {rule}"));
    findings.into_iter().find(|finding| finding.rule.rule == "ours").map(|finding| finding.flaw)
}

/// Every finding of the shipped policy is a second lock, and named here: another one is to be looked at.
#[test]
fn no_rule_of_the_shipped_policy_is_dead_or_ruled_out() {
    let findings = found(POLICIES);
    assert!(findings.iter().all(|finding| matches!(finding.flaw, Flaw::Shadowed(_))), "{findings:#?}");
    assert_eq!(names(&findings), SECOND_LOCKS);
}

/// What git does not have is permitted by nothing without a signature; the rule says why.
const SECOND_LOCKS: [&str; 1] = ["by-hand-lost"];

#[test]
fn a_rule_that_matches_no_request_is_dead() {
    let dead = [
        "forbid (principal, action, resource) when { resource.tier == Tier::\"host\" && resource.tier == Tier::\"staging\" };",
        "permit (principal, action == Action::\"read\", resource) when { context.signed && context.signedByPeer && !context.signed };",
        "forbid (principal, action == Action::\"grant\", resource) when { context.kind == \"a\" && context.kind == \"b\" };",
    ];
    for rule in dead {
        assert_eq!(of(rule), Some(Flaw::Dead), "{rule}");
    }
}

#[test]
fn a_rule_that_decides_anything_at_all_is_none_of_it() {
    let alive = [
        "forbid (principal, action == Action::\"spend\", resource) when { context.kind == \"a rare one\" && principal.role == \"x\" };",
        "permit (principal, action == Action::\"read\", resource) when { resource.tier == Tier::\"workspace\" && context.boxed && context.kind == \"never seen\" && context.stopped == false && principal.person == \"x\" || context.byHand && context.inTree && context.kind == \"y\" && resource.tier == Tier::\"host\" && context.opaque == false && context.dataBearing };",
    ];
    assert_eq!(of(alive[0]), None);
    assert!(!matches!(of(alive[1]), Some(Flaw::Dead | Flaw::Contradicted { .. } | Flaw::Unproved(_))));
}

#[test]
fn a_permit_that_a_forbid_without_a_way_out_covers_never_decides_anything() {
    let by = |rule: &str| match of(rule) {
        Some(Flaw::Contradicted { by }) => by.into_iter().map(|rule| rule.rule).collect::<Vec<_>>(),
        other => panic!("{rule}: {other:?}"),
    };
    assert_eq!(by("permit (principal, action, resource) when { context.stopped && context.signedByTwoPeers };"), ["stopped"]);
    assert_eq!(by("permit (principal, action, resource) when { context.byHand && context.kind == \"gate\" };"), ["own-gate"]);
    // Neither of the two covers it alone.
    let halves = "permit (principal, action, resource) when { context.governs && (principal.role != \"nobody\" || context.opaque) };";
    assert_eq!(by(halves), ["people-not-by-agents", "people-unreadable"]);
    // With a signature it passes, so it is only shadowed.
    assert!(matches!(of("permit (principal, action, resource) when { resource.tier == Tier::\"production\" && context.signed };"), Some(Flaw::Shadowed(_))));
}

#[test]
fn a_rule_that_others_decide_as_well_is_shadowed_and_shows_by_which() {
    let Some(Flaw::Shadowed(shown)) = of("forbid (principal, action == Action::\"delete\", resource) when { context.stopped && context.kind == \"database\" };") else {
        panic!("not shadowed")
    };
    assert!(shown.rules.iter().any(|rule| rule.rule == "stopped"), "{shown:?}");
    assert!(shown.rules.iter().all(|rule| rule.rule != "ours"), "what decides it without it: {shown:?}");
    assert_eq!((shown.action.as_str(), shown.kind.as_str()), ("delete", "database"));
    // The same rule twice: each is shadowed by the other.
    let twice = "@id(\"a\") @reason(\"x\") permit (principal, action, resource) when { context.signed };\n@id(\"b\") @reason(\"x\") permit (principal, action, resource) when { context.signed };";
    assert_eq!(names(&found(twice)), ["a", "b"]);
}

#[test]
fn where_a_rule_can_fail_nothing_else_is_looked_for() {
    let errs = "forbid (principal, action, resource) when { context.kind == \"database\" && 9223372036854775807 + 1 > 0 };";
    let findings = found(&format!("{POLICIES}\n@id(\"ours\") @reason(\"x\") {errs}\n@id(\"dead\") @reason(\"x\") forbid (principal, action, resource) when {{ context.signed && !context.signed }};"));
    assert_eq!(names(&findings), ["ours"]);
    assert!(matches!(findings[0].flaw, Flaw::Errs(_)), "{findings:?}");
}

/// A solver that says nothing, what it does not know, or an example that is none: of no rule it is said that it is well.
#[test]
fn what_is_no_answer_finds_no_rule_well() {
    type Says = fn(&[u8]) -> Result<String, String>;
    let rules = "@id(\"a\") @reason(\"x\") permit (principal, action, resource) when { context.signed };\n@id(\"b\") @reason(\"x\") forbid (principal, action, resource) when { context.stopped };";
    let says: [(Says, &str); 4] = [
        (|_| Err("no cvc5".into()), "no cvc5"),
        (|_| Ok("unknown\n".into()), "could not decide"),
        (|_| Ok(String::new()), "ended without an answer"),
        (|script| Ok(if script.ends_with(b"(get-model)\n") { "sat\n(\n)\n" } else { "sat\n" }.into()), "model is invalid"),
    ];
    for (solver, why) in says {
        let findings = lint(&PolicySource { policies: rules, schema: SCHEMA }, &solver).unwrap();
        assert_eq!(names(&findings), ["a", "b"], "{why}");
        assert!(findings.iter().all(|finding| matches!(&finding.flaw, Flaw::Unproved(said) if said.contains(why))), "{findings:?}");
    }
}
