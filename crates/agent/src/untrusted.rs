//! Whether a session has had text that strangers wrote: answers of MCP servers outside the box, pages of the web.
//!
//! Derived from the ledger alone, so nothing that an agent writes can take it back. It counts from `Started`: the answer of what
//! has begun may have been read, whatever its end. What the session has had that it comes from, or one that works for it, it has
//! had as well. Files of the project are not told apart from the project.

use std::collections::BTreeSet;

use action::{Deed, Event, Intent, McpPlace, McpServer, SessionId};

use crate::book::{Book, BookError};

impl Book {
    /// The first thing asked in this session, in one that it comes from, or in one that works for it, whose answer a stranger wrote;
    /// `None` where there is none.
    pub fn untrusted_in(&self, session: &SessionId) -> Result<Option<Intent>, BookError> {
        let mut seen = BTreeSet::new();
        let mut waiting = vec![session.clone()];
        while let Some(session) = waiting.pop() {
            if !seen.insert(session.clone()) {
                continue;
            }
            for (_, entry) in self.session(&session)? {
                match entry.event {
                    Event::Opened { parent: Some(parent), .. } => waiting.push(parent.session().clone()),
                    Event::Proposed { intent, .. } if brings_untrusted(&intent.deed) && self.has_begun(&intent)? => return Ok(Some(intent)),
                    _ => {}
                }
            }
            // What a subagent reports may repeat what it has read.
            waiting.extend(self.begun_by(&session)?.into_iter().filter(|(_, parent)| parent.is_worked_for()).map(|(session, _)| session));
        }
        Ok(None)
    }

    fn has_begun(&self, intent: &Intent) -> Result<bool, BookError> {
        let entries = self.subject(&format!("intent:{}", intent.id))?;
        Ok(entries.iter().any(|(_, entry)| matches!(entry.event, Event::Started { .. })))
    }
}

/// Whether what comes back was written by nobody of this project.
fn brings_untrusted(deed: &Deed) -> bool {
    matches!(deed, Deed::Fetch { .. } | Deed::McpCall { server: McpServer { at: McpPlace::At { .. }, .. }, .. })
}

#[cfg(test)]
mod tests;
