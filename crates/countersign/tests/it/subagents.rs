//! Agents that let other agents work for them, through the real program: each in a copy and a session of its own.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::Child;

use serde_json::{Value, json};
use testkit::{Called, World};

use super::crash::entries;
use super::{done, shell, turn, world, write};

/// Turns of one who works, in the world's folder of recordings.
fn recorded(world: &World, whose: &str, turns: &[Value]) {
    let lines: Vec<String> = turns.iter().map(Value::to_string).collect();
    world.write(&format!("turns/{whose}.jsonl"), lines.join("\n") + "\n");
}

fn model(world: &World) -> String {
    format!("recorded:{}", world.path("turns").display())
}

fn run(world: &World, more: &[&str]) -> Called {
    world.call("ana", &[&["run", "Please do it.", "--headless", "--model", &model(world)], more].concat())
}

fn start(world: &World, more: &[&str]) -> Child {
    world.start("ana", &[&["run", "Please do it.", "--headless", "--json", "--model", &model(world)], more].concat())
}

fn delegate(task: &str) -> (&'static str, Value) {
    ("delegate", json!({"task": task}))
}

fn delegate_to(agent: &str, task: &str) -> (&'static str, Value) {
    ("delegate", json!({"task": task, "agent": agent}))
}

fn take(subagent: u64) -> (&'static str, Value) {
    ("take", json!({"subagent": subagent}))
}

/// A round that only comes if its results said all of this.
fn saw(results: &[&str], calls: &[(&str, Value)]) -> Value {
    let mut turn = turn("", calls);
    turn["expect"] = json!({"results": results});
    turn
}

