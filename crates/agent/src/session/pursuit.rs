//! From a prompt to the end of its rounds: once, or again and again until a goal is reached.
//!
//! The goal's command is an intent like every other, judged and written before it runs. What it printed goes back to the model as the
//! next prompt, bounded as every output is.

use action::{Deed, IntentId};

use super::{Course, Session, Why};
use crate::act::{Acted, act};
use crate::desk::Desk;
use crate::failure::SessionError;
use crate::goal::{GoalResult, GoalRun, Pursued};
use crate::happening::Happening;

/// The longest that a goal's command may take: the longest of any command in the foreground.
const SECONDS: u64 = 600;

impl Session<'_> {
    /// At most so many rounds of the model, until it has no more calls and the goal, where there is one, is reached or given up.
    pub(super) fn pursue(&mut self, mut left: u32, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Course, SessionError> {
        let mut goal = self.options.goal.as_ref().map(Pursued::begun);
        loop {
            let why = match self.rounds(&mut left, desk, watch) {
                Ok(why) => why,
                Err(SessionError::Exhausted(exhausted)) => return Ok(Course { why: Why::Budget, goal, exhausted: Some(*exhausted) }),
                Err(other) => return Err(other),
            };
            let Some(pursued) = goal.as_mut().filter(|_| why == Why::Done) else {
                return Ok(Course { why, goal, exhausted: None });
            };
            let told = self.try_goal(pursued, desk, watch)?;
            if !pursued.may_go_on() {
                return Ok(Course { why, goal, exhausted: None });
            }
            if left == 0 {
                return Ok(Course { why: Why::TurnLimit, goal, exhausted: None });
            }
            self.say(&told)?;
        }
    }

    /// Runs the goal's command once; what the model is told of it.
    fn try_goal(&mut self, pursued: &mut Pursued, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<String, SessionError> {
        let (command, folder) = (pursued.goal.command.clone(), pursued.goal.folder.clone());
        let deed = Deed::Shell { command: command.clone(), cwd: folder, seconds: SECONDS, background: false };
        let mut seen: Option<(IntentId, String)> = None;
        let mut watched = |happening: Happening<'_>| {
            if let Happening::Done { intent, outcome, .. } = &happening {
                seen = Some(((*intent).clone(), outcome.line.clone()));
            }
            watch(happening);
        };
        let acted = act(&mut self.seat(desk, &mut watched), deed)?;
        self.checkpoint()?;
        let (text, _) = self.told(&acted);
        let run = run_of(&acted, seen, &text);
        watch(Happening::Goal { run: pursued.runs.len() + 1, until: &pursued.goal.until, line: &run.line, result: run.result });
        pursued.runs.push(run);
        Ok(format!("It is not done yet: `{command}` has to end with status 0, and it did not. This is what it printed:\n\n{text}\n\nGo on until it does."))
    }
}

fn run_of(acted: &Acted, seen: Option<(IntentId, String)>, text: &str) -> GoalRun {
    match (acted, seen) {
        (Acted::Done(done), seen) => {
            let result = if done.ok { GoalResult::Reached } else { GoalResult::Missed };
            GoalRun { intent: seen.map(|(intent, _)| intent), line: done.line.clone(), result }
        }
        (Acted::Held(id, _) | Acted::Refused(id, _), _) => GoalRun { intent: Some(id.clone()), line: text.to_owned(), result: GoalResult::Undecided },
        (_, seen) => GoalRun { intent: seen.map(|(intent, _)| intent), line: text.to_owned(), result: GoalResult::Undecided },
    }
}
