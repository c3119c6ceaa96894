//! What the project brings to a session: guidance, hooks, a custom agent, read once from the person's tree; and what it
//! remembers, read once from the ledger.

use std::path::{Path, PathBuf};

use action::Deed;
use spec::hooks::Trigger;

use super::Session;
use crate::act::{Acted, decline};
use crate::called::{self, Called};
use crate::desk::Desk;
use crate::failure::SessionError;
use crate::guidance::Guidance;
use crate::happening::Happening;
use crate::hooks::{Hooks, Occasion};
use crate::memory::{Memories, Memory};
use crate::office::text_of;
use crate::rights::Rights;
use crate::role::{ENGINEER, NoRole, Role};
use crate::shown::Shown;

/// What was read of it.
#[derive(Debug, Default)]
pub(super) struct Project {
    pub(super) guidance: Guidance,
    pub(super) rights: Rights,
    /// What the project remembered when the session began or went on.
    pub(super) memory: Vec<Memory>,
    notes: Vec<String>,
    closed: Vec<PathBuf>,
    /// For the model, with the next results.
    pub(super) asides: String,
}

impl Session<'_> {
    /// Reads what the project brings. The agent that the session's card names must be there, and fit to run.
    pub(super) fn bring(&mut self) -> Result<(), SessionError> {
        let environments = self.service.book.environments()?;
        let closed: Vec<PathBuf> = environments.iter().flat_map(|(environment, _)| &environment.paths).map(PathBuf::from).collect();
        let kept_out = |path: &str| keeps_out(&self.hands, &self.card.root, path);
        let shown = Shown { root: &self.card.root, closed: &closed, kept_out: &kept_out };
        let mut guidance = Guidance::read(&shown);
        // What is kept from agents is still the person's word on how they work.
        let own = Shown { kept_out: &|_| false, ..shown };
        let hooks = Hooks::read(&own);
        let mut rights = Rights::default();
        let mut notes = Vec::new();
        if self.card.agent.as_str() != ENGINEER {
            let mut role = role(&own, &shown, self.card.agent.as_str(), &mut guidance)?;
            notes = role.take_notes();
            rights = rights.and(role);
        }
        for name in self.card.bounds.within.iter().filter(|name| name.as_str() != ENGINEER) {
            rights = rights.and(Role::find(&own, name.as_str())?); // what bounds it is told to those that it bounds by what is refused
        }
        if self.card.bounds.reads_only {
            rights = rights.and(Role::reading());
        }
        guidance.saw(self.conversation.messages());
        self.hooks = hooks;
        let memory = Memories::of(&self.service.book, &text_of(&self.card.root)?)?.kept;
        self.project = Project { guidance, rights, memory, notes, closed, asides: String::new() };
        self.offer_what_it_has();
        Ok(())
    }

    /// Also within these: those of the session that it works for, as that one has them.
    pub(super) fn narrow(&mut self, rights: &Rights) {
        self.project.rights = self.project.rights.within(rights);
        self.offer_what_it_has();
    }

    pub(super) fn offer_what_it_has(&mut self) {
        let mut shapes = std::mem::take(&mut self.shapes);
        shapes.retain(|shape| self.has_tool(&Called::offered(&shape.name)));
        self.shapes = shapes;
    }

    /// What the person should know of it, once.
    pub(super) fn tell_of_guidance(&mut self, watch: &mut dyn FnMut(Happening<'_>)) {
        let notes = std::mem::take(&mut self.project.notes);
        for text in [self.project.guidance.take_notes(), notes, self.hooks.take_notes()].concat() {
            watch(Happening::Complaint { text: &text });
        }
    }

    /// Whether the agent has this tool.
    pub(super) fn has_tool(&self, call: &Called) -> bool {
        let is_there = !matches!(call.tool.as_str(), "delegate" | "take") || self.may_delegate();
        is_there && self.project.rights.has(call)
    }

    /// The hooks before a call; a refusal, kept on the ledger, where one stops it.
    pub(super) fn before_call(&mut self, call: &Called, deed: &Deed, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Option<Acted>, SessionError> {
        let hooked = self.hooks(Occasion::Tool(Trigger::BeforeTool, call), desk, watch)?;
        self.project.asides.push_str(&hooked.words);
        let Some((hook, why)) = hooked.stopped else { return Ok(None) };
        let text = format!("the project's hook `{hook}` stopped it: {why}");
        Ok(Some(decline(&mut self.seat(desk, watch), deed.clone(), "hook", &text)?))
    }

    /// After a call: hooks, and guidance for what was read or written.
    pub(super) fn after_call(&mut self, call: &Called, touched: &Touched, acted: &Acted, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<(), SessionError> {
        let mut words = String::new();
        if matches!(acted, Acted::Done(done) if done.ok) {
            for path in &touched.paths {
                let kept_out = |path: &str| keeps_out(&self.hands, &self.card.root, path);
                let shown = Shown { root: &self.card.root, closed: &self.project.closed, kept_out: &kept_out };
                words.push_str(&self.project.guidance.touched(&shown, path));
            }
            for (trigger, path) in &touched.files {
                words.push_str(&self.hooks(Occasion::File(*trigger, path), desk, watch)?.words);
            }
        }
        if matches!(acted, Acted::Done(_) | Acted::Landed(..) | Acted::Rehearsed(_)) {
            words.push_str(&self.hooks(Occasion::Tool(Trigger::AfterTool, call), desk, watch)?.words);
        }
        self.project.asides.push_str(&words);
        Ok(())
    }

    /// A prompt with the guidance that it asks for by name, and what hooks say to it.
    pub(super) fn with_guidance(&mut self, words: &str) -> String {
        let asides = std::mem::take(&mut self.project.asides);
        format!("{asides}{}{words}", self.project.guidance.named(words))
    }

    /// What the model is told beside the results of its calls.
    pub(super) fn take_asides(&mut self) -> Option<model::Part> {
        let text = std::mem::take(&mut self.project.asides);
        (!text.is_empty()).then_some(model::Part::Text { text })
    }

    /// What a deed would touch: known before it is done, when it is still to be seen what is there.
    pub(super) fn touched(&self, deed: &Deed) -> Touched {
        let is_there = |path: &str| self.survey.place(path).is_some_and(|place| place.symlink_metadata().is_ok());
        let written = |path: &str| if is_there(path) { Trigger::FileSaved } else { Trigger::FileCreated };
        let files = match deed {
            Deed::Write { path, .. } => vec![(written(path), path.clone())],
            Deed::Edit { path, .. } => vec![(Trigger::FileSaved, path.clone())],
            Deed::Delete { path } => vec![(Trigger::FileDeleted, path.clone())],
            Deed::Move { from, to } => vec![(Trigger::FileDeleted, from.clone()), (Trigger::FileCreated, to.clone())],
            _ => Vec::new(),
        };
        Touched { paths: called::files(deed), files }
    }
}

/// Whether a file of the project is not shown. Only a box knows what `.kiroignore` names: without one, where there is a list,
/// everything is kept out.
fn keeps_out(hands: &tools::Hands, root: &Path, path: &str) -> bool {
    hands.keeps_out(path) || (!hands.boxed() && root.join(".kiroignore").symlink_metadata().is_ok())
}

/// What a deed touches.
#[derive(Debug, Default)]
pub(super) struct Touched {
    paths: Vec<String>,
    files: Vec<(Trigger, String)>,
}

fn role(own: &Shown<'_>, shown: &Shown<'_>, name: &str, guidance: &mut Guidance) -> Result<Role, NoRole> {
    let mut role = Role::find(own, name)?;
    for (from, text) in role.told(shown).into_iter().rev() {
        guidance.also(&from, &text);
    }
    Ok(role)
}

#[cfg(test)]
mod tests;
