//! Where a person is asked. The agent's side of it: a question goes out, a signed answer or "later" comes back.

use action::{Landing, McpServer, Signed};
use broker::mcp::{Question, Reply};

use crate::story::Story;

/// Somebody to ask, or nobody. The face implements it: a terminal, a web page, a script that always says later.
pub trait Desk {
    /// Shows one held intent and waits for what the person says.
    ///
    /// The desk renders from the story's computed effects. It never sees the agent's words.
    fn ask(&mut self, story: &Story) -> Said;

    /// An MCP server asks the person something in the middle of a call that was signed. Every word of it is the server's. Where
    /// nobody is, it is declined.
    fn question(&mut self, _server: &McpServer, _question: &Question) -> Reply {
        Reply::Decline
    }
}

/// What came back.
pub enum Said {
    /// A signed yes or no.
    Answer(Signed),
    /// Not now: it stays held.
    Later,
    /// Land the same change set another way; the present intent ends as refused.
    Instead(Landing),
}

/// A desk with nobody at it: headless runs.
pub struct Nobody;

impl Desk for Nobody {
    fn ask(&mut self, _story: &Story) -> Said {
        Said::Later
    }
}
