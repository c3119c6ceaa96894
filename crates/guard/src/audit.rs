//! Replays a ledger's entries and says what in them could not have happened rightly.
//!
//! It trusts nothing but the entries in their order: every stage must follow, every permit must be the founded guard's, every
//! answer must verify with a key that was enrolled at that entry, and every quorum is counted again. It does not know the
//! policy, so it cannot say whether a verdict was wise, only that what followed was lawful under it. Clocks are compared
//! only where a signature names a moment, and after a stop; order is the ledger's.

mod case;
mod finding;

use std::collections::{BTreeMap, BTreeSet};

use action::{
    BadSignature, Decision, Digest, Effects, Entry, Environment, Event, IntentId, Moment, Namespace,
    Parent, Governance, Permit, PersonId, Reply, Role, SessionId, Signed, Stage, StopScope, canonical,
};
use serde::Serialize;
use ssh_key::PublicKey;
use ssh_key::public::KeyData;

use crate::roster::Roster;
use case::Case;

pub use finding::{AuditFinding, Wrong};

/// Finds a blob by its digest, where an entry holds only the first of many effects.
type Blobs<'a> = Box<dyn Fn(&Digest) -> Option<Vec<u8>> + 'a>;

/// A replay under way.
pub struct Audit<'a> {
    blobs: Blobs<'a>,
    next: u64,
    guard: Option<PublicKey>,
    roster: Roster,
    /// The latest moment at which people were changed before this entry: an answer that stands after it was not given before it.
    latest: Moment,
    cases: BTreeMap<IntentId, Case>,
    /// For whom a session works, where it works for one: what stops that one stops it.
    works_for: BTreeMap<SessionId, SessionId>,
    signers: BTreeMap<PersonId, Replies>,
    /// What each key signed, and when.
    uses: BTreeMap<KeyData, Vec<(Moment, IntentId)>>,
    in_doubt: BTreeSet<IntentId>,
    findings: Vec<AuditFinding>,
}

/// What a replay found, and the population that it saw.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AuditReport {
    /// How many entries were replayed.
    pub entries: u64,
    /// How many intents there are.
    pub intents: u64,
    /// How many ended where, by the word of the stage.
    pub stages: BTreeMap<&'static str, u64>,
    /// Who answered, how often.
    pub signers: BTreeMap<PersonId, Replies>,
    /// Started, and no end is written.
    pub started_without_end: Vec<IntentId>,
    /// Held, and neither answered enough nor refused.
    pub still_held: Vec<IntentId>,
    /// Signed, before that was known, with a key after the moment from which it was revoked.
    pub in_doubt: Vec<IntentId>,
    /// All that is wrong, in order.
    pub findings: Vec<AuditFinding>,
}

/// How often somebody said yes and no, with a signature that verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Replies {
    /// Times yes.
    pub yes: u64,
    /// Times no.
    pub no: u64,
}

impl Default for Audit<'static> {
    fn default() -> Self {
        Self::new()
    }
}

impl Audit<'static> {
    /// An audit without blobs: an entry that holds only a part of its effects is a finding.
    pub fn new() -> Self {
        Self::with_blobs(|_| None)
    }
}

impl<'a> Audit<'a> {
    /// An audit that can look up blobs, for entries that hold only a part of their effects.
    pub fn with_blobs(blobs: impl Fn(&Digest) -> Option<Vec<u8>> + 'a) -> Self {
        Self {
            blobs: Box::new(blobs),
            next: 0,
            guard: None,
            roster: Roster::new(),
            latest: Moment(0),
            cases: BTreeMap::new(),
            works_for: BTreeMap::new(),
            signers: BTreeMap::new(),
            uses: BTreeMap::new(),
            in_doubt: BTreeSet::new(),
            findings: Vec::new(),
        }
    }

