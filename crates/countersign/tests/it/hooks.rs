//! The project's hooks, through the real program: what they stop, what they say, and that each is an intent of its own.

use serde_json::{Value, json};
use testkit::model_server::{ModelServer, Script, Turn};
use testkit::{Called, World};

use super::{world, write};

/// A project with one hook file in the new form.
fn project(hooks: &Value) -> World {
    let world = world();
    let file = json!({"version": "v1", "hooks": hooks}).to_string();
    world.project(&[(".kiro/hooks/a.json", &file), ("a.txt", "one\n")]);
    world
}

fn hook(name: &str, trigger: &str, command: &str) -> Value {
    json!({"name": name, "trigger": trigger, "action": {"type": "command", "command": command}})
}

fn with(mut hook: Value, key: &str, value: Value) -> Value {
    hook[key] = value;
    hook
}

fn run(world: &World, turns: Vec<Turn>, more: &[&str]) -> (Called, Vec<String>) {
    let server = ModelServer::start(Script::from(turns));
    let base = format!("{}/v1", server.url());
    let called = world.call("ana", &[&["run", "The-prompt.", "--headless", "--model", "chat/x", "--base-url", &base], more].concat());
    let asked = server.requests().iter().map(|request| request.body.to_string()).filter(|body| body.contains("messages")).collect();
    (called, asked)
}

fn writing(path: &str) -> Turn {
    let (name, arguments) = write(path, "two\n");
    Turn::call(name, &arguments)
}

fn done() -> Turn {
    Turn::say("Done.")
}

/// The commands that were run, as the ledger has them, with how each ended.
fn commands(world: &World) -> Vec<(String, String)> {
    let shown = world.call("ana", &["ledger", "show", "--json"]);
    let events: Vec<Value> = shown.must_succeed().out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["entry"]["event"].clone()).collect();
    let ended = |id: &Value| events.iter().rev().find(|event| event["intent"] == *id).map(|event| event["is"].as_str().unwrap().to_owned());
    let asked = events.iter().filter(|event| event["is"] == "proposed" && event["intent"]["deed"]["do"] == "shell");
    asked.map(|event| (event["intent"]["deed"]["command"].as_str().unwrap().to_owned(), ended(&event["intent"]["id"]).unwrap_or_default())).collect()
}

