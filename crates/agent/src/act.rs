//! The one path from a call to a receipt. Nothing else in the program executes anything for an agent.
//!
//! ```text
//! deed ─▶ intent ─▶ effects ─▶ verdict ─▶ countersign ─▶ redeem (effects again, Started durable) ─▶ execute ─▶ outcome
//! ```
//!
//! A crash before `Started` leaves an intent that never ran. A crash after it leaves `Started` without an end, which
//! recovery names `Unknown` and never runs again.

use std::sync::atomic::{AtomicBool, Ordering};

use action::{
    AgentName, ChangeSet, Countersigned, Deed, Effects, Event, Intent, IntentId, Moment, Outcome, PersonId, Reason, RefusedBy, SessionId, Signed, Verdict,
};
use action::{Decision, Digest, Quorum};

use crate::book::BookError;
use crate::called;
use crate::desk::{Desk, Said};
use crate::fetch;
use crate::happening::Happening;
use crate::mcp;
use crate::office::{PERMIT_SECONDS, Office};
use crate::rights::Rights;
use crate::settle::{self, SettleError, Settled};
use crate::story::Story;
use crate::survey::Survey;

/// Where an agent sits while it acts: everything that `act` needs, and no session.
pub struct Seat<'a> {
    /// The service.
    pub service: &'a Office,
    /// The conversation that this belongs to.
    pub session: SessionId,
    /// The person that the agent acts for.
    pub person: PersonId,
    /// The agent's role.
    pub agent: AgentName,
    /// The model round.
    pub turn: u32,
    /// Stops since this ledger index count.
    pub since: u64,
    /// Whether every changing intent is shown first, also inside the box.
    pub supervise: bool,
    /// Roles of the project, which only narrow.
    pub(crate) rights: &'a Rights,
    /// Agents that this one works for: what policy does not let them do, it may not do either.
    pub(crate) within: &'a [AgentName],
    /// The box and what runs in it.
    pub hands: &'a mut tools::Hands,
    /// MCP servers, running or not.
    pub servers: &'a mut mcp::Servers,
    /// Reads the world.
    pub survey: &'a mut Survey,
    /// Who is asked.
    pub desk: &'a mut dyn Desk,
    /// Raised when somebody stops the session.
    pub stop: &'a AtomicBool,
    /// Written with the next entry that must be durable; never later than the next `Started`.
    pub pending: &'a mut Vec<Event>,
    /// Who watches.
    pub watch: &'a mut dyn FnMut(Happening<'_>),
}

/// What the model is told of a rehearsal's words and numbers: they may hold what was read in the environment.
pub(crate) const KEPT: &str = "What it said, its status and any error are kept for people, not for you";

/// What came of one deed.
#[derive(Debug)]
pub enum Acted {
    /// It was executed.
    Done(tools::Done),
    /// It waits for people.
    Held(IntentId, Quorum),
    /// It was not done.
    Refused(IntentId, Vec<Reason>),
    /// The person wants the change set landed another way.
    Instead(action::Landing),
    /// It left the box and landed.
    Landed(IntentId, Settled),
    /// It was begun outside the box, and its end is not known.
    Lost(settle::SettleError),
    /// A command ran on a copy of an environment.
    Rehearsed(tools::Rehearsed),
    /// Nothing was asked of the guard; this is why.
    Told(String),
}

/// One deed, from meaning to receipt. Any error on the way is a refusal or leaves `Started` without an end.
pub fn act(seat: &mut Seat<'_>, deed: Deed) -> Result<Acted, BookError> {
    let intent = seat.intend(deed);
    match ask(seat, &intent)? {
        Asked::Signed(permit) => seat.carry_out(intent, &permit),
        Asked::Ended(acted) => Ok(acted),
    }
}

/// The same up to the very moment before it is executed. For what takes more than a box: the session executes it, and then
/// says with [`Seat::end`] what came of it.
pub(crate) fn order(seat: &mut Seat<'_>, deed: Deed) -> Result<Ordered, BookError> {
    let intent = seat.intend(deed);
    match ask(seat, &intent)? {
        Asked::Signed(permit) => seat.order(intent, &permit),
        Asked::Ended(acted) => Ok(Ordered::Ended(acted)),
    }
}

