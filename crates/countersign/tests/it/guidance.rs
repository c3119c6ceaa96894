//! What a project says to agents, and what it keeps from them, through the real program.

use serde_json::{Value, json};
use testkit::model_server::{ModelServer, Script, Turn};
use testkit::{Called, World};

use super::{shell, world, write};

/// A run against a scripted server, and the text of each request.
fn run(world: &World, turns: Vec<Turn>, more: &[&str]) -> (Called, Vec<String>) {
    let server = ModelServer::start(Script::from(turns));
    let base = format!("{}/v1", server.url());
    let called = world.call("ana", &[&["run", "--headless", "--model", "chat/x", "--base-url", &base], more].concat());
    let asked = server.requests().iter().map(|request| request.body.to_string()).collect();
    (called, asked)
}

fn call((name, arguments): (&str, Value)) -> Turn {
    Turn::call(name, &arguments)
}

fn read(path: &str) -> Turn {
    Turn::call("read", &json!({"path": path}))
}

fn done() -> Turn {
    Turn::say("Done.")
}

fn tools(request: &str) -> Vec<String> {
    let body: Value = serde_json::from_str(request).unwrap();
    body["tools"].as_array().unwrap().iter().map(|tool| tool["function"]["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn guidance_is_given_when_it_applies_and_once() {
    let world = world();
    world.project(&[
        ("AGENTS.md", "top-guidance"),
        (".cursorrules", "cursor-guidance"),
        (".kiro/steering/product.md", "steering-always, see #[[file:docs/api.md]] and #[[file:.env]]"),
        ("docs/api.md", "the-referenced-file"),
        (".env", "TOKEN=the-secret"),
        (".kiro/steering/rust.md", "---\ninclusion: fileMatch\nfileMatchPattern: \"**/*.rs\"\n---\nsteering-for-rust"),
        (".kiro/steering/release.md", "---\ninclusion: manual\n---\nsteering-by-hand"),
        (".kiro/steering/api.md", "---\ninclusion: auto\ndescription: the-description\n---\nsteering-on-demand"),
        (".kiro/steering/odd.md", "---\ninclude: always\n---\nnever-given"),
        (".kiro/skills/pdf/SKILL.md", "---\nname: pdf\ndescription: makes-pdfs\n---\nthe-skill"),
        ("src/AGENTS.md", "nested-guidance"),
        ("src/a.rs", "fn a() {}\n"),
        ("src/b.rs", "fn b() {}\n"),
    ]);
    let turns = vec![read("src/a.rs"), read("src/b.rs"), read(".kiro/skills/pdf/SKILL.md"), done()];
    let (called, asked) = run(&world, turns, &["Fix it, see #release."]);
    called.must_succeed().must_say("`include` is no key of a steering file").must_say("`.env` is not shown");
    let first = &asked[0];
    for given in ["top-guidance", "cursor-guidance", "steering-always", "the-referenced-file", "steering-by-hand", "the-description", "makes-pdfs", ".kiro/skills/pdf/SKILL.md"] {
        assert!(first.contains(given), "{given}: {first}");
    }
    for kept in ["the-secret", "steering-for-rust", "steering-on-demand", "never-given", "nested-guidance", "the-skill"] {
        assert!(!first.contains(kept), "{kept}: {first}");
    }
    assert!(asked[1].contains("nested-guidance") && asked[1].contains("steering-for-rust"), "{}", asked[1]);
    let last = &asked[3];
    for once in ["nested-guidance", "steering-for-rust", "top-guidance", "the-skill"] {
        assert_eq!(last.matches(once).count(), 1, "{once}");
    }
    assert!(!last.contains("never-given"));
    let messages = |request: &str| serde_json::from_str::<Value>(request).unwrap()["messages"].as_array().unwrap().clone();
    assert_eq!(messages(last)[..messages(first).len()], messages(first)[..], "what was said stays as it was, so that it can be cached");
}

#[test]
fn what_a_session_was_given_it_is_not_given_again() {
    let world = world();
    world.project(&[("AGENTS.md", "top-guidance"), (".kiro/steering/rust.md", "---\ninclusion: fileMatch\nfileMatchPattern: \"*.rs\"\n---\nsteering-for-rust"), ("a.rs", "fn a() {}\n")]);
    run(&world, vec![read("a.rs"), done()], &["Look."]).0.must_succeed();
    let id = world.call("ana", &["sessions"]).out.split_whitespace().next().unwrap().to_owned();
    let server = ModelServer::start(Script::from([read("a.rs"), done()]));
    let base = format!("{}/v1", server.url());
    world.call("ana", &["resume", &id, "Again.", "--headless", "--model", "chat/x", "--base-url", &base]).must_succeed();
    let last = server.requests().last().unwrap().body.to_string();
    assert_eq!((last.matches("top-guidance").count(), last.matches("steering-for-rust").count()), (1, 1), "{last}");
}

#[test]
fn an_agent_guides_nobody_by_what_it_writes() {
    let world = world();
    world.project(&[("src/a.rs", "fn a() {}\n")]);
    let steering = "---\ninclusion: always\n---\nwritten-by-the-agent";
    let turns = vec![call(write("src/AGENTS.md", "written-by-the-agent")), call(write(".kiro/steering/x.md", steering)), read("src/a.rs"), done()];
    let (called, asked) = run(&world, turns, &["Go."]);
    called.must_end_with(1); // what it wrote is held
    assert!(!asked[3].contains("guidance from"), "{}", asked[3]);
}

#[test]
fn what_kiroignore_names_no_tool_touches() {
    let world = world();
    world.project(&[
        (".kiroignore", "private/\n*.csv\n"),
        ("private/plan.txt", "the-private-words"),
        ("rows.csv", "the-private-words"),
        ("open.txt", "the-open-words"),
        ("private/AGENTS.md", "the-private-words"),
        (".kiro/steering/a.md", "see #[[file:private/plan.txt]]"),
    ]);
    let turns = vec![
        read("private/plan.txt"),
        Turn::call("list", &json!({"path": "private"})),
        Turn::call("list", &json!({"path": "."})),
        Turn::call("glob", &json!({"pattern": "**/*"})),
        Turn::call("grep", &json!({"pattern": "words"})),
        Turn::call("grep", &json!({"pattern": "words", "path": "rows.csv"})),
        call(write("new.csv", "1,2\n")),
        Turn::call("edit", &json!({"path": "rows.csv", "edits": [{"old": "the", "new": "my"}]})),
        Turn::call("delete", &json!({"path": "private"})),
        Turn::call("move", &json!({"from": "rows.csv", "to": "open2.txt"})),
        call(shell("cat private/plan.txt rows.csv private; grep -r words . ; git status --short")),
        call(shell("echo open > .kiroignore || echo the list stays")),
        done(),
    ];
    let (called, asked) = run(&world, turns, &["Look around."]);
    called.must_succeed().must_say("nothing to land").must_say("`private/plan.txt` is not shown");
    let last = asked.last().unwrap();
    assert!(last.contains("the-open-words") && !last.contains("the-private-words"), "{last}");
    let messages = serde_json::from_str::<Value>(last).unwrap()["messages"].clone();
    let results: Vec<&str> = messages.as_array().unwrap().iter().filter(|m| m["role"] == "tool").map(|m| m["content"].as_str().unwrap()).collect();
    for (at, path) in [(0, "private/plan.txt"), (1, "private"), (5, "rows.csv"), (6, "new.csv"), (7, "rows.csv"), (8, "private"), (9, "rows.csv")] {
        assert!(results[at].contains(&format!("`.kiroignore` keeps `{path}` out")), "{at}: {}", results[at]);
    }
    for at in [2, 3, 4] {
        assert!(!results[at].contains("private") && !results[at].contains("rows.csv") && results[at].contains("open.txt"), "{at}: {}", results[at]);
    }
    assert!(results[10].contains("kept out by .kiroignore"), "{}", results[10]);
    assert!(results[11].contains("the list stays"), "{}", results[11]);
    assert_eq!(world.read("project/private/plan.txt"), "the-private-words");
}

#[test]
fn a_custom_agent_has_its_own_words_and_only_its_tools() {
    let world = world();
    world.project(&[
        (".kiro/agents/reviewer.md", "---\nname: reviewer\ndescription: d\ntools: [read, write]\npermissions:\n  rules:\n    - capability: fs_write\n      effect: deny\n      match: [\"src/**\"]\n    - capability: shell\n      effect: allow\n---\nYou-are-a-reviewer."),
        ("src/a.rs", "fn a() {}\n"),
    ]);
    let turns = vec![call(shell("touch x")), call(write("src/a.rs", "changed\n")), call(write("NOTES.md", "fine\n")), done()];
    let (called, asked) = run(&world, turns, &["--agent", "reviewer", "Review."]);
    called.must_end_with(1).must_say("NOTES.md").must_say("cannot allow `shell`").must_not_say("src/a.rs (");
    assert!(asked[0].contains("You-are-a-reviewer."));
    let offered = tools(&asked[0]);
    assert!(offered.contains(&"read".to_owned()) && offered.contains(&"edit".to_owned()) && !offered.contains(&"shell".to_owned()), "{offered:?}");
    assert!(asked[1].contains("has no tool `shell`"), "{}", asked[1]);
    assert!(asked[2].contains("the agent `reviewer` may not do this"), "{}", asked[2]);
    let shown = world.call("ana", &["show", &world.held("land")]);
    shown.must_say("NOTES.md").must_not_say("src/a.rs");
    let ledger = world.call("ana", &["ledger", "show", "--json"]).out.clone();
    assert!(ledger.contains("\"agent\":\"reviewer\"") && ledger.contains("agent-tools") && ledger.contains("agent-denies"));
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn an_agent_that_is_not_fit_is_not_run() {
    let world = world();
    world.project(&[(".kiro/agents/a.json", r#"{"permissions": {"rules": [{"capability": "teleport", "effect": "deny"}]}}"#)]);
    for (name, said) in [("a", "teleport"), ("b", "there is no agent `b`"), ("engineer", "cannot be an agent's name")] {
        let (called, asked) = run(&world, vec![done()], &["--agent", name, "Go."]);
        called.must_end_with(2).must_say(said);
        assert!(asked.iter().all(|request| !request.contains("Go.")), "nothing was asked of the model");
    }
}

#[test]
fn a_session_keeps_its_agent() {
    let world = world();
    world.project(&[(".kiro/agents/reader.md", "---\ndescription: d\ntools: [read]\n---\nRead.")]);
    run(&world, vec![done()], &["--agent", "reader", "Go."]).0.must_succeed();
    let id = world.call("ana", &["sessions"]).out.split_whitespace().next().unwrap().to_owned();
    let server = ModelServer::start(Script::from([call(write("a", "b")), done()]));
    let base = format!("{}/v1", server.url());
    let resume = ["resume", &id, "Again.", "--headless", "--model", "chat/x", "--base-url", &base];
    world.call("ana", &resume).must_succeed().must_say("has no tool `write`");
    world.call("ana", &[&resume[..], &["--agent", "other"]].concat()).must_end_with(2).must_say("keeps its agent");
    std::fs::remove_file(world.path("project/.kiro/agents/reader.md")).unwrap();
    world.call("ana", &resume).must_end_with(1).must_say("there is no agent `reader`");
}

#[test]
fn what_does_nothing_is_told_by_a_check() {
    let world = world();
    world.project(&[
        (".kiro/steering/a.md", "---\ninclude: always\n---\nx"),
        (".kiro/hooks/a.json", r#"{"version": "v1", "hooks": [{"name": "h", "trigger": "PreToolUse", "matcher": "(", "action": {"type": "command", "command": "x"}}]}"#),
        (".kiro/skills/a/SKILL.md", "no front matter"),
        (".kiro/agents/a.json", r#"{"permissions": {"rules": [{"capability": "teleport", "effect": "deny"}]}}"#),
        (".kiroignore", "fine\n[z-a]\n"),
    ]);
    let check = world.call("ana", &["guidance", "check"]);
    check.must_end_with(1);
    for said in [".kiro/steering/a.md:2:1: error", "[steering-key]", "[hook-matcher]", "[skill-key]", "[agent-unfit]", "no box is opened with it", "5 files"] {
        check.must_say(said);
    }
    let json: Value = serde_json::from_str(&world.call("ana", &["guidance", "check", "--json"]).out).unwrap();
    assert_eq!((json["errors"].as_u64().unwrap(), json["files"].as_array().unwrap().len()), (5, 5), "{json}");
    for file in [".kiro/steering/a.md", ".kiro/hooks/a.json", ".kiro/skills/a/SKILL.md", ".kiro/agents/a.json", ".kiroignore"] {
        std::fs::remove_file(world.path(&format!("project/{file}"))).unwrap();
    }
    world.write("project/.kiro/agents/b.md", "---\ndescription: d\nallowedTools: [x]\n---\nB");
    world.call("ana", &["guidance", "check"]).must_succeed().must_say("1 warning");
    world.call("ana", &["guidance", "check", "--strict"]).must_end_with(1);
}
