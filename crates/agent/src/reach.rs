//! The dependency door's requests as intents: each host a box wants to reach is judged, recorded and, where policy does not
//! name it, held for a person.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use action::{AgentName, Countersigned, Decision, Deed, Digest, Effects, Event, Intent, IntentId, Outcome, PersonId, Reason, RefusedBy, SessionId, Signed, Stage, Verdict};

use crate::book::BookError;
use crate::office::{PERMIT_SECONDS, Office};
use crate::settle::{self, SettleError};
use crate::survey::Survey;

/// Whether the door may open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doorway {
    /// It may.
    Open,
    /// People must sign this intent first.
    Held(IntentId),
    /// It may not.
    Refused(String),
}

/// Who the box belongs to, and what was decided for each host so far. Shared by the door's threads.
pub struct Reaching {
    service: Arc<Office>,
    session: SessionId,
    person: PersonId,
    agent: AgentName,
    within: Vec<AgentName>,
    since: u64,
    known: Mutex<BTreeMap<(String, u16), Doorway>>,
}

impl Reaching {
    /// For one session. What policy does not let the agents `within` reach, this one may not either.
    pub fn new(service: Arc<Office>, session: SessionId, person: PersonId, agent: AgentName, within: Vec<AgentName>, since: u64) -> Self {
        Self { service, session, person, agent, within, since, known: Mutex::default() }
    }

    /// Judges a host the first time, and looks again at what was held. An error is a refusal.
    pub fn ask(&self, host: &str, port: u16) -> Doorway {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (host.to_owned(), port);
        let doorway = match known.get(&key) {
            Some(Doorway::Open) => self.still_open(),
            Some(Doorway::Held(id)) => self.again(&id.clone()),
            Some(Doorway::Refused(_)) | None => self.earlier(host, port).and_then(|id| match id {
                Some(id) => self.again(&id),
                None => self.first(host, port),
            }),
        };
        let doorway = doorway.unwrap_or_else(|e| Doorway::Refused(e.to_string()));
        known.insert(key, doorway.clone());
        doorway
    }

    fn still_open(&self) -> Result<Doorway, BookError> {
        Ok(match self.service.book.stopped(self.since, &self.session, None)? {
            Some(by) => Doorway::Refused(format!("stopped by {by}")),
            None => Doorway::Open,
        })
    }

    /// A request of this session, from before it was resumed, that waits for people or that they have signed meanwhile.
    fn earlier(&self, host: &str, port: u16) -> Result<Option<IntentId>, BookError> {
        let book = &self.service.book;
        let wanted = Deed::Reach { host: host.to_owned(), port };
        for (_, entry) in book.session(&self.session)?.into_iter().rev() {
            let Event::Proposed { intent, .. } = entry.event else { continue };
            let story = if intent.deed == wanted { book.story(&intent.id)? } else { None };
            if story.is_some_and(|story| story.waits(book.now()) || story.stage == Stage::Countersigned) {
                return Ok(Some(intent.id));
            }
        }
        Ok(None)
    }

