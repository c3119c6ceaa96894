//! Which commands run tests, and what their runners said.
//!
//! Counts are what the runner printed, and a command can print anything: they are shown beside the command and its exit,
//! and decide nothing. A runner that was piped into something else keeps its own word: a printed failure is a failure
//! also when the exit is 0.

use serde::{Deserialize, Serialize};

mod cases;
mod command;
mod report;

pub use cases::{Case, Went, absent_in, cases, is_run_of};
pub use command::looks_like_tests;
#[cfg(test)]
pub(crate) use command::words_of;

/// One run of tests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestRun {
    /// The command as it was run.
    pub command: String,
    /// How many passed, where the runner said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed: Option<u64>,
    /// How many failed, where the runner said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<u64>,
    /// Whether the command exited with 0 and printed no failure.
    pub ok: bool,
}

impl TestRun {
    /// One line: `cargo test: 12 passed, 1 failed`.
    pub fn line(&self) -> String {
        let word = if self.ok { "ok" } else { "failed" };
        let counts = match (self.passed, self.failed) {
            (None, None) => word.to_owned(),
            (Some(passed), None) => format!("{word}, {passed} passed"),
            (None, Some(failed)) => format!("{word}, {failed} failed"),
            (Some(passed), Some(failed)) if self.ok == (failed == 0) => format!("{passed} passed, {failed} failed"),
            (Some(passed), Some(failed)) => format!("{word}, {passed} passed, {failed} failed"),
        };
        action::visible(&format!("{}: {counts}", self.command)).into_owned()
    }
}

/// Reads what a test runner printed: cargo test and nextest, node --test (TAP and spec), pytest, unittest, go test, jest,
/// vitest, mocha, Maven, and those of `report/more.rs`.
pub fn parse_test_result(command: &str, output: &str, exit: Option<i32>) -> TestRun {
    let output = crate::plain::plain(output.as_bytes());
    let report = report::read(&output);
    let ok = exit == Some(0) && report.failed.unwrap_or(0) == 0 && !report.broken;
    TestRun { command: command.to_owned(), passed: report.passed, failed: report.failed, ok }
}

#[cfg(test)]
mod tests;
