//! One conversation between a person and an agent: rounds of the model, each call through [`crate::act`], and at the end
//! the change set, held for the person.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use action::{ChangeSet, Deed, Event, IntentId, Reason};
use model::{Message, Model, Part, Reply, Request, Role};
use spec::hooks::Trigger;

use crate::act::{Acted, Seat, act, decline};
use crate::budget::Exhausted;
use crate::called::Called;
use crate::card::{Card, agreed_now};
use crate::conversation::{Beside, Conversation, Line};
use crate::copy::CopyError;
use crate::desk::Desk;
use crate::failure::SessionError;
use crate::fullness::Fullness;
use crate::goal::{Goal, Pursued};
use crate::happening::Happening;
use crate::hooks::Hooks;
use crate::mcp;
use crate::memory;
use crate::office::{Office, text_of};
use crate::prompt;
use crate::purse::Purse;
use crate::rehearsal;
use crate::settle::{self, Settled};
use crate::steps::Steps;
use crate::story::Story;
use crate::survey::Survey;

mod asking;
mod boxed;
mod by_hand;
mod delegating;
mod finding;
mod guided;
mod hooking;
mod fork;
mod proposal;
mod pursuit;
mod remembering;
mod rewind;
mod servers;
mod shortening;
mod taking;

pub use boxed::Boxed;
pub use fork::Origin;

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
    /// What is to be reached before the prompt is done.
    pub goal: Option<Goal>,
}

/// Where the person wants the change set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// As uncommitted changes of the work tree.
    Worktree,
    /// As a commit on this branch.
    Branch(String),
    /// As uncommitted changes of the work tree, judged as if another maker's agent had made them with its own hands.
    ByHand,
}

/// A session that can take prompts.
pub struct Session<'a> {
    service: &'a Office,
    card: Card,
    folder: PathBuf,
    model: Option<Box<dyn Model>>,
    // Before the box that they run in.
    servers: mcp::Servers,
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
    purse: Purse,
    hooks: Hooks,
    project: guided::Project,
    crew: delegating::Crewed<'a>,
    /// What goes to the model with the next words.
    attached: Vec<model::Attachment>,
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
    /// What became of the goal, where there was one.
    pub goal: Option<Pursued>,
    /// The budget that ended it, where one did.
    pub exhausted: Option<Exhausted>,
    /// How full the model's context is; absent before the first reply.
    pub context: Option<Fullness>,
}

/// How the rounds of a prompt went.
pub(crate) struct Course {
    why: Why,
    goal: Option<Pursued>,
    exhausted: Option<Exhausted>,
}

impl Course {
    /// Of a prompt that nobody gave: the service worked by itself.
    pub(crate) fn done() -> Self {
        Self { why: Why::Done, goal: None, exhausted: None }
    }

    /// Whether the model ended by itself.
    pub(crate) fn is_done(&self) -> bool {
        self.why == Why::Done
    }

    /// The same for work of which a half is of no use: a budget that ended it is why there is none.
    pub(crate) fn whole(self) -> Result<Self, SessionError> {
        match self.exhausted {
            Some(exhausted) => Err(SessionError::Exhausted(Box::new(exhausted))),
            None => Ok(self),
        }
    }

    /// Tells the person of a budget that ended it.
    pub(crate) fn tell(&self, watch: &mut dyn FnMut(Happening<'_>)) {
        self.exhausted.iter().for_each(|exhausted| watch(Happening::Complaint { text: &exhausted.to_string() }));
    }
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
    /// A budget has no room for a further request.
    Budget,
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
        let mut session = Self {
            service,
            card,
            folder,
            model,
            servers: mcp::Servers::default(),
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
            purse: Purse::default(),
            hooks: Hooks::default(),
            project: guided::Project::default(),
            crew: delegating::Crewed::default(),
            attached: Vec::new(),
        };
        session.bring()?;
        session.save()?;
        Ok(session)
    }

    /// What it is made of.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// Puts images and documents before the model, with the words of the next prompt.
    pub fn attach(&mut self, files: Vec<model::Attachment>) -> Result<(), SessionError> {
        if !files.is_empty() {
            let all = self.conversation.messages().iter().flat_map(Message::attached).chain(&files);
            let context = self.model.as_ref().map_or(0, |model| model.context_limit());
            model::Attachment::fit_together(all, context).map_err(SessionError::TooMuch)?;
        }
        self.attached = files;
        Ok(())
    }