    fn first(&self, host: &str, port: u16) -> Result<Doorway, BookError> {
        let service = &self.service;
        let intent = Intent {
            v: 1,
            id: service.intent_id(),
            session: self.session.clone(),
            turn: 0,
            asked_by: self.person.clone(),
            agent: self.agent.clone(),
            deed: Deed::Reach { host: host.to_owned(), port },
        };
        let effects = Survey::outside().effects(service, &intent).map_err(|e| BookError::Read { why: e.to_string() })?;
        let digest = Digest::of(&effects).map_err(|e| BookError::Write { why: e.to_string() })?;
        let as_whom = |agent: &AgentName| service.assess(&Intent { agent: agent.clone(), ..intent.clone() }, &effects, true, self.since);
        let verdict = self.within.iter().map(as_whom).fold(as_whom(&intent.agent), Verdict::and);
        let generation = service.book.fence(&effects)?;
        let mut events = vec![
            Event::Proposed { intent: intent.clone(), effects: effects.clone(), digest },
            Event::Assessed { intent: intent.id.clone(), verdict: verdict.clone(), generation, expires: service.hold_expiry() },
        ];
        events.extend(service.observation(&intent, &effects, true, self.since));
        match verdict.decision {
            Decision::Hold { .. } => {
                service.book.write(&events)?;
                Ok(Doorway::Held(intent.id))
            }
            Decision::Refuse => {
                let why = sentence(&verdict.reasons);
                events.push(Event::Refused { intent: intent.id, by: RefusedBy::Policy, reasons: verdict.reasons });
                service.book.write(&events)?;
                Ok(Doorway::Refused(why))
            }
            Decision::Permit => {
                let circumstances = service.circumstances(&intent, &effects, true, self.since)?;
                let roster = guard::Roster::new();
                let permit = service
                    .guard
                    .permit(&intent, &effects, &verdict, &circumstances, &roster, &[], service.book.now(), PERMIT_SECONDS)
                    .map_err(|e| BookError::Write { why: e.to_string() })?;
                events.push(Event::Countersigned { intent: intent.id.clone(), permit: permit.clone() });
                service.book.write(&events)?;
                self.open(intent, &effects, &permit, None)
            }
        }
    }

    /// Something that was held: perhaps people have signed meanwhile.
    fn again(&self, id: &IntentId) -> Result<Doorway, BookError> {
        let Some(story) = self.service.book.story(id)? else {
            return Ok(Doorway::Refused("the request vanished from the ledger".into()));
        };
        match (story.stage, &story.permit) {
            (Stage::Countersigned, Some(permit)) => {
                let effects = Survey::outside().effects(&self.service, &story.intent).map_err(|e| BookError::Read { why: e.to_string() })?;
                match settle::still_agreed(&self.service, &story.intent, &effects, permit) {
                    Ok(people) => self.open(story.intent.clone(), &effects, permit, Some(people)),
                    Err(SettleError::Book(e)) => Err(e),
                    Err(e) => Ok(Doorway::Refused(settle::ended(&self.service, id, e).to_string())),
                }
            }
            (Stage::Held { .. }, _) => Ok(Doorway::Held(id.clone())),
            (stage, _) => Ok(Doorway::Refused(format!("the request is {}", stage.word()))),
        }
    }

    /// `people` are those who agreed, as of so many changes; nobody, where policy opens it.
    fn open(&self, intent: Intent, effects: &Effects, permit: &Signed, people: Option<u64>) -> Result<Doorway, BookError> {
        let book = &self.service.book;
        let id = intent.id.clone();
        let line = format!("the door is open for {}", intent.deed.line());
        let generation = book.fence(effects)?;
        let digest = Digest::of(effects).map_err(|e| BookError::Write { why: e.to_string() })?;
        let key = self.service.guard.public_key();
        let void = |why: String| {
            let reasons = vec![Reason { rule: "permit-void".into(), text: why.clone() }];
            book.write(&[Event::Refused { intent: id.clone(), by: RefusedBy::Void, reasons }])?;
            Ok(Doorway::Refused(why))
        };
        let until = match Countersigned::verify(intent, digest, permit, &key, generation, book.now()) {
            Ok(order) => order.permit().expires,
            Err(e) => return void(e.to_string()),
        };
        let started = Event::Started { intent: id.clone(), permit: permit.digest() };
        let finished = Event::Finished { intent: id.clone(), outcome: Outcome { line, exit: None, output: None, ms: 0 } };
        match book.begin(people, until, &[started, finished]) {
            Err(e @ BookError::Expired { .. }) => void(e.to_string()),
            opened => opened.map(|_| Doorway::Open),
        }
    }
}

fn sentence(reasons: &[Reason]) -> String {
    reasons.iter().map(|reason| reason.text.as_str()).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests;