    /// Takes the next entry. After a finding one can go on; what was wrong does not count as done, but for `started`.
    pub fn entry(&mut self, index: u64, bytes: &[u8]) -> Result<(), AuditFinding> {
        let expected = self.next;
        self.next = index.saturating_add(1);
        let in_order = if index == expected { Ok(()) } else { Err(Wrong::Gap { expected }) };
        let read = in_order.and_then(|()| read(bytes));
        let (intent, result) = match read {
            Ok(entry) => {
                let result = self.replay(index, &entry);
                if let (Event::Governed { number, .. }, Err(_)) = (&entry.event, &result) {
                    self.roster.spend(*number);
                }
                self.latest = self.roster.latest();
                (entry.event.intent().cloned(), result)
            }
            Err(wrong) => (None, Err(wrong)),
        };
        result.map_err(|wrong| {
            let finding = AuditFinding { index, intent, wrong };
            self.findings.push(finding.clone());
            finding
        })
    }

    /// The report.
    pub fn finish(self) -> AuditReport {
        let mut report = AuditReport { entries: self.next, intents: self.cases.len() as u64, ..AuditReport::default() };
        for (id, case) in self.cases {
            *report.stages.entry(case.stage.word()).or_default() += 1;
            match case.stage {
                Stage::Started => report.started_without_end.push(id),
                Stage::Held { .. } => report.still_held.push(id),
                Stage::Unwritten
                | Stage::Proposed
                | Stage::Permitted
                | Stage::Forbidden
                | Stage::Countersigned
                | Stage::Finished
                | Stage::Failed
                | Stage::Unknown
                | Stage::Refused
                | Stage::Handed => {}
            }
        }
        report.signers = self.signers;
        report.in_doubt = self.in_doubt.into_iter().collect();
        report.findings = self.findings;
        report
    }

    fn replay(&mut self, index: u64, entry: &Entry) -> Result<(), Wrong> {
        if (index == 0) != matches!(entry.event, Event::Founded { .. }) {
            return Err(Wrong::Founding);
        }
        self.step(&entry.event)?;
        match &entry.event {
            Event::Founded { guard, .. } => {
                self.roster.apply(&entry.event, entry.at).map_err(Wrong::Enrolment)?;
                self.founded(guard)
            }
            Event::Enrolled { .. } => self.roster.apply(&entry.event, entry.at).map_err(Wrong::Enrolment),
            Event::Governed { intent, number, change } => self.governed(intent, *number, change, entry.at),
            Event::Mapped { environment, by, .. } => self.mapped(&entry.event, environment, by),
            Event::Proposed { intent, effects, digest } => {
                let effects = self.whole_effects(effects, digest)?;
                self.case(&intent.id)?.propose(intent, &effects, *digest)
            }
            Event::Assessed { intent, verdict, generation, expires } => {
                self.case(intent)?.assess(verdict, *generation, *expires);
                Ok(())
            }
            Event::Answered { intent, person, answer } => self.answered(intent, person, answer, entry.at),
            Event::Countersigned { intent, permit } => self.countersigned(intent, permit, entry.at),
            Event::Started { intent, permit } => self.started(intent, *permit, entry.at),
            Event::Handed { intent, permit } => {
                self.started(intent, *permit, entry.at)?;
                self.case(intent)?.close();
                Ok(())
            }
            Event::Stopped { scope, .. } => {
                self.stopped(scope, entry.at);
                Ok(())
            }
            Event::Refused { intent, .. } | Event::Finished { intent, .. } | Event::Failed { intent, .. } | Event::Unknown { intent, .. } => {
                self.case(intent)?.close();
                Ok(())
            }
            Event::Opened { session, parent, .. } => {
                self.opened(session, parent.as_ref());
                Ok(())
            }
            Event::CorrectionOpened { intent, .. } => self.case(intent)?.correct(),
            Event::LoggedIn { .. } | Event::LoggedOut { .. } | Event::Observed { .. } | Event::Notified { .. } | Event::Prompted { .. } | Event::Replied { .. } | Event::Checkpointed { .. } | Event::Evidenced { .. } | Event::Synced { .. } | Event::Closed { .. } => {
                Ok(())
            }
        }
    }

    /// Every event of an intent must follow its stage. A `started` that must not be is still a start in the population.
    fn step(&mut self, event: &Event) -> Result<(), Wrong> {
        let Some(id) = event.intent() else { return Ok(()) };
        let stage = self.cases.get(id).map(|case| case.stage).unwrap_or_default();
        let started = matches!(event, Event::Started { .. } | Event::Handed { .. });
        match stage.after(event) {
            Ok(next) => self.cases.entry(id.clone()).or_default().stage = next,
            Err(step) => {
                if started && !stage.may_have_happened() {
                    self.cases.entry(id.clone()).or_default().stage = Stage::Started;
                }
                return Err(Wrong::Step(step));
            }
        }
        Ok(())
    }

