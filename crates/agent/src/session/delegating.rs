//! A session lets other agents work for it. Each is begun by an intent; those of one reply work at the same time, in sessions
//! of their own, and this one waits. Nothing of theirs comes into this copy before it is taken (`taking.rs`).

use std::sync::atomic::{AtomicBool, Ordering};

use action::{AgentName, Deed, Entry, Event, IntentId, Parent, Reason, RefusedBy, SessionId};

use super::{Call, Course, STOPPED, Session, Why, inside, reported};
use crate::act::{self, Acted, Order, Ordered};
use crate::at_once::at_once;
use crate::called::Called;
use crate::conversation::Beside;
use crate::desk::Desk;
use crate::failure::SessionError;
use crate::happening::Happening;
use crate::office::Office;
use crate::rights::Rights;
use crate::role::{ENGINEER, Role};
use crate::steps::Manifest;
use crate::story::Story;
use crate::subagent::{Crew, DEEPEST, MOST, Report, Subagent};
use crate::usage::{Spent, Tally};

/// Who may work for a session, and for whom it works itself.
#[derive(Default)]
pub(super) struct Crewed<'a> {
    crew: Option<&'a dyn Crew>,
    label: Option<String>,
    above: Vec<(SessionId, u64)>,
    /// Subagents that ended with the process that they were in, and what was begun below; said once.
    cut_off: Vec<String>,
}

/// One that was ordered, with all that its thread needs.
struct Hired {
    order: Order,
    subagent: Subagent,
    task: String,
    base: Manifest,
    rights: Rights,
}

/// A call to delegate, before those that may begin work.
enum Begun {
    /// It will work.
    Hired(Called, Box<Hired>),
    /// It will not: what the model is told.
    Answered(String, bool),
}

impl<'a> Session<'a> {
    /// Subagents may be begun from now on, as far as roles and depth allow.
    pub fn hire(&mut self, crew: &'a dyn Crew) {
        self.crew.crew = Some(crew).filter(|crew| crew.at_once() > 0);
        let of_servers: Vec<model::ToolShape> = self.shapes.iter().filter(|shape| shape.name.starts_with(crate::mcp::PREFIX)).cloned().collect();
        self.shapes = super::shapes();
        self.shapes.extend(of_servers);
        self.offer_what_it_has();
    }

