//! Agents of other makers behind the gate: recorded hooks of each through the real program, and what is on the ledger afterwards.

use std::fs::File;
use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};
use testkit::{Called, World};

use super::world;

mod answers;
mod boxed;
mod broken;
mod install;
mod script;

/// Calls the gate as a hook that says this.
pub(super) fn ask(world: &World, arguments: &[&str], said: impl AsRef<[u8]>) -> Called {
    let path = world.write("said", said);
    let mut command = world.command("ana", &[&["gate"], arguments].concat());
    command.stdin(Stdio::from(File::open(path).unwrap()));
    Called::of(command)
}

/// What Claude Code says before a tool.
pub(super) fn claude(world: &World, tool: &str, input: &Value) -> Value {
    json!({"session_id": "s-1", "transcript_path": "/t.jsonl", "cwd": world.path("project"), "prompt_id": "p", "permission_mode": "bypassPermissions",
        "effort": {"level": "medium"}, "hook_event_name": "PreToolUse", "tool_name": tool, "tool_input": input, "tool_use_id": "toolu_1"})
}

/// A command in Claude Code's shell.
pub(super) fn bash(world: &World, command: &str) -> Called {
    ask(world, &[], claude(world, "Bash", &json!({"command": command})).to_string())
}

/// The same command in the words of each agent, as they were recorded.
pub(super) fn in_each(world: &World, command: &str) -> Vec<(&'static str, Value)> {
    let cwd = world.path("project");
    let run = json!({"command": command});
    let claude = claude(world, "Bash", &run);
    let options = json!([{"optionId": "a", "kind": "allow_once", "name": "Yes"}, {"optionId": "b", "kind": "allow_always", "name": "Ever"}, {"optionId": "c", "kind": "reject_once", "name": "No"}]);
    vec![
        ("claude", claude),
        ("codex", json!({"session_id": "s-2", "turn_id": "t", "transcript_path": "/t", "cwd": cwd, "hook_event_name": "PreToolUse", "model": "gpt-5.5",
            "permission_mode": "bypassPermissions", "tool_name": "Bash", "tool_input": run, "tool_use_id": "call_1"})),
        ("gemini", json!({"session_id": "s-3", "transcript_path": "/t", "cwd": cwd, "hook_event_name": "BeforeTool", "timestamp": "2026-11-23T10:00:00Z",
            "tool_name": "run_shell_command", "tool_input": run})),
        ("qwen", json!({"session_id": "s-4", "transcript_path": "/t", "cwd": cwd, "hook_event_name": "PreToolUse", "timestamp": "2026-11-23T10:00:00Z",
            "permission_mode": "yolo", "tool_name": "run_shell_command", "tool_input": run, "tool_call_id": "c", "tool_use_id": "c"})),
        ("goose", json!({"event": "PreToolUse", "session_id": "s-5", "matcher_context": "shell", "tool_call_id": "c", "tool_name": "shell", "tool_input": run,
            "working_dir": cwd})),
        ("opencode", json!({"opencode": 1, "session": "s-6", "cwd": cwd, "tool": "bash", "call": "c", "args": run})),
        ("cursor", json!({"conversation_id": "s-7", "generation_id": "g", "model": "m", "hook_event_name": "beforeShellExecution", "cursor_version": "2.1",
            "workspace_roots": [cwd], "user_email": "ana@localhost", "command": command, "cwd": cwd})),
        ("kiro", json!({"hook_event_name": "preToolUse", "cwd": cwd, "tool_name": "execute_bash", "tool_input": run})),
        ("acp", json!({"jsonrpc": "2.0", "id": 7, "method": "session/request_permission", "params": {"sessionId": "s-9", "toolCall": {"toolCallId": "t",
            "title": command, "kind": "execute", "status": "pending", "locations": [], "rawInput": run}, "options": options}})),
    ]
}

/// Writes to a hook that is left open, and waits for its end.
fn ask_and_stay(world: &World, arguments: &[&str], said: &str) -> Called {
    let mut command = world.command("ana", &[&["gate"], arguments].concat());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(said.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    drop(stdin);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Called { code: done.status.code().unwrap(), out: text(done.stdout), err: text(done.stderr) }
}

/// The one kind of block: status 2, and a line on standard error.
pub(super) fn must_block<'c>(called: &'c Called, what: &str) -> &'c Called {
    called.must_end_with(2).must_say(what);
    assert!(called.err.lines().count() == 1 && called.err.len() > 20, "one line: {:?}", called.err);
    called
}

/// The one kind of pass: status 0 and silence.
pub(super) fn must_pass(called: &Called) {
    called.must_succeed();
    assert_eq!((called.out.as_str(), called.err.as_str()), ("", ""), "a pass is silent");
}
