//! One intent as the replay knows it. What only an open intent needs is dropped when it ends, so that a long ledger fits.

use std::collections::BTreeSet;

use action::{
    Deed, Digest, Effects, EnvironmentName, Freeze, Generation, Intent, Moment, Governance, Permit, PersonId, Reply, SessionId, Signed, Stage, Tier, Verdict,
};

use super::covers;
use super::finding::Wrong;
use crate::answer::{Matter, Recorded, Voice};
use crate::question;
use crate::quorum::Tally;
use crate::roster::Roster;

/// One intent.
#[derive(Clone, Debug, Default)]
pub(super) struct Case {
    pub(super) stage: Stage,
    pub(super) stopped: Option<Moment>,
    open: Option<Box<Open>>,
}

/// What an open intent is held against.
#[derive(Clone, Debug)]
struct Open {
    intent: Intent,
    matter: Matter,
    /// What of it lands outside the box.
    lands: BTreeSet<EnvironmentName>,
    verdict: Option<Verdict>,
    expires: Moment,
    voices: Vec<Voice>,
    permit: Option<(Digest, Permit)>,
}

/// Where a permit lands.
pub(super) struct Place {
    pub(super) places: BTreeSet<EnvironmentName>,
    pub(super) generation: Generation,
}

impl Case {
    pub(super) fn propose(&mut self, intent: &Intent, effects: &Effects, digest: Digest) -> Result<(), Wrong> {
        // The policy and the generation are not known before the verdict is.
        let matter = Matter::of(intent, effects, Digest::from_raw([0; 32]), Generation(0)).map_err(Wrong::Intent)?;
        if matter.effects != digest {
            return Err(Wrong::EffectsSwapped);
        }
        let by_nature = question::at_least(intent, effects);
        let outside = effects.iter().chain(&by_nature).filter(|effect| effect.tier != Tier::Workspace);
        let lands = outside.map(|effect| effect.environment.clone()).collect();
        self.open = Some(Box::new(Open {
            intent: intent.clone(),
            matter,
            lands,
            verdict: None,
            expires: Moment(u64::MAX),
            voices: Vec::new(),
            permit: None,
        }));
        Ok(())
    }

    pub(super) fn assess(&mut self, verdict: &Verdict, generation: Generation, expires: Moment) {
        if let Some(open) = &mut self.open {
            open.matter.policy = verdict.policy;
            open.matter.generation = generation;
            open.expires = expires;
            open.verdict = Some(verdict.clone());
        }
    }

    /// Verifies an answer as it is recorded. Whether it came in time is decided by the permit that names it.
    pub(super) fn answer(&mut self, person: &PersonId, answer: &Signed, at: Moment, roster: &Roster) -> Result<Voice, Wrong> {
        let open = self.open()?;
        let recorded = Recorded { at, answer: answer.clone() };
        let voice = open.matter.hear(&recorded, roster, Moment(0)).map_err(|bad| Wrong::Answer(Box::new(bad)))?;
        if voice.person != *person {
            return Err(Wrong::AnswerOfAnother { said: person.clone(), signed: voice.person });
        }
        open.voices.push(voice.clone());
        Ok(voice)
    }

    pub(super) fn countersign(&mut self, permit: Permit, digest: Digest, at: Moment, roster: &Roster) -> Result<(), Wrong> {
        self.check_not_stopped(at)?;
        let open = self.open()?;
        open.check_subject(&permit)?;
        open.check_moment(&permit)?;
        open.check_people(&permit, roster)?;
        open.permit = Some((digest, permit));
        Ok(())
    }

    pub(super) fn start(&mut self, permit: Digest, at: Moment, roster: &Roster) -> Result<Place, Wrong> {
        self.check_not_stopped(at)?;
        let open = self.open()?;
        let (digest, known) = open.permit.as_ref().ok_or(Wrong::NoPermit)?;
        if *digest != permit {
            return Err(Wrong::OtherPermit { named: permit, known: *digest });
        }
        if at >= known.expires.plus_seconds(CLOCK_SLACK_SECONDS) {
            return Err(Wrong::PermitExpired { expires: known.expires, at });
        }
        if roster.is_governed() {
            open.check_still_agreed(known, roster)?;
        }
        Ok(Place { generation: known.generation, places: open.matter.places.clone() })
    }

    /// Nothing begins for a frozen place but through glass that is broken for who asked, whoever signed. A freeze that was on the ledger
    /// before is known to who begins; one that begins by itself a moment before the entry is stamped may not be.
    pub(super) fn check_not_frozen(&mut self, at: Moment, roster: &Roster) -> Result<(), Wrong> {
        let (open, standing) = (self.open()?, roster.standing());
        let earlier = Moment(at.0.saturating_sub(CLOCK_SLACK_SECONDS * 1000));
        let asked_by = &open.intent.asked_by;
        let glass = |place: &EnvironmentName| standing.broken_for(asked_by, at).chain(standing.broken_for(asked_by, earlier)).any(|broken| broken.includes(place));
        let decided = earlier.max(roster.latest());
        // INVARIANT: the same rule as `InForce::of`: from this moment to the latest change of who may do what.
        let known = |freeze: &&Freeze| freeze.from <= decided && at < freeze.until;
        let frozen = standing.freezes().iter().filter(known).find_map(|freeze| open.lands.iter().find(|place| freeze.environment.includes(place) && !glass(place)));
        match frozen {
            Some(environment) => Err(Wrong::Frozen { environment: environment.clone(), at }),
            None => Ok(()),
        }
    }

