//! A goal that a machine can decide: a command that ends with status 0, run in the box after the model has ended its turn.
//!
//! Whether it is reached is what was seen, never what the model says of it. Everything else that a person may want is a prompt.

use action::IntentId;

/// What is to be reached, and how that is found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    /// In the person's words.
    pub until: String,
    /// The command that has to end with status 0.
    pub command: String,
    /// The folder that it is run in, relative to the project.
    pub folder: String,
    /// How often it may be run.
    pub runs: u32,
}

/// What became of a goal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pursued {
    /// What was to be reached.
    pub goal: Goal,
    /// The runs so far, oldest first.
    pub runs: Vec<GoalRun>,
}

/// One run of the goal's command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalRun {
    /// The intent that it was; its entries in the ledger say what was seen. Absent where nothing was proposed.
    pub intent: Option<IntentId>,
    /// What came of it, in a line.
    pub line: String,
    /// How it decides.
    pub result: GoalResult,
}

/// What a run says of its goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoalResult {
    /// It is reached.
    Reached,
    /// It is not, and the model is told why.
    Missed,
    /// The command did not run: it is held or refused, so nobody knows.
    Undecided,
}

impl GoalResult {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::Missed => "missed",
            Self::Undecided => "undecided",
        }
    }
}

impl Pursued {
    pub(crate) fn begun(goal: &Goal) -> Self {
        Self { goal: goal.clone(), runs: Vec::new() }
    }

    /// Whether the last run reached it.
    pub fn is_reached(&self) -> bool {
        self.runs.last().is_some_and(|run| run.result == GoalResult::Reached)
    }

    /// Whether it may be run again.
    pub(crate) fn may_go_on(&self) -> bool {
        (self.runs.len() as u64) < u64::from(self.goal.runs) && self.runs.last().is_none_or(|run| run.result == GoalResult::Missed)
    }
}

#[cfg(test)]
mod tests;
