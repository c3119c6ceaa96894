//! `countersign policy`: a policy is checked, and a verdict explained, with nothing recorded.

use serde_json::Value;
use testkit::World;

use super::{done, turn, world, write};

#[test]
fn the_policy_in_force_is_checked_and_its_rules_are_listed() {
    let world = World::empty(env!("CARGO_BIN_EXE_countersign"));
    world.call("ana", &["policy", "check"]).must_succeed().must_say("people-two-admins").must_say("✓").must_say("fits the schema");
    let listed: Value = serde_json::from_str(&world.call("ana", &["policy", "check", "--json"]).out).unwrap();
    assert_eq!((&listed["ok"], &listed["rules"][0]["rule"]), (&Value::Bool(true), &Value::from("inside-the-box")));
}

#[test]
fn a_policy_that_would_not_be_taken_says_why() {
    let world = World::empty(env!("CARGO_BIN_EXE_countersign"));
    let rule = |when: &str| format!("@id(\"ours\") @reason(\"because\") permit (principal, action, resource) when {{ {when} }};");
    let table = [
        ("permit (principal, action, resource);".to_owned(), 1, "rule number 1 has no `@id`"),
        (rule("context.boxd"), 1, "do not fit their schema"),
        ("permit (".to_owned(), 1, "cannot be read"),
        (rule("context.boxed"), 0, "1 rule;"),
    ];
    for (text, code, says) in table {
        let file = world.write("ours.cedar", &text);
        world.call("ana", &["policy", "check", file.to_str().unwrap()]).must_end_with(code).must_say(says);
    }
    world.call("ana", &["policy", "check", "/nowhere"]).must_end_with(3);
}

#[test]
fn a_verdict_is_explained_effect_by_effect_and_rung_by_rung() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    world.run(&[turn("", &[write("a.txt", "two\n")]), done()], &[]).must_end_with(1);
    let id = world.held("land");
    let before = world.call("ana", &["ledger", "show"]).out;
    let told = world.call("ana", &["policy", "explain", &id]);
    told.must_succeed().must_say("✗ stops  with nobody's signature").must_say("[leaves-the-box]").must_say("✓ passes with one signature").must_say("what changes it");
    let json: Value = serde_json::from_str(&world.call("ana", &["policy", "explain", &id, "--json"]).out).unwrap();
    assert_eq!(json["effects"][0]["rungs"][1]["allowed"], Value::Bool(true));
    assert_eq!(world.call("ana", &["ledger", "show"]).out, before, "nothing is recorded");
    world.call("ana", &["policy", "explain", "ffff"]).must_end_with(2);
}

/// The policy in this program without one rule.
fn without(world: &World, rule: &str) -> String {
    let shipped = include_str!("../../../../policies/default.cedar");
    let kept: Vec<&str> = shipped.split("@id(\"").filter(|part| !part.starts_with(&format!("{rule}\""))).collect();
    assert_eq!(kept.len() + 1, shipped.split("@id(\"").count(), "{rule}");
    world.write("ours.cedar", kept.join("@id(\"")).to_str().unwrap().to_owned()
}

/// A program that stands in for cvc5. Another process writes it: one that this process still had open could not be started.
fn solver(world: &World, body: &str) -> String {
    let path = world.path("solver").to_str().unwrap().to_owned();
    let made = world.bare("sh").args(["-c", "printf '#!/bin/sh\n%s\n' \"$2\" > \"$1\" && chmod 755 \"$1\"", "sh", &path, body]).status();
    assert!(made.unwrap().success());
    path
}

#[test]
fn the_policy_in_force_is_proved_to_keep_every_invariant() {
    let world = World::empty(env!("CARGO_BIN_EXE_countersign"));
    world.call("ana", &["policy", "prove"]).must_succeed().must_say("✓ holds       [production-needs-two]").must_say("11 invariants proved").must_not_say("✗");
    let json: Value = serde_json::from_str(&world.call("ana", &["policy", "prove", "--json"]).out).unwrap();
    assert_eq!((&json["ok"], &json["proofs"][10]["outcome"], &json["proofs"][10]["invariant"]["rule"]), (&Value::Bool(true), &Value::from("holds"), &Value::from("gate-is-untouched")));
}

#[test]
fn a_policy_that_lost_a_rule_is_told_as_a_story() {
    let world = World::empty(env!("CARGO_BIN_EXE_countersign"));
    let file = without(&world, "grave-in-production");
    let told = world.call("ana", &["policy", "prove", &file]);
    told.must_end_with(1).must_say("✗ fails       [production-needs-two]").must_say("to `database` in `production`, signed by an enrolled person and somebody who did not ask");
    told.must_say("permitted by [somebody-signed]").must_say("✓ holds       [freeze-holds]").must_say("✗ 10 of 11 invariants proved");
    let json: Value = serde_json::from_str(&world.call("ana", &["policy", "prove", &file, "--json"]).out).unwrap();
    assert_eq!((&json["ok"], &json["proofs"][1]["witness"]["signatures"]), (&Value::Bool(false), &serde_json::json!(["signed", "signedByPeer"])));
}

