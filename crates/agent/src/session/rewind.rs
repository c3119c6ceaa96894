//! Puts the copy and the conversation back to a checkpoint. Every step of it is an intent like any other, through `act`;
//! the person's tree is not involved. If it ends in the middle, the copy is half way: rewinding again finishes it.

use action::{Content, Deed, Event, IntentId, Parent, Reason, RefusedBy, SessionId, Stage};
use model::Message;

use super::Session;
use crate::act::{Acted, act};
use crate::book::BookError;
use crate::conversation::{self, Line};
use crate::desk::Desk;
use crate::failure::SessionError;
use crate::happening::Happening;
use crate::steps::Manifest;

/// A file larger than this is not put back.
const LARGEST: u64 = 1 << 30;
/// Seconds that putting one path back may take.
const SECONDS: u64 = 60;

/// A path whose content is another one than at the checkpoint.
struct Other {
    /// As manifests write it.
    path: String,
    now: Option<Content>,
    wanted: Option<Content>,
}

impl Session<'_> {
    /// Returns the paths that were put back.
    pub fn rewind(&mut self, step: u32, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Vec<String>, SessionError> {
        if !self.hands.boxed() {
            return Err(SessionError::NoCopy);
        }
        let (target, messages) = self.steps.at(&self.service.book, step)?;
        self.revoke_after(step)?;
        let others = self.others(&target)?;
        for other in others.iter().rev().filter(|other| other.must_go()) {
            self.put_back(other, &other.removal()?, desk, watch)?; // what is in a folder before the folder
        }
        for other in &others {
            for deed in self.making(other)? {
                self.put_back(other, &deed, desk, watch)?;
            }
        }
        self.forget_after(step, messages)?;
        self.checkpoint()?;
        self.flush()?;
        Ok(others.into_iter().map(|other| other.path).collect())
    }

    /// What was proposed after the checkpoint and still waits is undone with the rest: nobody can sign it any more.
    fn revoke_after(&mut self, step: u32) -> Result<(), SessionError> {
        self.flush()?;
        let book = &self.service.book;
        let entries = book.session(&self.card.session)?;
        let is_it = |event: &Event| matches!(event, Event::Checkpointed { step: made, .. } if *made == step);
        let made = entries.iter().rev().find(|(_, entry)| is_it(&entry.event)).map_or(0, |(index, _)| *index);
        let after: Vec<&IntentId> = entries.iter().filter(|(index, _)| *index > made).filter_map(|(_, entry)| entry.event.intent()).collect();
        for id in &after {
            self.revoke(id, step)?;
        }
        for (session, parent) in book.begun_by(&self.card.session)? {
            if matches!(&parent, Parent::Subagent { intent, .. } if after.contains(&intent)) {
                self.revoke_all(&session, step)?;
            }
        }
        Ok(())
    }

    /// A subagent that was begun after the checkpoint, and those that it began.
    fn revoke_all(&self, subagent: &SessionId, step: u32) -> Result<(), SessionError> {
        for session in self.service.book.with_workers(subagent)? {
            for (_, entry) in self.service.book.session(&session)? {
                entry.event.intent().map_or(Ok(()), |id| self.revoke(id, step))?;
            }
        }
        Ok(())
    }

    fn revoke(&self, id: &IntentId, step: u32) -> Result<(), SessionError> {
        let book = &self.service.book;
        let Some(story) = book.story(id)?.filter(|story| matches!(story.stage, Stage::Held { .. })) else { return Ok(()) };
        let reasons = vec![Reason { rule: "rewound".into(), text: format!("the session was put back to step {step}, before this was proposed") }];
        match book.write(&[Event::Refused { intent: story.intent.id, by: RefusedBy::Void, reasons }]) {
            Ok(_) | Err(BookError::AlreadyDone { .. }) => Ok(()), // it began in this very moment
            Err(e) => Err(e.into()),
        }
    }

    /// What differs, in the order of paths. Where a manifest says nothing, the person's own tree shows through.
    fn others(&mut self, target: &Manifest) -> Result<Vec<Other>, SessionError> {
        let found = self.look()?;
        let now = self.steps.manifest(&self.service.book, found)?;
        let mut others = Vec::new();
        for path in now.differing(target) {
            let here = self.content_in(&now, &path)?;
            let wanted = self.content_in(target, &path)?;
            if here != wanted {
                others.push(Other { path, now: here, wanted });
            }
        }
        Ok(others)
    }

    pub(super) fn content_in(&self, manifest: &Manifest, path: &str) -> Result<Option<Content>, SessionError> {
        match manifest.paths.get(path) {
            Some(content) => Ok(content.clone()),
            None => {
                let relative = sandbox::path_of(path).unwrap_or_default();
                sandbox::fingerprint(&self.card.root, &relative).map_err(|why| SessionError::folder(&self.card.root, why))
            }
        }
    }

    /// The deeds that make what the checkpoint has.
    fn making(&self, other: &Other) -> Result<Vec<Deed>, SessionError> {
        let path = other.name()?;
        Ok(match &other.wanted {
            None => Vec::new(),
            Some(Content::Directory) => vec![shell(format!("mkdir -p -- {}", quoted(&path)))],
            Some(Content::Symlink { target }) => vec![shell(format!("ln -s -- {} {}", quoted(&plain(target, &other.path)?), quoted(&path)))],
            Some(Content::File { digest, executable, .. }) => {
                self.keep_the_persons(&path, digest)?;
                let mode = if *executable { "+x" } else { "-x" };
                let chmod = (*executable != other.is_executable_now()).then(|| shell(format!("chmod {mode} -- {}", quoted(&path))));
                std::iter::once(Deed::Write { path, content: *digest }).chain(chmod).collect()
            }
        })
    }

    /// A file that the person's own tree has may not be a blob yet.
    pub(super) fn keep_the_persons(&self, path: &str, digest: &action::Digest) -> Result<(), SessionError> {
        if self.service.book.get(digest).is_err() {
            let (bytes, _) = sandbox::read_still(&self.card.root.join(path), LARGEST).map_err(|why| SessionError::folder(&self.card.root, why))?;
            self.service.book.put(&bytes)?;
        }
        Ok(())
    }

    fn put_back(&mut self, other: &Other, deed: &Deed, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<(), SessionError> {
        match act(&mut self.seat(desk, watch), deed.clone())? {
            Acted::Done(done) if done.ok => Ok(()),
            Acted::Done(done) => Err(other.stays(done.line)),
            Acted::Held(id, quorum) => Err(other.stays(format!("it is held as {id}: {} must countersign", quorum.words()))),
            Acted::Refused(_, reasons) => Err(other.stays(reasons.into_iter().map(|reason| reason.text).collect::<Vec<_>>().join("; "))),
            unlikely => Err(other.stays(format!("{unlikely:?}"))),
        }
    }

    /// The conversation ends where the checkpoint was made, and says so.
    fn forget_after(&mut self, step: u32, messages: usize) -> Result<(), SessionError> {
        let mut kept = self.conversation.lines();
        kept.truncate(messages.saturating_sub(self.card.dropped).max(1));
        conversation::drop_unanswered(&mut kept);
        let text = format!("(The copy was put back to where it was after step {step}. Whatever was done later is undone.)");
        kept.push(Line::plain(Message::user(text)));
        self.conversation.replace(kept).map_err(|why| SessionError::folder(&self.folder, why))
    }
}

impl Other {
    /// A file is written over; everything else makes room first.
    fn must_go(&self) -> bool {
        let over = matches!((&self.now, &self.wanted), (Some(Content::File { .. }), Some(Content::File { .. })));
        self.now.is_some() && !over
    }

    /// A folder goes when it is empty: what is ignored in it was never part of a checkpoint.
    fn removal(&self) -> Result<Deed, SessionError> {
        let path = self.name()?;
        Ok(match &self.now {
            Some(Content::Directory) => shell(format!("rmdir --ignore-fail-on-non-empty -- {}", quoted(&path))),
            _ => Deed::Delete { path },
        })
    }

    fn is_executable_now(&self) -> bool {
        matches!(&self.now, Some(Content::File { executable: true, .. })) && !self.must_go()
    }

    fn name(&self) -> Result<String, SessionError> {
        plain(&self.path, &self.path)
    }

    fn stays(&self, why: String) -> SessionError {
        SessionError::NotRewound { path: self.path.clone(), why }
    }
}

pub(super) fn shell(command: String) -> Deed {
    Deed::Shell { command, cwd: String::new(), seconds: SECONDS, background: false }
}

/// One word for the shell, whatever is in it.
pub(super) fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// A name as the file system has it, from how manifests write it.
fn plain(coded: &str, path: &str) -> Result<String, SessionError> {
    let name = sandbox::path_of(coded).and_then(|path| path.to_str().map(str::to_owned));
    name.ok_or_else(|| SessionError::NotRewound { path: path.to_owned(), why: "its name is not UTF-8".into() })
}