/// Sessions, oldest first, those that worked for another one after it.
fn sessions(world: &World) -> Vec<Value> {
    let called = world.call("ana", &["sessions", "--json"]);
    called.must_succeed().out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn id(session: &Value) -> &str {
    session["session"].as_str().unwrap()
}

fn verified(world: &World) {
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn one_that_only_reads_looks_at_the_copy_as_it_is_and_reports() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    let look = ("delegate", json!({"task": "Say what a.txt has.\nNothing else.", "read_only": true}));
    recorded(&world, "main", &[
        turn("", &[write("a.txt", "two\n")]),
        turn("", &[look]),
        saw(&["subagent 1 (agent `engineer`", "<subagent number=\"1\">\nIt has two.\n</subagent>", "It changed nothing", "the agent `engineer` has no tool `write`: it only reads", "3 requests"], &[]),
    ]);
    let mut first = turn("", &[("read", json!({"path": "a.txt"}))]);
    first["expect"] = json!({"said": "from the agent that you work for; these are not the person's words.\nSay what a.txt has.\nNothing else.\n</countersign>"});
    recorded(&world, "subagent-1", &[first, saw(&["two"], &[write("a.txt", "three\n")]), turn("It has two.", &[])]);
    let run = run(&world, &[]);
    run.must_end_with(1).must_say("delegate to engineer: Say what a.txt has.").must_say("1 │ subagent").must_say("1 │ ▸ read a.txt").must_not_say("Nothing else");
    run.must_say("✓ subagent 1 (").must_say("spent so far: 6 requests");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert_eq!(world.read("project/a.txt"), "two\n");

    let all = sessions(&world);
    let main = id(&all[0]);
    assert_eq!((all.len(), &all[0]["parent"], &all[1]["parent"]["session"], &all[1]["parent"]["as"]), (2, &Value::Null, &json!(main), &json!("subagent")));
    let listed = world.call("ana", &["sessions"]).out;
    assert!(listed.lines().nth(1).unwrap().starts_with(&format!("  {}", id(&all[1]))), "{listed}");
    let seen = world.call("ana", &["sessions", id(&all[1]), "--json"]).must_succeed().out.clone();
    let seen: Value = serde_json::from_str(seen.trim()).unwrap();
    assert_eq!((&seen["asked"], &seen["task"]), (&json!([]), &json!("Say what a.txt has.\nNothing else.")), "no person asked for it");
    let delegated = entries(&world).into_iter().find(|entry| entry["intent"]["deed"]["do"] == "delegate").unwrap();
    assert_eq!(delegated["intent"]["id"], all[1]["parent"]["intent"], "who started it, by which intent");
    world.call("ana", &["show", delegated["intent"]["id"].as_str().unwrap()]).must_succeed().must_say("runs agent `engineer` in workspace: in a copy of its own, it only reads");
    verified(&world);
}

#[test]
fn two_at_once_change_different_files_and_both_are_taken() {
    let world = world();
    world.project(&[("a.txt", "a\n"), ("b.txt", "b\n"), ("gone/x.txt", "x\n")]);
    recorded(&world, "main", &[
        turn("", &[write("c.txt", "c\n"), delegate("Do a."), delegate("Do b.")]),
        saw(&["M a.txt", "A tool.sh", "D gone/x.txt", "M b.txt", "A c2.bin"], &[shell("cat a.txt b.txt; ls"), take(1), take(2)]),
        saw(&["took 4 paths of subagent 1", "took 2 paths of subagent 2"], &[shell("cat a.txt b.txt; ./tool.sh; wc -c c2.bin"), take(1), take(3)]),
        saw(&["a2\nb2\ntooled\n3 c2.bin", "subagent 1 changed nothing that you have not", "this session has no subagent 3"], &[]),
    ]);
    recorded(&world, "subagent-1", &[turn("", &[shell("cat c.txt; echo a2 > a.txt; printf '#!/bin/sh\\necho tooled\\n' > tool.sh; chmod +x tool.sh; rm -r gone")]), saw(&["c\n"], &[])]);
    recorded(&world, "subagent-2", &[turn("", &[write("b.txt", "b2\n"), shell("printf '\\0\\377\\1' > c2.bin")]), done()]);
    run(&world, &[]).must_end_with(1).must_say("1 │ ").must_say("2 │ ");
    assert_eq!(world.inbox().len(), 1, "only the parent's change set is proposed");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    let read = |name: &str| std::fs::read(world.path(&format!("project/{name}"))).unwrap();
    assert_eq!((read("a.txt"), read("b.txt"), read("c.txt"), read("c2.bin")), (b"a2\n".to_vec(), b"b2\n".to_vec(), b"c\n".to_vec(), vec![0, 255, 1]));
    assert!(!world.path("project/gone/x.txt").exists());
    verified(&world);
}

/// What is there by kind and mode, and what was not written through.
const KINDS: &str = "cat link folder target.txt; test -L link || echo no link; test -x tool.sh || echo no tool";
const AS_KINDS: &str = "mine\nfile\ntheirs\nno link\nno tool\n";

#[test]
fn a_copy_is_like_the_other_one_also_in_what_each_path_is() {
    let world = world();
    world.project(&[("target.txt", "theirs\n"), ("tool.sh", "#!/bin/sh\n"), ("folder/x.txt", "x\n")]);
    std::os::unix::fs::symlink("target.txt", world.path("project/link")).unwrap();
    std::fs::set_permissions(world.path("project/tool.sh"), std::fs::Permissions::from_mode(0o755)).unwrap();
    recorded(&world, "main", &[
        turn("", &[shell("chmod -x tool.sh; rm link; echo mine > link; rm -r folder; echo file > folder")]),
        turn("", &[delegate("Write new.txt.")]),
        saw(&["A new.txt"], &[take(1)]),
        saw(&["took 1 path of subagent 1"], &[shell(KINDS)]),
        saw(&[AS_KINDS], &[]),
    ]);
    recorded(&world, "subagent-1", &[turn("", &[shell(KINDS), write("new.txt", "new\n")]), saw(&[AS_KINDS], &[])]);
    run(&world, &[]).must_end_with(1);
    let forked = world.call("ana", &["fork", id(&sessions(&world)[0]), "--json"]);
    let fork: Value = serde_json::from_str(forked.must_succeed().out.lines().last().unwrap()).unwrap();
    recorded(&world, "main", &[turn("", &[shell(KINDS)]), saw(&[AS_KINDS], &[])]);
    world.call("ana", &["resume", id(&fork), "--headless", "--model", &model(&world)]).must_end_with(1).must_say("new.txt");
    verified(&world);
}

#[test]
fn what_the_parent_changed_meanwhile_is_not_overwritten_and_nothing_is_taken() {
    let world = world();
    world.project(&[("a.txt", "a\n"), ("b.txt", "b\n")]);
    recorded(&world, "main", &[
        turn("", &[delegate("Change both.")]),
        saw(&["M a.txt", "M b.txt"], &[write("a.txt", "mine\n")]),
        turn("", &[take(1)]),
        saw(&["nothing was taken: you changed these since subagent 1 began, and nothing is overwritten: a.txt"], &[shell("cat a.txt b.txt")]),
        saw(&["mine\nb\n"], &[]),
    ]);
    recorded(&world, "subagent-1", &[turn("", &[write("a.txt", "theirs\n"), write("b.txt", "theirs\n")]), done()]);
    run(&world, &[]).must_end_with(1);
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert_eq!((world.read("project/a.txt"), world.read("project/b.txt")), ("mine\n".into(), "b\n".into()));
    verified(&world);
}

const BUILDER: &str = r#"{"name": "builder", "tools": ["read", "write", "subagent"], "permissions": {"rules": [
    {"capability": "fs_write", "effect": "deny", "match": ["locked/**"]}, {"capability": "subagent", "effect": "deny", "match": ["secret"]}]}}"#;

