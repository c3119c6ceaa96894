//! Codex: `PreToolUse` and `PermissionRequest`, as version 0.169.0 says them. Its `permission_mode` says `bypassPermissions` in
//! every mode, and is not listened to.

use serde_json::{Map, Value};

use super::claude::with_fields;
use super::tool::{Does, Tool};
use super::{Asked, NotUnderstood};

const FIELDS: [&str; 12] = [
    "session_id", "turn_id", "transcript_path", "cwd", "hook_event_name", "model", "permission_mode", "tool_name", "tool_input", "tool_use_id", "agent_id",
    "agent_type",
];

pub(super) fn read(said: &Map<String, Value>) -> Result<Asked, NotUnderstood> {
    super::Fields::known(said, &FIELDS)?.text("turn_id")?;
    with_fields(said, &FIELDS, &[TOOLS])
}

const TOOLS: &[Tool] = &[
    Tool {
        names: &["Bash", "shell", "shell_command", "exec_command"],
        does: Does::Runs { command: &["command", "cmd"], cwd: &["workdir"] },
        besides: &["description", "timeout_ms", "yield_time_ms", "max_output_tokens", "justification", "login"],
    },
    Tool { names: &["apply_patch"], does: Does::Patches(&["command", "input"]), besides: &["description"] },
    Tool { names: &["view_image"], does: Does::Reads(&["path"]), besides: &["detail"] },
    Tool { names: &["read_file"], does: Does::Reads(&["file_path"]), besides: &["offset", "limit", "mode", "indentation"] },
    Tool { names: &["list_dir"], does: Does::Looks { path: &["dir_path"], pattern: &[] }, besides: &["offset", "limit", "depth"] },
    Tool { names: &["grep_files"], does: Does::Looks { path: &["path"], pattern: &["include"] }, besides: &["pattern", "limit"] },
    Tool { names: &["update_plan"], does: Does::Notes, besides: &[] },
    Tool { names: &["write_stdin"], does: Does::Unreadable("it types into a program that is already running"), besides: &[] },
    Tool { names: &["spawn_agent", "send_input", "resume_agent"], does: Does::Unreadable("it starts or steers another agent"), besides: &[] },
];