    fn founded(&mut self, guard: &str) -> Result<(), Wrong> {
        let key = PublicKey::from_openssh(guard).map_err(|e| Wrong::GuardKey { why: e.to_string() })?;
        self.guard = Some(key);
        Ok(())
    }

    /// A mapping of a ledger of an older version: an admin's to make. A generation never goes back.
    fn mapped(&mut self, event: &Event, environment: &Environment, by: &PersonId) -> Result<(), Wrong> {
        if self.roster.standing().environment(&environment.name) != Some(environment) && !self.roster.holds(by, Role::Admin) {
            return Err(Wrong::MappedByNoAdmin { by: by.clone(), environment: environment.name.clone() });
        }
        self.roster.apply(event, Moment(0)).map_err(Wrong::Enrolment)
    }

    /// All effects of an entry: its own, or those of the blob that it names, of which its own are the first and a part.
    /// That they are what the digest says is checked when the case is opened.
    fn whole_effects(&self, effects: &Effects, digest: &Digest) -> Result<Effects, Wrong> {
        if Digest::of(effects).ok().as_ref() == Some(digest) {
            return Ok(effects.clone());
        }
        let blob = (self.blobs)(digest).ok_or(Wrong::EffectsSwapped)?;
        let whole: Effects = serde_json::from_slice(&blob).map_err(|_| Wrong::EffectsSwapped)?;
        let part_of_it = effects.iter().all(|one| whole.iter().any(|other| other == one));
        if part_of_it && effects.iter().next() == whole.iter().next() { Ok(whole) } else { Err(Wrong::EffectsSwapped) }
    }

    /// The change counts only if its intent stands behind it, by the roster as it was before.
    fn governed(&mut self, intent: &IntentId, number: u64, change: &Governance, at: Moment) -> Result<(), Wrong> {
        let case = self.cases.get_mut(intent).ok_or(Wrong::NeverProposed)?;
        case.back(change, &self.roster)?;
        self.roster.take(intent, number, change, at).map_err(Wrong::Enrolment)?;
        if let Governance::RevokeKey { key, from, .. } | Governance::RotateKey { old: key, from, .. } = change {
            self.doubt(key, *from, intent);
        }
        Ok(())
    }

    /// What a key signed before its revocation was written, and after the moment from which it is revoked, was lawful then; a person
    /// should look at it.
    fn doubt(&mut self, key: &str, from: Moment, revoking: &IntentId) {
        let Some(uses) = PublicKey::from_openssh(key).ok().and_then(|key| self.uses.get(key.key_data())) else { return };
        let late = uses.iter().filter(|(at, intent)| *at >= from && intent != revoking);
        self.in_doubt.extend(late.map(|(_, intent)| intent.clone()));
    }

    fn answered(&mut self, intent: &IntentId, person: &PersonId, answer: &Signed, at: Moment) -> Result<(), Wrong> {
        let at = at.max(self.latest);
        let case = self.cases.get_mut(intent).ok_or(Wrong::NeverProposed)?;
        let voice = case.answer(person, answer, at, &self.roster)?;
        self.uses.entry(voice.key.key_data().clone()).or_default().push((at, intent.clone()));
        let replies = self.signers.entry(voice.person).or_default();
        match voice.reply {
            Reply::Yes => replies.yes += 1,
            Reply::No => replies.no += 1,
        }
        Ok(())
    }

    fn countersigned(&mut self, intent: &IntentId, signed: &Signed, at: Moment) -> Result<(), Wrong> {
        let guard = self.guard.as_ref().ok_or(Wrong::Founding)?;
        let permit: Permit = signed.open(guard, Namespace::Permit).map_err(Wrong::Permit)?;
        if canonical(&permit).ok().as_deref() != Some(signed.text.as_bytes()) {
            return Err(Wrong::Permit(BadSignature::Content { why: "it is not in canonical form".into() }));
        }
        let case = self.cases.get_mut(intent).ok_or(Wrong::NeverProposed)?;
        case.countersign(permit, signed.digest(), at, &self.roster)
    }

