//! Proofs with the real solver: the shipped policy keeps the shipped invariants, and each broken one shows how it is broken.

use std::io::Write as _;
use std::process::{Command, Stdio};

use guard::{BadPolicy, Invariants, NO_RULE_ERRS, Outcome, PolicySource, Proof, Witness, diff, prove};

use crate::world::{POLICIES, SCHEMA};

const INVARIANTS: &str = include_str!("../../../../policies/invariants.cedar");

/// What cvc5 says to a script. Without cvc5 these tests fail: `make needs` installs it.
pub(crate) fn solve(script: &[u8]) -> Result<String, String> {
    let started = Command::new("cvc5").args(["--lang=smt2", "--tlimit=10000", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = started.expect("the program `cvc5` is needed; `make needs` installs it");
    child.stdin.take().unwrap().write_all(script).unwrap();
    Ok(String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap())
}

fn with(policies: &str) -> PolicySource<'_> {
    PolicySource { policies, schema: SCHEMA }
}

fn proved(policies: &str) -> Vec<Proof> {
    prove(&with(policies), &Invariants::load(&with(INVARIANTS)).unwrap(), &solve).unwrap()
}

/// The shipped policy without these rules.
fn without(rules: &[&str]) -> String {
    let kept = |part: &&str| !rules.iter().any(|rule| part.starts_with(&format!("{rule}\"")));
    let parts: Vec<&str> = POLICIES.split("@id(\"").collect();
    let text = parts.iter().copied().filter(kept).collect::<Vec<_>>().join("@id(\"");
    assert_eq!(text.matches("@id(").count() + rules.len(), POLICIES.matches("@id(").count(), "{rules:?}");
    text
}

/// The one invariant that this policy breaks.
fn broken(policies: &str, invariant: &str) -> Witness {
    let fails: Vec<Proof> = proved(policies).into_iter().filter(|proof| !proof.outcome.holds()).collect();
    match fails.as_slice() {
        [Proof { invariant: said, outcome: Outcome::Fails(witness) }] if said.rule == invariant => (**witness).clone(),
        other => panic!("{invariant}: {other:#?}"),
    }
}

fn names(rules: &[action::Reason]) -> Vec<&str> {
    rules.iter().map(|rule| rule.rule.as_str()).collect()
}

#[test]
fn the_shipped_policy_keeps_every_invariant() {
    let proofs = proved(POLICIES);
    assert!(proofs.iter().all(|proof| proof.outcome.holds()), "{proofs:#?}");
    let rules = proofs.iter().map(|proof| proof.invariant.rule.as_str()).collect::<Vec<_>>();
    assert_eq!(rules, [
        NO_RULE_ERRS, "production-needs-two", "opaque-is-signed", "freeze-holds", "stop-holds", "environments-stay", "access-loses-nothing", "access-is-agreed", "people-need-an-admin", "agents-govern-nobody",
        "gate-is-untouched",
    ]);
}

/// Each invariant with the rules whose loss breaks it, and it alone, and what the request that shows it needs.
#[test]
fn a_policy_that_lost_a_rule_shows_the_request_that_gets_through() {
    let table: [(&str, &str, &[&str], &[&str]); 9] = [
        ("grave-in-production", "production-needs-two", &[], &["signed", "signedByPeer"]),
        ("frozen", "freeze-holds", &["frozen"], &["signed"]),
        ("stopped", "stop-holds", &["stopped"], &["signed"]),
        ("whole-environment", "environments-stay", &["wholeEnvironment"], &["signed", "signedByOwner", "signedByPeer", "signedByTwoPeers"]),
        ("people-admin", "people-need-an-admin", &["administers", "askedByAdmin"], &["signed"]),
        ("access-peer", "access-is-agreed", &["governs"], &["signed"]),
        ("glass-two-owners", "access-is-agreed", &["governs"], &["signed"]),
        ("people-not-by-agents", "agents-govern-nobody", &["governs"], &["signed"]),
        ("own-gate", "gate-is-untouched", &["byHand"], &["signed"]),
    ];
    for (rule, invariant, facts, signatures) in table {
        let shown = broken(&without(&[rule]), invariant);
        assert_eq!((shown.facts.iter().map(String::as_str).collect::<Vec<_>>(), shown.signatures.iter().map(String::as_str).collect::<Vec<_>>()), (facts.to_vec(), signatures.to_vec()), "{shown:?}");
        assert_eq!((names(&shown.rules), names(&shown.against), shown.errs), (vec!["somebody-signed"], vec![invariant], false), "{shown:?}");
        assert!(!shown.tier.is_empty() && !shown.action.is_empty(), "{shown:?}");
    }
}

#[test]
fn a_permit_for_what_nobody_read_is_told_as_a_story() {
    let wide = format!("{POLICIES}\n@id(\"wide\") @reason(\"in a hurry\") permit (principal, action == Action::\"opaque\", resource) when {{ resource.tier == Tier::\"development\" }};");
    let policy = wide.replace("@id(\"leaves-the-box\")", "@id(\"leaves-the-box\") // but development\n").replace("resource.tier != Tier::\"workspace\" &&\n  !((", "![Tier::\"workspace\", Tier::\"development\"].contains(resource.tier) &&\n  !((");
    let shown = broken(&policy, "opaque-is-signed");
    assert_eq!(shown.story(), "an agent in the role `engineer` does `opaque` to `database` in `development`, with nobody's signature");
    assert_eq!(names(&shown.rules), ["wide"]);
}

/// Cedar would go on without it: what it forbids would be permitted.
#[test]
fn a_rule_that_can_fail_to_be_evaluated_is_found_though_no_sample_meets_it() {
    let errs = "@id(\"errs\") @reason(\"because\") forbid (principal, action, resource) when { context.kind == \"database\" && 9223372036854775807 + 1 > 0 };";
    let shown = broken(&format!("{POLICIES}\n{errs}"), NO_RULE_ERRS);
    assert_eq!((names(&shown.rules), shown.kind.as_str(), shown.errs), (vec!["errs"], "database", true));
    let differences = diff(&with(&format!("{POLICIES}\n{errs}")), &with(POLICIES), &solve).unwrap();
    assert!(differences.iter().all(|one| matches!(&one.wider, Outcome::Unproved(why) if why == "rule `errs` can fail to be evaluated")), "{differences:?}");
}

#[test]
fn what_a_change_permits_is_shown_in_both_directions_and_only_there() {
    let without = without(&["grave-in-production"]);
    let differences = diff(&with(POLICIES), &with(&without), &solve).unwrap();
    assert_eq!(differences.len(), 11, "one for each action");
    let wider: Vec<&str> = differences.iter().filter(|one| !one.wider.holds()).map(|one| one.action.as_str()).collect();
    assert_eq!(wider.len(), 5, "{wider:?}");
    let Some(Outcome::Fails(shown)) = differences.iter().find(|one| one.action == "delete").map(|one| &one.wider) else { panic!("{differences:?}") };
    assert_eq!((names(&shown.rules), names(&shown.against), shown.tier.as_str()), (vec!["somebody-signed"], vec!["grave-in-production"], "production"));
    assert!(differences.iter().all(|one| one.narrower.holds()), "it permits no less");
    let back = diff(&with(&without), &with(POLICIES), &solve).unwrap();
    assert!(back.iter().all(|one| one.wider.holds()) && back.iter().filter(|one| !one.narrower.holds()).count() == 5, "{back:?}");
}

#[test]
fn a_policy_that_says_the_same_otherwise_is_equivalent() {
    let otherwise = POLICIES.replace("context.signedByTwoPeers && context.signedByOwner }", "!(!context.signedByOwner || !context.signedByTwoPeers) }");
    assert_ne!(otherwise, POLICIES);
    let differences = diff(&with(POLICIES), &with(&otherwise), &solve).unwrap();
    assert!(differences.iter().all(|one| one.wider.holds() && one.narrower.holds()), "{differences:?}");
}

/// Whatever is no proof counts as none, and a solver that gave no answer is asked nothing more.
#[test]
fn what_is_no_answer_proves_nothing() {
    let invariants = Invariants::load(&with(INVARIANTS)).unwrap();
    let table: [(Result<&str, &str>, &str); 7] = [
        (Err("no cvc5"), "no cvc5"),
        (Ok(""), "the solver ended without an answer"),
        (Ok("unknown\n"), "the solver could not decide it"),
        (Ok("unsat\n(error \"x\")\n"), "the solver gave no answer but `unsat`"),
        (Ok("cvc5 interrupted by timeout.\n"), "the solver gave no answer but `cvc5 interrupted by timeout.`"),
        (Ok("sat\n"), "decode model"),
        (Ok("(error \"Parse Error\")"), "(error"),
    ];
    for (says, why) in table {
        let asked = std::sync::atomic::AtomicUsize::new(0);
        let proofs = prove(&with(POLICIES), &invariants, &|_| {
            asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            says.map(str::to_owned).map_err(str::to_owned)
        });
        let proofs = proofs.unwrap();
        assert!(proofs.iter().skip(1).all(|proof| matches!(&proof.outcome, Outcome::Unproved(said) if said.contains(why))), "{says:?}: {proofs:#?}");
        assert!(says.is_ok() || asked.into_inner() == 1, "{says:?}");
    }
}

#[test]
fn a_made_up_counterexample_is_not_believed() {
    let invariants = Invariants::load(&with(INVARIANTS)).unwrap();
    let liar = |script: &[u8]| Ok(if script.ends_with(b"(get-model)\n") { "sat\n(\n)\n" } else { "sat\n" }.to_owned());
    let proofs = prove(&with(POLICIES), &invariants, &liar).unwrap();
    assert!(proofs.iter().skip(1).all(|proof| matches!(proof.outcome, Outcome::Unproved(_))), "{proofs:#?}");
}

#[test]
fn invariants_say_only_what_is_never_permitted() {
    let table = [
        ("@id(\"a\") @reason(\"b\") permit (principal, action, resource) when { context.signed };", BadPolicy::Permits { rule: "a".to_owned() }),
        ("@id(\"a\") forbid (principal, action, resource);", BadPolicy::Silent { rule: "a".to_owned() }),
    ];
    for (text, why) in table {
        assert_eq!(Invariants::load(&with(text)).err(), Some(why));
    }
}

#[test]
fn what_is_shown_wrong_counts_before_what_is_not_decided() {
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let every_other = |script: &[u8]| {
        let model = script.ends_with(b"(get-model)\n");
        if !model && asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst).is_multiple_of(2) { Ok("unknown\n".to_owned()) } else { solve(script) }
    };
    let proofs = prove(&with(&without(&["stopped"])), &Invariants::load(&with(INVARIANTS)).unwrap(), &every_other).unwrap();
    let outcome = |rule: &str| proofs.iter().find(|proof| proof.invariant.rule == rule).map(|proof| proof.outcome.clone());
    assert!(matches!(outcome("stop-holds"), Some(Outcome::Fails(_))), "{proofs:#?}");
    assert_eq!(outcome("freeze-holds"), Some(Outcome::Unproved("the solver could not decide it".to_owned())));
}
