//! Symbols found by a scripted language server in the box, and by name where it fails.

use action::Deed;
use serde_json::{Value, json};
use tools::Done;

use crate::harness::World;

const SERVER: &[u8] = include_bytes!("languages/server.py");
const TOTAL: &[u8] = b"def total(rows):\n    return 1\n";

fn world(mode: &str, answers: &Value, more: &[(&str, &[u8])]) -> World {
    let answers = answers.to_string();
    let mut files: Vec<(&str, &[u8])> = vec![
        ("src/total.py", TOTAL),
        ("src/use.py", b"from total import total\ntotal([])\n"),
        (".venv/bin/pyright-langserver", SERVER),
        (".gitignore", b".venv/\n"),
        ("mode.txt", mode.as_bytes()),
        ("answers.json", answers.as_bytes()),
    ];
    files.extend(more);
    World::with(&files)
}

fn at(path: &str, line: u64) -> Value {
    json!({"uri": format!("TREE/{path}"), "range": {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 1}}})
}

/// Asks as a session does: where a server is wanted it is started, by an order of its own.
fn find(world: &mut World, arguments: Value) -> (Option<Done>, Done) {
    let first = world.ask("find_symbol", arguments.clone());
    let Some(start) = world.hands.wanted_language() else { return (None, first) };
    assert!(first.text_for_model.ends_with("is to be started first; nothing was looked up yet"), "{}", first.text_for_model);
    let started = world.execute(start, &|_| None).unwrap();
    (Some(started), world.ask("find_symbol", arguments))
}

fn definition() -> Value {
    json!({"symbol": "total", "path": "src/use.py", "line": 2})
}

fn heard(world: &mut World, method: &str) -> Vec<Value> {
    let text = world.shell("cat heard.jsonl").text_for_model;
    let all = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    all.filter(|message| message["method"] == method).map(|message| message["params"].clone()).collect()
}

#[test]
fn it_is_started_once_by_an_order_of_its_own_and_asked() {
    let mut world = world("decent", &json!([at("src/total.py", 0)]), &[]);
    let (started, found) = find(&mut world, definition());
    assert_eq!(started.unwrap().line, "the language server `pyright-langserver` runs");
    assert_eq!(found.text_for_model, "src/total.py:1: def total(rows):\n[by what it means, says `pyright-langserver`]\n");
    let (started, found) = find(&mut world, json!({"symbol": "total", "path": "src/total.py", "what": "references"}));
    assert!(started.is_none() && found.ok, "{found:?}");
    assert_eq!(heard(&mut world, "initialize").len(), 1);
    let asked = heard(&mut world, "textDocument/definition");
    assert_eq!(asked[0]["position"], json!({"line": 1, "character": 0}));
    assert_eq!(heard(&mut world, "textDocument/references")[0]["position"], json!({"line": 0, "character": 4}));
}

#[test]
fn a_start_that_no_symbol_wants_starts_nothing() {
    let mut world = world("decent", &json!([]), &[]);
    let start = |command: &str| Deed::LanguageStart { language: "python".into(), command: command.into() };
    assert!(!world.execute(start("touch ran"), &|_| None).unwrap().ok);
    world.ask("find_symbol", definition());
    assert!(!world.execute(start("touch ran"), &|_| None).unwrap().ok, "another command than the wanted one");
    assert!(!world.shell("ls ran").ok);
}

#[test]
fn it_is_kept_in_step_with_the_copy() {
    let mut world = world("decent", &json!([at("src/total.py", 0)]), &[]);
    find(&mut world, definition());
    world.ask("write", json!({"path": "src/total.py", "content": "x = 1\ndef total(): pass\n"}));
    world.ask("write", json!({"path": "src/new.py", "content": "new = 1\n"}));
    world.ask("write", json!({"path": "src/use.py", "content": "from total import total\ntotal()\n"}));
    let (_, found) = find(&mut world, definition());
    assert!(found.text_for_model.starts_with("src/total.py:1: x = 1\n"), "the text that is there now: {}", found.text_for_model);
    world.ask("delete", json!({"path": "src/new.py"}));
    find(&mut world, definition());
    find(&mut world, definition());
    let name = |uri: &Value| uri.as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let opened: Vec<String> = heard(&mut world, "textDocument/didOpen").iter().map(|p| name(&p["textDocument"]["uri"])).collect();
    assert_eq!(opened, ["use.py", "new.py", "total.py"]);
    let changed = heard(&mut world, "textDocument/didChange");
    assert_eq!((changed.len(), changed[0]["contentChanges"][0]["text"].as_str()), (1, Some("from total import total\ntotal()\n")));
    assert_eq!(changed[0]["textDocument"]["version"], 2);
    let closed: Vec<String> = heard(&mut world, "textDocument/didClose").iter().map(|p| name(&p["textDocument"]["uri"])).collect();
    assert_eq!(closed, ["new.py"]);
    let told = heard(&mut world, "workspace/didChangeWatchedFiles");
    let events = |at: usize| told[at]["changes"].as_array().unwrap().iter().map(|e| (name(&e["uri"]), e["type"].as_u64().unwrap())).collect::<Vec<_>>();
    assert_eq!(events(0), [("new.py".to_owned(), 1), ("total.py".to_owned(), 2), ("use.py".to_owned(), 2)]);
    assert_eq!(events(1), [("new.py".to_owned(), 3)]);
    assert_eq!(told.len(), 2, "nothing changed since");
}

