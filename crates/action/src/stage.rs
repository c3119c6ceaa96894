//! How far an intent has got: a pure function of its events, used live, in recovery and in replay.

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::verdict::{Decision, Quorum};

/// How far an intent has got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "lowercase")]
pub enum Stage {
    /// Nothing is written yet.
    #[default]
    Unwritten,
    /// Read, effects known.
    Proposed,
    /// Judged: the policy may sign.
    Permitted,
    /// Judged: people must sign.
    Held {
        /// Who.
        quorum: Quorum,
    },
    /// Judged: it must end in `Refused`.
    Forbidden,
    /// The guard signed.
    Countersigned,
    /// Something may have happened.
    Started,
    /// Ended well.
    Finished,
    /// Ended badly.
    Failed,
    /// Started, and nobody saw the end.
    Unknown,
    /// Will not be done.
    Refused,
    /// Another maker's agent was told to go on; the end is not seen here.
    Handed,
}

impl Stage {
    /// The stage after one more event of the same intent. Events that are about no intent leave it as it is.
    pub fn after(self, event: &Event) -> Result<Self, IllegalStep> {
        use Stage as S;
        let illegal = Err(IllegalStep { from: self, event: event.name() });
        match (self, event) {
            (S::Unwritten, Event::Proposed { .. }) => Ok(S::Proposed),
            (S::Proposed, Event::Assessed { verdict, .. }) => Ok(match verdict.decision {
                Decision::Permit => S::Permitted,
                Decision::Hold { quorum } => S::Held { quorum },
                Decision::Refuse => S::Forbidden,
            }),
            (S::Held { quorum }, Event::Answered { .. }) => Ok(S::Held { quorum }),
            (S::Permitted | S::Held { .. }, Event::Countersigned { .. }) => Ok(S::Countersigned),
            (S::Proposed | S::Permitted | S::Held { .. } | S::Forbidden | S::Countersigned, Event::Refused { .. }) => Ok(S::Refused),
            (S::Countersigned, Event::Started { .. }) => Ok(S::Started),
            (S::Countersigned, Event::Handed { .. }) => Ok(S::Handed),
            (S::Started, Event::Governed { .. } | Event::CorrectionOpened { .. }) => Ok(S::Started),
            (S::Started, Event::Finished { .. }) => Ok(S::Finished),
            (S::Started, Event::Failed { .. }) => Ok(S::Failed),
            (S::Started, Event::Unknown { .. }) => Ok(S::Unknown),
            (
                stage,
                Event::Founded { .. }
                | Event::Enrolled { .. }
                | Event::Mapped { .. }
                | Event::LoggedIn { .. }
                | Event::LoggedOut { .. }
                | Event::Opened { .. }
                | Event::Prompted { .. }
                | Event::Replied { .. }
                | Event::Stopped { .. }
                | Event::Checkpointed { .. }
                | Event::Evidenced { .. }
                | Event::Synced { .. }
                | Event::Observed { .. }
                | Event::Notified { .. }
                | Event::Closed { .. },
            ) => Ok(stage),
            (
                _,
                Event::Proposed { .. }
                | Event::Assessed { .. }
                | Event::Answered { .. }
                | Event::Countersigned { .. }
                | Event::Refused { .. }
                | Event::Started { .. }
                | Event::Finished { .. }
                | Event::Failed { .. }
                | Event::Unknown { .. }
                | Event::Governed { .. }
                | Event::CorrectionOpened { .. }
                | Event::Handed { .. },
            ) => illegal,
        }
    }

    /// Whether nothing more can come.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Finished | Self::Failed | Self::Unknown | Self::Refused | Self::Handed)
    }

    /// Whether something may have happened in the world.
    pub fn may_have_happened(self) -> bool {
        matches!(self, Self::Started | Self::Finished | Self::Failed | Self::Unknown | Self::Handed)
    }

    /// A word for a screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unwritten => "unwritten",
            Self::Proposed => "proposed",
            Self::Permitted => "permitted",
            Self::Held { .. } => "held",
            Self::Forbidden => "forbidden",
            Self::Countersigned => "countersigned",
            Self::Started => "started",
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
            Self::Handed => "handed",
        }
    }
}

/// An event that cannot follow. In a ledger this is a finding; live it is a refusal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{event}` cannot follow stage `{}`", from.word())]
pub struct IllegalStep {
    /// Where it stood.
    pub from: Stage,
    /// What came.
    pub event: &'static str,
}

#[cfg(test)]
mod tests;
