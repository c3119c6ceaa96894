//! Why work on a specification could not go on. What was signed and what was seen stands.

use crate::book::BookError;
use crate::failure::SessionError;
use crate::settle::SettleError;

/// Why it could not go on.
#[derive(Debug, thiserror::Error)]
pub enum SpecTrouble {
    /// The session.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The ledger.
    #[error(transparent)]
    Book(#[from] BookError),
    /// An answer did not go through.
    #[error(transparent)]
    Settle(#[from] SettleError),
    /// The model did not write what was asked for. Nothing was proposed.
    #[error("the model wrote no usable `{file}`: {why}")]
    NoDocument {
        /// Which.
        file: String,
        /// What is wrong with it.
        why: String,
    },
    /// A document that later work relies on is not there.
    #[error("`{path}` is not there")]
    Absent {
        /// Which.
        path: String,
    },
    /// The tasks wait for each other.
    #[error("the tasks wait for each other: {}", names.join(" → "))]
    Cycle {
        /// Them, in order.
        names: Vec<String>,
    },
    /// There is no such task.
    #[error("there is no task `{number}` that can be worked on")]
    NoTask {
        /// What was asked for.
        number: String,
    },
    /// The specification was edited while it ran. What was done so far is kept.
    #[error("`{path}` was edited while its tasks were worked on, so nothing more was begun")]
    Edited {
        /// Which document.
        path: String,
    },
    /// A place to work could not be made.
    #[error("{0}")]
    Bench(String),
}
