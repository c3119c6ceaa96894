//! `countersign policy`: a policy is checked, and a verdict explained, with nothing recorded.

use serde_json::Value;
use testkit::{Called, World};

use super::gate::{bash, must_block};
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

/// The program on a machine on which no solver can be run: in a mount namespace of its own, its file is none.
fn without_a_solver(world: &World, arguments: &[&str]) -> Called {
    let plain = world.command("ana", arguments);
    let mut wrapped = world.bare("unshare");
    wrapped.args(["--user", "--map-root-user", "--mount", "sh", "-c", "mount --bind /dev/null \"$(command -v cvc5)\" && exec \"$@\"", "sh"]);
    wrapped.arg(plain.get_program()).args(plain.get_args()).envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    Called::of(wrapped)
}

fn json(said: &str) -> Vec<Value> {
    said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn rules_that_decide_nothing_are_found_and_named() {
    let world = World::empty(env!("CARGO_BIN_EXE_countersign"));
    let shipped = include_str!("../../../../policies/default.cedar");
    let check = |name: &str, rule: &str, more: &[&str]| {
        let file = world.write(name, format!("{shipped}\n@id(\"ours\") @reason(\"because\") {rule}"));
        world.call("ana", &[&["policy", "check", file.to_str().unwrap()], more].concat())
    };
    let table = [
        ("dead.cedar", "forbid (principal, action, resource) when { context.signed && !context.signed };", "✗ dead        [ours] it matches no request"),
        ("out.cedar", "permit (principal, action, resource) when { context.stopped };", "✗ ruled out   [ours] all that it permits is forbidden by [stopped], whoever signs"),
        ("errs.cedar", "forbid (principal, action, resource) when { context.kind == \"database\" && 9223372036854775807 + 1 > 0 };", "✗ can fail    [ours]"),
    ];
    for (name, rule, says) in table {
        check(name, rule, &[]).must_end_with(1).must_say(says).must_say("✗ something is wrong with 1 of");
    }
    let shadowed = "forbid (principal, action, resource) when { context.stopped && context.kind == \"x\" };";
    check("shadowed.cedar", shadowed, &[]).must_succeed().must_say("· shadowed    [ours] without it every decision is the same").must_say("decided all the same by [stopped]").must_not_say("✗");
    check("shadowed.cedar", shadowed, &["--strict"]).must_end_with(1).must_say("✗ shadowed    [ours]");
    let told = json(&check("out.cedar", table[1].1, &["--json"]).out).remove(0);
    let ours = told["findings"].as_array().unwrap().iter().find(|one| one["rule"] == "ours").unwrap();
    assert_eq!((&told["ok"], &told["looked"], &ours["is"], &ours["by"][0]["rule"]), (&Value::Bool(false), &Value::Bool(true), &Value::from("ruled out"), &Value::from("stopped")));
}

#[test]
fn where_no_solver_is_installed_a_check_says_what_it_did_not_look_at() {
    let world = World::empty(env!("CARGO_BIN_EXE_countersign"));
    // One that is named and does not answer is another matter: somebody wanted it.
    world.call("ana", &["policy", "check", "--solver", "/nowhere/cvc5"]).must_end_with(1).must_say("no cvc5 could be asked at `/nowhere/cvc5`").must_say("not known");
    let silent = solver(&world, "cat >/dev/null; echo unknown");
    world.call("ana", &["policy", "check", "--solver", &silent]).must_end_with(1).must_say("the solver could not decide it");
    let told = without_a_solver(&world, &["policy", "check"]);
    told.must_succeed().must_say("✓").must_say("fits the schema").must_say("was not looked at").must_say("apt-get install cvc5").must_not_say("each decides something");
    without_a_solver(&world, &["policy", "check", "--strict"]).must_end_with(1).must_say("was not looked at");
    assert_eq!(json(&without_a_solver(&world, &["policy", "check", "--json"]).out)[0]["looked"], Value::Bool(false));
}

/// ana asks, ben is a peer, olga an owner; `production/eu` is mapped.
fn staffed() -> World {
    let world = world();
    world.project(&[("a.txt", "one\n"), ("m.sql", "DELETE FROM orders;\n")]);
    world.enrol("ben", &["engineer"]);
    world.enrol("olga", &["engineer", "owner"]);
    let path = world.path("prod");
    std::fs::create_dir_all(&path).unwrap();
    world.call("ana", &["env", "add", "production/eu", "--tier", "production", "--path", path.to_str().unwrap()]).must_succeed();
    world
}

#[test]
fn an_effect_is_tried_with_the_people_and_places_of_the_service() {
    let world = staffed();
    let before = world.call("ana", &["ledger", "show"]).out;
    let update = "update file app in production/eu";
    let told = world.call("ana", &["policy", "try", "--effect", update]);
    told.must_end_with(1).must_say("asked by   ana").must_say("updates file `app` in production/eu").must_say("held: needs one person who did not ask for it").must_not_say("could sign ana");
    told.must_say("could sign ben, olga (owner)").must_say("✓ passes with one person who did not ask for it").must_say("nothing was recorded");
    let signed = |people: &[&str]| {
        let mut arguments = vec!["policy", "try", "--effect", "delete file app in production/eu"];
        people.iter().for_each(|person| arguments.extend(["--signed-by", person]));
        world.call("ana", &arguments)
    };
    signed(&[]).must_end_with(1).must_say("two people who did not ask for it, one of them an owner");
    signed(&["ana", "ben"]).must_end_with(1).must_say("✗ signed by ana, ben: it would not pass").must_say("signed so far: ana (asked for it), ben");
    signed(&["ben", "olga"]).must_succeed().must_say("✓ signed by ben, olga: it would pass");
    signed(&["ben", "b\u{435}n"]).must_end_with(2).must_say("is not enrolled\nhint: `countersign people`");
    // Of who asks it is their colleague's signature that counts; no key of theirs is needed for a supposition.
    world.call("ana", &["policy", "try", "--as", "olga", "--effect", update]).must_end_with(1).must_say("could sign ana (owner, admin), ben");
    world.call("ana", &["policy", "try", "--effect", "delete environment all in production/eu whole-environment", "--signed-by", "ben", "--signed-by", "olga"]).must_end_with(1).must_say("[whole-environment]").must_say("no signature permits it");
    world.call("ana", &["policy", "try", "--effect", "update file x in workspace"]).must_succeed().must_say("permitted by policy");
    world.call("ana", &["policy", "try", "--effect", "update file x in workspace", "--place", "host"]).must_end_with(1).must_say("[box-without-bounds]");
    assert_eq!(world.call("ana", &["ledger", "show"]).out, before, "nothing is recorded");
}

#[test]
fn commands_plans_and_sql_are_tried_as_they_are_read() {
    let world = staffed();
    let path = world.path("prod").display().to_string();
    let command = format!("rm -rf {path}");
    let read = world.call("ana", &["read", "--json", "-c", &command]).out;
    let tried = world.call("ana", &["policy", "try", "--json", "--command", &command]);
    tried.must_end_with(1);
    let (read, tried) = (json(&read).remove(0), json(&tried.out).remove(0));
    assert_eq!(tried["effects"][0]["environment"], Value::from("production/eu"), "{tried}");
    assert!(read.to_string().contains("production/eu"), "{read}");
    assert_eq!(tried["verdict"]["decision"]["is"], Value::from("refuse"), "{tried}");
    world.call("ana", &["policy", "try", "--sql", "m.sql", "--dialect", "postgres"]).must_end_with(1).must_say("orders");
    // By hand ordinary work in the tree needs nobody; the same in production does.
    world.call("ana", &["policy", "try", "--by-hand", "--command", "touch new.txt"]).must_succeed().must_say("[by-hand-in-the-tree]").must_say("with its own hands");
    world.call("ana", &["policy", "try", "--by-hand", "--command", &format!("rm {path}/x")]).must_end_with(1).must_say("in production/eu");
    world.call("ana", &["policy", "try", "--command", "make", "--place", "box"]).must_succeed();
    world.call("ana", &["policy", "try", "--sql", "nowhere.sql"]).must_end_with(2).must_say("`nowhere.sql` cannot be read");
    world.call("ana", &["policy", "try"]).must_end_with(2);
    world.call("ana", &["policy", "try", "--effect", "erase all"]).must_end_with(2).must_say("word 1, `erase`, is no verb").must_say("hint: one of read, create");
}

#[test]
fn another_policy_and_no_service_can_be_tried() {
    let world = staffed();
    let ours = world.write("ours.cedar", "@id(\"all\") @reason(\"why not\") permit (principal, action, resource);");
    world.call("ana", &["policy", "try", "--policy", ours.to_str().unwrap(), "--effect", "delete database x in production/eu"]).must_succeed().must_say("[all]");
    let bad = world.write("bad.cedar", "permit (");
    world.call("ana", &["policy", "try", "--policy", bad.to_str().unwrap(), "--effect", "read file x in host"]).must_end_with(1).must_say("it would not be taken");
    let alone = World::empty(env!("CARGO_BIN_EXE_countersign"));
    let told = alone.call("ana", &["policy", "try", "--effect", "update file x in staging"]);
    told.must_end_with(1).must_say("there is no service here").must_say("held: needs one person who did not ask");
    alone.call("ana", &["policy", "try", "--effect", "update file x in staging", "--signed-by", "ben"]).must_end_with(2).must_say("there is no service").must_say("hint: run `countersign init`");
    alone.call("ana", &["policy", "try", "--by-hand", "--command", "rm -rf /etc/passwd"]).must_end_with(1);
    assert!(!alone.service().exists(), "nothing was made");
}

#[test]
fn what_was_decided_is_judged_again_and_each_flip_is_told() {
    let world = staffed();
    world.run(&[turn("", &[write("a.txt", "two\n"), super::shell("echo hello")]), done()], &[]).must_end_with(1);
    let held = world.held("land");
    let before = world.call("ana", &["ledger", "show"]).out;
    let shipped = include_str!("../../../../policies/default.cedar");
    let same = world.write("same.cedar", shipped);
    world.call("ana", &["policy", "backtest", same.to_str().unwrap()]).must_succeed().must_say("✓ nothing that could be judged again would be decided otherwise").must_not_say("not replayed");
    let peer = world.write("peer.cedar", format!("{shipped}\n@id(\"four-eyes\") @reason(\"two look\") forbid (principal, action, resource) when {{ resource.tier == Tier::\"host\" && !context.governs }} unless {{ context.signedByPeer }};"));
    let told = world.call("ana", &["policy", "backtest", peer.to_str().unwrap()]);
    told.must_end_with(1).must_say("hold → more people  land a change set").must_say(&held[..12]).must_say("asked by ana (agent `engineer`)").must_say("[four-eyes] two look").must_say("1  hold → more people").must_say("✗ 1 would be decided otherwise");
    let lines = json(&world.call("ana", &["policy", "backtest", peer.to_str().unwrap(), "--json"]).out);
    assert_eq!(lines.len(), 2, "one flip, and the sums: {lines:?}");
    assert_eq!((&lines[0]["kind"], &lines[0]["intent"], &lines[0]["recorded"]), (&Value::from("hold → more people"), &Value::from(held.as_str()), &Value::Bool(true)));
    assert_eq!((&lines[1]["summary"]["flips"], &lines[1]["summary"]["not_replayed"]), (&Value::from(1), &Value::from(0)));
    let refusing = world.write("refusing.cedar", format!("{shipped}\n@id(\"no-writing\") @reason(\"read only\") forbid (principal, action in [Action::\"create\", Action::\"update\"], resource) when {{ resource.tier == Tier::\"workspace\" }};"));
    world.call("ana", &["policy", "backtest", refusing.to_str().unwrap()]).must_end_with(1).must_say("permit → refuse  write a.txt");
    world.call("ana", &["policy", "backtest", refusing.to_str().unwrap(), "--since", "2999-01-01"]).must_succeed().must_say("of 0 decisions");
    world.call("ana", &["policy", "backtest", refusing.to_str().unwrap(), "--since", "1h"]).must_end_with(1);
    world.call("ana", &["policy", "backtest", refusing.to_str().unwrap(), "--since", "soon"]).must_end_with(2).must_say("is no time").must_say("hint: write it as 14d");
    world.call("ana", &["policy", "backtest", "/nowhere"]).must_end_with(3);
    let bad = world.write("bad.cedar", "permit (");
    world.call("ana", &["policy", "backtest", bad.to_str().unwrap()]).must_end_with(1).must_say("it would not be taken");
    // What the box is, is not recorded: of the landing that would matter, and the writing in the copy says it by itself.
    let unboxed = world.write("unboxed.cedar", format!("{shipped}\n@id(\"boxed\") @reason(\"x\") forbid (principal, action, resource) when {{ !context.boxed }};"));
    world.call("ana", &["policy", "backtest", unboxed.to_str().unwrap()]).must_succeed().must_say("1  not replayed: it depends on whether the kernel bounded the box").must_say(&held);
    assert_eq!(world.call("ana", &["ledger", "show"]).out, before, "nothing is recorded");
}

#[test]
fn a_decision_under_other_registries_is_told_as_one_under_another_policy() {
    let world = staffed();
    world.run(&[turn("", &[write("a.txt", "two\n")]), done()], &[]).must_end_with(1);
    let config = world.read("service/config.toml");
    world.write("service/config.toml", config.replace("registries = []", "registries = [\"npm.example:443\"]"));
    let same = world.write("same.cedar", include_str!("../../../../policies/default.cedar"));
    world.call("ana", &["policy", "backtest", same.to_str().unwrap()]).must_succeed().must_say("decided under another policy than the one in force");
}

#[test]
fn rights_that_were_never_used_are_named_and_taken_away_in_a_policy_that_is_proved() {
    let world = staffed();
    let few = world.call("ana", &["policy", "suggest"]);
    few.must_end_with(1).must_say("✗ there is too little history");
    let many: Vec<(&str, Value)> = (0..25).map(|_| super::shell("true")).collect();
    world.run(&[turn("", &[write("a.txt", "two\n")]), turn("", &many), done()], &[]).must_end_with(1);
    let out = world.path("narrower.cedar").to_str().unwrap().to_owned();
    let told = world.call("ana", &["policy", "suggest", "--out", &out]);
    told.must_succeed().must_say("role `engineer`").must_say("  production: nothing was ever used").must_say("✓ proved: it permits nothing that the present one does not").must_say("written");
    let text = world.read("narrower.cedar");
    assert!(text.contains("@id(\"unused-engineer-production\")") && text.contains("// Suggested by"), "{text}");
    // What it says of itself is so, by the other commands.
    world.call("ana", &["policy", "diff", "built-in", &out]).must_succeed().must_say("permits nothing that the old one does not");
    world.call("ana", &["policy", "backtest", &out]).must_succeed();
    world.call("ana", &["policy", "try", "--policy", &out, "--effect", "delete file x in production/eu", "--signed-by", "ben", "--signed-by", "olga"]).must_end_with(1).must_say("[unused-engineer-production]");
    world.call("ana", &["policy", "try", "--policy", &out, "--effect", "update file a.txt in host", "--signed-by", "ana"]).must_succeed();
    // A file that is there stays, unless it is said.
    world.write("narrower.cedar", "mine");
    world.call("ana", &["policy", "suggest", "--out", &out]).must_end_with(2).must_say("is there already\nhint: ");
    assert_eq!(world.read("narrower.cedar"), "mine");
    world.call("ana", &["policy", "suggest", "--out", &out, "--force"]).must_succeed();
    assert!(world.read("narrower.cedar").contains("unused-engineer-production"));
    let printed = world.call("ana", &["policy", "suggest"]);
    printed.must_succeed();
    let printed = world.write("printed.cedar", &printed.out);
    world.call("ana", &["policy", "diff", &out, printed.to_str().unwrap()]).must_succeed().must_say("✓ equivalent");
    let told = json(&world.call("ana", &["policy", "suggest", "--json"]).out).remove(0);
    assert_eq!((&told["ok"], &told["proved"], &told["backtest"]["flips"], &told["roles"][0]["role"]), (&Value::Bool(true), &Value::Bool(true), &Value::from(0), &Value::from("engineer")));
    // What is not proved is not shown.
    let unproved = world.call("ana", &["policy", "suggest", "--out", &out, "--force", "--solver", "/nowhere/cvc5"]);
    unproved.must_end_with(1).must_say("✗ it is not proved").must_say("hint: install it");
    world.call("ana", &["policy", "suggest", "--out", "/nowhere/x.cedar"]).must_end_with(3).must_say("could not be written");
}

/// The shipped policy and a rule that refuses every new folder by hand.
pub(crate) fn without_new_files(world: &World) -> String {
    let rule = "\n@id(\"no-new-files\")\n@reason(\"nothing new is made here by hand\")\nforbid (principal, action == Action::\"create\", resource) when { context.byHand };\n";
    world.write("ours.cedar", format!("{}{rule}", include_str!("../../../../policies/default.cedar"))).to_str().unwrap().to_owned()
}

#[test]
fn a_policy_is_in_force_once_it_is_proved_and_signed() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    assert_eq!(bash(&world, "mkdir new").code, 0);
    must_block(&bash(&world, "sh a.txt"), "held as");
    let (held, file) = (world.held("hand"), without_new_files(&world));
    world.call("ana", &["policy", "set", &file]).must_succeed().must_say("grants rights on policy `sha256:").must_say("is in force");
    must_block(&bash(&world, "mkdir newer"), "nothing new is made here by hand [no-new-files]");
    world.call("ana", &["policy", "show"]).must_succeed().must_say("@id(\"no-new-files\")");
    world.call("ana", &["policy", "check"]).must_succeed().must_say("no-new-files");
    world.call("ana", &["policy", "diff", "in-force", "built-in"]).must_end_with(1).must_say("newly permitted: `create`");
    world.call("ana", &["sign", &held]).must_end_with(1).must_say("policy");
    world.call("ana", &["policy", "set", &file]).must_end_with(1).must_say("in force already");
    // What was checked and proved of it is on the ledger, and it is signed as a giving of rights.
    world.enrol("adam", &["admin"]);
    world.call("ana", &["policy", "set", "--built-in"]).must_end_with(1).must_say("held as");
    let id = world.held("govern");
    world.call("adam", &["show", &id]).must_succeed().must_say("-@id(\"no-new-files\")").must_say("checked and proved as in sha256:");
    world.call("adam", &["sign", &id]).must_succeed().must_say("the policy in the program is in force");
    assert_eq!(bash(&world, "mkdir newer").code, 0);
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn a_policy_that_is_not_proved_asks_nobody() {
    let world = world();
    let loose = without(&world, "grave-in-production");
    world.call("ana", &["policy", "set", &loose]).must_end_with(1).must_say("✗ fails       [production-needs-two]").must_say("it is not proved, so nobody was asked");
    // A solver of one's own proves nothing here.
    let yes = solver(&world, "cat > /dev/null; echo unsat");
    let mut liar = world.command("ana", &["policy", "set", &loose]);
    liar.env("CVC5", yes);
    Called::of(liar).must_end_with(1).must_say("✗ fails       [production-needs-two]");
    let file = without_new_files(&world);
    world.call("ana", &["policy", "set", &file, "--solver", "/nowhere/cvc5"]).must_end_with(2);
    let broken = world.write("broken.cedar", "permit (").to_str().unwrap().to_owned();
    world.call("ana", &["policy", "set", &broken]).must_end_with(1).must_say("would not be taken");
    world.call("ana", &["policy", "set"]).must_end_with(2);
    let wish = "@id(\"wish\") @reason(\"nothing is read\") forbid (principal, action == Action::\"read\", resource);";
    let wish = world.write("wish.cedar", wish).to_str().unwrap().to_owned();
    world.call("ana", &["policy", "set", &file, "--invariants", &wish]).must_end_with(1).must_say("✗ fails       [wish]");
    // No way back from it: nothing is permitted at all, or no signatures are enough for a change of who may do what.
    let empty = world.write("empty.cedar", "").to_str().unwrap().to_owned();
    world.call("ana", &["policy", "set", &empty]).must_end_with(1).must_say("nobody was asked");
    let locked = "@id(\"locked\") @reason(\"too much\") forbid (principal, action, resource) when { context.governs } unless { context.signedByTwoPeers && context.signedByAdmin };";
    let locked = world.write("locked.cedar", format!("{}\n{locked}", include_str!("../../../../policies/default.cedar"))).to_str().unwrap().to_owned();
    world.call("ana", &["policy", "set", &locked]).must_end_with(1).must_say("nobody could ever put the policy in the program in force");
    world.call("ana", &["policy", "set", "/dev/zero"]).must_end_with(2).must_say("no file of up to 4 MiB");
    assert!(world.inbox().is_empty());
    world.enrol("ben", &["engineer"]);
    world.call("ben", &["policy", "set", &file]).must_end_with(1).must_say("refused").must_say("not an admin");
}

/// The text is lost: everything stops, nothing goes on under another policy.
#[test]
fn without_the_text_of_the_policy_in_force_nothing_goes_on() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    let before: std::collections::BTreeSet<_> = blobs(&world);
    world.call("ana", &["policy", "set", &without_new_files(&world)]).must_succeed();
    for blob in blobs(&world).difference(&before) {
        std::fs::remove_file(blob).unwrap();
    }
    must_block(&bash(&world, "ls"), "the policy in force");
    world.call("ana", &["inbox"]).must_end_with(3).must_say("put the service's blobs back from a copy");
}

fn blobs(world: &World) -> std::collections::BTreeSet<std::path::PathBuf> {
    let mut found = std::collections::BTreeSet::new();
    let mut folders = vec![world.service().join("blobs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => found.extend([path]),
            }
        }
    }
    found
}