    fn started(&mut self, intent: &IntentId, permit: Digest, at: Moment) -> Result<(), Wrong> {
        let case = self.cases.get_mut(intent).ok_or(Wrong::NeverProposed)?;
        let place = case.start(permit, at, &self.roster)?;
        case.check_not_frozen(at, &self.roster)?;
        match self.roster.standing().generation_of(&place.places) {
            // A place that nobody ever mapped has none.
            now if now.0 != 0 && now != place.generation => Err(Wrong::OlderGeneration { permit: place.generation, now }),
            _ => Ok(()),
        }
    }

    /// A session is opened once; what a later entry says of its parent changes nothing.
    fn opened(&mut self, session: &SessionId, parent: Option<&Parent>) {
        if let Some(parent) = parent.filter(|parent| parent.is_worked_for()) {
            self.works_for.entry(session.clone()).or_insert_with(|| parent.session().clone());
        }
    }

    /// Whether a session is this one, or works for it. Sessions that work for each other in a ring end where they began.
    fn is_below(works_for: &BTreeMap<SessionId, SessionId>, session: &SessionId, stopped: &SessionId) -> bool {
        let above = std::iter::successors(Some(session), |one| works_for.get(*one));
        above.take(works_for.len() + 1).any(|one| one == stopped)
    }

    fn stopped(&mut self, scope: &StopScope, at: Moment) {
        for (id, case) in &mut self.cases {
            let meant = match scope {
                StopScope::All => true,
                StopScope::Session { session } => case.session().is_some_and(|own| Self::is_below(&self.works_for, own, session)),
                StopScope::Intent { intent } => intent == id,
            };
            if meant && case.stopped.is_none() {
                case.stopped = Some(at);
            }
        }
    }

    fn case(&mut self, intent: &IntentId) -> Result<&mut Case, Wrong> {
        self.cases.get_mut(intent).ok_or(Wrong::NeverProposed)
    }
}

/// Whether the entries of one intent, of which the last says that people were changed, show that it was signed for by those whom it
/// needs. The same checks as in a replay, by the roster as it is before the change. Its answers stand at the moment of the change of
/// people before them, where their own is earlier.
pub(crate) fn backed(entries: &[Entry], guard: &PublicKey, roster: &Roster) -> Result<(), Wrong> {
    let mut audit = Audit { guard: Some(guard.clone()), roster: roster.clone(), ..Audit::new() };
    let Some((Entry { event: Event::Governed { intent, change, .. }, .. }, before)) = entries.split_last() else {
        return Err(Wrong::OtherChange);
    };
    for (place, entry) in before.iter().enumerate() {
        // From 1: none of them founds anything. An answer of somebody who was removed since is none; a permit that names it falls. A
        // report takes nothing from what was signed.
        match audit.replay(place as u64 + 1, entry) {
            Err(_) if matches!(entry.event, Event::Answered { .. } | Event::CorrectionOpened { .. }) => {}
            other => other?,
        }
    }
    audit.case(intent)?.back(change, roster)
}

/// Reads an entry strictly: exactly the canonical bytes of what it says, so that nothing can hide beside it.
fn read(bytes: &[u8]) -> Result<Entry, Wrong> {
    let entry: Entry = serde_json::from_slice(bytes).map_err(|e| Wrong::Unreadable { why: e.to_string() })?;
    if entry.v != 1 {
        return Err(Wrong::Unreadable { why: format!("it has version {}, not 1", entry.v) });
    }
    match canonical(&entry) {
        Ok(same) if same == bytes => Ok(entry),
        Ok(_) => Err(Wrong::Unreadable { why: "it is not in canonical form, or holds more than it says".into() }),
        Err(e) => Err(Wrong::Unreadable { why: e.to_string() }),
    }
}

/// Whether a permit asks for at least what the verdict asked for.
fn covers(verdict: Decision, permit: &Permit) -> bool {
    match (verdict, permit.quorum) {
        (Decision::Permit, _) => true,
        (Decision::Hold { quorum }, Some(met)) => quorum.and(met) == met,
        (Decision::Hold { .. }, None) | (Decision::Refuse, _) => false,
    }
}

#[cfg(test)]
mod tests;
