//! The agent's own list of steps. It is a claim of the agent, shown to a person as such, and decides nothing.

use serde::{Deserialize, Serialize};

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What is to be done.
    pub step: String,
    /// How far it has got.
    pub status: Status,
}

/// How far a step has got, as the agent says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Not begun.
    Todo,
    /// Being done.
    Doing,
    /// Said to be done.
    Done,
}

/// One line: `3 steps, 1 done, now: write the test`.
pub(crate) fn line(steps: &[Step]) -> String {
    let done = steps.iter().filter(|s| s.status == Status::Done).count();
    let total = action::Count::new(steps.len() as u64, "steps");
    match steps.iter().find(|s| s.status == Status::Doing) {
        Some(now) => format!("{total}, {done} done, now: {}", now.step),
        None => format!("{total}, {done} done"),
    }
}
