//! What a call is called in projects' files: the tool's own name, its kind, the names that other agents have for it, and for
//! MCP `@server/tool`. Hooks and custom agents speak of calls by these.

use action::{Deed, McpAsk};

/// A call that a model made, by its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Called {
    /// The tool's own name.
    pub(crate) tool: String,
    /// `read`, `write`, `shell`, `subagent`; nothing for what is none of these.
    pub(crate) kind: Option<&'static str>,
    /// The MCP server and its tool.
    pub(crate) server: Option<(String, String)>,
}

/// Kinds, the tools of each, and what else they are called.
const KINDS: [(&str, &[&str], &[&str]); 5] = [
    ("read", &["read", "list", "glob", "grep", "outline", "map", "find_symbol"], &["fs_read", "readFile", "Read"]),
    ("write", &["write", "edit", "delete", "move", "take"], &["fs_write", "fsWrite", "strReplace", "Write", "Edit"]),
    ("web", &["fetch"], &["web_fetch", "webFetch", "WebFetch"]),
    ("shell", &["shell", "output", "stop"], &["execute_bash", "executeBash", "Bash"]),
    ("subagent", &["delegate"], &["use_subagent", "Task", "Agent"]),
];

impl Called {
    /// A call, with what it means.
    pub(crate) fn of(tool: &str, deed: &Deed) -> Self {
        let server = match deed {
            Deed::McpCall { server, asks: McpAsk::Tool { name }, .. } => Some((server.name.clone(), name.clone())),
            Deed::McpCall { server, asks, .. } => Some((server.name.clone(), crate::mcp::tool_of(asks).to_owned())),
            _ => None,
        };
        let kind = KINDS.iter().find(|(_, tools, _)| tools.contains(&tool)).map(|(kind, _, _)| *kind);
        Self { tool: tool.to_owned(), kind, server }
    }

    /// A tool of which only the name is known: whether it is to be offered.
    pub(crate) fn offered(tool: &str) -> Self {
        let server = tool.strip_prefix(crate::mcp::PREFIX).and_then(|rest| rest.split_once("__")).map(|(server, tool)| (server.to_owned(), tool.to_owned()));
        let kind = KINDS.iter().find(|(_, tools, _)| tools.contains(&tool)).map(|(kind, _, _)| *kind);
        Self { tool: tool.to_owned(), kind, server }
    }

    /// All its names, for an expression to be tried on.
    pub(crate) fn names(&self) -> Vec<String> {
        let others = KINDS.iter().filter(|(kind, _, _)| Some(*kind) == self.kind).flat_map(|(_, _, others)| others.iter().copied());
        let server = self.server.iter().flat_map(|(server, tool)| [format!("@{server}/{tool}"), "@mcp".to_owned()]);
        let own = std::iter::once(self.tool.clone()).chain(self.kind.map(str::to_owned));
        own.chain(others.map(str::to_owned)).chain(server).collect()
    }
}

/// The paths of a deed that are read or written as files.
pub(crate) fn files(deed: &Deed) -> Vec<String> {
    match deed {
        Deed::Read { path, .. } | Deed::Outline { path } | Deed::Write { path, .. } | Deed::Edit { path, .. } => vec![path.clone()],
        Deed::Move { from, to } => vec![from.clone(), to.clone()],
        _ => Vec::new(),
    }
}

/// All paths that a deed names.
pub(crate) fn paths(deed: &Deed) -> Vec<&str> {
    match deed {
        Deed::Read { path, .. } | Deed::List { path } | Deed::Glob { path, .. } | Deed::Grep { path, .. } | Deed::Outline { path } | Deed::Map { path, .. } | Deed::FindSymbol { path, .. } => vec![path],
        Deed::Write { path, .. } | Deed::Edit { path, .. } | Deed::Delete { path } => vec![path],
        Deed::Move { from, to } => vec![from, to],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
