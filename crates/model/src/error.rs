//! The ways in which there is no reply, each with whose fault it is and what to do next.
//!
//! Whatever a vendor said is quoted shortened and with the key taken out; a key is in no message and no `Debug`.

use std::time::Duration;

use crate::record::RecordError;

/// Why there is no reply. In every case nothing of a partial reply may be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The caller asked to stop.
    #[error("cancelled")]
    Cancelled,
    /// The vendor does not accept the key, or the account may not do this.
    #[error("{model} does not accept the key ({status}): {said}")]
    KeyRefused {
        /// Which model was asked.
        model: String,
        /// HTTP status.
        status: u16,
        /// The vendor's words, shortened.
        said: String,
    },
    /// The vendor does not know the model.
    #[error("{model} is not there ({status}): {said}")]
    NoSuchModel {
        /// Which model was asked.
        model: String,
        /// HTTP status.
        status: u16,
        /// The vendor's words, shortened.
        said: String,
    },
    /// The conversation does not fit any more.
    #[error("the conversation is too long for {model}: {said}")]
    TooLong {
        /// Which model was asked.
        model: String,
        /// The vendor's words, shortened.
        said: String,
    },
    /// The vendor did not take the request as it was.
    #[error("{model} rejected the request ({status}): {said}")]
    Rejected {
        /// Which model was asked.
        model: String,
        /// HTTP status.
        status: u16,
        /// The vendor's words, shortened.
        said: String,
    },
    /// Out of capacity or over a limit, after every try.
    #[error("{model} has no room ({status}) after {tries} tries: {said}{}", asked_for(*.asked))]
    Busy {
        /// Which model was asked.
        model: String,
        /// HTTP status, or the one that the vendor's word stands for.
        status: u16,
        /// How often it was asked.
        tries: u32,
        /// How long it asked us to wait, if it did.
        asked: Option<Duration>,
        /// The vendor's words, shortened.
        said: String,
    },
    /// No connection, or none that lived long enough for an answer.
    #[error("{model} cannot be reached at `{url}` after {tries} tries: {why}")]
    Unreachable {
        /// Which model was asked.
        model: String,
        /// Where.
        url: String,
        /// How often it was tried.
        tries: u32,
        /// What the network said.
        why: String,
    },
    /// The stream ended in the middle of a reply.
    #[error("the reply of {model} was cut off: {why}")]
    Cut {
        /// Which model was asked.
        model: String,
        /// What was noticed.
        why: String,
    },
    /// The reply is not what the protocol says.
    #[error("the reply of {model} makes no sense: {why}")]
    Garbled {
        /// Which model was asked.
        model: String,
        /// What was noticed.
        why: String,
    },
    /// The reply is larger than anything a model says.
    #[error("the reply of {model} is larger than {limit} bytes")]
    TooBig {
        /// Which model was asked.
        model: String,
        /// The bound.
        limit: usize,
    },
    /// The vendor broke off a reply it had begun.
    #[error("{model} broke off: {said}")]
    Failed {
        /// Which model was asked.
        model: String,
        /// The vendor's words, shortened.
        said: String,
    },
    /// The recording has no further turn.
    #[error("the recording `{file}` is over: it has {turns} turns")]
    RecordingOver {
        /// Its file.
        file: String,
        /// How many turns it has.
        turns: usize,
    },
    /// The conversation went another way than the recording expects.
    #[error("line {line} of the recording `{file}` expects {expected}, which is not there: {found}")]
    NotAsRecorded {
        /// Its file.
        file: String,
        /// Line of the turn.
        line: usize,
        /// What the turn expects, in words.
        expected: String,
        /// What was there, shortened.
        found: String,
    },
    /// The reply came, but could not be kept in the recording, so it is not handed out.
    #[error(transparent)]
    NotRecorded(#[from] RecordError),
    /// A thread could not be started.
    #[error("no thread could be started to speak to {model}: {why}")]
    NoThread {
        /// Which model was asked.
        model: String,
        /// What the system said.
        why: String,
    },
}

/// Whose fault an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The person's: something they set.
    User,
    /// The world's: network, vendor, server.
    Outside,
    /// This program's.
    Ours,
    /// Nobody's: it was asked for.
    Nobody,
}

impl ModelError {
    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Cancelled => Fault::Nobody,
            Self::KeyRefused { .. } | Self::NoSuchModel { .. } => Fault::User,
            Self::RecordingOver { .. } | Self::NotAsRecorded { .. } => Fault::User,
            Self::Rejected { .. } | Self::TooLong { .. } | Self::NoThread { .. } => Fault::Ours,
            Self::Busy { .. } | Self::Unreachable { .. } | Self::Cut { .. } | Self::Garbled { .. } => Fault::Outside,
            Self::TooBig { .. } | Self::Failed { .. } | Self::NotRecorded(_) => Fault::Outside,
        }
    }

    /// A stable word for the ledger.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Cancelled => "model-cancelled",
            Self::KeyRefused { .. } => "model-key-refused",
            Self::NoSuchModel { .. } => "model-unknown",
            Self::TooLong { .. } => "model-too-long",
            Self::Rejected { .. } => "model-rejected",
            Self::Busy { .. } => "model-busy",
            Self::Unreachable { .. } => "model-unreachable",
            Self::Cut { .. } => "model-cut",
            Self::Garbled { .. } => "model-garbled",
            Self::TooBig { .. } => "model-too-big",
            Self::Failed { .. } => "model-failed",
            Self::RecordingOver { .. } => "recording-over",
            Self::NotAsRecorded { .. } => "recording-differs",
            Self::NotRecorded(_) => "recording-not-kept",
            Self::NoThread { .. } => "model-no-thread",
        }
    }

    /// What to do next; starts with a verb.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Cancelled => "resume the session to go on",
            Self::KeyRefused { .. } => "check the key in the environment and what its account may do",
            Self::NoSuchModel { .. } => "name another model with `--model provider/name`",
            Self::TooLong { .. } => "shorten the conversation and ask again",
            Self::Rejected { .. } => "report this with the message above; nothing was executed",
            Self::Busy { .. } => "wait and resume the session, or name another model",
            Self::Unreachable { .. } => "check the network, the proxy settings and the base URL",
            Self::Cut { .. } | Self::Failed { .. } => "ask again; nothing of the partial reply was executed",
            Self::Garbled { .. } | Self::TooBig { .. } => "check that the base URL speaks the protocol of the provider",
            Self::RecordingOver { .. } => "add turns to the recording, or end the session earlier",
            Self::NotAsRecorded { .. } => "record the session again, or correct the expectation",
            Self::NotRecorded(_) => "free the disk or choose another file, then ask again",
            Self::NoThread { .. } => "raise the limit of processes for this user",
        }
    }
}

fn asked_for(asked: Option<Duration>) -> String {
    asked.map_or_else(String::new, |wait| format!(" (it asks to wait {} s)", wait.as_secs().max(1)))
}
