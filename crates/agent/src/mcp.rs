//! Servers of the Model Context Protocol in a session.
//!
//! ```text
//! mcp.json ─▶ wanted ─▶ standing (the ledger: who approved which tool set?) ─▶ offered to the model
//!                                          call ─▶ McpStart ─▶ its tools are those? ─▶ McpCall ─▶ answer, as untrusted text
//! ```
//!
//! What a project asks for is started by nobody before a person has approved its tools, and is offered to no model. A server
//! whose tools are others than those approved is ended before it is asked anything, and held again. Each start and each call is an
//! intent of its own, through [`act`](crate::act).
//!
//! Approvals are read from the ledger alone. If the power goes, servers are gone with their box, and nothing is asked twice.

mod live;
mod offer;
mod standing;
mod steps;
mod wanted;

use std::collections::BTreeMap;

use action::Digest;
use broker::mcp::ToolSet;

use crate::book::{Book, BookError};

use live::Live;
use offer::Offered;

pub(crate) use live::execute;
pub(crate) use offer::tool_of;
pub(crate) use standing::{accept, login_fact, tools_fact};
pub use standing::Standing;
pub use steps::{Approval, session_to_approve_in};
pub(crate) use steps::{approve, ask, before};
pub use wanted::{Allowed, Wanted};

/// The prefix of what models call.
pub(crate) const PREFIX: &str = "mcp__";

/// The servers of one session.
#[derive(Default)]
pub struct Servers {
    wanted: Vec<Wanted>,
    /// The tool sets that people approved, by server.
    trusted: BTreeMap<String, Digest>,
    offered: Vec<Offered>,
    running: BTreeMap<String, Live>,
    /// What a server offered when it last began, where that was not what is trusted.
    found: BTreeMap<String, ToolSet>,
    /// For the person, once.
    notes: Vec<String>,
}

impl Servers {
    /// Those that are wanted, as people have approved them so far.
    pub fn of(book: &Book, root: &str, wanted: Vec<Wanted>, notes: Vec<String>) -> Result<Self, BookError> {
        let mut servers = Self { wanted, notes, ..Self::default() };
        for at in 0..servers.wanted.len() {
            let Some(wanted) = servers.wanted.get(at).filter(|wanted| wanted.enabled) else { continue };
            let name = wanted.server.name.clone();
            match Standing::of(book, root, &wanted.server)? {
                Standing::Trusted(digest) => drop(servers.trusted.insert(name, digest)),
                standing => servers.notes.push(standing.note(&name)),
            }
        }
        servers.offer(book)?;
        Ok(servers)
    }

    /// What is to be told to the person, once.
    pub(crate) fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    /// What models are told that they may call.
    pub(crate) fn shapes(&self) -> Vec<model::ToolShape> {
        self.offered.iter().map(Offered::shape).collect()
    }

    fn wanted(&self, name: &str) -> Option<&Wanted> {
        self.wanted.iter().find(|wanted| wanted.server.name == name && wanted.enabled)
    }

    /// Offers the tools of all that are trusted.
    fn offer(&mut self, book: &Book) -> Result<(), BookError> {
        let mut sets = Vec::new();
        for wanted in &self.wanted {
            if let Some(digest) = self.trusted.get(&wanted.server.name) {
                sets.push((wanted, book.get_value::<ToolSet>(digest)?));
            }
        }
        let (offered, notes) = offer::of(&sets);
        self.offered = offered;
        self.notes.extend(notes);
        Ok(())
    }
}