    /// What the process before this one left without an end. The copy is fit to go on with when this returns.
    pub fn recovered(&mut self, unknown: &[Story], desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<(), SessionError> {
        for story in unknown {
            let (line, session) = (story.intent.deed.line(), &story.intent.session);
            if *session != self.card.session {
                self.crew.cut_off.push(format!("in session {session}, which works for this one: {line}; its end is not known"));
                continue;
            }
            let Some(number) = number_of(&story.intent.deed) else { continue };
            let stands = match self.service.book.subagent_of(&story.intent)? {
                Some(session) => format!("what its session {session} changed is in its own copy, and can be taken"),
                None => "it had not begun".to_owned(),
            };
            self.crew.cut_off.push(format!("subagent {number}, {line}: {stands}"));
        }
        self.undo_half_taken(desk, watch)
    }

    /// What waits for people in the sessions of those that worked for it. Nothing of it can be carried out here.
    pub(super) fn held_below(&self) -> Result<Vec<IntentId>, SessionError> {
        let book = &self.service.book;
        let mut below = Vec::new();
        for (session, parent) in book.begun_by(&self.card.session)? {
            if matches!(parent, Parent::Subagent { .. }) {
                below.extend(book.with_workers(&session)?);
            }
        }
        if below.is_empty() {
            return Ok(Vec::new());
        }
        let waits = |story: &Story| below.contains(&story.intent.session) && story.waits(book.now());
        Ok(book.held()?.into_iter().filter(waits).map(|story| story.intent.id).collect())
    }

    /// Says once what was cut off, to the person and to the model: the calls that began it are no longer in the conversation.
    pub(super) fn tell_of_cut_off(&mut self, watch: &mut dyn FnMut(Happening<'_>)) -> Result<(), SessionError> {
        let cut_off = std::mem::take(&mut self.crew.cut_off);
        if cut_off.is_empty() {
            return Ok(());
        }
        for line in &cut_off {
            watch(Happening::Complaint { text: &format!("cut off in the middle, and not begun again: {line}") });
        }
        let news = format!("These were cut off in the middle and are not begun again by themselves; begin a subagent anew only if it is still needed:\n{}\n", cut_off.join("\n"));
        self.push(model::Message { role: model::Role::User, parts: vec![reported(&news)] })
    }

    /// Whether there can be subagents at all, beside what roles say.
    pub(super) fn may_delegate(&self) -> bool {
        self.crew.crew.is_some() && self.card.bounds.depth < DEEPEST
    }

    /// Why a tool that roles do not take away is not there.
    pub(super) fn why_not(&self, called: &Called) -> &'static str {
        match called.tool.as_str() {
            "delegate" | "take" if self.card.bounds.depth >= DEEPEST => ": a subagent's subagent begins none",
            _ if self.card.bounds.reads_only => ": it only reads",
            _ => "",
        }
    }

    /// Calls that stand together in a reply, answered in their order.
    pub(super) fn delegate(&mut self, calls: &[Call], desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Vec<(String, bool)>, SessionError> {
        let begun = calls.iter().map(|call| self.begin(call, desk, watch)).collect::<Result<Vec<_>, _>>()?;
        let hired: Vec<&Hired> = begun.iter().filter_map(|one| if let Begun::Hired(_, hired) = one { Some(hired.as_ref()) } else { None }).collect();
        let mut done = all_work(self.service, self.crew.crew, &hired, &self.stop).into_iter();
        let mut answers = Vec::with_capacity(calls.len());
        for one in begun {
            answers.push(match one {
                Begun::Answered(text, is_error) => (text, is_error),
                Begun::Hired(called, hired) => {
                    let ended = done.next().unwrap_or_else(|| tools::Done::failed("it was not begun"));
                    let acted = Acted::Done(self.seat(desk, watch).end(&hired.order, ended)?);
                    self.after_call(&called, &super::guided::Touched::default(), &acted, desk, watch)?;
                    self.told(&acted)
                }
            });
        }
        self.flush()?; // a report is not lost with what follows it
        Ok(answers)
    }

    /// Up to the moment before it works: read, bounded, judged, on the ledger.
    fn begin(&mut self, call: &Call, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Begun, SessionError> {
        if self.stop.load(Ordering::Relaxed) {
            return Ok(Begun::Answered(STOPPED.to_owned(), true));
        }
        let deed = match self.read(call, watch)? {
            Ok(deed) => deed,
            Err(text) => return Ok(Begun::Answered(text, true)),
        };
        let called = Called::of(&call.name, &deed);
        if let Some(refused) = self.stopped_before(&called, &deed, desk, watch)? {
            let (text, is_error) = self.told(&refused);
            return Ok(Begun::Answered(text, is_error));
        }
        let deed = match self.bounded(deed)? {
            Ok(deed) => deed,
            Err(why) => return Ok(Begun::Answered(format!("{why}; nothing was done"), true)),
        };
        match act::order(&mut self.seat(desk, watch), deed)? {
            Ordered::Order(order) => Ok(Begun::Hired(called, Box::new(self.hired(*order)?))),
            Ordered::Ended(acted) => {
                let (text, is_error) = self.told(&acted);
                Ok(Begun::Answered(text, is_error))
            }
        }
    }

    /// The deed with what only the session knows: who bounds it, and the copy that it begins with.
    fn bounded(&mut self, deed: Deed) -> Result<Result<Deed, String>, SessionError> {
        let Deed::Delegate { agent, reads_only, about, task, .. } = deed else { return Ok(Ok(deed)) };
        let number = self.delegated()? + 1;
        if number > MOST {
            return Ok(Err(format!("this session has asked for {MOST} subagents, which is all it may")));
        }
        let own = self.card.agent.clone();
        let agent = if agent.as_str().is_empty() { own.clone() } else { agent };
        let is_another = agent != own && agent.as_str() != ENGINEER;
        if let Some(Err(why)) = is_another.then(|| Role::is_fit(&self.card.root, agent.as_str())) {
            return Ok(Err(why.to_string()));
        }
        let mut within: Vec<AgentName> = Vec::new();
        for name in self.card.bounds.within.iter().chain(std::iter::once(&own)) {
            if *name != agent && !within.contains(name) {
                within.push(name.clone());
            }
        }
        let found = self.look()?;
        let manifest = self.steps.manifest(&self.service.book, found)?;
        let from = self.service.book.put_value(&manifest)?;
        let reads_only = reads_only || self.card.bounds.reads_only;
        Ok(Ok(Deed::Delegate { number, agent, within, reads_only, about, task, from }))
    }

    /// The highest number that a subagent of this session has.
    fn delegated(&mut self) -> Result<u64, SessionError> {
        self.flush()?;
        let number = |event: &Event| match event {
            Event::Proposed { intent, .. } => number_of(&intent.deed),
            _ => None,
        };
        Ok(self.service.book.session(&self.card.session)?.iter().filter_map(|(_, entry)| number(&entry.event)).max().unwrap_or(0))
    }

    /// All that its thread needs.
    fn hired(&self, order: Order) -> Result<Hired, SessionError> {
        let book = &self.service.book;
        let Deed::Delegate { task, from, .. } = &order.order.value().deed else {
            return Err(SessionError::Confused { line: order.order.value().deed.line() });
        };
        let (task, base) = (String::from_utf8_lossy(&book.get(task)?).into_owned(), book.get_value(from)?);
        let subagent = Subagent::of(self.service, &self.card, &order, self.crew.label.as_deref(), self.crew.above.clone())?;
        Ok(Hired { order, subagent, task, base, rights: self.project.rights.clone() })
    }

    /// What people signed while the session was away, of what it executes itself.
    pub(super) fn take_up_order(&mut self, story: Story, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Option<Acted>, SessionError> {
        if matches!(story.intent.deed, Deed::Delegate { .. }) && !self.may_delegate() {
            return Ok(None); // it waits for a session that can
        }
        let order = match act::take_up_order(&mut self.seat(desk, watch), story)? {
            None => return Ok(None),
            Some(Ordered::Ended(acted)) => return Ok(Some(acted)),
            Some(Ordered::Order(order)) => order,
        };
        if matches!(order.order.value().deed, Deed::Take { .. }) {
            return self.carry_over(&order, desk, watch).map(Some);
        }
        let hired = self.hired(*order)?;
        let done = all_work(self.service, self.crew.crew, &[&hired], &self.stop).pop();
        let done = done.unwrap_or_else(|| tools::Done::failed("it was not begun"));
        Ok(Some(Acted::Done(self.seat(desk, watch).end(&hired.order, done)?)))
    }

    /// Takes its place under those that it works for: no more rights than theirs, and a copy as theirs is.
    fn serve(&mut self, hired: &Hired, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<(), SessionError> {
        self.narrow(&hired.rights);
        self.crew.label = Some(hired.subagent.label.clone());
        self.crew.above.clone_from(&hired.subagent.above);
        self.become_like(&hired.base, desk, watch)
    }

    /// A subagent whose copy was never completed is not worked in: what is missing there would pass for what it removed.
    pub(super) fn must_have_begun(&self) -> Result<(), SessionError> {
        match &self.card.parent {
            Some(Parent::Subagent { session, .. }) if !has_begun(&self.service.book.session(&self.card.session)?) => {
                Err(SessionError::NeverBegan { parent: session.clone() })
            }
            _ => Ok(()),
        }
    }

    /// Works on its task. The words are the agent's that it works for, and are told apart from a person's: they ask for no guidance by
    /// name, and are never carried over as something that a person asked.
    fn take_on(&mut self, task: &str, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Course, SessionError> {
        self.ready(desk, watch)?;
        let (asides, task) = (std::mem::take(&mut self.project.asides), inside(task));
        let text = format!("{asides}<countersign>\nYour task, from the agent that you work for; these are not the person's words.\n{task}\n</countersign>");
        self.put_words(&text, Beside { task: Some(task), ..Beside::default() })?;
        self.go_on(desk, watch)
    }

    /// What its parent is told.
    fn report(&mut self, number: u64, course: Result<Course, SessionError>, base: &Manifest) -> Result<Report, SessionError> {
        self.checkpoint()?;
        self.flush()?;
        let found = self.look()?;
        let now = self.steps.manifest(&self.service.book, found)?;
        let held = std::mem::take(&mut self.held);
        Ok(Report {
            number,
            session: self.card.session.clone(),
            agent: self.card.agent.clone(),
            how: how(&course),
            words: self.last_words(),
            changes: self.between(base, &now)?,
            tests: std::mem::take(&mut self.tests),
            held: held.iter().map(|id| self.held_line(id)).collect::<Result<Vec<_>, _>>()?,
            refused: self.refusals()?,
            spent: spent(self.service, &self.card.session)?,
        })
    }

    fn held_line(&self, id: &IntentId) -> Result<String, SessionError> {
        let story = self.service.book.story(id)?;
        Ok(story.map_or_else(|| id.to_string(), |story| format!("{id}: {}", story.intent.deed.line())))
    }

    fn refusals(&self) -> Result<Vec<String>, SessionError> {
        let mut lines = Vec::new();
        for (_, entry) in self.service.book.session(&self.card.session)? {
            let Event::Proposed { intent, .. } = entry.event else { continue };
            let refused = self.service.book.story(&intent.id)?.and_then(|story| story.refused);
            if let Some((RefusedBy::Policy | RefusedBy::Person { .. }, reasons)) = refused {
                lines.push(format!("{}: {}", intent.deed.line(), words(&reasons)));
            }
        }
        Ok(lines)
    }
}

/// Whether a subagent with these entries was ever given its task. That comes after its copy is complete.
pub(super) fn has_begun(entries: &[(u64, Entry)]) -> bool {
    entries.iter().any(|(_, entry)| matches!(entry.event, Event::Prompted { .. }))
}

fn number_of(deed: &Deed) -> Option<u64> {
    match deed {
        Deed::Delegate { number, .. } => Some(*number),
        _ => None,
    }
}

fn words(reasons: &[Reason]) -> String {
    reasons.iter().map(|reason| reason.text.as_str()).collect::<Vec<_>>().join("; ")
}

fn how(course: &Result<Course, SessionError>) -> (String, bool) {
    match course {
        Ok(Course { exhausted: Some(exhausted), .. }) => (exhausted.to_string(), false),
        Ok(Course { why, .. }) => match why {
            Why::Done => ("done".to_owned(), true),
            Why::Stopped => ("it was stopped".to_owned(), false),
            Why::TurnLimit => ("the limit of rounds was reached".to_owned(), false),
            Why::Budget => ("a budget has no room for a further request".to_owned(), false),
        },
        Err(e) => (format!("it could not go on: {e}"), false),
    }
}

/// What a session took, and those that worked for it.
fn spent(service: &Office, session: &SessionId) -> Result<Spent, SessionError> {
    let mut spent = Spent::default();
    for one in service.book.with_workers(session)? {
        let (asked, _) = Tally::of_session(&service.book, &service.prices, &one)?;
        asked.iter().for_each(|asked| spent.add(asked));
    }
    Ok(spent)
}

/// Lets them work, as many at the same time as may; what came of each, in their order.
fn all_work(service: &Office, crew: Option<&dyn Crew>, hired: &[&Hired], stop: &AtomicBool) -> Vec<tools::Done> {
    let Some(crew) = crew else { return Vec::new() };
    let lost = || tools::Done::failed("a subagent's thread ended by itself; this is a defect, please report it");
    let done = at_once(hired, crew.at_once(), |one| one.work(service, crew, stop));
    done.into_iter().map(|done| done.unwrap_or_else(lost)).collect()
}

impl Hired {
    fn number(&self) -> u64 {
        number_of(&self.order.order.value().deed).unwrap_or_default()
    }

    fn work(&self, service: &Office, crew: &dyn Crew, stop: &AtomicBool) -> tools::Done {
        // The ledger knows of a stop before the flag is raised; what it cannot say is one.
        let goes_on = |(session, since): &(SessionId, u64)| matches!(service.book.stopped(*since, session, None), Ok(None));
        if stop.load(Ordering::Relaxed) || !self.subagent.above.iter().all(goes_on) {
            return tools::Done::failed("it was stopped before it began");
        }
        let mut report = None;
        let sat = crew.sit(&self.subagent, &mut |session, desk, watch| {
            session.serve(self, desk, watch)?;
            let course = session.take_on(&self.task, desk, watch);
            if let Ok(course) = &course {
                course.tell(watch);
            }
            report = Some(session.report(self.number(), course, &self.base)?);
            Ok(())
        });
        let (number, session) = (self.number(), &self.subagent.card.session);
        match (report, sat) {
            (Some(report), _) => report.done(),
            (None, Ok(())) => tools::Done::failed(&format!("subagent {number} did nothing")),
            (None, Err(why)) => tools::Done::failed(&format!("subagent {number} could not work: {why}. What it changed, if anything, is in its own copy; {}", begun(service, session))),
        }
    }
}

fn begun(service: &Office, session: &SessionId) -> String {
    match service.book.session(session) {
        Ok(entries) if entries.is_empty() => "its session had not begun".to_owned(),
        _ => format!("its session is {session}"),
    }
}
