//! Agents of other makers, which act with their own hands: each thing that one asks for is judged, kept, and either handed
//! back to it to do, or not.
//!
//! ```text
//! asked ─▶ effects ─▶ verdict ─┬─ permit ──▶ countersigned, handed (durable) ─▶ it goes on
//!                              ├─ hold ────▶ held (durable); signed, and asked for again: handed once
//!                              └─ refuse ──▶ refused (durable)
//! ```
//!
//! Nobody here sees the end, so none is written: `Handed` says that it may have happened. Nothing is told to go on before that
//! is durable. The same thing asked for again while it waits is the same intent; after it was handed, it is a new one.

use std::path::{Path, PathBuf};

use action::{
    AgentName, ByHand, Certainty, Countersigned, Decision, Deed, Digest, Effect, Effects, Event, Intent, IntentId, PersonId, Quorum, Reason, RefusedBy,
    Reversibility, SessionId, Signed, Stage, Verb, Verdict,
};

use crate::book::BookError;
use crate::office::{Office, PERMIT_SECONDS};
use crate::role::ENGINEER;
use crate::settle;
use crate::story::Story;
use crate::survey::{Survey, SurveyError};

/// Earlier asks for the same thing that are looked at, newest first.
const EARLIER: usize = 16;

/// Seconds that a command may take in our box; agents end what takes too long for them themselves.
pub const BOXED_SECONDS: u64 = 3600;
/// How such a session is bounded, in words. No session of ours has these.
const LEVEL: &str = "no box of ours: it acts with its own hands, and is asked about each";

/// Kinds of what git keeps, by how they begin.
const HISTORY: [&str; 4] = ["git-", "commits", "stash", "reflog"];

/// What an agent of another maker asks for.
#[derive(Clone, Debug)]
pub struct Asking {
    /// Which agent: `codex`.
    pub agent: String,
    /// Its own name for its session.
    pub session: String,
    /// For whom it works.
    pub person: PersonId,
    /// Absolute path of the folder that its session is in: where the work tree is looked for.
    pub folder: String,
    /// Absolute path of the folder in which it does it.
    pub cwd: String,
    /// What it calls the tool.
    pub tool: String,
    /// What it would do.
    pub acts: Vec<ByHand>,
    /// The tool's whole input as canonical JSON.
    pub input: Vec<u8>,
    /// Whether the command can be run in our box in its place.
    pub boxable: bool,
    /// Whether this is the agent's second question about the same: it was told to go on, and asks whether it may.
    pub confirms: bool,
}

/// What it is told.
#[derive(Clone, Debug)]
pub enum Told {
    /// Go on: this is on the ledger as handed.
    GoOn(IntentId),
    /// Go on, but with its command in our box: with its own hands it would have been held. Its session has been opened.
    InBox {
        /// The command, which is kept.
        command: Digest,
        /// Why its own hands may not.
        reasons: Vec<Reason>,
    },
    /// Not now: these must sign first.
    Held {
        /// What they sign.
        id: IntentId,
        /// Who.
        quorum: Quorum,
        /// Why.
        reasons: Vec<Reason>,
    },
    /// No.
    Refused {
        /// What.
        id: IntentId,
        /// Why.
        reasons: Vec<Reason>,
    },
}

/// Judges what is asked for and keeps it. On `GoOn` it is durable that it was handed.
pub fn ask(service: &Office, asking: &Asking) -> Result<Told, NotAsked> {
    let session = session_of(asking);
    let begun = Begun::find(service, &session, asking)?;
    let deed = Deed::Hand {
        root: begun.root.clone(),
        cwd: asking.cwd.clone(),
        tool: asking.tool.clone(),
        acts: asking.acts.clone(),
        input: Digest::of_bytes(&asking.input),
    };
    let intent =
        Intent { v: 1, id: service.intent_id(), session, turn: 1, asked_by: asking.person.clone(), agent: AgentName::new(&asking.agent), deed };
    let people = service.book.roster()?.changes();
    let effects = survey(&begun.root).effects(service, &intent)?;
    let verdict = service.assess(&intent, &effects, false, begun.since);
    let case = Case { service, people, begun, intent, effects, verdict, confirms: asking.confirms };
    match case.verdict.decision {
        Decision::Permit => case.permit(),
        Decision::Refuse => case.refuse(),
        Decision::Hold { quorum } => match if asking.boxable { case.fit_for_the_box()? } else { None } {
            Some(command) => case.in_box(&command),
            None => case.hold(quorum, &asking.input),
        },
    }
}