#[test]
fn a_role_bounds_those_that_work_for_it_and_what_they_bring() {
    let world = world();
    world.project(&[
        (".kiro/agents/builder.json", BUILDER),
        (".kiro/agents/wide.json", r#"{"name": "wide", "prompt": "You-are-wide.", "permissions": {"rules": [{"capability": "shell", "effect": "allow"}]}}"#),
        (".kiro/agents/secret.json", r#"{"name": "secret"}"#),
        (".kiro/agents/broken.json", r#"{"toolz": 1}"#),
        ("locked/a.txt", "one\n"),
    ]);
    recorded(&world, "main", &[
        turn("", &[delegate_to("wide", "Try all."), delegate_to("secret", "x"), delegate_to("nobody", "x"), delegate_to("broken", "x"), delegate_to("engineer", "Try.")]),
        saw(&[
            "the agent `wide` has no tool `shell`", "the agent `builder` may not do this", "A new.txt", "there is no agent `nobody`", "is not run",
            "the agent `engineer` has no tool `shell`",
        ], &[]),
    ]);
    let tries = [shell("touch x"), write("locked/a.txt", "two\n"), write("new.txt", "fine\n")];
    let mut wide = turn("", &tries);
    wide["expect"] = json!({"said": "You-are-wide."});
    recorded(&world, "subagent-1", &[wide, saw(&["no tool `shell`", "the agent `builder` may not do this"], &[])]);
    recorded(&world, "subagent-3", &[turn("", &tries), saw(&["no tool `shell`", "the agent `builder` may not do this"], &[])]);
    run(&world, &["--agent", "builder"]).must_succeed().must_say("nothing to land").must_say("the agent `builder` may not do this");
    verified(&world);
}

#[test]
fn a_subagent_that_is_resumed_keeps_its_bounds_and_proposes_nothing() {
    let world = world();
    world.project(&[(".kiro/agents/builder.json", BUILDER), ("a.txt", "one\n")]);
    recorded(&world, "main", &[turn("", &[delegate("Write a.")]), done()]);
    recorded(&world, "subagent-1", &[turn("", &[write("a.txt", "two\n")]), done()]);
    run(&world, &["--agent", "builder"]).must_succeed();
    let all = sessions(&world);
    recorded(&world, "main", &[turn("", &[shell("ls"), write("b.txt", "b\n")]), saw(&["no tool `shell`"], &[])]);
    let resumed = world.call("ana", &["resume", id(&all[1]), "--headless", "--model", &model(&world)]);
    resumed.must_succeed().must_say("is for that session to take").must_say("nothing to land");
    assert!(world.inbox().is_empty());
    recorded(&world, "main", &[turn("", &[take(1)]), saw(&["took 2 paths of subagent 1"], &[])]);
    world.call("ana", &["resume", id(&all[0]), "--headless", "--model", &model(&world)]).must_end_with(1).must_say("a.txt").must_say("b.txt");
    verified(&world);
}

#[test]
fn a_subagent_may_begin_one_and_that_one_none() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    recorded(&world, "main", &[turn("", &[delegate("Let it be done.")]), saw(&["M a.txt"], &[take(1)]), done()]);
    recorded(&world, "subagent-1", &[turn("", &[delegate("Do it.")]), saw(&["M a.txt", "a subagent's subagent begins none"], &[take(1)]), done()]);
    recorded(&world, "subagent-1.1", &[turn("", &[write("a.txt", "deep\n"), delegate("And you.")]), saw(&["has no tool `delegate`: a subagent's subagent begins none"], &[])]);
    run(&world, &[]).must_end_with(1).must_say("1.1 │ ▸ write a.txt");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert_eq!(world.read("project/a.txt"), "deep\n");
    let all = sessions(&world);
    assert_eq!((all.len(), &all[2]["parent"]["session"]), (3, &all[1]["session"]));
    let listed = world.call("ana", &["sessions"]).out;
    assert!(listed.lines().nth(2).unwrap().starts_with(&format!("    {}", id(&all[2]))), "{listed}");
    verified(&world);
}

#[test]
fn how_many_a_session_may_begin_is_bounded_and_none_can_be_wanted() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    let calls: Vec<(&str, Value)> = (0..17).map(|_| delegate_to("nobody", "x")).collect();
    recorded(&world, "main", &[turn("", &calls), saw(&["there is no agent `nobody`"], &[delegate("Go.")]), saw(&["subagent 1 "], &[])]);
    recorded(&world, "subagent-1", &[done()]);
    run(&world, &[]).must_succeed();
    recorded(&world, "main", &[turn("", &[delegate("Go.")]), saw(&["has no tool `delegate`"], &[])]);
    run(&world, &["--subagents", "0"]).must_succeed();
    let many: Vec<(&str, Value)> = (0..17).map(|_| delegate("Go.")).collect();
    recorded(&world, "main", &[turn("", &many), saw(&["subagent 16 ", "has asked for 16 subagents, which is all it may"], &[])]);
    for number in 1..=17 {
        recorded(&world, &format!("subagent-{number}"), &[done()]);
    }
    run(&world, &["--subagents", "8"]).must_succeed().must_not_say("17 │");
}

#[test]
fn what_is_held_in_a_subagent_waits_in_its_own_session_and_is_told() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    recorded(&world, "main", &[turn("", &[delegate("Ask for it.")]), saw(&["Held for people, in its own session:", "run curl https://example.invalid/x"], &[])]);
    recorded(&world, "subagent-1", &[turn("", &[shell("curl https://example.invalid/x")]), saw(&["held as"], &[])]);
    let run = run(&world, &[]);
    let all = sessions(&world);
    let held = world.held("shell");
    run.must_end_with(1).must_say(&format!("held as {}", &held[..12]));
    world.call("ana", &["show", &held]).must_succeed().must_say(&format!("session {}", id(&all[1])));
}

