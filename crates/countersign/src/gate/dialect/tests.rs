use action::ByHand;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{Asked, DIALECTS, Dialect, NotUnderstood, Phase, patch};

fn said(value: &Value) -> &Map<String, Value> {
    value.as_object().unwrap()
}

fn claude(tool: &str, input: &Value) -> Value {
    json!({"session_id": "s", "transcript_path": "t", "cwd": "/w", "permission_mode": "default", "hook_event_name": "PreToolUse", "tool_name": tool, "tool_input": input, "tool_use_id": "x"})
}

fn read(value: &Value) -> Asked {
    Dialect::of(said(value)).unwrap().read(said(value), "/here").unwrap()
}

fn run(command: &str) -> Vec<ByHand> {
    vec![ByHand::Run { command: command.into() }]
}

fn is_unreadable(acts: &[ByHand]) -> bool {
    matches!(acts, [ByHand::Unreadable { .. }])
}

#[test]
fn each_dialect_is_told_by_its_keys() {
    for (value, dialect) in [
        (json!({"jsonrpc": "2.0"}), Dialect::Acp),
        (json!({"opencode": 1}), Dialect::Opencode),
        (json!({"event": "PreToolUse"}), Dialect::Goose),
        (json!({"hook_event_name": "BeforeTool"}), Dialect::Gemini),
        (json!({"hook_event_name": "preToolUse", "conversation_id": "c"}), Dialect::Cursor),
        (json!({"hook_event_name": "beforeShellExecution", "conversation_id": "c"}), Dialect::Cursor),
        (json!({"hook_event_name": "preToolUse"}), Dialect::Kiro),
        (json!({"hook_event_name": "PreToolUse", "turn_id": "t"}), Dialect::Codex),
        (json!({"hook_event_name": "PermissionRequest", "turn_id": "t"}), Dialect::Codex),
        (json!({"hook_event_name": "PreToolUse", "timestamp": "t"}), Dialect::Qwen),
        (json!({"hook_event_name": "PreToolUse"}), Dialect::Claude),
    ] {
        assert_eq!(Dialect::of(said(&value)), Ok(dialect), "{value}");
    }
    assert_eq!(Dialect::of(&Map::new()), Err(NotUnderstood::NoDialect));
    assert!(matches!(Dialect::of(said(&json!({"hook_event_name": "SessionStart"}))), Err(NotUnderstood::Event { .. })));
    for (name, dialect) in DIALECTS {
        assert_eq!((Dialect::named(name), dialect.name()), (Some(dialect), name));
    }
}

#[test]
fn tools_of_files_and_pages_mean_what_they_do() {
    for (tool, input, act) in [
        ("Read", json!({"file_path": "../w/./b"}), ByHand::Read { path: "/w/b".into() }),
        ("Write", json!({"file_path": "/x/y", "content": ""}), ByHand::Write { path: "/x/y".into() }),
        ("Edit", json!({"file_path": "y", "old_string": "a", "new_string": "b"}), ByHand::Edit { path: "/w/y".into() }),
        ("Glob", json!({"pattern": "src/**/*.rs"}), ByHand::Look { path: "/w/src".into() }),
        ("Glob", json!({"pattern": "/etc/*"}), ByHand::Look { path: "/etc".into() }),
        ("Grep", json!({"pattern": "/etc/.*", "path": "sub"}), ByHand::Look { path: "/w/sub".into() }),
        ("WebFetch", json!({"url": "https://a.example", "prompt": "p"}), ByHand::Fetch { url: "https://a.example".into() }),
        ("mcp__db__drop", json!({}), ByHand::Call { server: "db".into(), tool: "drop".into() }),
        ("TodoWrite", json!({"todos": []}), ByHand::Note),
    ] {
        assert_eq!(read(&claude(tool, &input)).acts, [act], "{tool} {input}");
    }
}

#[test]
fn what_no_row_knows_is_unreadable_and_never_milder() {
    for (tool, input) in [
        ("Bash", json!({"command": "ls", "stdin": "x"})),
        ("Bash", json!({"command": ["ls"]})),
        ("Bash", json!({})),
        ("Bash", json!({"command": "a\u{0}b"})),
        ("Read", json!({"file_path": "a", "notebook_path": "b"})),
        ("Glob", json!({"pattern": "../*"})),
        ("Glob", json!({"pattern": "~/*"})),
        ("Task", json!({"prompt": "p"})),
        ("WebSearch", json!({"query": "q"})),
        ("BashInput", json!({"text": "rm"})),
    ] {
        assert!(is_unreadable(&read(&claude(tool, &input)).acts), "{tool} {input}");
    }
}

#[test]
fn paths_that_an_agent_may_understand_otherwise_are_unreadable() {
    for path in [
        "~/.ssh/id_rsa", "$HOME/.ssh/id_rsa", "@x", "\"/etc/passwd\"", "'x'", " /etc/passwd", "/etc/passwd ", "file:///etc/passwd", "a\nb", "dh/../config", "/w/dh/../config",
    ] {
        for (tool, input) in [("Read", json!({"file_path": path})), ("Write", json!({"file_path": path, "content": ""})), ("Grep", json!({"pattern": "x", "path": path}))] {
            assert!(is_unreadable(&read(&claude(tool, &input)).acts), "{tool} {path}");
        }
    }
    let patch = |path: &str| patch::acts(&format!("*** Begin Patch\n*** Add File: {path}\n+x\n*** End Patch"), "/w");
    assert!(patch("dh/config").is_ok());
    for path in ["dh/../config", " x", "x ", "~/x"] {
        assert!(patch(path).is_err(), "{path}");
    }
}

