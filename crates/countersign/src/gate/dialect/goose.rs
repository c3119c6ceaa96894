//! goose: `PreToolUse` of the Open Plugins hooks, as version 1.52.0 says it.

use action::ByHand;
use serde_json::{Map, Value};

use super::tool::{Does, Meaning, Tool, meaning};
use super::{Asked, Fields, NotUnderstood, Phase};

const FIELDS: [&str; 7] = ["event", "session_id", "matcher_context", "tool_call_id", "tool_name", "tool_input", "working_dir"];

pub(super) fn read(said: &Map<String, Value>) -> Result<Asked, NotUnderstood> {
    let fields = Fields::known(said, &FIELDS)?;
    fields.event("event", &["PreToolUse"])?;
    let (tool, folder, input) = (fields.text("tool_name")?, fields.text("working_dir")?, fields.object("tool_input")?);
    let own = tool.strip_prefix("developer__").unwrap_or(&tool);
    let read = match own.split_once("__") {
        Some(("todo", _)) => Meaning { acts: vec![ByHand::Note], cwd: folder.clone() },
        Some((server, call)) => Meaning { acts: vec![ByHand::Call { server: server.to_owned(), tool: call.to_owned() }], cwd: folder.clone() },
        None => meaning(&[TOOLS], own, input, &folder),
    };
    let input = Value::Object(input.clone());
    Ok(Asked { session: fields.text("session_id")?, folder, cwd: read.cwd, tool, acts: read.acts, input, phase: Phase::Tool })
}

const TOOLS: &[Tool] = &[
    Tool { names: &["shell"], does: Does::Runs { command: &["command"], cwd: &[] }, besides: &["timeout_secs"] },
    Tool { names: &["write"], does: Does::Writes(&["path"]), besides: &["content"] },
    Tool { names: &["edit"], does: Does::Edits(&["path"]), besides: &["before", "after"] },
    Tool { names: &["tree"], does: Does::Looks { path: &["path"], pattern: &[] }, besides: &["depth"] },
    Tool {
        names: &["text_editor"],
        does: Does::Edits(&["path"]), // whichever of its commands it is
        besides: &["command", "file_text", "old_str", "new_str", "insert_line", "view_range"],
    },
    Tool { names: &["delegate", "subagent"], does: Does::Unreadable("it starts another agent"), besides: &[] },
];
