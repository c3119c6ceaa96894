//! What the service itself does in a session between the model's turns. Each step is an intent like any other, through
//! `act`; nothing here goes another way.

use action::{Change, ChangeSet, Content, Deed, IntentId};
use sandbox::read_still;
use spec::hooks::Trigger;

use super::rewind::{quoted, shell};
use super::{Course, Ended, Landed, Session, Why};
use crate::act::{Acted, act};
use crate::copy::difference;
use crate::desk::Desk;
use crate::failure::SessionError;
use crate::happening::Happening;
use crate::story::Story;

/// A file of the copy larger than this is not read into the service.
const LARGEST: u64 = 64 << 20;

impl Session<'_> {
    /// Works on a prompt until the model has no more calls. Nothing is proposed yet.
    pub(crate) fn work(&mut self, words: &str, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Course, SessionError> {
        self.ready(desk, watch)?;
        self.ask_for(words)?;
        self.go_on(desk, watch)
    }

    /// What comes before the words.
    pub(super) fn ready(&mut self, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<(), SessionError> {
        self.tell_of_servers(watch);
        self.tell_of_guidance(watch);
        self.catch_up(desk, watch)?;
        self.tell_of_cut_off(watch)?;
        match self.card.turn {
            0 => self.hooks_for(Trigger::SessionStarted, desk, watch),
            _ => Ok(()),
        }
    }

    /// Until the model has no more calls.
    pub(super) fn go_on(&mut self, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Course, SessionError> {
        let before = self.card.turn;
        let course = self.pursue(self.options.max_turns, desk, watch)?;
        let taken = self.card.turn.saturating_sub(before) + 1; // the first began with the prompt
        let course = self.after_the_turn(course, self.options.max_turns.saturating_sub(taken), desk, watch)?;
        self.flush()?;
        Ok(course)
    }

    /// Proposes what the copy has, and says how it ended.
    pub(crate) fn land(&mut self, course: Course, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Ended, SessionError> {
        let Course { why, goal, exhausted } = course;
        let change = match why {
            Why::Stopped => Landed::Nothing,
            _ if self.card.is_subagent() => Landed::Nothing, // what it changed is for its parent to take
            Why::Done | Why::TurnLimit | Why::Budget => self.propose(desk, watch)?,
        };
        self.save()?;
        let held = std::mem::take(&mut self.held).into_iter().chain(self.held_below()?).collect();
        Ok(Ended { change, held, tests: std::mem::take(&mut self.tests), why, goal, exhausted, context: self.card.context })
    }

    /// Writes a whole file of the copy; `None` removes it.
    pub(crate) fn put(&mut self, path: &str, bytes: Option<&[u8]>, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<(), SessionError> {
        let deed = match bytes {
            Some(bytes) => Deed::Write { path: path.to_owned(), content: self.service.book.put(bytes)? },
            None => Deed::Delete { path: path.to_owned() },
        };
        self.step(path, deed, desk, watch).map(drop)
    }

    /// Runs a command in the copy and waits for its end, however it ends.
    pub(crate) fn command(
        &mut self,
        command: &str,
        folder: &str,
        seconds: u64,
        desk: &mut dyn Desk,
        watch: &mut dyn FnMut(Happening<'_>),
    ) -> Result<tools::Done, SessionError> {
        let folder = if folder == "." { "" } else { folder };
        let deed = Deed::Shell { command: command.to_owned(), cwd: folder.to_owned(), seconds, background: false };
        match act(&mut self.seat(desk, watch), deed)? {
            Acted::Done(done) => Ok(done),
            other => Err(SessionError::NotDone { what: format!("`{command}`"), why: words(&other) }),
        }
    }

    fn step(&mut self, what: &str, deed: Deed, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<tools::Done, SessionError> {
        match act(&mut self.seat(desk, watch), deed)? {
            Acted::Done(done) if done.ok => Ok(done),
            Acted::Done(done) => Err(SessionError::NotDone { what: format!("`{what}`"), why: done.line }),
            other => Err(SessionError::NotDone { what: format!("`{what}`"), why: words(&other) }),
        }
    }

    /// A file as the copy has it now.
    pub(crate) fn file(&mut self, path: &str) -> Result<Option<Vec<u8>>, SessionError> {
        self.look()?;
        let Some(place) = self.survey.place(path) else { return Ok(None) };
        match read_still(&place, LARGEST) {
            Ok((bytes, _)) => Ok(Some(bytes)),
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(why) => Err(SessionError::Folder { folder: place, why }),
        }
    }

    /// All that the copy has and the person's tree has not, build outputs left out; contents are blobs.
    pub(crate) fn changes(&mut self) -> Result<ChangeSet, SessionError> {
        let found = self.look()?;
        let mut difference = difference(&self.service.book, &self.card.root, found, self.card.agreed)?;
        difference.beside();
        Ok(difference.changes)
    }

    /// Gives this copy what another one of the same tree has at these paths: first what goes, what lies in a folder before the
    /// folder, then what comes. A folder goes only when it is empty.
    pub(crate) fn take_over(&mut self, changes: &[Change], desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<(), SessionError> {
        for change in changes.iter().rev().filter(|change| change.after.is_none() || is_other_kind(change)) {
            let path = plain(&change.path)?;
            let word = quoted(&path);
            let removal = format!("if [ -d {word} ] && [ ! -L {word} ]; then rmdir --ignore-fail-on-non-empty -- {word}; else rm -f -- {word}; fi");
            self.step(&path, shell(removal), desk, watch)?;
        }
        for change in changes {
            let path = plain(&change.path)?;
            match &change.after {
                Some(Content::File { digest, executable, .. }) => {
                    self.step(&path, Deed::Write { path: path.clone(), content: *digest }, desk, watch)?;
                    let was = matches!(change.before, Some(Content::File { executable: true, .. }));
                    if *executable || was {
                        let mode = if *executable { "+x" } else { "-x" };
                        self.step(&path, shell(format!("chmod {mode} -- {}", quoted(&path))), desk, watch)?;
                    }
                }
                Some(Content::Symlink { target }) => {
                    self.step(&path, shell(format!("ln -sfnT -- {} {}", quoted(&plain(target)?), quoted(&path))), desk, watch)?;
                }
                Some(Content::Directory) => {
                    self.step(&path, shell(format!("mkdir -p -- {}", quoted(&path))), desk, watch)?;
                }
                None => {}
            }
        }
        self.checkpoint()
    }

    /// What these paths had in the person's tree becomes a blob, so that it can be written back.
    pub(crate) fn keep_originals(&self, back: &[Change]) -> Result<(), SessionError> {
        for change in back {
            if let Some(Content::File { digest, .. }) = &change.after {
                self.keep_the_persons(&change.path, digest)?;
            }
        }
        Ok(())
    }

    /// What the model said last.
    pub(crate) fn last_words(&self) -> String {
        let said = self.conversation.messages().iter().rev().find(|message| message.role == model::Role::Assistant);
        said.map(model::Message::text).unwrap_or_default()
    }

    /// How many steps of this prompt are held. That something may be remembered is no step of the work.
    pub(crate) fn waiting(&self) -> usize {
        let is_memory = |story: Story| matches!(story.intent.deed, Deed::Remember { .. });
        let is_step = |id: &&IntentId| !self.service.book.story(id).ok().flatten().is_some_and(is_memory);
        self.held.iter().filter(is_step).count()
    }

    /// The runs of tests of this prompt so far.
    pub(crate) fn test_runs(&self) -> &[tools::TestRun] {
        &self.tests
    }
}

/// Whether what was there makes no room by being written over.
fn is_other_kind(change: &Change) -> bool {
    use Content::{Directory, File, Symlink};
    !matches!((&change.before, &change.after), (None, _) | (_, None) | (Some(File { .. }), Some(File { .. })) | (Some(Symlink { .. }), Some(Symlink { .. })) | (Some(Directory), Some(Directory)))
}

/// A name as the file system has it, from how change sets write it.
fn plain(coded: &str) -> Result<String, SessionError> {
    let name = sandbox::path_of(coded).and_then(|path| path.to_str().map(str::to_owned));
    name.ok_or_else(|| SessionError::NotDone { what: format!("`{coded}`"), why: "its name is not UTF-8".into() })
}

/// Why a step was not done, in words.
pub(super) fn words(acted: &Acted) -> String {
    match acted {
        Acted::Held(id, quorum) => format!("it is held as {id}: {} must countersign", quorum.words()),
        Acted::Refused(_, reasons) => reasons.iter().map(|reason| reason.text.as_str()).collect::<Vec<_>>().join("; "),
        Acted::Told(text) => text.clone(),
        other => format!("{other:?}"),
    }
}