/// The session of an agent of another maker as it was opened. Nothing where none of this name was, or where it is one of ours.
pub fn opened(service: &Office, session: &SessionId) -> Result<Option<Opened>, NotAsked> {
    for (since, entry) in service.book.subject(&format!("opened:{session}"))? {
        if let Event::Opened { person, root, level, .. } = entry.event
            && level == LEVEL
        {
            return Ok(Some(Opened { person, root: PathBuf::from(root), since }));
        }
    }
    Ok(None)
}

/// Of a session of another maker's agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// For whom it works.
    pub person: PersonId,
    /// Its work tree; empty where it has none.
    pub root: PathBuf,
    /// Ledger index from which its stops count.
    pub since: u64,
}

/// The name of the session that has this one's box; it has several, since an agent may run several commands at once.
pub fn box_of(session: &SessionId, number: usize) -> SessionId {
    named(format!("box\0{session}\0{number}").as_bytes())
}

/// Whether something that was held has been answered, so that asking again is worth it.
pub fn is_answered(service: &Office, id: &IntentId) -> Result<bool, NotAsked> {
    let Some(story) = service.book.story(id)? else { return Ok(true) };
    if !story.waits(service.book.now()) {
        return Ok(true);
    }
    Ok(matches!(settle::permit_of(service, &story), Ok(Ok(_)) | Err(_)))
}

/// The subject under which an ask is found again; nothing for other deeds.
pub(crate) fn asked(intent: &Intent) -> Option<String> {
    match &intent.deed {
        Deed::Hand { cwd, acts, .. } => Digest::of(&(&intent.session, &intent.asked_by, cwd, acts)).ok().map(|digest| format!("asked:{digest}")),
        _ => None,
    }
}

/// One name for a session of another maker's agent, the same in every process that hears of it.
pub fn session_of(asking: &Asking) -> SessionId {
    named(format!("{}\0{}\0{}", asking.agent, asking.session, asking.person).as_bytes())
}

fn named(words: &[u8]) -> SessionId {
    SessionId::new(Digest::of_bytes(words).to_string().trim_start_matches("sha256:").chars().take(12).collect::<String>())
}

pub(crate) fn survey(root: &str) -> Survey {
    match root.is_empty() {
        true => Survey::outside(),
        false => Survey::of_session(Path::new(root)),
    }
}

/// The session as the ledger has it, or what opens it.
struct Begun {
    root: String,
    since: u64,
    opening: Option<Event>,
}

impl Begun {
    fn find(service: &Office, session: &SessionId, asking: &Asking) -> Result<Self, NotAsked> {
        for (index, entry) in service.book.subject(&format!("opened:{session}"))? {
            if let Event::Opened { root, .. } = entry.event {
                return Ok(Self { root, since: index, opening: None });
            }
        }
        let root = tree_of(Path::new(&asking.folder), service).and_then(|root| root.to_str().map(str::to_owned)).unwrap_or_default();
        let opening = Event::Opened {
            session: session.clone(),
            person: asking.person.clone(),
            agent: AgentName::new(&asking.agent),
            root: root.clone(),
            model: String::new(),
            level: LEVEL.into(),
            parent: None,
        };
        // Stops that came before it began do not count.
        Ok(Self { root, since: service.book.ledger().len(), opening: Some(opening) })
    }
}

/// The work tree above a folder: the nearest that git keeps. Neither a home nor what is above one, nor a hidden folder of it,
/// nor where the service is: there ordinary work is not ordinary.
pub(crate) fn tree_of(cwd: &Path, service: &Office) -> Option<PathBuf> {
    let cwd = cwd.canonicalize().ok()?;
    let root = cwd.ancestors().find(|folder| folder.join(".git").exists())?;
    let hidden = root.strip_prefix(&service.home).is_ok_and(|inside| inside.components().any(|part| part.as_os_str().as_encoded_bytes().starts_with(b".")));
    let above_home = service.home.starts_with(root);
    let near_service = service.folder.starts_with(root) || root.starts_with(&service.folder);
    let of_system = ["/etc", "/usr", "/var", "/boot", "/proc", "/sys", "/dev"].iter().any(|system| root.starts_with(system));
    (!hidden && !above_home && !near_service && !of_system).then(|| root.to_path_buf())
}

/// Something that was judged just now.
struct Case<'a> {
    service: &'a Office,
    /// How many changes of who may do what it was judged by.
    people: u64,
    begun: Begun,
    intent: Intent,
    effects: Effects,
    verdict: Verdict,
    confirms: bool,
}