/// From meaning to permit: effects, verdict, and whoever has to sign.
fn ask(seat: &mut Seat<'_>, intent: &Intent) -> Result<Asked, BookError> {
    let effects = match seat.survey.effects(seat.service, intent) {
        Ok(effects) => effects,
        Err(e) => return seat.unreadable(intent, &e.to_string()).map(Asked::Ended),
    };
    let digest = digest_of(&effects)?;
    let verdict = seat.assess(intent, &effects);
    seat.propose(intent, &effects, digest, &verdict)?;
    match verdict.decision {
        Decision::Refuse => seat.refuse(intent, RefusedBy::Policy, verdict.reasons).map(Asked::Ended),
        Decision::Permit => seat.sign(intent, &effects, &verdict).map(Asked::Signed),
        Decision::Hold { quorum } => seat.hold(intent, quorum),
    }
}

/// A deed that is not even judged, because what only narrows says no. That it was asked for is kept.
pub(crate) fn decline(seat: &mut Seat<'_>, deed: Deed, rule: &str, why: &str) -> Result<Acted, BookError> {
    let intent = seat.intend(deed);
    seat.decline(&intent, rule, why)
}

/// Carries out what people signed while the session was away, if they have: the same last steps as in [`act`].
pub(crate) fn take_up(seat: &mut Seat<'_>, story: Story) -> Result<Option<Acted>, SettleError> {
    if !seat.hands.boxed() {
        return Ok(None);
    }
    if mcp::before(seat, &story.intent.deed)?.is_some() {
        return Ok(None); // its server could not be asked: it waits on
    }
    match settle::complete(seat.service, &story.intent.id)? {
        settle::Answered::Complete(permit) => Ok(Some(seat.carry_out(story.intent, &permit)?)),
        settle::Answered::Agreed | settle::Answered::Waits(_) | settle::Answered::Refused(_) => Ok(None),
    }
}

/// The same for what the session executes: an order, where people have signed it.
pub(crate) fn take_up_order(seat: &mut Seat<'_>, story: Story) -> Result<Option<Ordered>, SettleError> {
    match settle::complete(seat.service, &story.intent.id)? {
        settle::Answered::Complete(permit) => Ok(Some(seat.order(story.intent, &permit)?)),
        settle::Answered::Agreed | settle::Answered::Waits(_) | settle::Answered::Refused(_) => Ok(None),
    }
}

/// How asking ended.
enum Asked {
    Signed(Signed),
    Ended(Acted),
}

/// What there is to execute.
pub(crate) enum Ordered {
    /// This: it is on the ledger that it has begun.
    Order(Box<Order>),
    /// Nothing, for this reason.
    Ended(Acted),
}

/// An order, and since when it is one.
pub(crate) struct Order {
    pub(crate) order: Countersigned<Intent>,
    begun: Moment,
}