#[test]
fn when_too_much_has_changed_it_is_started_again() {
    let mut world = world("decent", &json!([at("src/total.py", 0)]), &[]);
    find(&mut world, definition());
    world.shell("for n in $(seq 60); do echo \"x = $n\" > src/m$n.py; done");
    let (started, found) = find(&mut world, definition());
    assert!(started.unwrap().ok && found.text_for_model.contains("by what it means"));
    assert_eq!(heard(&mut world, "initialize").len(), 2);
    assert!(find(&mut world, definition()).0.is_none(), "it saw them when it started");
}

#[test]
fn what_it_names_outside_or_may_not_be_seen_is_not_shown() {
    let outside = json!({"uri": "file:///usr/lib/python3/json/__init__.py", "range": {"start": {"line": 4}}});
    let odd = json!([outside, at("src/total.py", 1), at("private.py", 0), at(".env", 0), at("../../etc/passwd", 0), at("none.py", 3), 7, {"uri": "untitled:\u{1b}[2J", "range": {}}]);
    let more: &[(&str, &[u8])] = &[("private.py", b"password = 1\n"), (".kiroignore", b"private.py\n"), (".env", b"KEY=hunter2\n")];
    let mut world = world("decent", &odd, more);
    let (_, found) = find(&mut world, json!({"symbol": "total", "path": "src/total.py", "what": "references"}));
    let text = found.text_for_model;
    assert!(text.starts_with("src/total.py:2: return 1\noutside the project: untitled:\\u{1b}[2J\noutside the project: …/python3/json/__init__.py:5\n"), "{text}");
    assert!(text.contains("[not told: 2 places]\n[not for an agent to see: 2 places]\n[not there: 1 place]\n"), "{text}");
    assert!(!text.contains("password") && !text.contains("hunter2") && !text.contains("root:"), "{text}");
}

#[test]
fn a_program_that_is_no_server_is_not_present_and_names_are_found_by_name() {
    for (mode, why) in [("absent", "it complained: error: there is no such component"), ("incapable", "it does not say what it can do")] {
        let mut world = world(mode, &json!([]), &[]);
        let (started, found) = find(&mut world, definition());
        assert!(!started.unwrap().ok);
        let text = &found.text_for_model;
        assert!(found.ok && text.starts_with("src/total.py:1: def total(rows)\n[by name and not by meaning: `pyright-langserver` is no language server here"), "{text}");
        assert!(text.contains(why) && !text.contains('\u{1b}'), "{text}");
        assert!(find(&mut world, definition()).0.is_none(), "it is not tried again");
    }
}

#[test]
fn one_that_dies_or_talks_nonsense_is_started_again_twice_and_every_answer_says_so() {
    for (mode, why) in [("dies", "it complained: I had enough"), ("garbage", "no header of the protocol")] {
        let mut world = world(mode, &json!([]), &[]);
        for _ in 0..3 {
            let (started, found) = find(&mut world, definition());
            assert!(started.unwrap().ok);
            assert!(found.ok && found.text_for_model.starts_with("src/total.py:1: def total(rows)\n[by name"), "{}", found.text_for_model);
            assert!(found.text_for_model.contains(why), "{}", found.text_for_model);
        }
        let (started, found) = find(&mut world, definition());
        assert!(started.is_none() && found.text_for_model.contains("it is not started again"), "{}", found.text_for_model);
    }
}

#[test]
fn ended_servers_are_gone_and_the_next_symbol_starts_another() {
    let mut world = world("decent", &json!([at("src/total.py", 0)]), &[]);
    find(&mut world, definition());
    world.hands.end_languages();
    assert!(find(&mut world, definition()).0.is_some());
    assert_eq!(heard(&mut world, "initialize").len(), 2);
    world.hands.renounce_language("python", "nobody wants one");
    assert!(find(&mut world, definition()).1.text_for_model.contains("[by name and not by meaning: nobody wants one]"));
}

#[test]
fn nothing_found_by_meaning_is_looked_for_by_name() {
    let mut world = world("decent", &Value::Null, &[]);
    let (_, found) = find(&mut world, definition());
    assert!(found.text_for_model.contains("src/total.py:1: def total(rows)\n[by name and not by meaning: `pyright-langserver` knows no definition of it]"), "{}", found.text_for_model);
}

#[test]
fn where_there_is_no_server_nothing_is_wanted() {
    let mut world = World::seeing("/nowhere", &[("a.go", b"package a\nfunc Total() {}\n")]);
    let (started, found) = find(&mut world, json!({"symbol": "Total", "path": "a.go"}));
    assert!(started.is_none());
    assert_eq!(found.text_for_model, "a.go:2: func Total()\n[by name and not by meaning: no language server for go is in the project or in the box]\n");
}
