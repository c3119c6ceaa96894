//! One conversation between a person and an agent: rounds of the model, each call through [`crate::act`], and at the end
//! the change set, held for the person.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use action::{ChangeSet, Content, Deed, Event, IntentId, Landing, Reason, RefusedBy, Stage};
use model::{Message, Model, Part, Reply, Request, Role};

use crate::act::{Acted, Seat, act};
use crate::book::BookError;
use crate::card::{Card, agreed_now};
use crate::compaction;
use crate::conversation::{self, Conversation};
use crate::copy::{self, CopyError, difference};
use crate::desk::Desk;
use crate::happening::Happening;
use crate::prompt;
use crate::rehearsal;
use crate::office::{NotUtf8, Office, text_of};
use crate::settle::Settled;
use crate::steps::{Manifest, Steps};
use crate::survey::Survey;

/// How a session is to be run.
pub struct Options {
    /// Where an accepted change set goes by itself.
    pub landing: Wish,
    /// Show every changing intent first.
    pub supervise: bool,
    /// Rounds a prompt may take.
    pub max_turns: u32,
    /// Tokens a reply may have.
    pub max_output: u32,
}

/// Where the person wants the change set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// As uncommitted changes of the work tree.
    Worktree,
    /// As a commit on this branch.
    Branch(String),
}

/// A session that can take prompts.
pub struct Session<'a> {
    service: &'a Office,
    card: Card,
    folder: PathBuf,
    model: Option<Box<dyn Model>>,
    hands: tools::Hands,
    survey: Survey,
    steps: Steps,
    conversation: Conversation,
    options: Options,
    stop: Arc<AtomicBool>,
    pending: Vec<Event>,
    held: Vec<IntentId>,
    tests: Vec<tools::TestRun>,
    shapes: Vec<model::ToolShape>,
}

/// How a prompt ended.
#[derive(Debug)]
pub struct Ended {
    /// What became of the change set.
    pub change: Landed,
    /// Everything else that waits for people.
    pub held: Vec<IntentId>,
    /// Tests that were run in the copy, and their results.
    pub tests: Vec<tools::TestRun>,
    /// Why the rounds ended.
    pub why: Why,
}

/// Why no further round followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The model had no more calls.
    Done,
    /// Somebody stopped it.
    Stopped,
    /// The limit of rounds was reached.
    TurnLimit,
}

/// What became of the change set.
#[derive(Debug)]
pub enum Landed {
    /// The copy does not differ.
    Nothing,
    /// It waits for the person.
    Held(IntentId, ChangeSet),
    /// It landed.
    Done(IntentId, ChangeSet, Settled),
    /// It will not land.
    Refused(IntentId, ChangeSet, Vec<Reason>),
    /// The person's tree changed at these paths since the session began.
    Conflict(Vec<String>),
}

impl<'a> Session<'a> {
    /// Opens a session over an open box. `card` says which; its folder exists. Without a model it can be rewound, not prompted.
    pub fn open(
        service: &'a Office,
        card: Card,
        model: Option<Box<dyn Model>>,
        hands: tools::Hands,
        options: Options,
        stop: Arc<AtomicBool>,
    ) -> Result<Self, SessionError> {
        let folder = service.session_folder(&card.session);
        let conversation = Conversation::open(&folder.join("conversation.jsonl")).map_err(|why| SessionError::folder(&folder, why))?;
        let steps = Steps::open(&folder).map_err(|why| SessionError::folder(&folder, why))?;
        let survey = Survey::of_session(&card.root);
        let session = Self {
            service,
            card,
            folder,
            model,
            hands,
            survey,
            steps,
            conversation,
            options,
            stop,
            pending: Vec::new(),
            held: Vec::new(),
            tests: Vec::new(),
            shapes: shapes(),
        };
        session.save()?;
        Ok(session)
    }