impl Seat<'_> {
    fn intend(&self, deed: Deed) -> Intent {
        Intent {
            v: 1,
            id: self.service.intent_id(),
            session: self.session.clone(),
            turn: self.turn,
            asked_by: self.person.clone(),
            agent: self.agent.clone(),
            deed,
        }
    }

    fn assess(&self, intent: &Intent, effects: &Effects) -> Verdict {
        let policy = self.service.guard.policy_digest();
        let as_whom = |agent: &AgentName| self.service.assess(&Intent { agent: agent.clone(), ..intent.clone() }, effects, self.hands.boxed(), self.since);
        let verdict = self.within.iter().map(as_whom).fold(as_whom(&intent.agent), Verdict::and);
        let shown_first = (self.supervise && changes_something(&intent.deed)).then(|| supervised(policy));
        let parts = match parts(self.service, &intent.deed) {
            Ok(parts) => parts,
            Err(e) => return verdict.and(Verdict::refuse(policy, "effects-unreadable", e.to_string())),
        };
        let by_roles = parts.iter().filter_map(|part| self.rights.verdict(part, policy));
        let kept_out = parts.iter().filter_map(|part| self.kept_out(part, policy));
        shown_first.into_iter().chain(by_roles).chain(kept_out).fold(verdict, Verdict::and)
    }

    /// Whether this is refused as things are now; nothing is kept of the question. What cannot be read is for [`act`] to refuse.
    pub(crate) fn would_refuse(&mut self, deed: &Deed) -> bool {
        let intent = self.intend(deed.clone());
        match self.survey.effects(self.service, &intent) {
            Ok(effects) => self.assess(&intent, &effects).decision == Decision::Refuse,
            Err(_) => true,
        }
    }

    /// A refusal where a deed names what `.kiroignore` keeps out; the box masks it besides.
    fn kept_out(&self, deed: &Deed, policy: Digest) -> Option<Verdict> {
        let path = called::paths(deed).into_iter().find(|path| self.hands.keeps_out(path))?;
        Some(Verdict::refuse(policy, "kept-out", format!("`.kiroignore` keeps `{}` out: no tool of an agent may touch it", action::visible(path))))
    }

    fn propose(&mut self, intent: &Intent, effects: &Effects, digest: Digest, verdict: &Verdict) -> Result<(), BookError> {
        let generation = self.service.book.fence(effects)?;
        self.pending.push(Event::Proposed { intent: intent.clone(), effects: effects.clone(), digest });
        self.pending.push(Event::Assessed {
            intent: intent.id.clone(),
            verdict: verdict.clone(),
            generation,
            expires: self.service.hold_expiry(),
        });
        self.pending.extend(self.service.observation(intent, effects, self.hands.boxed(), self.since));
        (self.watch)(Happening::Assessed { intent, effects, verdict });
        Ok(())
    }

    /// The policy itself signs.
    fn sign(&mut self, intent: &Intent, effects: &Effects, verdict: &Verdict) -> Result<Signed, BookError> {
        let circumstances = self.service.circumstances(intent, effects, self.hands.boxed(), self.since)?;
        let book = &self.service.book;
        let signed = self
            .service
            .guard
            .permit(intent, effects, verdict, &circumstances, &guard::Roster::new(), &[], book.now(), PERMIT_SECONDS)
            .map_err(|e| BookError::Write { why: e.to_string() })?;
        self.pending.push(Event::Countersigned { intent: intent.id.clone(), permit: signed.clone() });
        Ok(signed)
    }

    /// The hold is durable before anybody is asked. Asks until the quorum is met, somebody says no, or nobody is there.
    fn hold(&mut self, intent: &Intent, quorum: Quorum) -> Result<Asked, BookError> {
        self.flush()?;
        (self.watch)(Happening::Held { intent: &intent.id, quorum });
        if !self.hands.boxed() && !settle::leaves_the_box(&intent.deed) {
            return Ok(Asked::Ended(Acted::Held(intent.id.clone(), quorum))); // a signature could carry out nothing here
        }
        loop {
            let Some(story) = self.service.book.story(&intent.id)? else {
                return Err(BookError::Read { why: format!("intent {} vanished", intent.id) });
            };
            match self.desk.ask(&story) {
                Said::Later => return Ok(Asked::Ended(Acted::Held(intent.id.clone(), quorum))),
                Said::Instead(landing) => {
                    let reason = Reason { rule: "landed-another-way".into(), text: "the person chose another way to land it".into() };
                    self.refuse(intent, RefusedBy::Person { person: self.person.clone() }, vec![reason])?;
                    return Ok(Asked::Ended(Acted::Instead(landing)));
                }
                Said::Answer(signed) => match settle::answer(self.service, &intent.id, signed) {
                    Ok(settle::Answered::Complete(permit)) => return Ok(Asked::Signed(permit)),
                    Ok(settle::Answered::Refused(reasons)) => return Ok(Asked::Ended(Acted::Refused(intent.id.clone(), reasons))),
                    Ok(settle::Answered::Waits(_) | settle::Answered::Agreed) => {}
                    Err(e) => (self.watch)(Happening::Complaint { text: &e.to_string() }),
                },
            }
        }
    }

    /// Permitted: outside the box by whoever lands it, inside by the hands.
    fn carry_out(&mut self, intent: Intent, permit: &Signed) -> Result<Acted, BookError> {
        if settle::leaves_the_box(&intent.deed) {
            self.flush()?; // the proposal and the policy's own permit stand before what is begun
            let settled = settle::execute(self.service, &intent, permit, self.since);
            return Ok(settled.map_or_else(|e| not_landed(&intent, e), |done| Acted::Landed(intent.id.clone(), done)));
        }
        let id = intent.id.clone();
        let order = match self.redeem(intent, permit) {
            Ok(order) => order,
            Err(why) => return self.void(&id, &why),
        };
        match order.value().deed.is_rehearsal() {
            true => self.rehearse(&order),
            false => self.execute(&order).map(Acted::Done),
        }
    }

    fn order(&mut self, intent: Intent, permit: &Signed) -> Result<Ordered, BookError> {
        let id = intent.id.clone();
        let begun = self.service.book.now();
        match self.redeem(intent, permit) {
            Ok(order) => Ok(Ordered::Order(Box::new(Order { order, begun }))),
            Err(why) => self.void(&id, &why).map(Ordered::Ended),
        }
    }

    /// What came of an order that the session executed.
    pub(crate) fn end(&mut self, order: &Order, done: tools::Done) -> Result<tools::Done, BookError> {
        self.ended(&order.order.value().id, order.begun, done)
    }

    /// Effects again, signature checked, `Started` durable: only then is there something to execute.
    fn redeem(&mut self, intent: Intent, permit: &Signed) -> Result<Countersigned<Intent>, String> {
        let service = self.service;
        if self.stop.load(Ordering::Relaxed) {
            return Err("it was stopped".to_owned());
        }
        let effects = self.survey.effects(service, &intent).map_err(|e| e.to_string())?;
        let digest = digest_of(&effects).map_err(|e| e.to_string())?;
        let generation = service.book.fence(&effects).map_err(|e| e.to_string())?;
        let order = Countersigned::verify(intent, digest, permit, &service.guard.public_key(), generation, service.book.now())
            .map_err(|e| e.to_string())?;
        let agreed = order.permit().quorum.map(|_| settle::still_agreed(service, order.value(), &effects, permit));
        let people = agreed.transpose().map_err(|e| e.to_string())?;
        let id = order.value().id.clone();
        self.pending.push(Event::Started { intent: id, permit: permit.digest() });
        self.flush_while(people, order.permit().expires).map_err(|e| e.to_string())?;
        Ok(order)
    }

    fn execute(&mut self, order: &Countersigned<Intent>) -> Result<tools::Done, BookError> {
        let service = self.service;
        let book = &service.book;
        let begun = book.now();
        let watch = &mut *self.watch;
        let blob = |digest: &Digest| book.get(digest).ok();
        let done = match &order.value().deed {
            Deed::Fetch { url, offset } => Ok(fetch::execute(service, order, url, *offset, self.stop)),
            Deed::McpStart { .. } | Deed::McpCall { .. } => Ok(mcp::execute(order, book, self.servers, self.hands, self.desk, self.stop)),
            _ => tools::execute(order, &blob, self.hands, &mut |bytes| watch(Happening::Output { bytes }), self.stop),
        };
        self.ended(&order.value().id, begun, done.unwrap_or_else(|e| tools::Done::failed(&e.to_string())))
    }

    fn ended(&mut self, intent: &IntentId, begun: Moment, done: tools::Done) -> Result<tools::Done, BookError> {
        let book = &self.service.book;
        let ms = book.now().0.saturating_sub(begun.0);
        let intent = intent.clone();
        let output = (!done.output.is_empty()).then(|| book.put(&done.output)).transpose()?;
        let outcome = Outcome { line: done.line.clone(), exit: done.exit, output, ms };
        (self.watch)(Happening::Done { intent: &intent, outcome: &outcome, ok: done.ok });
        self.pending.push(match done.ok {
            true => Event::Finished { intent, outcome },
            false => Event::Failed { intent, outcome },
        });
        Ok(done)
    }

    /// A command on a copy of an environment. Its output is kept for people.
    fn rehearse(&mut self, order: &Countersigned<Intent>) -> Result<Acted, BookError> {
        let book = &self.service.book;
        let begun = book.now();
        let rehearsed = tools::rehearse(order, self.hands, &mut |_| {}, self.stop);
        let ms = book.now().0.saturating_sub(begun.0);
        let intent = order.value().id.clone();
        let (event, acted) = match rehearsed {
            Ok(rehearsed) => {
                let output = (!rehearsed.output.is_empty()).then(|| book.put(&rehearsed.output)).transpose()?;
                let line = format!("rehearsed on a copy: status {}", rehearsed.exit);
                let outcome = Outcome { line, exit: Some(rehearsed.exit), output, ms };
                (self.watch)(Happening::Done { intent: &intent, outcome: &outcome, ok: rehearsed.exit == 0 });
                (Event::Finished { intent, outcome }, Acted::Rehearsed(rehearsed))
            }
            Err(e) => {
                let outcome = Outcome { line: e.to_string(), exit: None, output: None, ms };
                (self.watch)(Happening::Done { intent: &intent, outcome: &outcome, ok: false });
                (Event::Failed { intent, outcome }, Acted::Told(format!("the rehearsal did not succeed; nothing was changed. {}", KEPT)))
            }
        };
        self.pending.push(event);
        Ok(acted)
    }

    fn refuse(&mut self, intent: &Intent, by: RefusedBy, reasons: Vec<Reason>) -> Result<Acted, BookError> {
        self.pending.push(Event::Refused { intent: intent.id.clone(), by, reasons: reasons.clone() });
        self.flush()?;
        (self.watch)(Happening::Refused { intent: &intent.id, reasons: &reasons });
        Ok(Acted::Refused(intent.id.clone(), reasons))
    }

    /// The world could not be read: nothing is proposed that nobody could judge, but that it was asked for is kept.
    fn unreadable(&mut self, intent: &Intent, why: &str) -> Result<Acted, BookError> {
        self.decline(intent, "effects-unreadable", why)
    }

    fn decline(&mut self, intent: &Intent, rule: &str, why: &str) -> Result<Acted, BookError> {
        let effects = Effects::default();
        let verdict = Verdict::refuse(self.service.guard.policy_digest(), rule, why);
        self.propose(intent, &effects, digest_of(&effects)?, &verdict)?;
        self.refuse(intent, RefusedBy::Policy, verdict.reasons)
    }

    /// The permit is void. If `Started` never became durable, nothing ran and nothing will.
    fn void(&mut self, id: &IntentId, why: &str) -> Result<Acted, BookError> {
        self.pending.retain(|event| !matches!(event, Event::Started { .. }));
        let reasons = vec![Reason { rule: "permit-void".into(), text: why.to_owned() }];
        self.pending.push(Event::Refused { intent: id.clone(), by: RefusedBy::Void, reasons: reasons.clone() });
        self.flush()?;
        (self.watch)(Happening::Refused { intent: id, reasons: &reasons });
        Ok(Acted::Refused(id.clone(), reasons))
    }

    fn flush(&mut self) -> Result<(), BookError> {
        self.flush_while(None, Moment(u64::MAX))
    }

    /// The same, where people agreed to something in it: while they are as they were when that was looked at, and before the permit ends.
    fn flush_while(&mut self, people: Option<u64>, until: Moment) -> Result<(), BookError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        self.service.book.begin(people, until, self.pending)?;
        self.pending.clear();
        Ok(())
    }
}