#[test]
fn what_is_held_of_it_is_carried_out_when_people_have_signed() {
    let world = world();
    let asks = r#"{"name": "asks", "permissions": {"rules": [{"capability": "subagent", "effect": "ask"}]}}"#;
    world.project(&[("a.txt", "one\n"), (".kiro/agents/asks.json", asks)]);
    recorded(&world, "main", &[turn("", &[delegate("Write.")]), saw(&["held as"], &[])]);
    recorded(&world, "subagent-1", &[turn("", &[write("a.txt", "two\n"), write("b.txt", "b\n")]), done()]);
    run(&world, &["--agent", "asks"]).must_end_with(1);
    let main = id(&sessions(&world)[0]).to_owned();
    assert_eq!(sessions(&world).len(), 1, "nothing has begun");
    world.call("ana", &["sign", &world.held("delegate")]).must_succeed();
    let resume = |turns: &[Value], more: &[&str]| {
        recorded(&world, "main", turns);
        world.call("ana", &[&["resume", &main, "--headless", "--model", &model(&world)], more].concat())
    };
    resume(&[done()], &[]).must_succeed().must_say("1 │ ▸ write a.txt").must_say("nothing to land");
    resume(&[turn("", &[take(1)]), saw(&["held as"], &[])], &["--supervise"]).must_end_with(1).must_say("nothing to land");
    let held = world.held("take");
    world.call("ana", &["show", &held]).must_succeed().must_say("updates files `a.txt, b.txt` in workspace: 2 files, as subagent 1 has them");
    world.call("ana", &["sign", &held]).must_succeed();
    resume(&[done()], &["--supervise"]).must_end_with(1).must_say("took 2 paths of subagent 1").must_say("a.txt").must_say("b.txt");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert_eq!((world.read("project/a.txt"), world.read("project/b.txt")), ("two\n".into(), "b\n".into()));
    verified(&world);
}