    /// What it is made of.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// Runs one prompt to its end.
    pub fn prompt(&mut self, words: &str, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Ended, SessionError> {
        self.say(words)?;
        let why = self.rounds(desk, watch)?;
        self.flush()?;
        let change = match why {
            Why::Stopped => Landed::Nothing,
            Why::Done | Why::TurnLimit => self.propose(desk, watch)?,
        };
        self.save()?;
        Ok(Ended { change, held: std::mem::take(&mut self.held), tests: std::mem::take(&mut self.tests), why })
    }

    /// Ends the session; the box goes with it.
    pub fn close(mut self, how: &str) -> Result<(), SessionError> {
        self.pending.push(Event::Closed { session: self.card.session.clone(), how: how.to_owned() });
        self.flush()?;
        self.save()
    }

    /// Puts the copy and the conversation back to a checkpoint. Each file is an intent like any other; the person's tree is
    /// not involved. Returns the paths that were put back.
    pub fn rewind(&mut self, step: u32, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Vec<String>, SessionError> {
        let (target, messages) = self.steps.at(&self.service.book, step)?;
        let found = self.look()?;
        let now = self.steps.manifest(&self.service.book, found)?;
        let mut back = Vec::new();
        for path in now.differing(&target) {
            let deed = self.deed_back(&path, &target)?;
            match act(&mut self.seat(desk, watch), deed)? {
                Acted::Done(done) if done.ok => back.push(path),
                Acted::Done(done) => return Err(SessionError::NotRewound { path, why: done.line }),
                other => return Err(SessionError::NotRewound { path, why: format!("{other:?}") }),
            }
        }
        let mut kept: Vec<Message> = self.conversation.messages().to_vec();
        kept.truncate(messages.saturating_sub(self.card.dropped).max(1));
        conversation::drop_unanswered(&mut kept);
        let text = format!("(The copy was put back to where it was after step {step}. Whatever was done later is undone.)");
        kept.push(Message { role: Role::User, parts: vec![Part::Text { text }] });
        self.conversation.replace(kept).map_err(|why| SessionError::folder(&self.folder, why))?;
        self.checkpoint()?;
        self.flush()?;
        Ok(back)
    }

    /// What brings one path back: the checkpoint's content, or where it has none, the person's.
    fn deed_back(&self, path: &str, target: &Manifest) -> Result<Deed, SessionError> {
        let wanted = match target.paths.get(path) {
            Some(content) => content.clone(),
            None => {
                let relative = sandbox::path_of(path).unwrap_or_default();
                sandbox::fingerprint(&self.card.root, &relative).map_err(|why| SessionError::folder(&self.card.root, why))?
            }
        };
        match wanted {
            Some(Content::File { digest, .. }) => {
                if self.service.book.get(&digest).is_err() {
                    let bytes = fs::read(self.card.root.join(path)).map_err(|why| SessionError::folder(&self.card.root, why))?;
                    self.service.book.put(&bytes)?;
                }
                Ok(Deed::Write { path: path.to_owned(), content: digest })
            }
            Some(Content::Symlink { .. } | Content::Directory) => {
                Err(SessionError::NotRewound { path: path.to_owned(), why: "only files can be put back so far".into() })
            }
            None => Ok(Deed::Delete { path: path.to_owned() }),
        }
    }

    fn say(&mut self, words: &str) -> Result<(), SessionError> {
        let text = match self.conversation.messages().is_empty() {
            true => prompt::opening(&self.card.root, &self.service.book.environments()?, words),
            false => words.to_owned(),
        };
        let digest = self.service.book.put(text.as_bytes())?;
        self.card.turn += 1;
        self.pending.push(Event::Prompted { session: self.card.session.clone(), turn: self.card.turn, words: Some(digest) });
        self.push(Message { role: Role::User, parts: vec![Part::Text { text }] })
    }

    fn rounds(&mut self, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Why, SessionError> {
        for round in 0..self.options.max_turns {
            if round > 0 {
                self.card.turn += 1;
                self.pending.push(Event::Prompted { session: self.card.session.clone(), turn: self.card.turn, words: None });
            }
            self.flush()?;
            if self.stop.load(Ordering::Relaxed) {
                return Ok(Why::Stopped);
            }
            watch(Happening::Turn { turn: self.card.turn });
            let reply = match self.ask(watch) {
                Ok(reply) => reply,
                Err(SessionError::Model(model::ModelError::TooLong { .. })) if self.shorten(watch)? => continue,
                Err(_) if self.stop.load(Ordering::Relaxed) => return Ok(Why::Stopped),
                Err(e) => return Err(e),
            };
            let calls = self.keep(&reply)?;
            if calls.is_empty() && reply.stop == model::StopReason::MaxOutput {
                let text = "Your answer was cut at the output limit; calls in it were not made. Go on, in smaller steps.".to_owned();
                self.push(Message { role: Role::User, parts: vec![Part::Text { text }] })?;
                continue;
            }
            if calls.is_empty() {
                return Ok(Why::Done);
            }
            self.answer_calls(&calls, desk, watch)?;
            self.compact_if_due(&reply, watch)?;
        }
        Ok(Why::TurnLimit)
    }

    /// The conversation and the shapes are lent to the request: a long session would copy them once a round.
    fn ask(&mut self, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Reply, SessionError> {
        let mut live = |delta: model::Delta| match delta {
            model::Delta::Text(text) => watch(Happening::Text { text: &text }),
            model::Delta::Waiting { wait, why } => watch(Happening::Waiting { seconds: wait.as_secs(), why: &why }),
            model::Delta::Reasoning(_) | model::Delta::CallStarted { .. } => {}
        };
        let model = self.model.as_mut().ok_or(SessionError::NoModel)?;
        let request = Request {
            system: prompt::SYSTEM.to_owned(),
            messages: self.conversation.lent(),
            tools: std::mem::take(&mut self.shapes),
            max_output: self.options.max_output,
        };
        let reply = model.ask(&request, &mut live, &self.stop);
        self.conversation.returned(request.messages);
        self.shapes = request.tools;
        reply.map_err(SessionError::Model)
    }

    /// Keeps the reply as a blob and in the conversation; returns its calls.
    fn keep(&mut self, reply: &Reply) -> Result<Vec<Call>, SessionError> {
        let digest = self.service.book.put_value(&reply.message)?;
        self.pending.push(Event::Replied {
            session: self.card.session.clone(),
            turn: self.card.turn,
            reply: digest,
            input: reply.usage.input.saturating_sub(reply.usage.cached),
            cached: reply.usage.cached,
            output: reply.usage.output,
        });
        self.push(reply.message.clone())?;
        Ok(reply.message.parts.iter().filter_map(Call::of).collect())
    }

    fn answer_calls(&mut self, calls: &[Call], desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<(), SessionError> {
        let mut parts = Vec::with_capacity(calls.len());
        for call in calls {
            let (content, is_error) = match self.stop.load(Ordering::Relaxed) {
                true => ("stopped by the person; nothing was done".to_owned(), true),
                false => self.answer_call(call, desk, watch)?,
            };
            parts.push(Part::Result { call: call.id.clone(), content, is_error });
        }
        self.push(Message { role: Role::User, parts })
    }

    /// One call: read, acted, told to the model in words.
    fn answer_call(&mut self, call: &Call, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<(String, bool), SessionError> {
        let book = &self.service.book;
        let mut lost = None;
        let mut keep = |bytes: &[u8]| {
            book.put(bytes).unwrap_or_else(|e| {
                lost = Some(e);
                action::Digest::of_bytes(bytes)
            })
        };
        let root = text_of(&self.card.root)?;
        let deed = tools::read_call(&call.name, &call.arguments, &root, &mut keep);
        if let Some(e) = lost {
            return Err(e.into());
        }
        let deed = match deed {
            Ok(deed) => deed,
            Err(bad) => {
                let text = bad.to_string();
                watch(Happening::BadCall { text: &text });
                return Ok((text, true));
            }
        };
        let acted = match deed {
            Deed::Change { environment, command, .. } => rehearsal::change(&mut self.seat(desk, watch), environment, command)?,
            deed => act(&mut self.seat(desk, watch), deed)?,
        };
        self.checkpoint()?;
        Ok(self.told(&acted))
    }

    /// What the model is told of an act.
    fn told(&mut self, acted: &Acted) -> (String, bool) {
        match acted {
            Acted::Done(done) => {
                self.tests.extend(done.tests.clone());
                (done.text_for_model.clone(), !done.ok)
            }
            Acted::Held(id, quorum) => {
                self.held.push(id.clone());
                let text = format!("held as {id}: {} must countersign. It will land when they have; do not repeat it. Go on with other work or end your turn.", quorum.words());
                (text, false)
            }
            Acted::Refused(id, reasons) => {
                let why: Vec<&str> = reasons.iter().map(|r| r.text.as_str()).collect();
                (format!("refused ({id}): {}. Nothing happened. Do not look for another way to do the same.", why.join("; ")), true)
            }
            Acted::Landed(id, settled) => (format!("{} ({id})", settled.receipt.outcome.line), !settled.ok),
            Acted::Lost(why) => (format!("{why}. Part of it may have happened; a person has to look. Do not repeat it."), true),
            Acted::Told(text) => (text.clone(), true),
            Acted::Rehearsed(_) => ("rehearsed".to_owned(), false),
            Acted::Instead(_) => ("the person chose another way".to_owned(), false),
        }
    }

    /// The change set, held for the person who asked.
    fn propose(&mut self, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Landed, SessionError> {
        let found = self.look()?;
        let mut difference = difference(&self.service.book, &self.card.root, found, self.card.agreed)?;
        let mut wish = self.options.landing.clone();
        if !difference.conflicting.is_empty() {
            difference.forgive(&copy::landed(&self.service.book, &self.card.session)?);
        }
        match wish {
            Wish::Branch(_) => difference.beside(), // a branch overwrites nothing of the person's
            Wish::Worktree if difference.conflicting.is_empty() => {}
            Wish::Worktree => return Ok(Landed::Conflict(difference.conflicts())),
        }
        if difference.changes.changes.is_empty() {
            return Ok(Landed::Nothing);
        }
        let change = self.service.book.put_value(&difference.changes)?;
        self.supersede()?;
        loop {
            let deed = Deed::Land { root: text_of(&self.card.root)?, change, landing: self.landing(&wish)? };
            let changes = difference.changes.clone();
            return Ok(match act(&mut self.seat(desk, watch), deed)? {
                Acted::Held(id, _) => Landed::Held(id, changes),
                Acted::Landed(id, settled) => {
                    if wish == Wish::Worktree {
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
            (Wish::Branch(name), Some(base)) => Ok(Landing::Branch { name: name.clone(), base: base.clone() }),
            (Wish::Branch(name), None) => Err(SessionError::NoBase { branch: name.clone() }),
        }
    }

    /// How the copy differs from the person's tree now, build outputs left out.
    fn look(&mut self) -> Result<Vec<sandbox::Differing>, SessionError> {
        let found = self.hands.changes().map_err(|e| CopyError::Box { why: e.to_string() })?;
        self.survey.saw(&found);
        Ok(self.survey.ignored().without(&self.card.root, found)?)
    }

    fn checkpoint(&mut self) -> Result<(), SessionError> {
        let found = self.look()?;
        let messages = self.card.dropped + self.conversation.with_results();
        if let Some((step, manifest)) = self.steps.save(&self.service.book, found, messages)? {
            self.pending.push(Event::Checkpointed { session: self.card.session.clone(), step, manifest });
        }
        Ok(())
    }

    fn compact_if_due(&mut self, reply: &Reply, watch: &mut dyn FnMut(Happening<'_>)) -> Result<(), SessionError> {
        let used = reply.usage.input + reply.usage.output;
        let limit = self.model.as_ref().map_or(0, |model| model.context_limit());
        match compaction::is_due(used, limit) {
            true => self.shorten(watch).map(drop),
            false => Ok(()),
        }
    }

    /// Puts the model's own summary in the place of the older messages; `false` where there is nothing to leave out.
    fn shorten(&mut self, watch: &mut dyn FnMut(Happening<'_>)) -> Result<bool, SessionError> {
        let cut = compaction::cut_at(self.conversation.messages());
        let Some(model) = self.model.as_mut().filter(|_| cut > 0) else {
            return Ok(false);
        };
        let mut messages: Vec<Message> = self.conversation.messages().iter().take(cut).cloned().collect();
        messages.push(Message { role: Role::User, parts: vec![Part::Text { text: compaction::REQUEST.to_owned() }] });
        let request = Request { system: prompt::SYSTEM.to_owned(), messages, tools: Vec::new(), max_output: self.options.max_output };
        let reply = model.ask(&request, &mut |_| {}, &self.stop).map_err(SessionError::Model)?;
        let summary: String = reply.message.parts.iter().filter_map(text_part).collect();
        watch(Happening::Compacted { messages: cut });
        let shortened = compaction::shorten(self.conversation.messages(), cut, &summary);
        self.conversation.replace(shortened).map_err(|why| SessionError::folder(&self.folder, why))?;
        self.card.dropped += cut - 1; // the first words and the summary are one message
        self.save()?;
        Ok(true)
    }

    fn seat<'s>(&'s mut self, desk: &'s mut dyn Desk, watch: &'s mut dyn FnMut(Happening<'_>)) -> Seat<'s> {
        Seat {
            service: self.service,
            session: self.card.session.clone(),
            person: self.card.person.clone(),
            agent: self.card.agent.clone(),
            turn: self.card.turn,
            since: self.card.since,
            supervise: self.options.supervise,
            hands: &mut self.hands,
            survey: &mut self.survey,
            desk,
            stop: &self.stop,
            pending: &mut self.pending,
            watch,
        }
    }

    fn push(&mut self, message: Message) -> Result<(), SessionError> {
        self.conversation.push(message).map_err(|why| SessionError::folder(&self.folder, why))
    }

    fn flush(&mut self) -> Result<(), SessionError> {
        if !self.pending.is_empty() {
            self.service.book.write(&self.pending)?;
            self.pending.clear();
        }
        Ok(())
    }

    /// The copy and the tree agree from now on: what the person edits after this is a conflict, what landed is not.
    fn agree(&mut self) -> Result<(), SessionError> {
        self.card.agreed = agreed_now(&self.folder).map_err(|why| SessionError::folder(&self.folder, why))?;
        Ok(())
    }

    fn save(&self) -> Result<(), SessionError> {
        self.card.save(&self.folder).map_err(|why| SessionError::folder(&self.folder, why))
    }
}

/// What a model is told that it may call.
fn shapes() -> Vec<model::ToolShape> {
    let of = |s: tools::Shape| model::ToolShape { name: s.name.to_owned(), description: s.description.to_owned(), parameters: s.parameters };
    tools::shapes().into_iter().map(of).collect()
}

/// A call as the model emitted it.
struct Call {
    id: String,
    name: String,
    arguments: String,
}

impl Call {
    fn of(part: &Part) -> Option<Self> {
        match part {
            Part::Call { id, name, arguments } => Some(Self { id: id.clone(), name: name.clone(), arguments: arguments.clone() }),
            _ => None,
        }
    }
}

fn text_part(part: &Part) -> Option<&str> {
    match part {
        Part::Text { text } => Some(text),
        _ => None,
    }
}

fn wish_of(landing: Landing) -> Wish {
    match landing {
        Landing::Worktree => Wish::Worktree,
        Landing::Branch { name, .. } => Wish::Branch(name),
    }
}

/// Why a session could not go on. What the ledger says of its intents stands.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The ledger.
    #[error(transparent)]
    Book(#[from] BookError),
    /// It was opened without a model.
    #[error("this session was opened without a model, so it takes no prompt")]
    NoModel,
    /// There is no such checkpoint.
    #[error("there is no step {step}; the last one is {last}")]
    NoStep {
        /// What was asked for.
        step: u32,
        /// The newest.
        last: u32,
    },
    /// A path could not be put back.
    #[error("`{path}` could not be put back: {why}")]
    NotRewound {
        /// Which.
        path: String,
        /// Why.
        why: String,
    },
    /// The model did not answer.
    #[error(transparent)]
    Model(model::ModelError),
    /// The session's folder.
    #[error("the session's folder {} cannot be used: {why}", folder.display())]
    Folder {
        /// Where.
        folder: PathBuf,
        /// The system's words.
        why: std::io::Error,
    },
    /// The copy could not be compared.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// The tree's path has no name in an intent.
    #[error(transparent)]
    Path(#[from] NotUtf8),
    /// The change set was begun to land, and its end is not known.
    #[error(transparent)]
    Lost(#[from] crate::settle::SettleError),
    /// A branch was asked for in a folder without commits.
    #[error("the change set cannot land on branch `{branch}`: the folder has no git commit to lay it on; land it in the work tree")]
    NoBase {
        /// The branch.
        branch: String,
    },
    /// Something was executed that is never executed there: a defect of this program.
    #[error("a landing was executed in the box (`{line}`); this is a defect, please report it")]
    Confused {
        /// What was done.
        line: String,
    },
}

impl SessionError {
    fn folder(folder: &Path, why: std::io::Error) -> Self {
        Self::Folder { folder: folder.to_path_buf(), why }
    }
}