#[test]
fn a_hook_before_a_tool_stops_it_by_any_exit_but_0() {
    let world = project(&json!([with(hook("no secrets", "PreToolUse", "echo not-in-this-project; exit 7"), "matcher", json!("fs_write"))]));
    let (called, asked) = run(&world, vec![Turn::call("read", &json!({"path": "a.txt"})), writing("a.txt"), done()], &[]);
    called.must_succeed().must_say("hook `no secrets`").must_say("nothing to land");
    assert!(asked[1].contains("one") && !asked[1].contains("stopped it"), "a read is not what it is for: {}", asked[1]);
    assert!(asked[2].contains("hook `no secrets` stopped it") && asked[2].contains("not-in-this-project"), "{}", asked[2]);
    assert_eq!(commands(&world), [("echo not-in-this-project; exit 7".to_owned(), "failed".to_owned())]);
    world.call("ana", &["ledger", "show", "--json"]).must_say("\"rule\":\"hook\"");
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn a_hook_that_does_not_end_cannot_start_or_is_held_stops_it_too() {
    for hook in [
        with(hook("h", "PreToolUse", "while :; do :; done"), "timeout", json!(1)),
        hook("h", "PreToolUse", "no-such-program-here"),
        with(hook("h", "PreToolUse", "true"), "confirm", json!(true)),
        hook("h", "PreToolUse", "kill -9 $$"),
    ] {
        let world = project(&json!([hook]));
        let (called, asked) = run(&world, vec![writing("b.txt"), done()], &[]);
        called.must_say("nothing to land");
        assert!(asked[1].contains("hook `h` stopped it"), "{hook}: {}", asked[1]);
    }
}

#[test]
fn a_hook_that_is_to_be_confirmed_is_asked_about_at_a_terminal() {
    for (typed, lands) in [(["y", "y"], true), (["n", "y"], false)] {
        let world = project(&json!([with(hook("h", "PreToolUse", "true"), "confirm", json!(true))]));
        let model = world.recording(&[json!({"say": "", "calls": [{"name": "write", "arguments": {"path": "b.txt", "content": "two\n"}}]}), json!({"say": "Done.", "calls": []})]);
        world.at_a_terminal("ana", &["run", "--model", &model, "go"], &typed);
        assert_eq!(world.path("project/b.txt").exists(), lands, "{typed:?}");
    }
}

#[test]
fn a_hook_that_says_yes_lets_it_happen() {
    let world = project(&json!([hook("h", "PreToolUse", "test -f a.txt"), hook("later", "PostFileCreate", "echo made >> log"), hook("other", "PostFileSave", "echo saved >> log"), hook("gone", "PostFileDelete", "echo deleted >> log")]));
    let (called, _) = run(&world, vec![writing("b.txt"), writing("a.txt"), Turn::call("delete", &json!({"path": "b.txt"})), done()], &[]);
    called.must_end_with(1);
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert_eq!((world.read("project/a.txt"), world.read("project/log")), ("two\n".into(), "made\nsaved\ndeleted\n".into()));
}

#[test]
fn a_hook_after_a_tool_runs_for_what_was_done_and_stops_nothing() {
    let world = project(&json!([with(hook("after", "PostToolUse", "echo x >> log; exit 1"), "matcher", json!("^(read|shell)$"))]));
    world.write("project/.kiroignore", "private\n");
    let turns = vec![Turn::call("read", &json!({"path": "a.txt"})), Turn::call("shell", &json!({"command": "exit 4"})), writing("b.txt"), Turn::call("read", &json!({"path": "private"})), done()];
    let (called, asked) = run(&world, turns, &[]);
    called.must_end_with(1).must_say("hook `after` did not say yes");
    assert!(asked[1].contains("one") && !asked[1].contains("stopped it"));
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert_eq!(world.read("project/log"), "x\nx\n", "for the read and the command, not for the write and the call that was refused");
}

#[test]
fn the_old_form_runs_for_its_patterns() {
    let world = world();
    let text = json!({"enabled": true, "name": "docs", "version": "1", "when": {"type": "fileEdited", "patterns": ["*.md"]}, "then": {"type": "askAgent", "prompt": "Check-the-links."}}).to_string();
    world.project(&[(".kiro/hooks/docs.kiro.hook", &text), ("a.md", "one\n"), ("a.txt", "one\n")]);
    let (_, asked) = run(&world, vec![writing("a.txt"), writing("a.md"), done()], &[]);
    assert!(!asked[1].contains("Check-the-links.") && asked[2].contains("hook docs") && asked[2].contains("Check-the-links."), "{}", asked[2]);
}

#[test]
fn a_hook_on_the_prompt_adds_to_it_or_stops_it() {
    let world = project(&json!([hook("branch", "UserPromptSubmit", "echo on-branch-main"), hook("begin", "SessionStart", "echo a-new-session")]));
    let (called, asked) = run(&world, vec![done()], &[]);
    called.must_succeed();
    assert!(asked[0].contains("on-branch-main") && asked[0].contains("a-new-session") && asked[0].contains("The-prompt."), "{}", asked[0]);
    let world = project(&json!([hook("freeze", "UserPromptSubmit", "echo code-freeze; exit 1")]));
    let (called, asked) = run(&world, vec![done()], &[]);
    called.must_end_with(1).must_say("hook `freeze` stopped it").must_say("code-freeze");
    assert!(asked.is_empty(), "no model was asked: {asked:?}");
}

#[test]
fn a_hook_at_the_end_has_one_more_turn_and_not_for_ever() {
    let asks = json!({"name": "review", "trigger": "Stop", "action": {"type": "agent", "prompt": "Read-it-once-more."}});
    let world = project(&json!([asks, hook("lint", "Stop", "echo linted > lint.txt")]));
    let (called, asked) = run(&world, vec![writing("a.txt"), done(), done(), done()], &[]);
    called.must_end_with(1).must_say("lint.txt");
    assert_eq!(asked.len(), 3);
    assert!(!asked[1].contains("Read-it-once-more.") && asked[2].contains("Read-it-once-more."));
}

#[test]
fn a_hook_with_a_finding_is_not_run_and_the_person_is_told() {
    let world = project(&json!([
        with(hook("bad key", "PostToolUse", "exit 1"), "only", json!("write")),
        with(hook("bad matcher", "PostToolUse", "exit 1"), "matcher", json!("(")),
        with(hook("off", "PreToolUse", "exit 1"), "enabled", json!(false)),
    ]));
    let (called, _) = run(&world, vec![writing("a.txt"), done()], &[]);
    called.must_end_with(1).must_say("`only` is no key").must_say("does not compile").must_say("a.txt");
    assert!(commands(&world).is_empty());
    world.call("ana", &["hook", "list"]).must_succeed().must_say("does not compile").must_not_say("off  ");
}

/// Only a clear yes is one.
#[test]
fn what_a_hook_that_cannot_run_was_to_agree_to_is_not_done() {
    for broken in [with(hook("bad key", "PreToolUse", "true"), "only", json!("write")), with(hook("bad matcher", "PreToolUse", "true"), "matcher", json!("("))] {
        let world = project(&json!([hook("good", "PreToolUse", "true"), broken]));
        let (called, asked) = run(&world, vec![writing("a.txt"), done()], &[]);
        called.must_say("did not say yes: it cannot be run").must_say("or switch it off there");
        assert!(asked[1].contains("nobody says yes"), "{asked:?}");
        assert!(commands(&world).is_empty() && !called.out.contains("wrote `a.txt`"));
    }
    let world = project(&json!([]));
    world.write("project/.kiro/hooks/half.json", "{\"version\": \"v1\", \"hooks\": [{\"name\": \"x\", \"trigger\": \"UserPromptSubmit\", ");
    let (called, asked) = run(&world, vec![done()], &[]);
    called.must_end_with(1).must_say("nobody says yes");
    assert!(asked.is_empty(), "the prompt went to nobody");
}

#[test]
fn an_agent_cannot_make_itself_a_hook() {
    let world = project(&json!([]));
    let evil = json!({"version": "v1", "hooks": [hook("evil", "PreToolUse", "touch /tmp/evil")]}).to_string();
    let turn = Turn::call("write", &json!({"path": ".kiro/hooks/evil.json", "content": evil}));
    let (called, asked) = run(&world, vec![turn, writing("b.txt"), done()], &[]);
    called.must_not_say("hook `evil`");
    assert!(asked[1].contains("evil.json") && commands(&world).is_empty());
    assert!(!world.path("project/.kiro/hooks/evil.json").exists());
}

#[test]
fn a_person_starts_a_hook_by_its_name() {
    let prompt = json!({"name": "ask", "trigger": "Manual", "action": {"type": "agent", "prompt": "Sum-it-up."}});
    let world = project(&json!([hook("format", "Manual", "echo formatted > a.txt"), hook("broken", "Manual", "exit 3"), prompt]));
    world.call("ana", &["hook", "list"]).must_succeed().must_say("format  Manual  runs echo formatted > a.txt").must_say("ask  Manual  says Sum-it-up.");
    world.call("ana", &["hook", "run", "format", "--headless"]).must_end_with(1).must_say("a.txt");
    assert_eq!(world.read("project/a.txt"), "one\n", "held");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert_eq!(world.read("project/a.txt"), "formatted\n");
    world.call("ana", &["hook", "run", "broken", "--headless"]).must_end_with(1).must_say("exit 3");
    world.call("ana", &["hook", "run", "none", "--headless"]).must_end_with(2).must_say("there is no hook `none`");
    let server = ModelServer::start(Script::from([done()]));
    let base = format!("{}/v1", server.url());
    world.call("ana", &["hook", "run", "ask", "--headless", "--model", "chat/x", "--base-url", &base]).must_succeed();
    assert!(server.requests().last().unwrap().body.to_string().contains("Sum-it-up."));
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn what_a_hook_prints_is_bounded_on_its_way_to_the_model() {
    let world = project(&json!([hook("flood", "PreToolUse", "yes the-flood | head -c 3000000; exit 1")]));
    let (_, asked) = run(&world, vec![writing("a.txt"), done()], &[]);
    assert!(asked[1].contains("the-flood") && asked[1].len() < 100_000, "{}", asked[1].len());
}
