//! How wide a box opens for an order: computed from the deed that was signed, never from what the caller would like.

use action::{Deed, EnvironmentName, McpPlace, McpServer};

use crate::plan::Command;

/// What a file operation may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum Reach {
    /// Read the tree; nothing can be written anywhere.
    Read,
    /// Write below the tree and `/tmp`.
    Write,
}

/// Whether `deed` is a file operation.
pub fn check_call(deed: &Deed) -> Result<(), Mismatch> {
    reach_of(deed).map(|_| ())
}

/// Whether `deed` is exactly this command: the same text, the same folder, and no environment that was not named.
///
/// A shell deed rehearses nothing: it would see an environment's data. A change rehearses its own environment and no other.
pub fn check_start(deed: &Deed, command: &Command) -> Result<(), Mismatch> {
    match deed {
        Deed::Shell { command: line, cwd, .. } => {
            same("command", line, &command.line)?;
            same("folder", cwd, &command.cwd)?;
            same("environment", "", command.rehearse.as_ref().map_or("", EnvironmentName::as_str))
        }
        Deed::Change { environment, command: line, .. } => {
            same("command", line, &command.line)?;
            same("environment", environment.as_str(), command.rehearse.as_ref().map_or("", EnvironmentName::as_str))
        }
        other => Err(Mismatch::NotACommand { deed: other.line() }),
    }
}

/// How a server is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Serving<'d> {
    /// Its command line.
    pub(crate) line: &'d str,
    /// Whether it has the box's network; without, it has one of its own with nothing in it.
    pub(crate) network: bool,
}

/// The server that `deed` starts in the box; its values are of the variables that the deed names.
pub(crate) fn server_of<'d>(deed: &'d Deed, variables: &[(String, String)]) -> Result<Serving<'d>, Mismatch> {
    let (serving, named) = match deed {
        Deed::McpStart { server: McpServer { at: McpPlace::InBox { command, variables: named }, .. } } => {
            (Serving { line: command, network: true }, named.as_slice())
        }
        Deed::LanguageStart { command, .. } => (Serving { line: command, network: false }, [].as_slice()),
        other => return Err(Mismatch::NotAServer { deed: other.line() }),
    };
    match variables.iter().find(|(name, _)| !named.contains(name)) {
        Some((name, _)) => Err(other("variables", &named.join(" "), name)),
        None => Ok(serving),
    }
}

pub(crate) fn reach_of(deed: &Deed) -> Result<Reach, Mismatch> {
    match deed {
        Deed::Read { .. }
        | Deed::List { .. }
        | Deed::Glob { .. }
        | Deed::Grep { .. }
        | Deed::Outline { .. }
        | Deed::Map { .. }
        | Deed::FindSymbol { .. } => Ok(Reach::Read),
        Deed::Write { .. } | Deed::Edit { .. } | Deed::Delete { .. } | Deed::Move { .. } => Ok(Reach::Write),
        other => Err(Mismatch::NotAFileOperation { deed: other.line() }),
    }
}

fn same(what: &'static str, signed: &str, asked: &str) -> Result<(), Mismatch> {
    if signed == asked {
        return Ok(());
    }
    Err(other(what, signed, asked))
}

fn other(what: &'static str, signed: &str, asked: &str) -> Mismatch {
    let short = |text: &str| text.chars().take(120).collect();
    Mismatch::Other { what, signed: short(signed), asked: short(asked) }
}

/// The order is for something else. Nothing happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// The deed runs no command.
    #[error("the order is to `{deed}`, which runs no command")]
    NotACommand {
        /// The deed in a line.
        deed: String,
    },
    /// The deed starts no server in the box.
    #[error("the order is to `{deed}`, which starts no server in the box")]
    NotAServer {
        /// The deed in a line.
        deed: String,
    },
    /// The deed touches no file.
    #[error("the order is to `{deed}`, which is no file operation")]
    NotAFileOperation {
        /// The deed in a line.
        deed: String,
    },
    /// One part differs.
    #[error("the {what} that was signed is `{signed}`, not `{asked}`")]
    Other {
        /// Which part.
        what: &'static str,
        /// In the order.
        signed: String,
        /// By the caller.
        asked: String,
    },
}

#[cfg(test)]
mod tests;
