//! What a check says about a file: which rule, where, and what would mend it.

use serde::Serialize;

use crate::text::{Edit, Span};

/// How grave a finding is. Only errors make a check fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Probably not what was meant.
    Warning,
    /// It contradicts itself or points at nothing.
    Error,
}

/// One thing that a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule's name, as in the documentation: `uncited-criterion`.
    pub rule: &'static str,
    /// How grave.
    pub severity: Severity,
    /// The file, relative to the folder that was read: `tasks.md`.
    pub file: String,
    /// Where in it.
    pub span: Span,
    /// What is wrong, in one line.
    pub text: String,
    /// What to do, where that is known.
    pub hint: Option<String>,
    /// What `fmt` would do about it, where that is safe.
    #[serde(skip)]
    pub mend: Vec<Edit>,
}
