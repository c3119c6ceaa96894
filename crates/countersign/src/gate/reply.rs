//! The answer, in the agent's own words. A pass is silence and a block is status 2 with a line on standard error, everywhere;
//! more is said only where more is wanted.

use std::io::Write;

use action::visible;
use serde_json::{Value, json};

use super::dialect::{Dialect, Phase};

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    /// 0 lets it go on, 2 does not.
    pub(crate) status: u8,
    /// For standard output; most often nothing.
    pub(crate) words: String,
    /// For standard error: one line, and never empty with status 2.
    pub(crate) line: String,
}

impl Reply {
    /// It may go on.
    pub(crate) fn go_on(dialect: Dialect, phase: &Phase) -> Self {
        let said = match (dialect, phase) {
            (_, Phase::Tool) => String::new(),
            (_, Phase::Permission) => json!({"hookSpecificOutput": {"hookEventName": "PermissionRequest", "decision": {"behavior": "allow"}}}).to_string(),
            (_, Phase::Choice(choice)) => match choice.go_on() {
                Some(answer) => answer.to_string(),
                None => return Self::block(Some(dialect), phase, "it offers no way to allow this just once, so it was not allowed"),
            },
        };
        Self { status: 0, words: said, line: String::new() }
    }

    /// It may go on with this input in place of its own, in the words of one that [`Dialect::rewrites`].
    pub(crate) fn instead(dialect: Dialect, input: &Value) -> Self {
        let words = match dialect {
            Dialect::Gemini => json!({"decision": "allow", "hookSpecificOutput": {"tool_input": input}}),
            Dialect::Opencode => json!({"args": input}),
            _ => json!({"hookSpecificOutput": {"hookEventName": "PreToolUse", "permissionDecision": "allow", "updatedInput": input}}),
        };
        Self { status: 0, words: words.to_string(), line: String::new() }
    }

    /// It may not, and this is why, what is true now, and what to do.
    pub(crate) fn block(dialect: Option<Dialect>, phase: &Phase, why: &str) -> Self {
        let line = format!("countersign: {}", visible(why));
        let words = match (dialect, phase) {
            (_, Phase::Choice(choice)) => choice.block().to_string(),
            (Some(Dialect::Cursor), _) => json!({"permission": "deny", "user_message": line, "agent_message": line}).to_string(),
            _ => String::new(),
        };
        Self { status: 2, words, line }
    }

    /// Says it where the rest of the program ends.
    pub(crate) fn end(&self) -> ! {
        std::process::exit(i32::from(self.say()))
    }

    /// Says it, and gives the status to end with. What cannot be said is a block.
    pub(crate) fn say(&self) -> u8 {
        let mut out = std::io::stdout();
        let said = self.words.is_empty() || writeln!(out, "{}", self.words).and_then(|()| out.flush()).is_ok();
        if self.status != 0 {
            writeln!(std::io::stderr(), "{}", self.line).ok();
        } else if !said {
            writeln!(std::io::stderr(), "countersign: blocked, the answer could not be said").ok();
            return 2;
        }
        self.status
    }
}

#[cfg(test)]
mod tests;