impl Case<'_> {
    /// The policy itself signs, and it is handed over in the same write.
    fn permit(self) -> Result<Told, NotAsked> {
        let circumstances = self.service.circumstances(&self.intent, &self.effects, false, self.begun.since)?;
        let (now, roster) = (self.service.book.now(), guard::Roster::new());
        let permit = self.service.guard.permit(&self.intent, &self.effects, &self.verdict, &circumstances, &roster, &[], now, PERMIT_SECONDS)?;
        let order = redeem(self.service, self.intent.clone(), &self.effects, &permit)?;
        let mut events = self.proposal()?;
        events.extend(handed(order.value(), permit));
        self.write(events)?;
        Ok(Told::GoOn(self.intent.id))
    }

    /// The one command that it is, where policy lets that run in our box without anybody's signature. Nothing that is read as changing
    /// git's history, which would be lost with the copy, or as losing what git does not have, which a person must see.
    fn fit_for_the_box(&self) -> Result<Option<String>, NotAsked> {
        let Deed::Hand { root, cwd, acts, .. } = &self.intent.deed else { return Ok(None) };
        let ([ByHand::Run { command }], false) = (acts.as_slice(), root.is_empty()) else { return Ok(None) };
        let Some(folder) = Path::new(cwd).strip_prefix(root).ok().and_then(Path::to_str) else { return Ok(None) };
        let deed = Deed::Shell { command: command.clone(), cwd: folder.to_owned(), seconds: BOXED_SECONDS, background: false };
        let intent = Intent { deed, agent: AgentName::new(ENGINEER), ..self.intent.clone() };
        let effects = survey(root).effects(self.service, &intent)?;
        let verdict = self.service.assess(&intent, &effects, true, self.begun.since);
        let is_for_people = self.effects.iter().any(loses) || self.effects.iter().chain(effects.iter()).any(is_of_history);
        Ok((verdict.decision == Decision::Permit && !is_for_people).then(|| command.clone()))
    }

    /// The session that does it keeps what is judged, run and landed; here only the one that asks for it is opened.
    fn in_box(self, command: &str) -> Result<Told, NotAsked> {
        let command = self.service.book.put(command.as_bytes())?;
        if self.begun.opening.is_some() {
            self.write(Vec::new())?;
        }
        Ok(Told::InBox { command, reasons: self.verdict.reasons })
    }

    fn refuse(self) -> Result<Told, NotAsked> {
        let mut events = self.proposal()?;
        let reasons = self.verdict.reasons.clone();
        events.push(Event::Refused { intent: self.intent.id.clone(), by: RefusedBy::Policy, reasons: reasons.clone() });
        self.write(events)?;
        Ok(Told::Refused { id: self.intent.id, reasons })
    }

    /// What people have signed passes once; what waits goes on waiting; what they said no to stays refused while that no would
    /// have been a yes.
    fn hold(self, quorum: Quorum, input: &[u8]) -> Result<Told, NotAsked> {
        let earlier = match asked(&self.intent) {
            Some(subject) => self.service.book.subject(&subject)?,
            None => Vec::new(),
        };
        let ids = earlier.into_iter().rev().take(EARLIER).filter_map(|(_, entry)| entry.event.intent().cloned());
        for id in ids.collect::<Vec<_>>() {
            let Some(story) = self.service.book.story(&id)? else { continue };
            if let Some(told) = self.again(&story)? {
                return Ok(told);
            }
        }
        self.service.book.put(input)?; // what people are asked about can be shown to them
        let events = self.proposal()?;
        self.write(events)?;
        Ok(Told::Held { id: self.intent.id, quorum, reasons: self.verdict.reasons })
    }

    /// The same was asked for before. Nothing, where that is over or was about another state of the world.
    fn again(&self, story: &Story) -> Result<Option<Told>, NotAsked> {
        let service = self.service;
        let id = story.intent.id.clone();
        let now = service.book.now();
        if self.confirms && self.was_just_handed(story) {
            return Ok(Some(Told::GoOn(id)));
        }
        if story.intent.deed != self.intent.deed && !self.confirms {
            return Ok(None); // the same acts with another input: a file with other contents
        }
        if let (Stage::Refused, Some((RefusedBy::Person { .. }, reasons))) = (story.stage, &story.refused) {
            let stands = now < story.expires && story.effects == self.effects;
            return Ok(stands.then(|| Told::Refused { id, reasons: reasons.clone() }));
        }
        if !story.waits(now) {
            return Ok(None);
        }
        let same = story.effects == self.effects
            && story.verdict.as_ref().is_some_and(|verdict| verdict.policy == self.verdict.policy)
            && story.generation == service.book.fence(&self.effects)?;
        if !same {
            let text = "what it would touch, the policy or the environment has changed since it was asked for";
            let reasons = vec![Reason { rule: "drifted".into(), text: text.into() }];
            return match service.book.write(&[Event::Refused { intent: id, by: RefusedBy::Void, reasons }]) {
                Ok(_) | Err(BookError::AlreadyDone { .. }) => Ok(None),
                Err(e) => Err(e.into()),
            };
        }
        let people = service.book.roster()?.changes();
        match settle::permit_of(service, story)? {
            Err(quorum) => Ok(Some(Told::Held { id, quorum, reasons: self.verdict.reasons.clone() })),
            Ok(permit) => {
                let order = redeem(service, story.intent.clone(), &self.effects, &permit)?;
                match service.book.write_while(people, &handed(order.value(), permit)) {
                    Ok(_) => Ok(Some(Told::GoOn(id))),
                    Err(BookError::AlreadyDone { .. }) => Ok(None), // another process was faster: it passes once
                    Err(e) => Err(e.into()),
                }
            }
        }
    }

    /// People signed it and the agent was told to go on with it, so short a while ago that the permit is still one.
    fn was_just_handed(&self, story: &Story) -> bool {
        let still = |permit: &Signed| {
            let permit = permit.open::<action::Permit>(&self.service.guard.public_key(), action::Namespace::Permit);
            permit.is_ok_and(|permit| self.service.book.now() < permit.expires)
        };
        story.stage == Stage::Handed && story.effects == self.effects && story.permit.as_ref().is_some_and(still)
    }

    fn proposal(&self) -> Result<Vec<Event>, NotAsked> {
        let digest = Digest::of(&self.effects).map_err(|e| NotAsked::Unwritable { why: e.to_string() })?;
        let id = self.intent.id.clone();
        let generation = self.service.book.fence(&self.effects)?;
        let mut events = vec![
            Event::Proposed { intent: self.intent.clone(), effects: self.effects.clone(), digest },
            Event::Assessed { intent: id, verdict: self.verdict.clone(), generation, expires: self.service.hold_expiry() },
        ];
        let boxed = !matches!(self.intent.deed, Deed::Hand { .. });
        events.extend(self.service.observation(&self.intent, &self.effects, boxed, self.begun.since));
        Ok(events)
    }

    /// All or nothing. Of several processes that meet a new session, one opens it and the others go on in it.
    fn write(&self, events: Vec<Event>) -> Result<(), NotAsked> {
        let with_opening: Vec<Event> = self.begun.opening.iter().cloned().chain(events.iter().cloned()).collect();
        match self.service.book.write_while(self.people, &with_opening) {
            Ok(_) => Ok(()),
            Err(BookError::AlreadyDone { key }) if key.starts_with("opened:") => self.service.book.write_while(self.people, &events).map(|_| ()).map_err(NotAsked::from),
            Err(e) => Err(e.into()),
        }
    }
}

