//! What was decided, judged again: under the policy in force, and under another one.
//!
//! The ledger has each intent, its effects and the verdict. What it does not say of a decision is whether the kernel bounded the box, and
//! whether a stop had come; so a decision is judged in each of the circumstances that may have been, and those count in which the policy
//! that was in force then says again what is recorded. Where none does, or where several do and the other policy does not say the same
//! in all of them, nothing is told of it but that. Nothing here is written, and nothing is guessed.

use std::collections::{BTreeSet, HashMap};
use std::sync::mpsc;

use action::{AgentName, Decision, Deed, Digest, Effects, Entry, Event, Intent, IntentId, Moment, PersonId, Quorum, Reason, SessionId, StopScope, Terms, Verdict};
use guard::{Act, Circumstances, DAY_SECONDS, Electorate, Guard, InForce, Replay, Roster};

use crate::book::{Book, BookError, chain};
use crate::{memory, people};

/// One decision, with all that the ledger has of it.
#[derive(Clone, Debug)]
pub struct Past {
    /// The entry of the verdict.
    pub index: u64,
    /// When it was written.
    pub at: Moment,
    /// What was asked.
    pub intent: Intent,
    /// What it would touch.
    pub effects: Effects,
    /// What was said.
    pub verdict: Verdict,
    /// The agents that its agent worked for: it may do no more than they.
    pub within: Vec<AgentName>,
    /// The people as they were, where that matters to the verdict.
    people: People,
    /// Whether a stop that reaches it came after its session began.
    perhaps_stopped: bool,
    /// The effects are not those that were judged.
    cut: bool,
}

/// What of the roster matters to a verdict.
#[derive(Clone, Debug)]
struct People {
    enrolled: bool,
    electorate: Electorate,
    least: Option<Quorum>,
    in_force: InForce,
    terms: Terms,
}

/// Reads all decisions since a moment, oldest first, one at a time. Entries are read ahead while decisions are judged.
pub fn past(book: &Book, since: Moment, each: &mut dyn FnMut(Past) -> Result<(), BookError>) -> Result<(), BookError> {
    let mut fold = Fold::default();
    std::thread::scope(|scope| {
        let (to, batches) = mpsc::sync_channel(AHEAD);
        scope.spawn(move || read(book, &to));
        for batch in batches {
            for (index, bytes) in batch? {
                let entry: Entry = serde_json::from_slice(&bytes).map_err(|e| BookError::Read { why: format!("entry {index}: {e}") })?;
                if let Some(past) = fold.take(book, index, entry, &bytes)?.filter(|past| past.at >= since) {
                    each(past)?;
                }
            }
        }
        Ok(())
    })
}

/// Entries that are read at a time, and how many times that is done ahead.
const BATCH: u64 = 2048;
const AHEAD: usize = 4;

/// Some entries that matter, with their bytes; or why there are none.
type Batch = Result<Vec<(u64, Vec<u8>)>, BookError>;

/// Reads to the end of the ledger, or until nobody listens any more.
fn read(book: &Book, to: &mpsc::SyncSender<Batch>) {
    let mut upto = 0;
    loop {
        let batch = book.ledger().entries(upto..upto + BATCH).map_err(|e| BookError::Read { why: chain(&e) });
        let last = batch.as_ref().ok().and_then(|batch| batch.last()).map(|(last, _)| *last);
        let said = to.send(batch.map(|batch| batch.into_iter().filter(|(_, bytes)| matters(bytes)).collect()));
        let (Some(last), Ok(())) = (last, said) else { return };
        upto = last + 1;
    }
}

