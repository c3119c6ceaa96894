//! Which session another one comes from. Written with its opening, so that whoever reads the ledger can follow it: what was
//! spent, what was stopped, what was heard.

use serde::{Deserialize, Serialize};

use crate::id::{IntentId, SessionId};

/// The session that began another one, and as what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "kebab-case")]
pub enum Parent {
    /// An agent asked for it: a subagent.
    Subagent {
        /// Whose agent.
        session: SessionId,
        /// By which intent.
        intent: IntentId,
    },
    /// The service works on a part of what that session brings together: a task, a run of tests.
    Part {
        /// Which.
        session: SessionId,
    },
    /// A person wanted a copy of it.
    Fork {
        /// Of which.
        session: SessionId,
    },
}

impl Parent {
    /// The session that it comes from.
    pub fn session(&self) -> &SessionId {
        match self {
            Self::Subagent { session, .. } | Self::Part { session } | Self::Fork { session } => session,
        }
    }

    /// Whether it works for that session, and ends with it. A fork goes on by itself.
    pub fn is_worked_for(&self) -> bool {
        match self {
            Self::Subagent { .. } | Self::Part { .. } => true,
            Self::Fork { .. } => false,
        }
    }
}
