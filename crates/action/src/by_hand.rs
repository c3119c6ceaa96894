//! What another maker's agent asks to do with its own hands: no box of ours is round it, and nobody here sees how it ends.

use serde::{Deserialize, Serialize};

use crate::change::{Change, ChangeSet, Content};

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
    /// What an agent would have done to the tree with its own hands, to leave what this change set leaves. Folders count by what is
    /// in them.
    pub fn all_of(set: &ChangeSet) -> Vec<Self> {
        set.changes.iter().flat_map(|change| Self::of(&set.root, change)).collect()
    }

    fn of(root: &str, change: &Change) -> Vec<Self> {
        let path = format!("{}/{}", root.trim_end_matches('/'), change.path);
        let is_file = |content: &Option<Content>| matches!(content, Some(Content::File { .. }));
        if change.path.contains('%') {
            return vec![Self::Unreadable { why: format!("it changes `{}`, a name that cannot be written plainly", change.path) }];
        }
        let gone = matches!(&change.before, Some(before) if *before != Content::Directory) && !(is_file(&change.before) && is_file(&change.after));
        let mut acts = Vec::new();
        if gone {
            acts.push(Self::Delete { path: path.clone() });
        }
        match &change.after {
            Some(Content::File { .. }) => acts.push(Self::Write { path }),
            Some(Content::Directory) if change.before.is_none() => acts.push(Self::Write { path }),
            Some(Content::Symlink { target }) => acts.push(Self::Unreadable { why: format!("it makes a link at `{}` to `{target}`", change.path) }),
            Some(Content::Directory) | None => {}
        }
        acts
    }

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

#[cfg(test)]
mod tests;
