//! The project's hooks in a session. A command is an intent like every other, in the box, with an end in time.
//!
//! What a hook runs before happens only after a clear yes: a command that ends with 0. One that ends otherwise, does not end,
//! cannot start, is refused or is held stops it. What a hook says to the agent is guidance and no word of the person.

use action::Deed;
use spec::hooks::{Action, Trigger};

use super::{Course, Ended, Session, Why};
use crate::act::{Acted, act};
use crate::desk::Desk;
use crate::failure::SessionError;
use crate::happening::Happening;
use crate::hooks::{Occasion, Ready};

/// What of a hook's output the agent is told.
const MOST_WORDS: usize = 2_000;

/// What the hooks of one occasion came to.
#[derive(Debug, Default)]
pub(super) struct Hooked {
    /// For the agent, in blocks.
    pub(super) words: String,
    /// The hook that did not say yes, and why.
    pub(super) stopped: Option<(String, String)>,
}

impl Session<'_> {
    /// Runs what is due, in order. Where a hook can stop what comes, the first that does not say yes ends it.
    pub(super) fn hooks(&mut self, occasion: Occasion<'_>, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Hooked, SessionError> {
        let mut hooked = Hooked::default();
        if let Some(mute) = self.hooks.mute(occasion.trigger()) {
            let why = format!("it cannot be run, so nobody says yes: mend it in `{}`, or switch it off there", mute.path);
            watch(Happening::Complaint { text: &format!("hook `{}` did not say yes: {why}", mute.name) });
            hooked.stopped = Some((mute.name.clone(), why));
            return Ok(hooked);
        }
        for hook in self.hooks.due(occasion) {
            match self.hook(&hook, desk, watch)? {
                Ok(words) => hooked.words.push_str(&words),
                Err(why) => {
                    watch(Happening::Complaint { text: &format!("hook `{}` did not say yes: {why}", hook.name) });
                    hooked.stopped.get_or_insert((hook.name, why));
                    if occasion.trigger().can_stop() {
                        break;
                    }
                }
            }
        }
        Ok(hooked)
    }

    /// The same around something that is no call: where a hook can stop it and does, it is not done.
    pub(crate) fn hooks_for(&mut self, trigger: Trigger, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<(), SessionError> {
        let hooked = self.hooks(Occasion::Plain(trigger), desk, watch)?;
        self.project.asides.push_str(&hooked.words);
        match hooked.stopped.filter(|_| trigger.can_stop()) {
            Some((hook, why)) => {
                self.flush()?;
                Err(SessionError::StoppedByHook { hook, why })
            }
            None => Ok(()),
        }
    }

    /// A hook that a person asked for, and what it changed as a change set.
    pub fn run_hook(&mut self, name: &str, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Ended, SessionError> {
        self.tell_of_guidance(watch);
        let hook = self.hooks.named(name)?;
        if let Action::Prompt(words) = &hook.action {
            let course = self.work(words, desk, watch)?;
            return self.land(course, desk, watch);
        }
        match self.hook(&hook, desk, watch)? {
            Ok(_) => {
                self.flush()?;
                self.land(Course::done(), desk, watch)
            }
            Err(why) => {
                self.flush()?;
                Err(SessionError::NotDone { what: format!("hook `{name}`"), why })
            }
        }
    }

    /// One hook: what it says to the agent, or why that was no yes.
    fn hook(&mut self, hook: &Ready, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Result<String, String>, SessionError> {
        watch(Happening::Hook { name: &hook.name, trigger: hook.trigger.name() });
        let command = match &hook.action {
            Action::Prompt(words) => return Ok(Ok(said(hook, words))),
            Action::Command(command) => command.clone(),
        };
        let deed = Deed::Shell { command, cwd: String::new(), seconds: hook.seconds, background: false };
        let mut seat = self.seat(desk, watch);
        seat.supervise |= hook.confirm;
        let acted = act(&mut seat, deed)?;
        self.checkpoint()?;
        Ok(match &acted {
            Acted::Done(done) if done.ok && speaks(hook.trigger) && !done.output.is_empty() => Ok(said(hook, &String::from_utf8_lossy(&done.output))),
            Acted::Done(done) if done.ok => Ok(String::new()),
            Acted::Done(done) => Err(bounded(&format!("{}: {}", done.line, String::from_utf8_lossy(&done.output).trim()))),
            Acted::Held(id, _) => {
                self.held.push(id.clone());
                Err(format!("it is held as {id}"))
            }
            other => Err(bounded(&super::by_hand::words(other))),
        })
    }

    /// The agent has no more calls: the hooks for that, and one more turn where they say something to it.
    pub(super) fn after_the_turn(&mut self, course: Course, left: u32, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Course, SessionError> {
        if course.why != Why::Done || self.hooks.due(Occasion::Plain(Trigger::AgentStopped)).is_empty() {
            return Ok(course);
        }
        let words = self.hooks(Occasion::Plain(Trigger::AgentStopped), desk, watch)?.words;
        match words.is_empty() || left == 0 {
            true => Ok(course),
            false => {
                self.say(&words)?;
                self.pursue(left, desk, watch)
            }
        }
    }
}

/// Triggers whose commands tell the agent what they print.
fn speaks(trigger: Trigger) -> bool {
    matches!(trigger, Trigger::SessionStarted | Trigger::PromptSubmitted)
}

fn said(hook: &Ready, words: &str) -> String {
    crate::guidance::block(&format!("hook {}", hook.name), &format!("{}\n", bounded(words.trim())))
}

fn bounded(text: &str) -> String {
    match text.char_indices().nth(MOST_WORDS) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
