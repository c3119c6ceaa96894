//! What a subagent changed comes into this copy: as a whole, where nothing stands in its way, or not at all.
//!
//! What it changed is the difference between the copy that it began with and its newest checkpoint, both by digest on the
//! ledger. If the power goes in the middle, the copy has a part of it, the intent is named `Unknown`, and before anything else
//! is done in that copy, the part is put back.

use action::{Change, ChangeSet, Content, Deed, Digest, Entry, Event, Parent, SessionId};

use super::delegating::has_begun;
use super::{Session, reported};
use crate::act::{self, Acted, Order, Ordered};
use crate::desk::Desk;
use crate::failure::SessionError;
use crate::happening::Happening;
use crate::office::text_of;
use crate::specs::merge::conflicts;
use crate::steps::Manifest;

impl Session<'_> {
    /// Asked for by the model.
    pub(super) fn take(&mut self, number: u64, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Acted, SessionError> {
        let Some((subagent, base, theirs)) = self.of_subagent(number)? else {
            return Ok(Acted::Told(format!("this session has no subagent {number}; nothing was taken")));
        };
        let found = self.look()?;
        let ours = self.steps.manifest(&self.service.book, found)?;
        let mut wanted = Vec::new();
        for change in self.between(&base, &theirs)? {
            if self.content_in(&ours, &change.path)? != change.after {
                wanted.push(change);
            }
        }
        if wanted.is_empty() {
            return Ok(Acted::Told(format!("subagent {number} changed nothing that you have not; nothing was taken")));
        }
        let met = conflicts(&wanted, &base.as_set(), &ours.as_set());
        if !met.is_empty() {
            let paths = met.iter().map(|path| action::visible(path)).collect::<Vec<_>>().join(", ");
            return Ok(Acted::Told(format!("nothing was taken: you changed these since subagent {number} began, and nothing is overwritten: {paths}")));
        }
        let change = self.service.book.put_value(&ChangeSet::new(text_of(&self.card.root)?, wanted))?;
        match act::order(&mut self.seat(desk, watch), Deed::Take { number, session: subagent, change })? {
            Ordered::Order(order) => self.carry_over(&order, desk, watch),
            Ordered::Ended(acted) => Ok(acted),
        }
    }

    /// What was signed, where the copy is still as it was then.
    pub(super) fn carry_over(&mut self, order: &Order, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Acted, SessionError> {
        let Deed::Take { number, change, .. } = &order.order.value().deed else {
            return Err(SessionError::Confused { line: order.order.value().deed.line() });
        };
        let set: ChangeSet = self.service.book.get_value(change)?;
        let done = match self.in_the_way(&set.changes)? {
            Some(path) => tools::Done::failed(&format!("`{}` is not as it was when this was asked for; nothing was taken", action::visible(&path))),
            None => self.whole(*number, &set.changes, desk, watch)?,
        };
        Ok(Acted::Done(self.seat(desk, watch).end(order, done)?))
    }

    /// All of it; where that does not go, what was there before.
    fn whole(&mut self, number: u64, changes: &[Change], desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<tools::Done, SessionError> {
        let back: Vec<Change> = changes.iter().map(|change| Change { path: change.path.clone(), before: change.after.clone(), after: change.before.clone() }).collect();
        self.keep_originals(changes)?;
        self.keep_originals(&back)?;
        let Err(why) = self.as_judged(|session| session.take_over(changes, desk, watch)) else {
            let line = format!("took {} of subagent {number}", crate::counted::counted(changes.len(), "path"));
            return Ok(tools::Done { text_for_model: line.clone(), exit: None, output: Vec::new(), ok: true, cut: false, line, tests: None });
        };
        let undone = self.as_judged(|session| session.take_over(&back, desk, watch));
        Ok(tools::Done::failed(&match undone {
            Ok(()) => format!("it could not be taken, and your copy is as it was: {why}"),
            Err(stays) => format!("it could not be taken ({why}), and a part of it is in your copy: {stays}"),
        }))
    }

    /// Puts back what a process that is gone took a part of, and says so: a half is never proposed, nor worked on.
    pub(super) fn undo_half_taken(&mut self, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<(), SessionError> {
        let Some((number, change)) = self.half_taken()? else { return Ok(()) };
        if !self.hands.boxed() {
            return Err(SessionError::NoCopy);
        }
        let set: ChangeSet = self.service.book.get_value(&change)?;
        let found = self.look()?;
        let now = self.steps.manifest(&self.service.book, found)?;
        let mut back = Vec::new();
        for Change { path, before, .. } in set.changes {
            let here = self.content_in(&now, &path)?;
            if here != before {
                back.push(Change { path, before: here, after: before });
            }
        }
        self.keep_originals(&back)?;
        self.as_judged(|session| session.take_over(&back, desk, watch))?;
        let text = format!("the program ended while what subagent {number} changed was being taken; the copy is put back to before that, and nothing of it is taken");
        watch(Happening::Complaint { text: &text });
        self.push(model::Message { role: model::Role::User, parts: vec![reported(&format!("{text}\n"))] })
    }

    /// What was being taken when the process ended, where nothing was done in the copy since.
    fn half_taken(&self) -> Result<Option<(u64, Digest)>, SessionError> {
        let book = &self.service.book;
        let entries = book.session(&self.card.session)?;
        for (_, entry) in &entries {
            let Event::Proposed { intent, .. } = &entry.event else { continue };
            let Deed::Take { number, change, .. } = &intent.deed else { continue };
            let its = book.subject(&format!("intent:{}", intent.id))?;
            let cut_off = its.into_iter().find(|(_, entry)| matches!(entry.event, Event::Unknown { .. }));
            if let Some((index, _)) = cut_off
                && !entries.iter().any(|(at, entry)| *at > index && goes_on(entry))
            {
                return Ok(Some((*number, *change)));
            }
        }
        Ok(None)
    }

    /// The first path that has become another one.
    fn in_the_way(&mut self, changes: &[Change]) -> Result<Option<String>, SessionError> {
        let found = self.look()?;
        let now = self.steps.manifest(&self.service.book, found)?;
        for change in changes {
            if self.content_in(&now, &change.path)? != change.before {
                return Ok(Some(change.path.clone()));
            }
        }
        Ok(None)
    }

    /// The session of a subagent, the copy that it began with, and its newest one.
    fn of_subagent(&self, number: u64) -> Result<Option<(SessionId, Manifest, Manifest)>, SessionError> {
        let book = &self.service.book;
        for (subagent, parent) in book.begun_by(&self.card.session)? {
            let Parent::Subagent { intent, .. } = parent else { continue };
            let Some(Deed::Delegate { number: its, from, .. }) = book.story(&intent)?.map(|story| story.intent.deed) else { continue };
            if its == number {
                let entries = book.session(&subagent)?;
                let begun = has_begun(&entries); // before that, a checkpoint has a part of the copy that it begins with
                let newest = entries.into_iter().rev().filter(|_| begun).find_map(|(_, entry)| match entry.event {
                    Event::Checkpointed { manifest, .. } => Some(manifest),
                    _ => None,
                });
                return Ok(Some((subagent, book.get_value(&from)?, book.get_value(&newest.unwrap_or(from))?)));
            }
        }
        Ok(None)
    }

    /// What differs between two states of a copy, in the order of paths.
    pub(super) fn between(&self, before: &Manifest, after: &Manifest) -> Result<Vec<Change>, SessionError> {
        let mut changes = Vec::new();
        for path in before.differing(after) {
            let change = Change { before: self.content_in(before, &path)?, after: self.content_in(after, &path)?, path };
            if change.before != change.after {
                changes.push(change);
            }
        }
        Ok(changes)
    }

    /// Makes a copy that is still as the person's tree into what another one of that tree is. One that becomes anything else is
    /// not to be worked in: what differs would pass for work that was done in it.
    pub(super) fn become_like(&mut self, wanted: &Manifest, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<(), SessionError> {
        let changes = self.between(&Manifest::default(), wanted)?;
        self.keep_originals(&changes)?;
        self.as_judged(|session| session.take_over(&changes, desk, watch))?;
        let found = self.look()?;
        let now = self.steps.manifest(&self.service.book, found)?;
        // A folder that has what git ignores stays.
        let stays = |change: &Change| change.before.is_none() && change.after == Some(Content::Directory);
        match self.between(wanted, &now)?.into_iter().find(|change| !stays(change)) {
            Some(Change { path, .. }) => Err(SessionError::NotDone { what: "making this copy like the other one".into(), why: format!("`{}` is not as it is there", action::visible(&path)) }),
            None => Ok(()),
        }
    }

    /// Steps that were judged as a whole: neither roles nor `--supervise` judge each of them again.
    pub(super) fn as_judged<T>(&mut self, steps: impl FnOnce(&mut Self) -> Result<T, SessionError>) -> Result<T, SessionError> {
        let rights = std::mem::take(&mut self.project.rights);
        let supervise = std::mem::take(&mut self.options.supervise);
        let done = steps(self);
        self.project.rights = rights;
        self.options.supervise = supervise;
        done
    }
}

/// Whether a session that has this was opened, and put in order, before.
fn goes_on(entry: &Entry) -> bool {
    match &entry.event {
        Event::Prompted { .. } | Event::Checkpointed { .. } => true,
        Event::Closed { how, .. } => how == "done",
        _ => false,
    }
}