/// Whether an entry is of a kind that matters here. Canonical JSON names the kind in exactly these bytes; what is no text is read, to be told.
fn matters(bytes: &[u8]) -> bool {
    const KINDS: [&str; 10] =
        [r#""is":"started""#, r#""is":"handed""#, r#""is":"mapped""#, r#""is":"proposed""#, r#""is":"assessed""#, r#""is":"opened""#, r#""is":"stopped""#, r#""is":"founded""#, r#""is":"enrolled""#, r#""is":"governed""#];
    std::str::from_utf8(bytes).map_or(true, |text| KINDS.iter().any(|kind| text.contains(kind)))
}

/// What is known so far.
#[derive(Default)]
struct Fold {
    /// With whether the effects are not those that were judged.
    proposed: HashMap<IntentId, (Intent, Effects, bool)>,
    sessions: HashMap<SessionId, Session>,
    /// The agents that each order to delegate bounds its subagent by.
    orders: HashMap<IntentId, Vec<AgentName>>,
    stops: Vec<(u64, StopScope)>,
    roster: Roster,
    /// What could be an act, until it begins; whether its effects are cut.
    asked: HashMap<IntentId, (PersonId, Effects, bool)>,
    /// What began within a day, in the order of the ledger.
    acts: Vec<Act>,
    /// When the last began whose effects are not known.
    cut_act: Option<Moment>,
}

struct Session {
    since: u64,
    within: Vec<AgentName>,
    above: Option<SessionId>,
}

impl Fold {
    fn take(&mut self, book: &Book, index: u64, entry: Entry, bytes: &[u8]) -> Result<Option<Past>, BookError> {
        match entry.event {
            Event::Proposed { intent, effects, digest } => {
                if let Deed::Delegate { within, .. } = &intent.deed {
                    self.orders.insert(intent.id.clone(), within.clone());
                }
                let (effects, cut) = whole(book, effects, bytes, &digest);
                if cut || effects.iter().any(guard::is_kept) {
                    self.asked.insert(intent.id.clone(), (intent.asked_by.clone(), effects.clone(), cut));
                }
                self.proposed.insert(intent.id.clone(), (intent, effects, cut));
            }
            Event::Assessed { intent, verdict, .. } => {
                let proposed = self.proposed.remove(&intent);
                return Ok(proposed.map(|proposed| self.past(index, entry.at, proposed, verdict)));
            }
            Event::Opened { session, parent, .. } => {
                let order = if let Some(action::Parent::Subagent { intent, .. }) = &parent { self.orders.get(intent) } else { None };
                let within = order.cloned().unwrap_or_default();
                let above = parent.filter(action::Parent::is_worked_for).map(|parent| parent.session().clone());
                self.sessions.entry(session).or_insert(Session { since: index, within, above });
            }
            Event::Started { intent, .. } | Event::Handed { intent, .. } => self.began(intent, entry.at),
            Event::Stopped { scope, .. } => self.stops.push((index, scope)),
            // What counts of it was said when it was written, and the audit names what does not.
            Event::Governed { intent, .. } => {
                let story: Vec<Entry> = book.intent(&intent)?.into_iter().filter(|(at, _)| *at <= index).map(|(_, entry)| entry).collect();
                self.roster.govern(&story).ok();
            }
            event => drop(self.roster.apply(&event, entry.at)),
        }
        Ok(None)
    }

    /// As the book keeps it.
    fn began(&mut self, id: IntentId, at: Moment) {
        let Some((person, effects, cut)) = self.asked.remove(&id) else { return };
        let before = self.acts.iter().map(|act| act.at).filter(|before| *before < at.plus_seconds(DAY_SECONDS)).max();
        let at = before.map_or(at, |before| before.max(at));
        // A clock that is ahead for once ends nothing.
        if before.is_some_and(|before| at < before.plus_seconds(DAY_SECONDS)) {
            self.acts.retain(|act| act.at.plus_seconds(2 * DAY_SECONDS) > at);
        }
        match cut {
            true => self.cut_act = self.cut_act.max(Some(at)),
            false => self.acts.push(Act { intent: id, person, at, effects }),
        }
    }

    fn past(&self, index: u64, at: Moment, (intent, effects, cut): (Intent, Effects, bool), verdict: Verdict) -> Past {
        let governs = matches!(intent.deed, Deed::Govern { .. });
        let past = guard::Past::of(&self.acts, &intent, &effects, at);
        let of_unknown = self.cut_act.is_some_and(|act| act.plus_seconds(DAY_SECONDS) > at) && !guard::kept(&intent, &effects).is_empty();
        let cut = cut || of_unknown;
        let people = People {
            enrolled: self.roster.is_enrolled(&intent.asked_by),
            electorate: if governs { Electorate::of(&intent, &self.roster) } else { Electorate::default() },
            least: if governs { self.roster.ballot(&intent, &effects.places()).least() } else { None },
            in_force: InForce { past, ..InForce::of(self.roster.standing(), &intent.asked_by, &intent.agent, at, self.roster.latest()) },
            terms: if self.roster.standing().asks_anywhere() { self.roster.ballot(&intent, &effects.places()).terms().clone() } else { Terms::default() },
        };
        let within = self.sessions.get(&intent.session).map(|session| session.within.clone()).unwrap_or_default();
        Past { index, at, within, people, perhaps_stopped: self.perhaps_stopped(&intent), intent, effects, verdict, cut }
    }

    /// Whether a stop may have reached it. One that came before its session began did not.
    fn perhaps_stopped(&self, intent: &Intent) -> bool {
        if self.stops.is_empty() {
            return false;
        }
        let (mut line, mut next) = (Vec::new(), Some(&intent.session));
        while let Some(one) = next.filter(|one| !line.contains(one)) {
            line.push(one);
            next = self.sessions.get(one).and_then(|session| session.above.as_ref());
        }
        let since = self.sessions.get(&intent.session).map_or(0, |session| session.since);
        self.stops.iter().filter(|(index, _)| *index >= since).any(|(_, scope)| match scope {
            StopScope::All => true,
            StopScope::Session { session } => line.contains(&session),
            StopScope::Intent { intent: stopped } => *stopped == intent.id,
        })
    }
}

/// The effects that were judged: those of the entry, or of the blob where they did not fit it. Whether neither is there.
fn whole(book: &Book, effects: Effects, entry: &[u8], digest: &Digest) -> (Effects, bool) {
    if is_of(entry, digest) || Digest::of(&effects).is_ok_and(|found| found == *digest) {
        return (effects, false);
    }
    match book.get_value(digest) {
        Ok(kept) => (kept, false),
        Err(_) => (effects, true),
    }
}

/// Whether this is the digest of the effects as they stand in the entry: an entry is canonical, so they need not be written again.
fn is_of(entry: &[u8], digest: &Digest) -> bool {
    #[derive(serde::Deserialize)]
    struct Written<'a> {
        #[serde(borrow)]
        event: Proposed<'a>,
    }
    #[derive(serde::Deserialize)]
    struct Proposed<'a> {
        #[serde(borrow)]
        effects: &'a serde_json::value::RawValue,
    }
    serde_json::from_slice::<Written<'_>>(entry).is_ok_and(|written| Digest::of_bytes(written.event.effects.get().as_bytes()) == *digest)
}