#[test]
fn what_kiroignore_names_is_kept_from_a_subagent_and_is_not_taken_from_one() {
    let world = world();
    world.project(&[(".kiroignore", "private/\n*.csv\n"), ("private/plan.txt", "the-private-words\n"), ("a.txt", "one\n")]);
    recorded(&world, "main", &[
        turn("", &[delegate("Look around.")]),
        saw(&["A made.csv", "M a.txt"], &[take(1)]),
        saw(&["`.kiroignore` keeps `made.csv` out"], &[shell("cat a.txt; ls made.csv || echo none")]),
        saw(&["one\n", "none"], &[]),
    ]);
    let looks = [("read", json!({"path": "private/plan.txt"})), shell("cat private/plan.txt private; echo 1 > made.csv"), write("a.txt", "two\n")];
    let mut said = saw(&["`.kiroignore` keeps `private/plan.txt` out", "kept out by .kiroignore"], &[]);
    said["say"] = json!("I saw nothing.");
    recorded(&world, "subagent-1", &[turn("", &looks), said]);
    let run = run(&world, &[]);
    run.must_succeed().must_say("nothing to land").must_not_say("the-private-words");
    verified(&world);
}

#[test]
fn stopping_the_parent_stops_those_that_work_for_it() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    recorded(&world, "main", &[turn("", &[delegate("One."), delegate("Two."), delegate("Three.")]), done()]);
    for number in 1..=3 {
        recorded(&world, &format!("subagent-{number}"), &[turn("", &[shell("echo begun; sleep 600")]), done()]);
    }
    let mut running = start(&world, &[]);
    let mut lines = BufReader::new(running.stdout.take().unwrap()).lines();
    let mut begun = 0;
    while begun < 2 {
        let line = lines.next().expect("two begin").unwrap();
        begun += usize::from(line.contains("\"event\":\"output\""));
    }
    let all = sessions(&world);
    assert_eq!(all.len(), 3, "two at the same time, and the third waits");
    world.call("ana", &["stop", id(&all[0])]).must_succeed();
    assert_eq!(running.wait().unwrap().code(), Some(1), "well before the sleep is over");
    assert_eq!(sessions(&world).len(), 3, "the third never began");
    verified(&world);
}

