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