fn not_landed(intent: &Intent, error: settle::SettleError) -> Acted {
    match error {
        error @ (settle::SettleError::Unknown { .. } | settle::SettleError::Unrecorded { .. }) => Acted::Lost(error),
        error => Acted::Refused(intent.id.clone(), vec![Reason { rule: error.rule().into(), text: error.to_string() }]),
    }
}

fn digest_of(effects: &Effects) -> Result<Digest, BookError> {
    Digest::of(effects).map_err(|e| BookError::Write { why: e.to_string() })
}

/// A deed as roles and `.kiroignore` speak of it: what takes a change set over is a write or a removal of each path.
fn parts(service: &Office, deed: &Deed) -> Result<Vec<Deed>, BookError> {
    let Deed::Take { change, .. } = deed else { return Ok(vec![deed.clone()]) };
    let set: ChangeSet = service.book.get_value(change)?;
    let part = |change: action::Change| match change.after {
        Some(_) => Deed::Write { path: change.path, content: Digest::of_bytes(b"") },
        None => Deed::Delete { path: change.path },
    };
    Ok(std::iter::once(deed.clone()).chain(set.changes.into_iter().map(part)).collect())
}

/// Whether `--supervise` shows it first.
fn changes_something(deed: &Deed) -> bool {
    matches!(
        deed,
        Deed::Write { .. } | Deed::Edit { .. } | Deed::Delete { .. } | Deed::Move { .. } | Deed::Shell { .. } | Deed::LanguageStart { .. } | Deed::Take { .. } | Deed::McpCall { .. }
    )
}

fn supervised(policy: Digest) -> Verdict {
    Verdict {
        decision: Decision::Hold { quorum: Quorum::ANYONE },
        reasons: vec![Reason { rule: "supervised".into(), text: "you asked to see every change before it happens".into() }],
        policy,
    }
}