#[test]
fn stopping_the_parent_revokes_what_its_subagents_hold() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    recorded(&world, "main", &[turn("", &[delegate("Ask for it.")]), done()]);
    recorded(&world, "subagent-1", &[turn("", &[shell("curl https://example.invalid/x")]), saw(&["held as"], &[])]);
    run(&world, &[]).must_end_with(1);
    let held = world.held("shell");
    world.call("ana", &["stop", id(&sessions(&world)[0])]).must_succeed().must_say("1 held revoked");
    assert!(world.inbox().is_empty(), "{:?}", world.inbox());
    world.call("ana", &["show", &held]).must_succeed().must_say("stopped by ana");
    assert_ne!(world.call("ana", &["sign", &held]).code, 0);
    verified(&world);
}

#[test]
fn stopping_a_subagent_leaves_its_parent() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    recorded(&world, "main", &[turn("", &[delegate("One.")]), saw(&["has ended: it was stopped"], &[write("a.txt", "two\n")]), done()]);
    recorded(&world, "subagent-1", &[turn("", &[shell("echo begun; sleep 600")]), done()]);
    let mut running = start(&world, &[]);
    let mut lines = BufReader::new(running.stdout.take().unwrap()).lines();
    let said = lines.find(|line| line.as_ref().unwrap().contains("\"event\":\"subagent\"")).unwrap().unwrap();
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&said["of"], &said["parent"]["as"], &said["agent"]), (&json!("1"), &json!("subagent"), &json!("engineer")));
    assert!(lines.any(|line| line.unwrap().contains("\"event\":\"output\"")));
    world.call("ana", &["stop", id(&said)]).must_succeed();
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert_eq!(running.wait().unwrap().code(), Some(1), "{rest:?}");
    world.held("land");
}

#[test]
fn a_parent_that_died_says_on_resume_what_was_cut_off_and_begins_nothing_again() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    recorded(&world, "main", &[turn("", &[delegate("Write and wait.")]), done()]);
    recorded(&world, "subagent-1", &[turn("", &[write("a.txt", "two\n"), shell("echo begun; sleep 600")]), done()]);
    let mut running = start(&world, &[]);
    let mut lines = BufReader::new(running.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("\"event\":\"output\"")));
    running.kill().unwrap();
    running.wait().unwrap();
    let all = sessions(&world);
    let mut next = turn("", &[take(1)]);
    next["expect"] = json!({"said": "Go on"});
    recorded(&world, "main", &[next, saw(&["took 1 path of subagent 1"], &[])]);
    let resumed = world.call("ana", &["resume", id(&all[0]), "--headless", "--model", &model(&world)]);
    resumed.must_end_with(1).must_say("cut off in the middle, and not begun again: subagent 1, delegate to engineer: Write and wait.");
    resumed.must_say(&format!("in session {}, which works for this one: run echo begun; sleep 600; its end is not known", id(&all[1])));
    assert_eq!(sessions(&world).iter().filter(|one| one["parent"].is_object()).count(), 1, "nothing was begun again");
    let unknown = entries(&world).iter().filter(|entry| entry["is"] == "unknown").count();
    assert_eq!(unknown, 2, "the order to delegate, and what the subagent had begun");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert_eq!(world.read("project/a.txt"), "two\n");
    recorded(&world, "main", &[done()]);
    world.call("ana", &["resume", id(&all[0]), "--headless", "--model", &model(&world)]).must_succeed().must_not_say("cut off");
    verified(&world);
}

/// Starts a run and kills it when this file is being written.
fn killed_at(world: &World, path: &str) {
    let mut running = start(world, &[]);
    let mut lines = BufReader::new(running.stdout.take().unwrap()).lines();
    let is_it = |line: String| line.contains("\"do\":\"write\"") && line.contains(path);
    assert!(lines.any(|line| is_it(line.unwrap())), "{path}");
    running.kill().unwrap();
    running.wait().unwrap();
}