    /// A report is opened by the breaking of glass, in the same write, and by nothing else.
    pub(super) fn correct(&mut self) -> Result<(), Wrong> {
        match &self.open()?.intent.deed {
            Deed::Govern { change: Governance::BreakGlass { .. } } => Ok(()),
            _ => Err(Wrong::NothingToCorrect),
        }
    }

    /// Whether a change of people is what this intent was signed for, by those whom it needs, and was begun.
    pub(super) fn back(&mut self, change: &Governance, roster: &Roster) -> Result<(), Wrong> {
        let begun = self.stage == Stage::Started;
        let open = self.open()?;
        if !begun || !matches!(&open.intent.deed, Deed::Govern { change: signed } if signed == change) {
            return Err(Wrong::OtherChange);
        }
        let (_, permit) = open.permit.as_ref().ok_or(Wrong::NoPermit)?;
        let ballot = roster.ballot(&open.intent, &open.matter.places);
        let tally = Tally::count(open.named(permit)?, &ballot, roster);
        match (ballot.is_met_by(&tally, roster), ballot.least()) {
            (false, Some(quorum)) => Err(Wrong::QuorumNotMet { quorum, signed: tally.words() }),
            _ => open.check_still_agreed(permit, roster),
        }
    }

    /// Nothing more can come.
    pub(super) fn close(&mut self) {
        self.open = None;
    }

    /// Whose it is, while it is open.
    pub(super) fn session(&self) -> Option<&SessionId> {
        self.open.as_ref().map(|open| &open.intent.session)
    }

    fn check_not_stopped(&self, at: Moment) -> Result<(), Wrong> {
        match self.stopped {
            Some(stopped) if at > stopped.plus_seconds(STOP_SECONDS) => Err(Wrong::Stopped { stopped, at }),
            Some(_) | None => Ok(()),
        }
    }

    fn open(&mut self) -> Result<&mut Open, Wrong> {
        self.open.as_deref_mut().ok_or(Wrong::NeverProposed)
    }
}

/// A stop takes effect within a second: what another process wrote in that second may not have seen it yet.
const STOP_SECONDS: u64 = 1;

/// The writer stamps an entry a moment after it checked the permit.
const CLOCK_SLACK_SECONDS: u64 = 5;

impl Open {
    fn check_subject(&self, permit: &Permit) -> Result<(), Wrong> {
        let matter = &self.matter;
        if permit.v != 1 {
            return Err(Wrong::PermitForOther { what: "version" });
        }
        if permit.intent != matter.intent {
            return Err(Wrong::PermitForOther { what: "intent" });
        }
        if permit.effects != matter.effects {
            return Err(Wrong::PermitForOther { what: "effects" });
        }
        if permit.policy != matter.policy {
            return Err(Wrong::PermitForOther { what: "policy" });
        }
        if permit.environment != matter.environment {
            return Err(Wrong::PermitForOther { what: "environment" });
        }
        if permit.generation != matter.generation {
            return Err(Wrong::PermitForOther { what: "generation" });
        }
        Ok(())
    }

    fn check_moment(&self, permit: &Permit) -> Result<(), Wrong> {
        if permit.quorum.is_some() && permit.issued >= self.expires {
            return Err(Wrong::HeldTooLong { expires: self.expires, issued: permit.issued });
        }
        Ok(())
    }

    /// Counts again, from the answers in the ledger, with the roles of that entry.
    fn check_people(&self, permit: &Permit, roster: &Roster) -> Result<(), Wrong> {
        if let Some(no) = self.voices.iter().find(|v| v.reply == Reply::No) {
            return Err(Wrong::SaidNo { person: no.person.clone() });
        }
        let verdict = self.verdict.as_ref().ok_or(Wrong::NeverProposed)?;
        let named = self.named(permit)?;
        if let Some(late) = named.iter().find(|voice| permit.issued >= voice.expires) {
            return Err(Wrong::AnswerExpired { person: late.person.clone() });
        }
        let ballot = roster.ballot(&self.intent, &self.matter.places);
        let tally = Tally::count(named, &ballot, roster);
        if tally.people != permit.people {
            return Err(Wrong::PeopleDiffer { counted: tally.words() });
        }
        if !covers(verdict.decision, permit) {
            return Err(Wrong::QuorumLowered);
        }
        match permit.quorum {
            Some(quorum) if !ballot.suffices(quorum, &tally, roster) => Err(Wrong::QuorumNotMet { quorum, signed: tally.words() }),
            Some(_) | None => Ok(()),
        }
    }

    /// The answers that a permit names.
    fn named(&self, permit: &Permit) -> Result<Vec<&Voice>, Wrong> {
        let found = |digest: &Digest| self.voices.iter().find(|voice| voice.digest == *digest).ok_or(Wrong::AnswerMissing { answer: *digest });
        permit.answers.iter().map(found).collect()
    }

    /// Whoever agreed must still count when it begins.
    fn check_still_agreed(&self, permit: &Permit, roster: &Roster) -> Result<(), Wrong> {
        let Some(quorum) = permit.quorum else { return Ok(()) };
        let ballot = roster.ballot(&self.intent, &self.matter.places);
        let tally = Tally::count(self.named(permit)?, &ballot, roster);
        match tally.people == permit.people && ballot.suffices(quorum, &tally, roster) {
            true => Ok(()),
            false => Err(Wrong::NotAgreedAnyMore { counted: tally.words() }),
        }
    }
}
