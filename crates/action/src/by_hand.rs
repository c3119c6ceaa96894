//! What another maker's agent asks to do with its own hands: no box of ours is round it, and nobody here sees how it ends.

use serde::{Deserialize, Serialize};

/// One thing that such an agent would do. Paths are absolute and clean; commands are byte for byte what it asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum ByHand {
    /// Run a command in a shell.
    Run {
        /// The text for the shell.
        command: String,
    },
    /// Read one file.
    Read {
        /// The file.
        path: String,
    },
    /// List or search what is below a path.
    Look {
        /// The path.
        path: String,
    },
    /// Write a whole file.
    Write {
        /// The file.
        path: String,
    },
    /// Change a part of a file.
    Edit {
        /// The file.
        path: String,
    },
    /// Delete a file, or a folder with all in it.
    Delete {
        /// The path.
        path: String,
    },
    /// Move or rename.
    Move {
        /// From here.
        from: String,
        /// To there.
        to: String,
    },
    /// Get a page of the web.
    Fetch {
        /// Its address.
        url: String,
    },
    /// Call a tool of an MCP server that the agent has started or reached itself.
    Call {
        /// The agent's name for the server.
        server: String,
        /// The server's name for the tool.
        tool: String,
    },
    /// Keep its own list of steps; nothing else is touched.
    Note,
    /// Something that has no reading here.
    Unreadable {
        /// Why not, in a few words of ours.
        why: String,
    },
}

impl ByHand {
    /// In a few words.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Run { command } => format!("run {command}"),
            Self::Read { path } => format!("read {path}"),
            Self::Look { path } => format!("look through {path}"),
            Self::Write { path } => format!("write {path}"),
            Self::Edit { path } => format!("edit {path}"),
            Self::Delete { path } => format!("delete {path}"),
            Self::Move { from, to } => format!("move {from} to {to}"),
            Self::Fetch { url } => format!("fetch {url}"),
            Self::Call { server, tool } => format!("call {tool} of MCP server {server}"),
            Self::Note => "note its steps".into(),
            Self::Unreadable { why } => format!("do what cannot be read ({why})"),
        }
    }
}