/// Enough files that a process is killed before it has carried them all over.
const MANY: &str = "for n in $(seq 1000 1400); do echo $n > f$n.txt; done";

#[test]
fn a_half_of_what_was_taken_is_put_back_and_never_proposed() {
    let world = world();
    world.project(&[("a.txt", "one\n"), ("f1000.txt", "mine\n")]);
    recorded(&world, "main", &[turn("", &[delegate("Write many.")]), turn("", &[take(1)]), done()]);
    recorded(&world, "subagent-1", &[turn("", &[shell(MANY)]), done()]);
    killed_at(&world, "f1010.txt");
    let main = id(&sessions(&world)[0]).to_owned();
    let resume = |turns: &[Value]| {
        recorded(&world, "main", turns);
        world.call("ana", &["resume", &main, "--headless", "--model", &model(&world)])
    };
    let resumed = resume(&[turn("", &[shell("ls *.txt; cat f1000.txt")]), saw(&["a.txt\nf1000.txt\nmine\n"], &[])]);
    resumed.must_succeed().must_say("the program ended while what subagent 1 changed was being taken").must_say("nothing to land");
    let again = resume(&[turn("", &[take(1)]), saw(&["took 401 paths of subagent 1"], &[])]);
    again.must_end_with(1).must_not_say("was being taken");
    verified(&world);
}

#[test]
fn a_subagent_whose_copy_was_never_complete_is_not_worked_in_and_removes_nothing() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    recorded(&world, "main", &[turn("", &[shell(MANY)]), turn("", &[delegate("Write.")]), done()]);
    recorded(&world, "subagent-1", &[done()]);
    killed_at(&world, "f1010.txt");
    let all = sessions(&world);
    let resume = |session: &Value, turns: &[Value]| {
        recorded(&world, "main", turns);
        world.call("ana", &["resume", id(session), "--headless", "--model", &model(&world)])
    };
    let refused = resume(&all[1], &[turn("", &[write("b.txt", "b\n")]), done()]);
    refused.must_say("this subagent never began").must_not_say("write b.txt");
    assert_ne!(refused.code, 0);
    let parent = resume(&all[0], &[turn("", &[take(1)]), saw(&["changed nothing that you have not"], &[shell("ls f*.txt | wc -l")]), saw(&["401\n"], &[])]);
    parent.must_end_with(1);
    verified(&world);
}

#[test]
fn going_back_undoes_what_a_later_subagent_holds() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    recorded(&world, "main", &[turn("", &[write("a.txt", "two\n")]), turn("", &[delegate("Ask.")]), turn("", &[take(1)]), done()]);
    recorded(&world, "subagent-1", &[turn("", &[write("b.txt", "b\n"), shell("curl https://example.invalid/x")]), done()]);
    run(&world, &[]).must_end_with(1);
    let main = id(&sessions(&world)[0]).to_owned();
    assert!(world.inbox().iter().any(|(_, deed)| deed == "shell"));
    world.call("ana", &["rewind", &main, "--to", "0"]).must_succeed();
    assert!(world.inbox().is_empty(), "{:?}", world.inbox());
    recorded(&world, "main", &[turn("", &[shell("cat a.txt; ls")]), saw(&["two\n"], &[])]);
    let resumed = world.call("ana", &["resume", &main, "--headless", "--model", &model(&world)]);
    resumed.must_end_with(1).must_not_say("b.txt");
    let forked = world.call("ana", &["fork", &main, "--json"]);
    let fork: Value = serde_json::from_str(forked.must_succeed().out.lines().last().unwrap()).unwrap();
    recorded(&world, "main", &[turn("", &[take(1)]), saw(&["this session has no subagent 1"], &[])]);
    world.call("ana", &["resume", id(&fork), "--headless", "--model", &model(&world)]).must_end_with(1);
    verified(&world);
}