/// Where people propose themselves; every session of an agent has a name of random digits.
const DESK: &str = "desk";

/// What may have been and is not recorded.
#[derive(Clone, Copy)]
struct Perhaps {
    boxed: bool,
    stopped: bool,
}

impl Past {
    /// Each of the circumstances that may have been.
    fn perhaps(&self) -> Vec<Perhaps> {
        // By hand there is no box. What a person proposes, and what asks for a host, is judged as in one.
        let boxed: &[bool] = match &self.intent.deed {
            deed if deed.is_by_hand() => &[false],
            Deed::Reach { .. } => &[true],
            _ if self.intent.agent.as_str() == people::NOBODY && self.intent.session.as_str() == DESK => &[true],
            _ => &[true, false],
        };
        let stopped: &[bool] = if self.perhaps_stopped { &[false, true] } else { &[false] };
        boxed.iter().flat_map(|boxed| stopped.iter().map(|stopped| Perhaps { boxed: *boxed, stopped: *stopped })).collect()
    }

    /// As it is judged when it is asked for, but for what roles of the project say and what the person wants to see first.
    fn judged(&self, replay: &mut Replay<'_>, perhaps: Perhaps) -> Verdict {
        let mut as_whom = |intent: &Intent| {
            let circumstances = Circumstances {
                asked_by: intent.asked_by.clone(),
                agent: intent.agent.clone(),
                boxed: perhaps.boxed,
                in_force: self.people.in_force.clone(),
                generation: action::Generation(0),
                stopped: perhaps.stopped,
                electorate: self.people.electorate,
                terms: self.people.terms.clone(),
            };
            replay.assess(intent, &self.effects, &circumstances)
        };
        let own = as_whom(&self.intent);
        let verdict = self.within.iter().fold(own, |so_far, agent| so_far.and(as_whom(&Intent { agent: agent.clone(), ..self.intent.clone() })));
        let verdict = memory::only_signed(&self.intent.deed, verdict.policy).into_iter().fold(verdict, Verdict::and);
        people::by(self.people.enrolled, self.people.least, &self.intent, verdict)
    }
}

/// What another policy makes of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replayed {
    /// The same.
    Same,
    /// Another verdict.
    Flipped {
        /// As it is: what is recorded, or, where another policy was in force then, what the one in force says now.
        was: Verdict,
        /// As it would be.
        would: Verdict,
    },
    /// It cannot be said, for this reason.
    Not(&'static str),
}

/// Two policies over the same decisions.
pub struct Backtest<'g> {
    force: Replay<'g>,
    new: Replay<'g>,
    digest: Digest,
    /// Names of the rules of the policy in force.
    rules: BTreeSet<String>,
}

/// The verdict is what the policy said, and what is beside it is a verdict of the service's own.
struct Beside {
    says: Option<Verdict>,
}

/// What the service adds as a hold for one signature, whatever a policy says.
const HELD_BESIDE: [&str; 2] = ["supervised", "agent-asks"];
/// What it refuses whatever a policy says.
const REFUSED_BESIDE: [&str; 9] =
    ["agent-denies", "agent-tools", "kept-out", "effects-unreadable", "ledger-unreadable", "untrusted-text", "hook", "not-enrolled", "another-requester"];
