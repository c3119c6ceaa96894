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

impl Finding {
    /// An error in a file, without a hint or a mend.
    pub fn error(rule: &'static str, file: &str, span: Span, text: impl Into<String>) -> Self {
        Self::new(Severity::Error, rule, file, span, text)
    }

    /// A warning, likewise.
    pub fn warning(rule: &'static str, file: &str, span: Span, text: impl Into<String>) -> Self {
        Self::new(Severity::Warning, rule, file, span, text)
    }

    /// A note, likewise.
    pub fn note(rule: &'static str, file: &str, span: Span, text: impl Into<String>) -> Self {
        Self::new(Severity::Note, rule, file, span, text)
    }

    /// The same with what to do.
    #[must_use]
    pub fn hinted(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    fn new(severity: Severity, rule: &'static str, file: &str, span: Span, text: impl Into<String>) -> Self {
        Self { rule, severity, file: file.to_owned(), span, text: text.into(), hint: None, mend: Vec::new() }
    }
}
