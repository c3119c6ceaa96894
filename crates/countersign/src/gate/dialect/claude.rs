//! Claude Code: `PreToolUse` and `PermissionRequest`, as version 2.1.330 says them.

use action::ByHand;
use serde_json::{Map, Value};

use super::tool::{Does, Meaning, Tool, meaning, of_server};
use super::{Asked, Fields, NotUnderstood, Phase};

const FIELDS: [&str; 14] = [
    "session_id", "transcript_path", "cwd", "prompt_id", "permission_mode", "effort", "hook_event_name", "tool_name", "tool_input", "tool_use_id", "agent_id",
    "agent_type", "mcp_server", "permission_suggestions",
];

pub(super) fn read(said: &Map<String, Value>) -> Result<Asked, NotUnderstood> {
    with_fields(said, &FIELDS, &[TOOLS])
}

/// Those of others that speak like it.
pub(super) fn with_fields(said: &Map<String, Value>, known: &[&str], tables: &[&[Tool]]) -> Result<Asked, NotUnderstood> {
    let fields = Fields::known(said, known)?;
    let phase = match fields.event("hook_event_name", &["PreToolUse", "PermissionRequest"])?.as_str() {
        "PermissionRequest" => Phase::Permission,
        _ => Phase::Tool,
    };
    let (tool, folder, input) = (fields.text("tool_name")?, fields.text("cwd")?, fields.object("tool_input")?);
    let read = match of_server(&tool) {
        Some(call) => Meaning { acts: vec![call], cwd: folder.clone() },
        None if said.contains_key("mcp_server") => {
            let server = said.get("mcp_server").and_then(Value::as_str).unwrap_or("its own").to_owned();
            Meaning { acts: vec![ByHand::Call { server, tool: tool.clone() }], cwd: folder.clone() }
        }
        None => meaning(tables, &tool, input, &folder),
    };
    Ok(Asked { session: fields.text("session_id")?, folder, cwd: read.cwd, tool, acts: read.acts, input: Value::Object(input.clone()), phase })
}

pub(super) const TOOLS: &[Tool] = &[
    Tool {
        names: &["Bash"],
        does: Does::Runs { command: &["command"], cwd: &[] },
        besides: &["description", "timeout", "run_in_background", "dangerouslyDisableSandbox"],
    },
    Tool { names: &["Read", "NotebookRead"], does: Does::Reads(&["file_path", "notebook_path"]), besides: &["offset", "limit", "pages"] },
    Tool { names: &["Write"], does: Does::Writes(&["file_path"]), besides: &["content"] },
    Tool { names: &["Edit"], does: Does::Edits(&["file_path"]), besides: &["old_string", "new_string", "replace_all"] },
    Tool { names: &["MultiEdit"], does: Does::Edits(&["file_path"]), besides: &["edits"] },
    Tool { names: &["NotebookEdit"], does: Does::Edits(&["notebook_path"]), besides: &["cell_id", "cell_number", "new_source", "cell_type", "edit_mode"] },
    Tool { names: &["Glob"], does: Does::Looks { path: &["path"], pattern: &["pattern"] }, besides: &[] },
    Tool {
        names: &["Grep"],
        does: Does::Looks { path: &["path"], pattern: &["glob"] },
        besides: &["pattern", "output_mode", "-A", "-B", "-C", "-n", "-i", "-o", "type", "head_limit", "offset", "multiline", "context"],
    },
    Tool { names: &["LS"], does: Does::Looks { path: &["path"], pattern: &[] }, besides: &["ignore"] },
    Tool {
        names: &["TodoWrite", "TaskCreate", "TaskUpdate", "TaskList", "TaskGet", "ExitPlanMode", "EnterPlanMode", "AskUserQuestion", "BashOutput", "TaskOutput", "KillShell", "KillBash", "TaskStop"],
        does: Does::Notes,
        besides: &[],
    },
    Tool { names: &["WebFetch"], does: Does::Fetches(&["url"]), besides: &["prompt"] },
    Tool { names: &["WebSearch"], does: Does::Unreadable("it asks a search engine, which hears the words"), besides: &[] },
    Tool { names: &["Task", "Agent"], does: Does::Unreadable("it starts another agent"), besides: &[] },
    Tool { names: &["Skill", "SlashCommand"], does: Does::Unreadable("it follows instructions that are not in its words"), besides: &[] },
];