#[test]
fn invariants_of_ones_own_are_proved_beside_the_shipped_ones() {
    let world = World::empty(env!("CARGO_BIN_EXE_countersign"));
    let table = [
        ("@id(\"no-spending\") @reason(\"nothing is bought\") forbid (principal, action == Action::\"spend\", resource) when { resource.tier == Tier::\"production\" };", "✗ fails       [no-spending]"),
        ("@id(\"stop-holds\") @reason(\"again\") forbid (principal, action, resource) when { context.stopped };", "the invariants would not be taken: two rules are named `stop-holds`"),
        ("@id(\"mine\") @reason(\"wrong\") permit (principal, action, resource) when { context.signed };", "the invariants would not be taken: invariant `mine` is a `permit`"),
    ];
    for (text, says) in table {
        let file = world.write("invariants.cedar", text);
        world.call("ana", &["policy", "prove", "--invariants", file.to_str().unwrap()]).must_end_with(1).must_say(says);
    }
    let bad = world.write("bad.cedar", "permit (");
    world.call("ana", &["policy", "prove", bad.to_str().unwrap()]).must_end_with(1).must_say("it would not be taken");
    world.call("ana", &["policy", "prove", "/nowhere"]).must_end_with(3);
}

/// Missing, crashing, silent, undecided, lying: nothing of it is a proof, and a person is told what to do.
#[test]
fn a_solver_that_gives_no_answer_proves_nothing() {
    let mut world = World::empty(env!("CARGO_BIN_EXE_countersign"));
    world.call("ana", &["policy", "prove", "--solver", "/nowhere/cvc5"]).must_end_with(1).must_say("✗ not proved  [stop-holds]").must_say("no cvc5 could be asked at `/nowhere/cvc5`").must_say("apt-get install cvc5");
    let table = [
        ("cat >/dev/null; kill -SEGV $$", "the solver ended without an answer"),
        ("cat >/dev/null; exit 1", "the solver ended without an answer"),
        ("cat >/dev/null; echo unknown", "the solver could not decide it"),
        ("cat >/dev/null; echo 'unsat, I think'", "the solver gave no answer but `unsat, I think`"),
        ("head -c 300000000 /dev/zero", "it said more than"),
        ("exec tail -f /dev/null", "it was ended after 3 s"),
    ];
    for (body, says) in table {
        let program = solver(&world, body);
        world.call("ana", &["policy", "prove", "--seconds", "1", "--solver", &program]).must_end_with(1).must_say("✗ not proved  [production-needs-two]").must_say(says).must_say("1 of 11 invariants proved");
    }
    world.set("CVC5", "/nowhere/other");
    world.call("ana", &["policy", "diff", "built-in", "built-in"]).must_succeed();
    let file = without(&world, "frozen");
    world.call("ana", &["policy", "diff", "built-in", &file]).must_end_with(1).must_say("no cvc5 could be asked at `/nowhere/other`").must_say("✗ it is not proved");
}

#[test]
fn two_policies_are_compared_in_both_directions() {
    let world = World::empty(env!("CARGO_BIN_EXE_countersign"));
    let file = without(&world, "frozen");
    let wider = world.call("ana", &["policy", "diff", "built-in", &file]);
    wider.must_end_with(1).must_say("+ newly permitted: `delete`, for example").must_say("(frozen)").must_say("permitted by [").must_say("stopped in the old one by [frozen]").must_say("permits more, of 11 actions");
    world.call("ana", &["policy", "diff", &file, "built-in"]).must_succeed().must_say("- no longer permitted: `delete`").must_say("nothing that the old one does not").must_say("of 11 actions");
    world.call("ana", &["policy", "diff", &file, &file]).must_succeed().must_say("✓ equivalent");
    let json: Value = serde_json::from_str(&world.call("ana", &["policy", "diff", "built-in", &file, "--json"]).out).unwrap();
    assert_eq!((&json["ok"], &json["equivalent"], &json["differences"][0]["narrower"]["outcome"]), (&Value::Bool(false), &Value::Bool(false), &Value::from("holds")));
    assert_eq!(json["differences"][0]["wider"]["witness"]["against"][0]["rule"], Value::from("frozen"));
    world.call("ana", &["policy", "diff", "built-in", "/nowhere"]).must_end_with(3);
}