/// It is read for what it is, and nothing would bring back what it takes.
fn loses(effect: &Effect) -> bool {
    matches!(effect.verb, Verb::Delete | Verb::Replace) && effect.certainty != Certainty::Opaque && effect.reversibility == Reversibility::Irreversible
}

fn is_of_history(effect: &Effect) -> bool {
    effect.verb != Verb::Read && HISTORY.iter().any(|kind| effect.resource.kind.starts_with(kind))
}

/// Only what a verified permit names is handed over.
fn redeem(service: &Office, intent: Intent, effects: &Effects, permit: &Signed) -> Result<Countersigned<Intent>, NotAsked> {
    let digest = Digest::of(effects).map_err(|e| NotAsked::Unwritable { why: e.to_string() })?;
    let generation = service.book.fence(effects)?;
    Ok(Countersigned::verify(intent, digest, permit, &service.guard.public_key(), generation, service.book.now())?)
}

/// A crash after this write leaves something that was handed and perhaps never done; before it, nothing was told to go on.
fn handed(intent: &Intent, permit: Signed) -> Vec<Event> {
    let digest = permit.digest();
    vec![Event::Countersigned { intent: intent.id.clone(), permit }, Event::Handed { intent: intent.id.clone(), permit: digest }]
}

/// Why nothing was told to go on. Whoever asks must not.
#[derive(Debug, thiserror::Error)]
pub enum NotAsked {
    /// The ledger.
    #[error(transparent)]
    Book(#[from] BookError),
    /// The world could not be read.
    #[error("what it would touch could not be looked at: {0}")]
    Survey(#[from] SurveyError),
    /// The guard would not sign.
    #[error(transparent)]
    NotPermitted(#[from] guard::NotPermitted),
    /// The permit does not fit.
    #[error(transparent)]
    Void(#[from] action::NotCountersigned),
    /// People's answers do not fit.
    #[error(transparent)]
    Settle(#[from] settle::SettleError),
    /// It has no canonical form.
    #[error("it has no canonical form: {why}")]
    Unwritable {
        /// The writer's words.
        why: String,
    },
}

#[cfg(test)]
mod tests;