#[test]
fn codex_types_patches_and_starts_in_other_folders() {
    let codex = |tool: &str, input: Value| {
        let said = json!({"session_id": "s", "turn_id": "t", "transcript_path": "p", "cwd": "/w", "hook_event_name": "PreToolUse", "model": "m", "permission_mode": "bypassPermissions", "tool_name": tool, "tool_input": input, "tool_use_id": "c"});
        read(&said)
    };
    assert_eq!(codex("Bash", json!({"command": "ls"})).acts, run("ls"));
    let moved = codex("exec_command", json!({"cmd": "ls", "workdir": "/x"}));
    assert_eq!((moved.acts, moved.cwd.as_str(), moved.folder.as_str()), (run("ls"), "/x", "/w"));
    assert!(is_unreadable(&codex("write_stdin", json!({"session_id": 1, "chars": "rm -rf /\n"})).acts));
    let patch = "*** Begin Patch\n*** Add File: n\n+x\n*** Update File: u\n@@\n-a\n+b\n*** Delete File: d\n*** End Patch";
    let acts = codex("apply_patch", json!({"command": patch})).acts;
    assert_eq!(acts, [ByHand::Write { path: "/w/n".into() }, ByHand::Edit { path: "/w/u".into() }, ByHand::Delete { path: "/w/d".into() }]);
    assert!(is_unreadable(&codex("apply_patch", json!({"command": "*** Begin Patch\n*** End Patch"})).acts));
}

#[test]
fn patches_name_every_file_or_are_none() {
    let acts = |inside: &str| patch::acts(&format!("*** Begin Patch\n{inside}*** End Patch\n"), "/w");
    assert_eq!(acts("*** Update File: a\n*** Move to: ../b\n@@\n x\n").unwrap(), [ByHand::Move { from: "/w/a".into(), to: "/b".into() }]);
    for inside in ["", "+x\n", "*** Rename File: a\n", "*** Move to: b\n", "*** Add File: a\n*** Move to: b\n", "*** Add File: a\nrm -rf\n", "*** Delete File a\n"] {
        assert!(acts(inside).is_err(), "{inside}");
    }
    assert!(patch::acts("apply this", "/w").is_err());
}

#[test]
fn an_editor_is_answered_by_kind_and_its_titles_are_not_believed() {
    let request = |call: Value, options: Value| {
        let said = json!({"jsonrpc": "2.0", "id": 3, "method": "session/request_permission", "params": {"sessionId": "s", "toolCall": call, "options": options}});
        Dialect::Acp.read(said_of(&said), "/here")
    };
    let options = json!([{"optionId": "reject", "kind": "allow_once"}, {"optionId": "allow", "kind": "reject_once"}]);
    let asked = request(json!({"kind": "execute", "title": "ls", "rawInput": {"command": "rm x"}}), options.clone()).unwrap();
    assert_eq!((&asked.acts, asked.cwd.as_str()), (&run("rm x"), "/here"));
    let Phase::Choice(choice) = asked.phase else { panic!("another phase") };
    assert_eq!(choice.go_on().unwrap()["result"]["outcome"]["optionId"], "reject");
    assert_eq!(choice.block()["result"]["outcome"]["optionId"], "allow");
    assert!(is_unreadable(&request(json!({"kind": "execute", "title": "ls"}), options.clone()).unwrap().acts));
    assert!(is_unreadable(&request(json!({"kind": "other", "title": "ls", "locations": [{"path": "/x"}]}), options).unwrap().acts));
    let two = json!([{"optionId": "a", "kind": "allow_once"}, {"optionId": "b", "kind": "allow_once"}]);
    let Phase::Choice(choice) = request(json!({"title": "x"}), two).unwrap().phase else { panic!("another phase") };
    assert_eq!((choice.go_on(), choice.block()["result"]["outcome"]["outcome"].clone()), (None, json!("cancelled")));
    assert!(request(json!({"title": "x"}), json!("none")).is_err());
}

fn said_of(value: &Value) -> &Map<String, Value> {
    said(value)
}

#[test]
fn cursor_speaks_of_commands_servers_files_and_tools() {
    let cursor = |more: Value| {
        let mut said = json!({"conversation_id": "c", "generation_id": "g", "model": "m", "cursor_version": "2", "workspace_roots": ["/w"], "user_email": "a@b"});
        said.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        read(&said).acts
    };
    assert_eq!(cursor(json!({"hook_event_name": "beforeShellExecution", "command": "ls", "cwd": "sub"})), run("ls"));
    assert_eq!(cursor(json!({"hook_event_name": "beforeReadFile", "file_path": "a", "content": "", "attachments": []})), [ByHand::Read { path: "/w/a".into() }]);
    assert_eq!(cursor(json!({"hook_event_name": "beforeMCPExecution", "tool_name": "t", "tool_input": "{}", "url": "https://x"})), [ByHand::Call { server: "https://x".into(), tool: "t".into() }]);
    assert_eq!(cursor(json!({"hook_event_name": "preToolUse", "tool_name": "Delete", "tool_input": {"path": "a"}})), [ByHand::Delete { path: "/w/a".into() }]);
}

proptest! {
    #[test]
    fn no_words_of_any_dialect_panic(fields in proptest::collection::btree_map("[a-z_]{1,16}", ".{0,20}", 0..6), tool in "[a-zA-Z_]{1,12}", path in ".{0,30}") {
        let value = json!(fields);
        for (_, dialect) in DIALECTS {
            dialect.read(said(&value), "/here").ok();
        }
        Dialect::Claude.read(said(&claude(&tool, &json!({"file_path": path}))), "/here").ok();
        patch::acts(&path, "/w").ok();
    }
}
