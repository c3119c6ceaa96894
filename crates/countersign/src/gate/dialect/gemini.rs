//! Gemini CLI: `BeforeTool`, as version 0.61.0 says it.

use action::ByHand;
use serde_json::{Map, Value};

use super::tool::{Does, Meaning, Tool, meaning};
use super::{Asked, Fields, NotUnderstood, Phase};

const FIELDS: [&str; 9] = [
    "session_id", "transcript_path", "cwd", "hook_event_name", "timestamp", "tool_name", "tool_input", "mcp_context", "original_request_name",
];

pub(super) fn read(said: &Map<String, Value>) -> Result<Asked, NotUnderstood> {
    let fields = Fields::known(said, &FIELDS)?;
    fields.event("hook_event_name", &["BeforeTool"])?;
    let (tool, folder, input) = (fields.text("tool_name")?, fields.text("cwd")?, fields.object("tool_input")?);
    let read = match said.get("mcp_context") {
        None | Some(Value::Null) => meaning(&[TOOLS], &tool, input, &folder),
        Some(context) => {
            let server = context.get("server_name").and_then(Value::as_str).unwrap_or("its own").to_owned();
            Meaning { acts: vec![ByHand::Call { server, tool: tool.clone() }], cwd: folder.clone() }
        }
    };
    let input = Value::Object(input.clone());
    Ok(Asked { session: fields.text("session_id")?, folder, cwd: read.cwd, tool, acts: read.acts, input, phase: Phase::Tool })
}

pub(super) const TOOLS: &[Tool] = &[
    Tool {
        names: &["run_shell_command"],
        does: Does::Runs { command: &["command"], cwd: &["directory", "dir_path"] },
        besides: &["description", "is_background", "timeout"],
    },
    Tool {
        names: &["read_file"],
        does: Does::Reads(&["file_path", "absolute_path", "path"]),
        besides: &["offset", "limit", "start_line", "end_line", "pages"],
    },
    Tool { names: &["write_file"], does: Does::Writes(&["file_path"]), besides: &["content", "modified_by_user", "ai_proposed_content"] },
    Tool {
        names: &["replace", "edit"],
        does: Does::Edits(&["file_path"]),
        besides: &["old_string", "new_string", "expected_replacements", "instruction", "allow_multiple", "replace_all", "modified_by_user", "ai_proposed_content"],
    },
    Tool {
        names: &["list_directory"],
        does: Does::Looks { path: &["dir_path", "path"], pattern: &[] },
        besides: &["ignore", "file_filtering_options", "respect_git_ignore"],
    },
    Tool {
        names: &["glob"],
        does: Does::Looks { path: &["dir_path", "path"], pattern: &["pattern"] },
        besides: &["case_sensitive", "respect_git_ignore", "respect_gemini_ignore", "file_filtering_options"],
    },
    Tool {
        names: &["search_file_content", "grep_search"],
        does: Does::Looks { path: &["dir_path", "path"], pattern: &["include", "include_pattern", "glob"] },
        besides: &["pattern", "exclude_pattern", "names_only", "max_matches_per_file", "total_max_matches", "limit", "context", "before", "after", "case_sensitive", "fixed_strings", "no_ignore"],
    },
    Tool { names: &["write_todos", "todo_write", "exit_plan_mode", "enter_plan_mode", "ask_user"], does: Does::Notes, besides: &[] },
    Tool { names: &["web_fetch"], does: Does::Unreadable("it gets pages that are named in its words"), besides: &[] },
    Tool { names: &["google_web_search", "web_search"], does: Does::Unreadable("it asks a search engine, which hears the words"), besides: &[] },
    Tool { names: &["save_memory"], does: Does::Unreadable("it writes to its own memory, which steers later sessions"), besides: &[] },
    Tool { names: &["task", "delegate_to_agent"], does: Does::Unreadable("it starts another agent"), besides: &[] },
];
