//! What people have said of a server, read from the ledger: the newest word on it counts.

use action::{Deed, Digest, Event, Intent, IntentId, McpServer, Stage};
use broker::mcp::{Tool, ToolSet};
use effects::{LoginFact, ToolsChange, ToolsFact};

use crate::book::{Book, BookError};
use crate::story::Story;

/// How a server stands in a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has said anything of it, as it is asked for now.
    Unknown,
    /// This tool set waits for people.
    Held(IntentId, Digest),
    /// People approved this tool set.
    Trusted(Digest),
    /// A person said no to this tool set.
    Refused(Digest),
}

impl Standing {
    /// The newest word on exactly this server in this project. What was void before anybody answered is no word, and voids
    /// what was said before it: the server had changed by then.
    pub fn of(book: &Book, root: &str, server: &McpServer) -> Result<Self, BookError> {
        let now = book.now();
        let newest = trusts(book, root)?.into_iter().rev().find(|(story, _)| trusted_server(story) == Some(server));
        Ok(match newest {
            None => Self::Unknown,
            Some((story, tools)) => match (story.stage, &story.refused) {
                (Stage::Finished, _) => Self::Trusted(tools),
                (_, Some((action::RefusedBy::Person { .. }, _))) => Self::Refused(tools),
                _ if story.waits(now) => Self::Held(story.intent.id, tools),
                _ => Self::Unknown,
            },
        })
    }

    /// Why its tools are not offered, for the person.
    pub(super) fn note(&self, name: &str) -> String {
        let name = action::visible(name);
        match self {
            Self::Unknown => format!("MCP server `{name}` is not approved, and is not started: countersign mcp approve '{name}'"),
            Self::Held(id, _) => format!("MCP server `{name}` waits for a signature: countersign sign {id}"),
            Self::Refused(_) => format!("MCP server `{name}` was refused, and is not started: countersign mcp approve '{name}' asks again"),
            Self::Trusted(_) => format!("MCP server `{name}` is approved"),
        }
    }

    /// The tool set that it is about.
    pub fn tools(&self) -> Option<&Digest> {
        match self {
            Self::Held(_, tools) | Self::Trusted(tools) | Self::Refused(tools) => Some(tools),
            Self::Unknown => None,
        }
    }
}

/// All that was ever asked about servers of a project, oldest first.
fn trusts(book: &Book, root: &str) -> Result<Vec<(Story, Digest)>, BookError> {
    let of = |story: Story| {
        let tools = match &story.intent.deed {
            Deed::McpTrust { root: of, tools, .. } if of == root => *tools,
            _ => return None,
        };
        Some((story, tools))
    };
    let mut found = Vec::new();
    for (_, entry) in book.subject("mcp-trusts")? {
        if let Some(id) = entry.event.intent() {
            found.extend(book.story(id)?.and_then(of));
        }
    }
    Ok(found)
}

fn trusted_server(story: &Story) -> Option<&McpServer> {
    match &story.intent.deed {
        Deed::McpTrust { server, .. } => Some(server),
        _ => None,
    }
}

/// What a person must know of a tool set: its names, and how it differs from the one that was approved last under that name.
pub(crate) fn tools_fact(book: &Book, intent: &Intent, root: &str, server: &McpServer, tools: &Digest) -> Result<ToolsFact, BookError> {
    let set: ToolSet = book.get_value(tools)?;
    let earlier = trusts(book, root)?.into_iter().rev().find(|(story, _)| {
        let same = trusted_server(story).is_some_and(|known| known.name == server.name);
        same && story.stage == Stage::Finished && story.intent.id != intent.id
    });
    let names = set.tools.iter().map(|tool| tool.name.clone()).collect();
    let change = match earlier {
        Some((_, digest)) => Some(change(&book.get_value(&digest)?, &set)),
        None => None,
    };
    Ok(ToolsFact { names, change })
}

/// Whose login a request to this server carries: the last one of the project that nobody has logged out of.
pub(crate) fn login_fact(book: &Book, root: &str, server: &McpServer) -> Result<Option<LoginFact>, BookError> {
    let mut found = None;
    for (entry, written) in book.subject("logins")? {
        match written.event {
            Event::LoggedIn { root: of, server: to, issuer, scopes, .. } if of == root && to == *server => found = Some(LoginFact { issuer, scopes, entry }),
            Event::LoggedOut { root: of, server: to, .. } if of == root && to == *server => found = None,
            _ => {}
        }
    }
    Ok(found)
}

fn change(before: &ToolSet, after: &ToolSet) -> ToolsChange {
    let names = |tools: Vec<&Tool>| tools.into_iter().map(|tool| tool.name.clone()).collect();
    ToolsChange {
        new: names(after.tools.iter().filter(|tool| before.tool(&tool.name).is_none()).collect()),
        changed: names(after.tools.iter().filter(|tool| before.tool(&tool.name).is_some_and(|old| old != *tool)).collect()),
        gone: names(before.tools.iter().filter(|tool| after.tool(&tool.name).is_none()).collect()),
    }
}

/// A person's signature makes it true; all there is to do is to see that what was signed is there.
pub(crate) fn accept(book: &Book, server: &McpServer, tools: &Digest) -> Result<String, BookError> {
    let set: ToolSet = book.get_value(tools)?;
    let n = set.tools.len();
    Ok(format!("{n} {} of MCP server {} may be offered to models", if n == 1 { "tool" } else { "tools" }, action::visible(&server.name)))
}

#[cfg(test)]
mod tests;
