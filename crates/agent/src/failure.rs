//! Why a session could not go on, in words for the person. What the ledger says of its intents stands in every case.

use std::path::{Path, PathBuf};

use crate::book::BookError;
use crate::copy::CopyError;
use crate::office::NotUtf8;

/// Why a session could not go on. What the ledger says of its intents stands.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The ledger.
    #[error(transparent)]
    Book(#[from] BookError),
    /// It was opened without a model.
    #[error("this session was opened without a model, so it takes no prompt")]
    NoModel,
    /// There is no box here, and so no copy to put back.
    #[error("no box can be made on this machine, so the copy cannot be put back; nothing was changed")]
    NoCopy,
    /// There is no such checkpoint.
    #[error("there is no step {step}; the last one is {last}")]
    NoStep {
        /// What was asked for.
        step: u32,
        /// The newest.
        last: u32,
    },
    /// A subagent's copy was never completed.
    #[error("this subagent never began: the program ended before its copy was as that of session {parent}, so there is nothing to go on with; that session can begin another one")]
    NeverBegan {
        /// The session that it was to work for.
        parent: action::SessionId,
    },
    /// A step of the service's own was not done.
    #[error("{what} was not done: {why}")]
    NotDone {
        /// Which.
        what: String,
        /// Why.
        why: String,
    },
    /// A path could not be put back.
    #[error("`{path}` could not be put back: {why}")]
    NotRewound {
        /// Which.
        path: String,
        /// Why.
        why: String,
    },
    /// A hook of the project did not say yes.
    #[error("the project's hook `{hook}` stopped it: {why}")]
    StoppedByHook {
        /// Which.
        hook: String,
        /// Why.
        why: String,
    },
    /// There is no such hook.
    #[error(transparent)]
    Hook(#[from] crate::hooks::NoHook),
    /// The project's agent is not there, or not fit to run.
    #[error(transparent)]
    Role(#[from] crate::role::NoRole),
    /// A budget has no room for the next request.
    #[error(transparent)]
    Exhausted(Box<crate::budget::Exhausted>),
    /// The teams that budgets speak of cannot be meant.
    #[error(transparent)]
    Teams(crate::teams::BadTeams),
    /// What requests under way may cost cannot be told, so nothing more is asked.
    #[error("what requests under way may cost cannot be told, so the model was not asked: {0}")]
    Promises(std::io::Error),
    /// The model did not answer.
    #[error(transparent)]
    Model(model::ModelError),
    /// The conversation has more than a vendor would take, and would be refused from then on.
    #[error("{0}; nothing was asked")]
    TooMuch(model::TooMuch),
    /// The session's folder.
    #[error("the session's folder {} cannot be used: {why}", folder.display())]
    Folder {
        /// Where.
        folder: PathBuf,
        /// The system's words.
        why: std::io::Error,
    },
    /// The copy could not be compared.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// The tree's path has no name in an intent.
    #[error(transparent)]
    Path(#[from] NotUtf8),
    /// An answer or a landing did not go through.
    #[error(transparent)]
    Settle(#[from] crate::settle::SettleError),
    /// A branch was asked for in a folder without commits.
    #[error("the change set cannot land on branch `{branch}`: the folder has no git commit to lay it on; land it in the work tree")]
    NoBase {
        /// The branch.
        branch: String,
    },
    /// Something was executed that is never executed there: a defect of this program.
    #[error("something was executed where it never is (`{line}`); this is a defect, please report it")]
    Confused {
        /// What was done.
        line: String,
    },
}

impl SessionError {
    pub(crate) fn folder(folder: &Path, why: std::io::Error) -> Self {
        Self::Folder { folder: folder.to_path_buf(), why }
    }
}
