//! How a prompt's work ends: what the copy has that the person's tree has not is one change set, held for who asked.

use action::{Deed, Event, Landing, Reason, RefusedBy, Stage};

use super::{Landed, Session, Wish};
use crate::act::{Acted, act};
use crate::book::BookError;
use crate::copy::{self, difference};
use crate::desk::Desk;
use crate::failure::SessionError;
use crate::happening::Happening;
use crate::office::text_of;

impl Session<'_> {
    /// The change set, held for the person who asked.
    pub(super) fn propose(&mut self, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Landed, SessionError> {
        let found = self.look()?;
        let mut difference = difference(&self.service.book, &self.card.root, found, self.card.agreed)?;
        let mut wish = self.options.landing.clone();
        if !difference.conflicting.is_empty() {
            difference.forgive(&copy::landed(&self.service.book, &self.card.session)?);
        }
        match wish {
            Wish::Branch(_) => difference.beside(), // a branch overwrites nothing of the person's
            Wish::Worktree | Wish::ByHand if difference.conflicting.is_empty() => {}
            Wish::Worktree | Wish::ByHand => return Ok(Landed::Conflict(difference.conflicts())),
        }
        if difference.changes.changes.is_empty() {
            return Ok(Landed::Nothing);
        }
        let change = self.service.book.put_value(&difference.changes)?;
        if wish != Wish::ByHand {
            self.supersede()?; // what commands in renewed copies left is each by itself
        }
        loop {
            let deed = Deed::Land { root: text_of(&self.card.root)?, change, landing: self.landing(&wish)? };
            let changes = difference.changes.clone();
            return Ok(match act(&mut self.seat(desk, watch), deed)? {
                Acted::Held(id, _) => Landed::Held(id, changes),
                Acted::Landed(id, settled) => {
                    if matches!(wish, Wish::Worktree | Wish::ByHand) {
                        self.agree()?;
                    }
                    Landed::Done(id, changes, settled)
                }
                Acted::Refused(id, reasons) => Landed::Refused(id, changes, reasons),
                Acted::Instead(landing) => {
                    wish = wish_of(landing);
                    continue;
                }
                Acted::Lost(why) => return Err(why.into()),
                Acted::Done(done) => return Err(SessionError::Confused { line: done.line }),
                Acted::Rehearsed(_) => return Err(SessionError::Confused { line: "rehearsal".into() }),
                Acted::Told(line) => return Err(SessionError::Confused { line }),
            });
        }
    }

    /// An older change set of this session that still waits would land half of the newer one's work: it ends here.
    fn supersede(&mut self) -> Result<(), SessionError> {
        self.flush()?;
        for story in self.service.book.held()? {
            let older = story.intent.session == self.card.session && matches!(story.intent.deed, Deed::Land { .. });
            if !older || !matches!(story.stage, Stage::Held { .. }) {
                continue;
            }
            let reasons = vec![Reason { rule: "superseded".into(), text: "the session has a newer change set".into() }];
            match self.service.book.write(&[Event::Refused { intent: story.intent.id, by: RefusedBy::Void, reasons }]) {
                Ok(_) | Err(BookError::AlreadyDone { .. }) => {} // it began in this very moment
                Err(e) => return Err(e.into()),
            }
        }
        Ok(())
    }

    fn landing(&self, wish: &Wish) -> Result<Landing, SessionError> {
        match (wish, &self.card.base) {
            (Wish::Worktree, _) => Ok(Landing::Worktree),
            (Wish::ByHand, _) => Ok(Landing::ByHand),
            (Wish::Branch(name), Some(base)) => Ok(Landing::Branch { name: name.clone(), base: base.clone() }),
            (Wish::Branch(name), None) => Err(SessionError::NoBase { branch: name.clone() }),
        }
    }
}

fn wish_of(landing: Landing) -> Wish {
    match landing {
        Landing::Worktree => Wish::Worktree,
        Landing::ByHand => Wish::ByHand,
        Landing::Branch { name, .. } => Wish::Branch(name),
    }
}
