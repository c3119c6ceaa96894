//! Several processes, and a ledger that another one holds: one permit is used once, and whoever cannot read or write lets nothing pass.

use serde_json::json;
use testkit::World;

use super::gate::{ask, claude, must_block, must_pass};
use super::world;

/// What two other people would have to agree to, each of them enough; how it is held.
fn held() -> (World, String) {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    for name in ["ben", "dora"] {
        world.enrol(name, &["engineer"]);
    }
    let path = world.path("production");
    std::fs::create_dir(&path).unwrap();
    world.call("ana", &["env", "add", "production", "--tier", "production", "--path", path.to_str().unwrap()]).must_succeed();
    let access = ["access", "request", "--env", "production", "--actions", "read", "--resources", "file", "--for", "1h", "--why", "order 4711"];
    world.call("ana", &access).must_end_with(1);
    let id = world.held("govern");
    (world, id)
}

/// Either completes a quorum of its own, in a process of its own, at the same moment.
#[test]
fn two_quorums_that_race_for_one_permit_use_it_once() {
    for round in 0..3 {
        let (world, id) = held();
        let both = ["ben", "dora"].map(|name| world.start(name, &["sign", &id]));
        let ended = both.map(|child| child.wait_with_output().unwrap());
        let mut codes = ended.each_ref().map(|output| output.status.code().unwrap());
        codes.sort_unstable();
        assert_eq!(codes, [0, 1], "round {round}: {ended:?}");
        let late = ended.iter().find(|output| output.status.code() == Some(1)).unwrap();
        let said = String::from_utf8_lossy(&late.stderr);
        assert!(said.contains("does not wait for an answer") || said.contains("people or keys were changed in this very moment"), "round {round}: {said}");
        let list = world.call("ana", &["--json", "access", "list", "--all"]);
        assert_eq!(list.out.lines().count(), 1, "round {round}: {list:?}");
        let shown = world.call("ana", &["ledger", "show", "--about", &id]).out;
        for once in ["countersigned", "started", "governed", "finished"] {
            assert_eq!(shown.matches(&format!("  {once} ")).count(), 1, "round {round}, {once}: {shown}");
        }
        world.call("ana", &["ledger", "verify"]).must_succeed();
    }
}

/// Somebody has the database locked for good: the gate blocks, a signature is not taken, and what was held is still held.
#[test]
fn a_ledger_that_another_process_holds_lets_nothing_pass_and_takes_nothing() {
    let (world, id) = held();
    let said = claude(&world, "Bash", &json!({"command": "cat a.txt"})).to_string();
    must_pass(&ask(&world, &[], &said));
    let holder = rusqlite::Connection::open(world.service().join("ledger.sqlite")).unwrap();
    holder.execute_batch("BEGIN EXCLUSIVE").unwrap();
    std::thread::scope(|scope| {
        let gate = scope.spawn(|| ask(&world, &[], &said));
        let sign = scope.spawn(|| world.call("ben", &["sign", &id]));
        must_block(&gate.join().unwrap(), "blocked, nothing was run");
        sign.join().unwrap().must_end_with(3).must_say("another process holds the ledger");
    });
    holder.execute_batch("ROLLBACK").unwrap();
    assert_eq!(world.held("govern"), id, "it waits as before");
    world.call("ben", &["sign", &id]).must_succeed();
    must_pass(&ask(&world, &[], &said));
}

/// Names that a person would take for others: of people, and of environments.
#[test]
fn names_that_look_like_others_are_refused() {
    let (world, _) = held();
    world.make_key("eve");
    let key = format!("{}.pub", world.key("eve").display());
    let key = key.as_str();
    for (name, code, says) in [("Ben", 1, "would be taken for `ben`"), ("d0ra", 1, "`d0ra` looks like `dora`, and would be taken for it"), ("b\u{435}n", 2, "ASCII")] {
        world.call("ana", &["people", "add", name, "--public-key", key]).must_end_with(code).must_say(says);
    }
    let place = world.path("elsewhere");
    std::fs::create_dir(&place).unwrap();
    for (name, says) in [
        ("pr\u{43e}duction", "ASCII letters"),
        ("Production", "`Production` looks like `production`"),
        ("producti0n", "`producti0n` looks like `production`"),
        ("w0rkspace", "`w0rkspace` looks like `workspace`"),
    ] {
        let added = world.call("ana", &["env", "add", name, "--tier", "production", "--path", place.to_str().unwrap()]);
        assert_ne!(added.code, 0, "{name}: {added:?}");
        added.must_say(says);
    }
    world.call("ana", &["env", "add", "production-two", "--tier", "production", "--path", place.to_str().unwrap()]).must_succeed();
}

/// More rules than a solver is asked about: it is said, at once, and nothing is put in force.
#[test]
fn a_policy_of_ten_thousand_rules_is_not_proved_and_says_so() {
    let world = world();
    let rule = |n: usize| format!("\n@id(\"ours-{n}\") @reason(\"kind {n}\") forbid (principal, action == Action::\"delete\", resource) when {{ context.kind == \"kind-{n}\" }} unless {{ context.signedByTwoPeers }};");
    let policy = format!("{}{}", include_str!("../../../../policies/default.cedar"), (0..10_000).map(rule).collect::<String>());
    let file = world.write("many.cedar", policy);
    let file = file.to_str().unwrap();
    let check = world.call("ana", &["policy", "check", file]);
    check.must_end_with(1).must_say("is more than the 2000 that the solver is asked about at once: nothing is proved of it").must_say("and 100").must_say("more, of 100");
    world.call("ana", &["policy", "prove", file]).must_end_with(1).must_say("is more than the 2000");
    world.call("ana", &["policy", "set", file]).must_end_with(1).must_say("is more than the 2000");
    assert!(world.inbox().is_empty(), "nobody is asked");
}
