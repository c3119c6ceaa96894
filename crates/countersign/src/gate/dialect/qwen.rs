//! Qwen Code: events as Claude Code says them, tools by its own names or by those of Claude Code. As of version 0.24.4.

use serde_json::{Map, Value};

use super::claude::{self, with_fields};
use super::{Asked, NotUnderstood, gemini};

const FIELDS: [&str; 15] = [
    "session_id", "transcript_path", "cwd", "prompt_id", "permission_mode", "hook_event_name", "timestamp", "tool_name", "tool_input", "tool_use_id",
    "tool_call_id", "agent_id", "agent_type", "mcp_server", "permission_suggestions",
];

pub(super) fn read(said: &Map<String, Value>) -> Result<Asked, NotUnderstood> {
    with_fields(said, &FIELDS, &[gemini::TOOLS, claude::TOOLS])
}