/// What is found again when it is judged again.
const FOUND_AGAIN: [&str; 5] = ["memory", "people-least", "not-enrolled", "nothing-permits", "policy-error"];

impl<'g> Backtest<'g> {
    /// The policy in force, and another one.
    pub fn new(force: &'g Guard, new: &'g Guard) -> Self {
        let rules = force.rules().into_iter().map(|reason| reason.rule).collect();
        Self { force: Replay::new(force), new: Replay::new(new), digest: force.policy_digest(), rules }
    }

    /// Whether the policy in force is the one that decided it.
    pub fn is_in_force(&self, past: &Past) -> bool {
        past.verdict.policy == self.digest
    }

    /// How many different questions Cedar was asked.
    pub fn asked(&self) -> u64 {
        self.force.asked() + self.new.asked()
    }

    /// Judges one decision again, under both.
    pub fn replay(&mut self, past: &Past) -> Replayed {
        if past.cut {
            return Replayed::Not("its effects are not on the ledger whole");
        }
        if self.is_beside_the_policy(past) {
            return Replayed::Same;
        }
        let Some(beside) = self.beside(past) else {
            return Replayed::Not("a reason for it is neither a rule of the policy nor known here");
        };
        let mut came: Vec<(Verdict, Verdict)> = Vec::new();
        for perhaps in past.perhaps() {
            let was = beside.with(past.judged(&mut self.force, perhaps));
            if !self.is_in_force(past) || is_same(&was, &past.verdict) {
                let would = beside.with(past.judged(&mut self.new, perhaps));
                came.push((was, would));
            }
        }
        told(came)
    }

    /// Refused before any policy was asked, or whatever one says.
    fn is_beside_the_policy(&self, past: &Past) -> bool {
        let of_the_policy = |reason: &Reason| match self.is_in_force(past) {
            true => self.rules.contains(&reason.rule) || ["nothing-permits", "policy-error"].contains(&reason.rule.as_str()),
            false => !REFUSED_BESIDE.contains(&reason.rule.as_str()),
        };
        past.verdict.decision == Decision::Refuse && !past.verdict.reasons.iter().any(of_the_policy)
    }

    /// What of the recorded verdict is the service's own; nothing where that cannot be told.
    fn beside(&self, past: &Past) -> Option<Beside> {
        let known = |rule: &str| HELD_BESIDE.contains(&rule) || REFUSED_BESIDE.contains(&rule);
        // Of another policy than the one in force the rules are not known by name.
        let is_rule = |rule: &str| FOUND_AGAIN.contains(&rule) || if self.is_in_force(past) { self.rules.contains(rule) } else { !known(rule) };
        let reasons: Vec<Reason> = past.verdict.reasons.iter().filter(|reason| !is_rule(&reason.rule)).cloned().collect();
        if reasons.is_empty() {
            return Some(Beside { says: None });
        }
        let decision = match reasons.iter().map(|reason| reason.rule.as_str()) {
            mut rules if rules.clone().any(|rule| REFUSED_BESIDE.contains(&rule)) => rules.all(known).then_some(Decision::Refuse)?,
            mut rules => rules.all(known).then_some(Decision::Hold { quorum: Quorum::ANYONE })?,
        };
        Some(Beside { says: Some(Verdict { decision, reasons, policy: past.verdict.policy }) })
    }
}

impl Beside {
    fn with(&self, verdict: Verdict) -> Verdict {
        match &self.says {
            None => verdict,
            Some(says) => {
                let policy = verdict.policy;
                verdict.and(Verdict { policy, ..says.clone() })
            }
        }
    }
}

/// What came of it in each of the circumstances that may have been.
fn told(came: Vec<(Verdict, Verdict)>) -> Replayed {
    let is_kept = |(was, would): &(Verdict, Verdict)| was.decision == would.decision;
    if came.iter().all(is_kept) && !came.is_empty() {
        return Replayed::Same;
    }
    let mut came = came.into_iter();
    let Some((was, would)) = came.next() else {
        return Replayed::Not("judged again under the policy of that time it is not what is recorded");
    };
    match came.all(|(other, then)| other.decision == was.decision && then.decision == would.decision) {
        true => Replayed::Flipped { was, would },
        false => Replayed::Not("it depends on whether the kernel bounded the box or a stop had come, which is not recorded"),
    }
}

/// The same decision for the same reasons, in whatever order.
fn is_same(one: &Verdict, other: &Verdict) -> bool {
    let reasons = |verdict: &Verdict| verdict.reasons.iter().cloned().collect::<BTreeSet<Reason>>();
    one.decision == other.decision && reasons(one) == reasons(other)
}

#[cfg(test)]
mod tests;