    /// Runs one prompt to its end.
    pub fn prompt(&mut self, words: &str, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Ended, SessionError> {
        self.must_have_begun()?;
        self.hooks_for(Trigger::PromptSubmitted, desk, watch)?;
        let course = self.work(words, desk, watch)?;
        self.land(course, desk, watch)
    }

    /// Ends the session; the box goes with it.
    pub fn close(mut self, how: &str) -> Result<(), SessionError> {
        self.pending.push(Event::Closed { session: self.card.session.clone(), how: how.to_owned() });
        self.flush()?;
        self.save()
    }

    /// What the person says, with what goes before it; their own words outlive the message.
    fn ask_for(&mut self, words: &str) -> Result<(), SessionError> {
        let text = self.with_guidance(words);
        self.put_words(&text, Beside { asked: vec![words.to_owned()], ..Beside::default() })
    }

    /// What the service says by itself.
    fn say(&mut self, words: &str) -> Result<(), SessionError> {
        self.put_words(words, Beside::default())
    }

    fn put_words(&mut self, words: &str, beside: Beside) -> Result<(), SessionError> {
        let told = memory::telling(&self.project.memory, self.conversation.messages());
        let text = match self.conversation.messages().is_empty() {
            true => prompt::opening(&self.service.book.environments()?, &(self.project.guidance.opening() + &told), words),
            false => told + words,
        };
        let attached = std::mem::take(&mut self.attached);
        let text = attached.iter().fold(text, |text, file| format!("{text}\n[attached: {}]", file.line(&action::visible(&file.name))));
        let digest = self.service.book.put(text.as_bytes())?;
        let images = attached.iter().map(|file| self.service.book.put(&file.bytes())).collect::<Result<_, _>>()?;
        self.card.turn += 1;
        self.pending.push(Event::Prompted { session: self.card.session.clone(), turn: self.card.turn, words: Some(digest), images });
        let files = attached.into_iter().map(|file| Part::Attached { file });
        let message = Message { role: Role::User, parts: std::iter::once(Part::Text { text }).chain(files).collect() };
        self.conversation.add(Line { message, beside }).map_err(|why| SessionError::folder(&self.folder, why))
    }

    /// Rounds until the model has no more calls; each takes one of those that are left.
    fn rounds(&mut self, left: &mut u32, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Why, SessionError> {
        let allowed = *left;
        for round in 0..allowed {
            *left -= 1;
            if round > 0 {
                self.begin_round(None)?;
            }
            self.flush()?;
            if self.is_stopped() {
                return Ok(Why::Stopped);
            }
            watch(Happening::Turn { turn: self.card.turn });
            let reply = match self.ask(watch) {
                Ok(reply) => reply,
                Err(SessionError::Model(model::ModelError::TooLong { .. })) if self.shorten(shortening::When::TooLong, watch)? => continue,
                Err(_) if self.stop.load(Ordering::Relaxed) => return Ok(Why::Stopped),
                Err(e) => return Err(e),
            };
            let calls = self.keep(&reply)?;
            self.tell_context(&reply, watch);
            if calls.is_empty() && reply.stop == model::StopReason::MaxOutput {
                let text = "Your answer was cut at the output limit; calls in it were not made. Go on, in smaller steps.".to_owned();
                self.push(Message { role: Role::User, parts: vec![Part::Text { text }] })?;
                continue;
            }
            if calls.is_empty() {
                return Ok(if self.is_stopped() { Why::Stopped } else { Why::Done });
            }
            self.answer_calls(&calls, desk, watch)?;
            self.compact_if_due(&reply, watch)?;
        }
        Ok(Why::TurnLimit)
    }

    /// Whether a person has stopped it. The flag follows the ledger a moment later; what ends the rounds may not.
    fn is_stopped(&self) -> bool {
        let on_ledger = || !matches!(self.service.book.stopped(self.card.since, &self.card.session, None), Ok(None)); // unreadable is stopped
        self.stop.load(Ordering::Relaxed) || on_ledger()
    }

    /// The conversation and the shapes are lent to the request: a long session would copy them once a round.
    fn ask(&mut self, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Reply, SessionError> {
        let mut live = |delta: model::Delta| match delta {
            model::Delta::Text(text) => watch(Happening::Text { text: &text }),
            model::Delta::Waiting { wait, why } => watch(Happening::Waiting { seconds: wait.as_secs(), why: &why }),
            model::Delta::Reasoning(_) | model::Delta::CallStarted { .. } => {}
        };
        let mut request = Request {
            system: prompt::SYSTEM.to_owned(),
            messages: self.conversation.lent(),
            tools: std::mem::take(&mut self.shapes),
            max_output: self.options.max_output,
        };
        let reply = self.put_to_model(&mut request, &mut live);
        self.conversation.returned(request.messages);
        self.shapes = request.tools;
        reply
    }

    /// Keeps the reply in the conversation; returns its calls.
    fn keep(&mut self, reply: &Reply) -> Result<Vec<Call>, SessionError> {
        self.push(reply.message.clone())?;
        Ok(reply.message.parts.iter().filter_map(Call::of).collect())
    }

    fn answer_calls(&mut self, calls: &[Call], desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<(), SessionError> {
        let mut parts = Vec::with_capacity(calls.len());
        for together in calls.chunk_by(|one, next| one.delegates() && next.delegates()) {
            let answers = match together {
                [first, ..] if first.delegates() => self.delegate(together, desk, watch)?,
                _ => self.answer_one_by_one(together, desk, watch)?,
            };
            let part = |(call, (content, is_error)): (&Call, (String, bool))| Part::Result { call: call.id.clone(), content, is_error };
            parts.extend(together.iter().zip(answers).map(part));
        }
        if !self.held.is_empty() && self.hands.boxed() {
            let news = self.take_up(self.held.clone(), desk, watch)?;
            parts.extend((!news.is_empty()).then(|| reported(&news)));
        }
        parts.extend(self.take_asides());
        self.push(Message { role: Role::User, parts })
    }

    fn answer_one_by_one(&mut self, calls: &[Call], desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Vec<(String, bool)>, SessionError> {
        let mut answers = Vec::with_capacity(calls.len());
        for call in calls {
            answers.push(match self.stop.load(Ordering::Relaxed) {
                true => (STOPPED.to_owned(), true),
                false => self.answer_call(call, desk, watch)?,
            });
        }
        Ok(answers)
    }

    /// Carries out what people signed meanwhile of what this session held in the box; what came of it, for the model.
    fn take_up(&mut self, waiting: Vec<IntentId>, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<String, SessionError> {
        let mut news = String::new();
        for id in waiting {
            if self.stop.load(Ordering::Relaxed) {
                break;
            }
            self.flush()?;
            let Some(story) = self.service.book.story(&id)?.filter(|story| self.may_take_up(story)) else { continue };
            let line = story.intent.deed.line();
            let taken_up = match &story.intent.deed {
                Deed::Delegate { .. } | Deed::Take { .. } => self.take_up_order(story, desk, watch),
                _ => rehearsal::take_up(&mut self.seat(desk, watch), story),
            };
            match taken_up {
                Ok(Some(acted)) => {
                    let (text, refused) = self.told(&acted);
                    let how = if refused && matches!(acted, Acted::Refused(..)) { "It was not carried out" } else { "It was carried out now" };
                    news.push_str(&format!("People countersigned {id}, which was held: {line}. {how}.\n{text}\n"));
                    self.held.retain(|held| *held != id);
                    self.checkpoint()?;
                }
                Ok(None) => {}
                Err(SessionError::Settle(e)) => {
                    self.held.retain(|held| *held != id);
                    watch(Happening::Complaint { text: &e.to_string() });
                }
                Err(e) => return Err(e),
            }
        }
        Ok(news)
    }

    fn may_take_up(&self, story: &Story) -> bool {
        settle::stays_in_the_box(&story.intent.deed) && !story.answers.is_empty() && story.waits(self.service.book.now())
    }

    /// What earlier prompts of this session held, and perhaps still do.
    fn held_before(&self) -> Result<Vec<IntentId>, SessionError> {
        let proposed = self.service.book.session(&self.card.session)?;
        let ours: BTreeSet<IntentId> = proposed.into_iter().filter_map(|(_, entry)| entry.event.intent().cloned()).collect();
        let held = self.service.book.subject("held")?;
        Ok(held.into_iter().filter_map(|(_, entry)| entry.event.intent().filter(|id| ours.contains(id)).cloned()).collect())
    }

    /// A session that goes on: what its copy holds, what people signed while it was away, and that the model hears of it.
    fn catch_up(&mut self, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<(), SessionError> {
        if self.card.turn == 0 || !self.hands.boxed() {
            return Ok(());
        }
        self.look()?; // facts come from the copy as it is
        let waiting = self.held_before()?;
        let news = self.take_up(waiting, desk, watch)?;
        match news.is_empty() {
            true => Ok(()),
            false => self.push(Message { role: Role::User, parts: vec![reported(&news)] }),
        }
    }

    /// A call with its meaning; `Err` is for the model, and nothing happened.
    fn read(&mut self, call: &Call, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Result<Deed, String>, SessionError> {
        let book = &self.service.book;
        let mut lost = None;
        let mut keep = |bytes: &[u8]| {
            book.put(bytes).unwrap_or_else(|e| {
                lost = Some(e);
                action::Digest::of_bytes(bytes)
            })
        };
        let root = text_of(&self.card.root)?;
        let deed = match call.name.starts_with(mcp::PREFIX) {
            true => self.servers.read_call(&call.name, &call.arguments, &mut keep),
            false => tools::read_call(&call.name, &call.arguments, &root, &mut keep).map_err(|bad| bad.to_string()),
        };
        if let Some(e) = lost {
            return Err(e.into());
        }
        if let Err(text) = &deed {
            watch(Happening::BadCall { text });
        }
        Ok(deed)
    }

    /// What stops a call before it is judged: the agent has no such tool, or a hook did not say yes.
    fn stopped_before(&mut self, called: &Called, deed: &Deed, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Option<Acted>, SessionError> {
        if !self.has_tool(called) {
            let text = format!("the agent `{}` has no tool `{}`{}", self.card.agent, called.tool, self.why_not(called));
            return Ok(Some(decline(&mut self.seat(desk, watch), deed.clone(), "agent-tools", &text)?));
        }
        self.before_call(called, deed, desk, watch)
    }

    /// One call: read, acted, told to the model in words.
    fn answer_call(&mut self, call: &Call, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<(String, bool), SessionError> {
        let deed = match self.read(call, watch)? {
            Ok(deed) => deed,
            Err(text) => return Ok((text, true)),
        };
        let called = Called::of(&call.name, &deed);
        if let Some(refused) = self.stopped_before(&called, &deed, desk, watch)? {
            return Ok(self.told(&refused));
        }
        let touched = self.touched(&deed);
        let acted = match deed {
            Deed::Take { number, .. } => self.take(number, desk, watch)?,
            Deed::Change { environment, command, .. } => rehearsal::change(&mut self.seat(desk, watch), environment, command)?,
            deed @ Deed::McpCall { .. } => self.ask_server(deed, desk, watch)?,
            deed @ Deed::FindSymbol { .. } => self.find(deed, desk, watch)?,
            deed @ Deed::Remember { .. } => self.remember(deed, desk, watch)?,
            deed => act(&mut self.seat(desk, watch), deed)?,
        };
        self.checkpoint()?;
        self.after_call(&called, &touched, &acted, desk, watch)?;
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
                let text = format!("held as {id}: {} must countersign. It will be done when they have; do not repeat it. Go on with other work or end your turn.", quorum.words());
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

    /// How the copy differs from the person's tree now, build outputs left out.
    fn look(&mut self) -> Result<Vec<sandbox::Differing>, SessionError> {
        let found = self.hands.changes().map_err(|e| CopyError::Box { why: e.to_string() })?;
        self.survey.saw(&found);
        Ok(self.survey.ignored().without(&self.card.root, found)?)
    }

    fn checkpoint(&mut self) -> Result<(), SessionError> {
        if !self.hands.boxed() {
            return Ok(()); // the copy cannot be seen without its box
        }
        let found = self.look()?;
        let messages = self.card.dropped + self.conversation.with_results();
        if let Some((step, manifest)) = self.steps.save(&self.service.book, found, messages)? {
            self.pending.push(Event::Checkpointed { session: self.card.session.clone(), step, manifest });
        }
        Ok(())
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
            rights: &self.project.rights,
            within: &self.card.bounds.within,
            hands: &mut self.hands,
            servers: &mut self.servers,
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
    /// Whether it may begin at the same time as others of its kind.
    fn delegates(&self) -> bool {
        self.name == "delegate"
    }

    fn of(part: &Part) -> Option<Self> {
        match part {
            Part::Call { id, name, arguments } => Some(Self { id: id.clone(), name: name.clone(), arguments: arguments.clone() }),
            _ => None,
        }
    }
}

/// What the model is told of a call that was not made.
const STOPPED: &str = "stopped by the person; nothing was done";

/// News of the service for the model, told apart from the person's words: commands may have said part of it.
fn reported(news: &str) -> Part {
    Part::Text { text: format!("<countersign>\n{}</countersign>", inside(news)) }
}

/// What a command or an agent said, so that it does not end the block that it stands in.
fn inside(said: &str) -> String {
    said.replace("</countersign", "<\u{200b}/countersign")
}

fn text_part(part: &Part) -> Option<&str> {
    match part {
        Part::Text { text } => Some(text),
        _ => None,
    }
}
