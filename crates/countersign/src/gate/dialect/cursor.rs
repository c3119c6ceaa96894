//! Cursor: `preToolUse` and the older `before…` events, after its documentation of 2026.

use action::ByHand;
use serde_json::{Map, Value};

use super::tool::{Does, Meaning, Tool, clean, meaning};
use super::{Asked, Fields, NotUnderstood, Phase};

const FIELDS: [&str; 20] = [
    "conversation_id", "generation_id", "model", "hook_event_name", "cursor_version", "workspace_roots", "user_email", "transcript_path", "command", "cwd",
    "sandbox", "tool_name", "tool_input", "tool_use_id", "agent_message", "url", "file_path", "content", "attachments", "server",
];

const EVENTS: [&str; 4] = ["beforeShellExecution", "beforeMCPExecution", "beforeReadFile", "preToolUse"];

pub(super) fn read(said: &Map<String, Value>) -> Result<Asked, NotUnderstood> {
    let fields = Fields::known(said, &FIELDS)?;
    let event = fields.event("hook_event_name", &EVENTS)?;
    let session = fields.text("conversation_id")?;
    let roots = said.get("workspace_roots").and_then(Value::as_array).and_then(|roots| roots.first()).and_then(Value::as_str);
    let cwd = fields.text_if_any("cwd")?;
    let folder = roots.map(str::to_owned).or_else(|| cwd.clone()).ok_or_else(|| NotUnderstood::Missing { field: "workspace_roots".into() })?;
    let strange = |_| NotUnderstood::Value { field: "cwd".into(), wanted: "a plain path" };
    let here = cwd.map_or_else(|| Ok(folder.clone()), |cwd| clean(&folder, &cwd)).map_err(strange)?;
    let one = |act: ByHand| Meaning { acts: vec![act], cwd: here.clone() };
    let (tool, read, input) = match event.as_str() {
        "beforeShellExecution" => {
            let command = fields.text("command")?;
            (event, one(ByHand::Run { command: command.clone() }), Value::from(command))
        }
        "beforeMCPExecution" => {
            let (tool, at) = (fields.text("tool_name")?, fields.text_if_any("url")?.or(fields.text_if_any("command")?));
            let input = said.get("tool_input").cloned().unwrap_or_default();
            (tool.clone(), one(ByHand::Call { server: at.unwrap_or_else(|| "its own".into()), tool }), input)
        }
        "beforeReadFile" => {
            let path = fields.text("file_path")?;
            let act = clean(&folder, &path).map_or_else(|why| ByHand::Unreadable { why }, |path| ByHand::Read { path });
            (event, one(act), Value::from(path))
        }
        _ => {
            let (tool, input) = (fields.text("tool_name")?, fields.object("tool_input")?);
            let read = match tool.strip_prefix("MCP:") {
                Some(call) => one(ByHand::Call { server: "its own".into(), tool: call.to_owned() }),
                None => meaning(&[TOOLS], &tool, input, &here),
            };
            (tool, read, Value::Object(input.clone()))
        }
    };
    Ok(Asked { session, folder, cwd: read.cwd, tool, acts: read.acts, input, phase: Phase::Tool })
}

const TOOLS: &[Tool] = &[
    Tool {
        names: &["Shell"],
        does: Does::Runs { command: &["command"], cwd: &["working_directory", "cwd"] },
        besides: &["description", "timeout", "is_background", "block_until_ms"],
    },
    Tool { names: &["Read"], does: Does::Reads(&["file_path", "path"]), besides: &["offset", "limit"] },
    Tool {
        names: &["Write", "Edit", "StrReplace"],
        does: Does::Edits(&["file_path", "path"]),
        besides: &["content", "contents", "edits", "old_string", "new_string", "replace_all"],
    },
    Tool { names: &["Delete"], does: Does::Deletes(&["file_path", "path"]), besides: &[] },
    Tool {
        names: &["Grep"],
        does: Does::Looks { path: &["path"], pattern: &["glob"] },
        besides: &["pattern", "output_mode", "-A", "-B", "-C", "-i", "type", "head_limit", "multiline", "offset"],
    },
    Tool { names: &["Task"], does: Does::Unreadable("it starts another agent"), besides: &[] },
];
