//! What came of an order: for the model, for people, and for the ledger. All of it is bounded.

use crate::inside::Answered;
use crate::test_run::TestRun;

/// The outcome of one executed deed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// What the model is told: plain text, at most about 30 KB of a command's output (the beginning and the end), at most
    /// 200 KB of a file.
    pub text_for_model: String,
    /// Exit status of a command, 128 + n for signal n; none for a deed that runs no command or one that still runs.
    pub exit: Option<i32>,
    /// Output of a command as it came, at most 10 MB (the beginning and the end); empty for a deed that runs none.
    pub output: Vec<u8>,
    /// Whether it was done and, for a command, exited with 0.
    pub ok: bool,
    /// Whether a command was ended before it was done: by its time limit, by somebody, by the box.
    pub cut: bool,
    /// One short line: `exit 0 in 0.3 s`, ``2 replacements in `src/a.rs` ``.
    pub line: String,
    /// What a test runner printed, where the command was one.
    pub tests: Option<TestRun>,
}

impl Done {
    /// Not done, for this reason.
    pub fn failed(why: &str) -> Self {
        Self::said(false, why, why.to_owned())
    }

    /// Done by hands that run no command.
    pub(crate) fn said(ok: bool, line: &str, text: String) -> Self {
        Self { text_for_model: text, exit: None, output: Vec::new(), ok, cut: false, line: short(line), tests: None }
    }

    pub(crate) fn answered(answered: Answered) -> Self {
        Self::said(answered.ok, &answered.line, answered.text)
    }
}

/// A line is part of a ledger entry and of a screen.
const LONGEST_LINE: usize = 300;

/// One visible line of bounded length.
pub(crate) fn short(text: &str) -> String {
    action::visible_line(text, LONGEST_LINE)
}

#[cfg(test)]
mod tests;
