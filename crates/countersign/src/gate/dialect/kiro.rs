//! Kiro: `preToolUse` of agents of the CLI, and `PreToolUse` of hook files, after its documentation of 2026. Neither names a
//! session for certain; where none is named, the folder stands for it.

use action::ByHand;
use serde_json::{Map, Value};

use super::tool::{Does, Meaning, Tool, meaning};
use super::{Asked, Fields, NotUnderstood, Phase, claude};

const FIELDS: [&str; 7] = ["hook_event_name", "cwd", "session_id", "tool_name", "tool_input", "tool_use_id", "timestamp"];

pub(super) fn read(said: &Map<String, Value>) -> Result<Asked, NotUnderstood> {
    let fields = Fields::known(said, &FIELDS)?;
    fields.event("hook_event_name", &["preToolUse", "PreToolUse"])?;
    let (tool, folder, input) = (fields.text("tool_name")?, fields.text("cwd")?, fields.object("tool_input")?);
    let read = match tool.strip_prefix('@').and_then(|call| call.split_once('/')) {
        Some((server, call)) => Meaning { acts: vec![ByHand::Call { server: server.to_owned(), tool: call.to_owned() }], cwd: folder.clone() },
        None => meaning(&[TOOLS, claude::TOOLS], &tool, input, &folder),
    };
    let session = fields.text_if_any("session_id")?.unwrap_or_else(|| folder.clone());
    Ok(Asked { session, folder, cwd: read.cwd, tool, acts: read.acts, input: Value::Object(input.clone()), phase: Phase::Tool })
}

const TOOLS: &[Tool] = &[
    Tool {
        names: &["execute_bash", "executeBash", "shell", "bash"],
        does: Does::Runs { command: &["command"], cwd: &["cwd", "path", "working_dir"] },
        besides: &["summary", "description", "timeout"],
    },
    Tool { names: &["readFile", "read_file"], does: Does::Reads(&["path", "file_path"]), besides: &["explanation", "start_line", "end_line"] },
    Tool { names: &["fsWrite"], does: Does::Writes(&["path"]), besides: &["text", "explanation"] },
    Tool {
        names: &["fs_write", "write", "strReplace", "fsAppend"],
        does: Does::Edits(&["path"]),
        besides: &["command", "file_text", "text", "old_str", "new_str", "oldStr", "newStr", "insert_line", "summary", "explanation"],
    },
    Tool { names: &["deleteFile"], does: Does::Deletes(&["path", "targetFile"]), besides: &["explanation"] },
    Tool { names: &["listDirectory"], does: Does::Looks { path: &["path"], pattern: &[] }, besides: &["explanation", "depth"] },
    Tool { names: &["use_subagent", "subagent", "delegate"], does: Does::Unreadable("it starts another agent"), besides: &[] },
    Tool { names: &["use_aws"], does: Does::Unreadable("it speaks to a cloud"), besides: &[] },
];
